"""Addresses of imports."""

from django.urls import path

from partners.views import imports as views

app_name = "imports"
urlpatterns = [
    path("", views.ImportListView.as_view(), name="import_list"),
    path("create/", views.ImportCreateView.as_view(), name="import_create"),
    path("<uuid:partner_list_id>/columns/edit/", views.ColumnsEditView.as_view(), name="columns_edit"),
    path("<uuid:partner_list_id>/choices/edit/", views.ChoicesEditView.as_view(), name="choices_edit"),
    path("<uuid:partner_list_id>/confirm/", views.ImportConfirmView.as_view(), name="import_confirm"),
    path("awaited/", views.AwaitedListView.as_view(), name="awaited_list"),
    path("awaited/<uuid:awaited_id>/invite/", views.AwaitedInviteView.as_view(), name="awaited_invite"),
    path("awaited/<uuid:awaited_id>/remove/", views.AwaitedRemoveView.as_view(), name="awaited_remove"),
]

"""Addresses of checks."""

from django.urls import path

from partners.views import checks as views

app_name = "checks"
urlpatterns = [
    path("", views.CheckListView.as_view(), name="check_list"),
    path("required/", views.RequirementListView.as_view(), name="requirement_list"),
    path("required/create/", views.RequirementCreateView.as_view(), name="requirement_create"),
    path("required/<uuid:requirement_id>/edit/", views.RequirementEditView.as_view(), name="requirement_edit"),
    path("required/<uuid:requirement_id>/remove/", views.RequirementRemoveView.as_view(), name="requirement_remove"),
    path("partners/<uuid:partner_id>/", views.PartnerDetailView.as_view(), name="partner_detail"),
    path("partners/<uuid:partner_id>/create/", views.CheckCreateView.as_view(), name="check_create"),
    path("<uuid:check_id>/record/", views.CheckRecordView.as_view(), name="check_record"),
    path("<uuid:check_id>/remove/", views.CheckRemoveView.as_view(), name="check_remove"),
]

"""Addresses of access and communication needs."""

from django.urls import path

from partners.views import access as views

app_name = "access"
urlpatterns = [
    path("review/", views.ReviewListView.as_view(), name="review_list"),
    path("settings/", views.SettingsEditView.as_view(), name="settings_edit"),
    path("partners/<uuid:partner_id>/", views.NeedsDetailView.as_view(), name="needs_detail"),
    path("partners/<uuid:partner_id>/needs/create/", views.NeedKindChooseView.as_view(), name="need_kind_choose"),
    path("partners/<uuid:partner_id>/needs/create/<slug:kind>/", views.NeedCreateView.as_view(), name="need_create"),
    path("partners/<uuid:partner_id>/review/", views.NeedsReviewView.as_view(), name="needs_review"),
    path("needs/<uuid:need_id>/edit/", views.NeedEditView.as_view(), name="need_edit"),
    path("needs/<uuid:need_id>/confirm/", views.NeedConfirmView.as_view(), name="need_confirm"),
    path("needs/<uuid:need_id>/sharing/edit/", views.SharingEditView.as_view(), name="sharing_edit"),
    path("needs/<uuid:need_id>/end/", views.NeedEndView.as_view(), name="need_end"),
    path("needs/<uuid:need_id>/met/record/", views.MetRecordView.as_view(), name="met_record"),
]

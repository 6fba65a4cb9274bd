"""Addresses of copies of records."""

from django.urls import path

from psp_portal.subject_access import views

app_name = "subject_access"
urlpatterns = [
    path("", views.RequestListView.as_view(), name="request_list"),
    path("mine/", views.FileAskView.as_view(), name="file_ask"),
    path("record/", views.RequestRecordView.as_view(), name="request_record"),
    path("<uuid:request_id>/", views.RequestDetailView.as_view(), name="request_detail"),
    path("<uuid:request_id>/identity/", views.IdentityConfirmView.as_view(), name="identity_confirm"),
    path("<uuid:request_id>/extend/", views.RequestExtendView.as_view(), name="request_extend"),
    path("<uuid:request_id>/close/", views.RequestCloseView.as_view(), name="request_close"),
    path("<uuid:request_id>/file/", views.FileDownloadView.as_view(), name="file_download"),
]

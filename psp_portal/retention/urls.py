"""Addresses of how long records are kept."""

from django.urls import path

from psp_portal.retention import views

app_name = "retention"
urlpatterns = [
    path("", views.RuleListView.as_view(), name="rule_list"),
    path("kinds/<slug:kind>/edit/", views.RuleEditView.as_view(), name="rule_edit"),
    path("kinds/<slug:kind>/confirm/", views.RuleConfirmView.as_view(), name="rule_confirm"),
    path("notice/", views.NoticeEditView.as_view(), name="notice_edit"),
    path("runs/", views.RunListView.as_view(), name="run_list"),
    path("runs/<uuid:run_id>/", views.RunDetailView.as_view(), name="run_detail"),
    path("runs/<uuid:run_id>/<slug:kind>/", views.RowListView.as_view(), name="row_list"),
    path("log/", views.LogListView.as_view(), name="log_list"),
    path("holds/", views.HoldListView.as_view(), name="hold_list"),
    path("holds/add/", views.HoldCreateView.as_view(), name="hold_create"),
    path("holds/<uuid:hold_id>/lift/", views.HoldLiftView.as_view(), name="hold_lift"),
]

"""Addresses of the audit trail."""

from django.urls import path

from psp_portal.reports.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.EventListView.as_view(), name="event_list"),
    path("<str:kind>/<uuid:object_id>/", views.ObjectDetailView.as_view(), name="object_detail"),
]

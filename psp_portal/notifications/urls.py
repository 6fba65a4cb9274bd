"""Addresses of somebody's own messages."""

from django.urls import path

from psp_portal.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.MessageListView.as_view(), name="message_list"),
    path("read/", views.MessageReadAllView.as_view(), name="message_read_all"),
    path("<uuid:message_id>/", views.MessageDetailView.as_view(), name="message_detail"),
    path("<uuid:message_id>/open/", views.MessageOpenView.as_view(), name="message_open"),
]

"""Addresses of the health answers."""

from django.urls import path

from psp_portal.health import views

app_name = "health"
urlpatterns = [
    path("alive", views.AliveDetailView.as_view(), name="alive_detail"),
    path("ready", views.ReadyDetailView.as_view(), name="ready_detail"),
]

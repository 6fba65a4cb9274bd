"""Addresses of the first page and of the pages that every service has."""

from django.urls import path

from psp_portal.home import views

app_name = "home"
urlpatterns = [
    path("", views.HomeDetailView.as_view(), name="home_detail"),
    path("accessibility/", views.AccessibilityDetailView.as_view(), name="accessibility_detail"),
    path("privacy/", views.PrivacyDetailView.as_view(), name="privacy_detail"),
    path("cookies/", views.CookiesDetailView.as_view(), name="cookies_detail"),
]

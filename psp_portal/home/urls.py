"""Addresses of the first page, of a programme's figures, and of the pages that every service has."""

from django.urls import path

from psp_portal.home import views

app_name = "home"
urlpatterns = [
    path("", views.HomeDetailView.as_view(), name="home_detail"),
    path("waiting/", views.WaitingListView.as_view(), name="waiting_list"),
    path("waiting-for/", views.AwaitedListView.as_view(), name="awaited_list"),
    path("programme/", views.ProgrammeDetailView.as_view(), name="programme_detail"),
    path("areas/<slug:area>/", views.AreaDetailView.as_view(), name="area_detail"),
    path("accessibility/", views.AccessibilityDetailView.as_view(), name="accessibility_detail"),
    path("privacy/", views.PrivacyDetailView.as_view(), name="privacy_detail"),
    path("cookies/", views.CookiesDetailView.as_view(), name="cookies_detail"),
]

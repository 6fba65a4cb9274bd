"""Addresses of accounts, beside those of allauth."""

from django.urls import path

from psp_portal.accounts import views

app_name = "accounts"
urlpatterns = [
    path("organisation/", views.OrganisationChooseView.as_view(), name="organisation_choose"),
    path("preferences/", views.PreferencesEditView.as_view(), name="preferences_edit"),
    path("invitation/<str:token>/", views.InvitationAcceptView.as_view(), name="invitation_accept"),
]

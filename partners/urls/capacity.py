"""Addresses of time and interests."""

from django.urls import path

from partners.views import capacity as views

app_name = "capacity"
urlpatterns = [
    path("settings/", views.SettingsEditView.as_view(), name="settings_edit"),
    path("partners/<uuid:partner_id>/", views.CapacityDetailView.as_view(), name="capacity_detail"),
    path("partners/<uuid:partner_id>/time/create/", views.AgreementCreateView.as_view(), name="agreement_create"),
    path("time/<uuid:agreement_id>/answer/", views.AgreementAnswerView.as_view(), name="agreement_answer"),
    path("partners/<uuid:partner_id>/week/edit/", views.AvailabilityEditView.as_view(), name="availability_edit"),
    path("partners/<uuid:partner_id>/away/create/", views.AwayCreateView.as_view(), name="away_create"),
    path("away/<uuid:away_id>/remove/", views.AwayRemoveView.as_view(), name="away_remove"),
    path("partners/<uuid:partner_id>/skills/edit/", views.SkillsEditView.as_view(), name="skills_edit"),
    path("partners/<uuid:partner_id>/interests/edit/", views.InterestsEditView.as_view(), name="interests_edit"),
    path("partners/<uuid:partner_id>/experience/edit/", views.ExperienceEditView.as_view(), name="experience_edit"),
]

"""Addresses of diversity."""

from django.urls import path

from partners.views import diversity as views

app_name = "diversity"
urlpatterns: list = [
    # --- for whoever answers
    path("answers/<str:token>/", views.AnswersEditView.as_view(), name="answers_edit"),
    path("answers/<str:token>/withdraw/", views.AnswersWithdrawView.as_view(), name="answers_withdraw"),
    path("mine/<uuid:partner_id>/", views.OwnAnswersEditView.as_view(), name="own_answers_edit"),
    path("mine/<uuid:partner_id>/withdraw/", views.OwnAnswersWithdrawView.as_view(), name="own_answers_withdraw"),
    # --- for those who run the programme
    path("totals/", views.TotalListView.as_view(), name="total_list"),
    path("settings/edit/", views.SettingsEditView.as_view(), name="settings_edit"),
]

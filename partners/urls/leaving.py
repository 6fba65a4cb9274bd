"""Addresses of leaving: terms, succession, pauses, departures, exit conversations. Handover packs are people's."""

from django.urls import path

from partners.views import leaving as views

app_name = "leaving"
urlpatterns = [
    path("succession/", views.SuccessionListView.as_view(), name="succession_list"),
    path("succession/<uuid:plan_id>/", views.SuccessionDetailView.as_view(), name="succession_detail"),
    path("succession/<uuid:plan_id>/edit/", views.SuccessionEditView.as_view(), name="succession_edit"),
    path("succession/<uuid:plan_id>/decide/", views.SuccessionDecideView.as_view(), name="succession_decide"),
    path("<uuid:partner_id>/", views.TermDetailView.as_view(), name="term_detail"),
    path("<uuid:partner_id>/pause/", views.PauseCreateView.as_view(), name="pause_create"),
    path("<uuid:partner_id>/pause/end/", views.PauseEndView.as_view(), name="pause_end"),
    path("<uuid:partner_id>/leave/", views.DepartureCreateView.as_view(), name="departure_create"),
    path("<uuid:partner_id>/stay/", views.DepartureWithdrawView.as_view(), name="departure_withdraw"),
    path("<uuid:partner_id>/exit/", views.ExitDetailView.as_view(), name="exit_detail"),
    path("<uuid:partner_id>/exit/answer/", views.ExitAnswerView.as_view(), name="exit_answer"),
    path("<uuid:partner_id>/exit/decline/", views.ExitDeclineView.as_view(), name="exit_decline"),
]

"""Addresses of recruitment."""

from django.urls import path

from partners.views.recruitment import panel, public, vacancies

app_name = "recruitment"

_APPLICATION = "applications/<uuid:application_id>"
_MINE = "mine/<str:token>"

urlpatterns = [
    # --- for everybody
    path("role/<slug:slug>/", public.AdvertDetailView.as_view(), name="advert_detail"),
    path("role/<slug:slug>/apply/", public.ApplicationStartView.as_view(), name="application_start"),
    path("role/<slug:slug>/link/", public.LinkSendView.as_view(), name="link_send"),
    path("role/<slug:slug>/look-in-your-email/", public.LinkSentView.as_view(), name="link_sent"),
    # --- for the applicant, by their own link
    path(f"{_MINE}/", public.ProgressDetailView.as_view(), name="progress_detail"),
    path(f"{_MINE}/check/", public.ApplicationCheckView.as_view(), name="application_check"),
    path(f"{_MINE}/withdraw/", public.ApplicationWithdrawView.as_view(), name="application_withdraw"),
    path(f"{_MINE}/time/", public.TimeChooseView.as_view(), name="time_choose"),
    path(f"{_MINE}/offer/", public.OfferAcceptView.as_view(), name="offer_accept"),
    path(f"{_MINE}/question/<slug:step>/", public.AnswerEditView.as_view(), name="answer_edit"),
    # --- for the staff
    path("", vacancies.VacancyListView.as_view(), name="vacancy_list"),
    path("create/", vacancies.VacancyCreateView.as_view(), name="vacancy_create"),
    path("rates/", vacancies.RateListView.as_view(), name="rate_list"),
    path("letters/", vacancies.LetterListView.as_view(), name="letter_list"),
    path("letters/<slug:kind>/edit/", vacancies.LetterEditView.as_view(), name="letter_edit"),
    path("settings/edit/", vacancies.SettingsEditView.as_view(), name="settings_edit"),
    path("<uuid:vacancy_id>/", vacancies.VacancyDetailView.as_view(), name="vacancy_detail"),
    path("<uuid:vacancy_id>/edit/", vacancies.VacancyEditView.as_view(), name="vacancy_edit"),
    path("<uuid:vacancy_id>/open/", vacancies.VacancyOpenView.as_view(), name="vacancy_open"),
    path("<uuid:vacancy_id>/close/", vacancies.VacancyCloseView.as_view(), name="vacancy_close"),
    path("<uuid:vacancy_id>/channels/create/", vacancies.ChannelCreateView.as_view(), name="channel_create"),
    path("<uuid:vacancy_id>/criteria/create/", vacancies.CriterionCreateView.as_view(), name="criterion_create"),
    path("<uuid:vacancy_id>/applications/create/", panel.ApplicationCreateView.as_view(), name="application_create"),
    path("criteria/<uuid:criterion_id>/remove/", vacancies.CriterionRemoveView.as_view(), name="criterion_remove"),
    path("channels/<uuid:channel_id>/code.svg", vacancies.CodeDownloadView.as_view(), name="code_download"),
    path("applications/", panel.ApplicationListView.as_view(), name="application_list"),
    path(f"{_APPLICATION}/", panel.ApplicationDetailView.as_view(), name="application_detail"),
    path(f"{_APPLICATION}/score/", panel.ApplicationScoreView.as_view(), name="application_score"),
    path(f"{_APPLICATION}/decide/<slug:move>/", panel.ApplicationDecideView.as_view(), name="application_decide"),
    path(f"{_APPLICATION}/offer/", panel.OfferCreateView.as_view(), name="offer_create"),
    path(f"{_APPLICATION}/contact/edit/", panel.ContactEditView.as_view(), name="contact_edit"),
    path(f"{_APPLICATION}/times/create/", panel.TimeCreateView.as_view(), name="time_create"),
    path(f"{_APPLICATION}/times/<uuid:time_id>/remove/", panel.TimeRemoveView.as_view(), name="time_remove"),
]

"""Addresses of support."""

from django.urls import path

from partners.views import support as views

app_name = "support"
urlpatterns: list = [
    path("", views.OverviewListView.as_view(), name="overview_list"),
    path("settings/edit/", views.SettingsEditView.as_view(), name="settings_edit"),
    path("partners/<uuid:partner_id>/", views.OverviewDetailView.as_view(), name="overview_detail"),
    # --- talks
    path("talks/", views.TalkListView.as_view(), name="talk_list"),
    path("partners/<uuid:partner_id>/talks/create/", views.TalkCreateView.as_view(), name="talk_create"),
    path("talks/<uuid:talk_id>/", views.TalkDetailView.as_view(), name="talk_detail"),
    path("talks/<uuid:talk_id>/hold/", views.TalkHoldView.as_view(), name="talk_hold"),
    path("talks/<uuid:talk_id>/cancel/", views.TalkCancelView.as_view(), name="talk_cancel"),
    path("talks/<uuid:talk_id>/notes/edit/", views.NotesEditView.as_view(), name="notes_edit"),
    path("talks/<uuid:talk_id>/notes/agree/", views.NotesAgreeView.as_view(), name="notes_agree"),
    path("talks/<uuid:talk_id>/note/edit/", views.NoteEditView.as_view(), name="note_edit"),
    # --- wellbeing
    path("partners/<uuid:partner_id>/plan/", views.PlanDetailView.as_view(), name="plan_detail"),
    path("partners/<uuid:partner_id>/plan/edit/", views.PlanEditView.as_view(), name="plan_edit"),
    path("partners/<uuid:partner_id>/check-ins/", views.CheckInListView.as_view(), name="check_in_list"),
    path("partners/<uuid:partner_id>/check-ins/create/", views.CheckInCreateView.as_view(), name="check_in_create"),
    path("check-ins/<uuid:check_in_id>/share/", views.CheckInShareView.as_view(), name="check_in_share"),
    path("check-ins/<uuid:check_in_id>/remove/", views.CheckInRemoveView.as_view(), name="check_in_remove"),
    path("private/", views.FollowUpListView.as_view(), name="follow_up_list"),
    path("private/switch/", views.FollowUpSwitchView.as_view(), name="follow_up_switch"),
    path("partners/<uuid:partner_id>/private/create/", views.FollowUpCreateView.as_view(), name="follow_up_create"),
    path("private/<uuid:follow_up_id>/", views.FollowUpAnswerView.as_view(), name="follow_up_answer"),
    path("private/<uuid:follow_up_id>/remove/", views.FollowUpRemoveView.as_view(), name="follow_up_remove"),
    # --- mentors
    path("partners/<uuid:partner_id>/mentor/create/", views.MentorCreateView.as_view(), name="mentor_create"),
    path("mentors/<uuid:mentoring_id>/answer/", views.MentorAnswerView.as_view(), name="mentor_answer"),
    path("mentors/<uuid:mentoring_id>/end/", views.MentorEndView.as_view(), name="mentor_end"),
    # --- the annual review
    path("questions/", views.QuestionListView.as_view(), name="question_list"),
    path("questions/create/", views.QuestionCreateView.as_view(), name="question_create"),
    path("questions/<uuid:question_id>/edit/", views.QuestionEditView.as_view(), name="question_edit"),
    path("partners/<uuid:partner_id>/reviews/create/", views.ReviewCreateView.as_view(), name="review_create"),
    path("reviews/<uuid:review_id>/", views.ReviewDetailView.as_view(), name="review_detail"),
    path("reviews/<uuid:review_id>/answer/", views.ReviewAnswerView.as_view(), name="review_answer"),
    path("reviews/<uuid:review_id>/points/edit/", views.PointsEditView.as_view(), name="points_edit"),
    path("reviews/<uuid:review_id>/points/agree/", views.PointsAgreeView.as_view(), name="points_agree"),
]

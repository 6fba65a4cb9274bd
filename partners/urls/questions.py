"""Addresses of questions."""

from django.urls import path

from partners.views import questions as views

app_name = "questions"
urlpatterns: list = [
    path("own/", views.OwnListView.as_view(), name="own_list"),
    path("", views.QuestionListView.as_view(), name="question_list"),
    path("settings/edit/", views.SettingsEditView.as_view(), name="settings_edit"),
    path("partners/<uuid:partner_id>/create/", views.QuestionCreateView.as_view(), name="question_create"),
    path("<uuid:question_id>/", views.QuestionDetailView.as_view(), name="question_detail"),
    path("<uuid:question_id>/add/", views.AdditionCreateView.as_view(), name="addition_create"),
    path("<uuid:question_id>/close/", views.QuestionCloseView.as_view(), name="question_close"),
    path("<uuid:question_id>/reopen/", views.QuestionReopenView.as_view(), name="question_reopen"),
    path("<uuid:question_id>/reply/", views.ReplyCreateView.as_view(), name="reply_create"),
    path("<uuid:question_id>/pass/", views.QuestionPassView.as_view(), name="question_pass"),
    path("<uuid:question_id>/no-reply/", views.NoReplyCreateView.as_view(), name="no_reply_create"),
]

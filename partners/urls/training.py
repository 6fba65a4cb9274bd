"""Addresses of training."""

from django.urls import path

from partners.views import training as views

app_name = "training"
urlpatterns: list = [
    path("courses/", views.CourseListView.as_view(), name="course_list"),
    path("courses/create/", views.CourseCreateView.as_view(), name="course_create"),
    path("courses/<uuid:course_id>/edit/", views.CourseEditView.as_view(), name="course_edit"),
    path("courses/<uuid:course_id>/close/", views.CourseCloseView.as_view(), name="course_close"),
    path("settings/edit/", views.SettingsEditView.as_view(), name="settings_edit"),
    path("needs/", views.NeedListView.as_view(), name="need_list"),
    path("sessions/record/", views.SessionRecordView.as_view(), name="session_record"),
    path("partners/<uuid:partner_id>/", views.TrainingDetailView.as_view(), name="training_detail"),
    path("records/<uuid:record_id>/remove/", views.TrainingRemoveView.as_view(), name="training_remove"),
    path("requests/", views.RequestListView.as_view(), name="request_list"),
    path(
        "partners/<uuid:partner_id>/requests/create/",
        views.RequestKindChooseView.as_view(),
        name="request_kind_choose",
    ),
    path(
        "partners/<uuid:partner_id>/requests/create/<slug:kind>/",
        views.RequestCreateView.as_view(),
        name="request_create",
    ),
    path("requests/<uuid:request_id>/", views.RequestDetailView.as_view(), name="request_detail"),
    path("requests/<uuid:request_id>/decide/", views.RequestDecideView.as_view(), name="request_decide"),
    path("requests/<uuid:request_id>/finish/", views.RequestFinishView.as_view(), name="request_finish"),
    path("requests/<uuid:request_id>/withdraw/", views.RequestWithdrawView.as_view(), name="request_withdraw"),
    path("directory/", views.DirectoryListView.as_view(), name="directory_list"),
]

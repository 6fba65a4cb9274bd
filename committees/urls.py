"""Addresses of committees, assignments, meetings and attendance."""

from django.urls import path

from committees import views

app_name = "committees"
urlpatterns = [
    path("committees/", views.CommitteeListView.as_view(), name="committee_list"),
    path("committees/create/", views.CommitteeCreateView.as_view(), name="committee_create"),
    path("committees/<uuid:committee_id>/", views.CommitteeDetailView.as_view(), name="committee_detail"),
    path(
        "committees/<uuid:committee_id>/assignments/create/",
        views.AssignmentCreateView.as_view(),
        name="assignment_create",
    ),
    path("committees/<uuid:committee_id>/meetings/create/", views.MeetingCreateView.as_view(), name="meeting_create"),
    path("assignments/<uuid:assignment_id>/edit/", views.AssignmentEditView.as_view(), name="assignment_edit"),
    path("assignments/<uuid:assignment_id>/end/", views.AssignmentEndView.as_view(), name="assignment_end"),
    path("assignments/<uuid:assignment_id>/escort/", views.EscortDetailView.as_view(), name="escort_detail"),
    path("assignments/<uuid:assignment_id>/escort/edit/", views.EscortEditView.as_view(), name="escort_edit"),
    path("time/", views.CapacityListView.as_view(), name="capacity_list"),
    path("meetings/", views.MeetingListView.as_view(), name="meeting_list"),
    path("meetings/<uuid:meeting_id>/", views.MeetingDetailView.as_view(), name="meeting_detail"),
    path("meetings/<uuid:meeting_id>/cancel/", views.MeetingCancelView.as_view(), name="meeting_cancel"),
    path("meetings/<uuid:meeting_id>/warning/edit/", views.WarningEditView.as_view(), name="warning_edit"),
    path("meetings/<uuid:meeting_id>/hold/", views.MeetingHoldView.as_view(), name="meeting_hold"),
    path(
        "meetings/<uuid:meeting_id>/attendance/<uuid:assignment_id>/record/",
        views.AttendanceRecordView.as_view(),
        name="attendance_record",
    ),
    path(
        "meetings/<uuid:meeting_id>/attendance/<uuid:assignment_id>/length/record/",
        views.AttendanceLengthRecordView.as_view(),
        name="attendance_length_record",
    ),
]

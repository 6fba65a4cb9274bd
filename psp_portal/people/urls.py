"""Addresses of an organisation's people."""

from django.urls import path

from psp_portal.people import views

app_name = "people"
urlpatterns = [
    path("", views.PersonListView.as_view(), name="person_list"),
    path("invite/", views.PersonInviteView.as_view(), name="person_invite"),
    path(
        "invitations/<uuid:invitation_id>/withdraw/", views.InvitationWithdrawView.as_view(), name="invitation_withdraw"
    ),
    path("posts/", views.PostListView.as_view(), name="post_list"),
    path("posts/<str:post>/appoint/", views.PostAppointView.as_view(), name="post_appoint"),
    path("roles/<uuid:membership_id>/end/", views.RoleEndView.as_view(), name="role_end"),
    path("absences/", views.AbsenceListView.as_view(), name="absence_list"),
    path("absences/<uuid:absence_id>/end/", views.AbsenceEndView.as_view(), name="absence_end"),
    path("shut-outs/", views.ShutOutListView.as_view(), name="shut_out_list"),
    path("shut-outs/<uuid:shut_out_id>/", views.ShutOutDetailView.as_view(), name="shut_out_detail"),
    path("shut-outs/<uuid:shut_out_id>/confirm/", views.ShutOutConfirmView.as_view(), name="shut_out_confirm"),
    path("shut-outs/<uuid:shut_out_id>/refuse/", views.ShutOutRefuseView.as_view(), name="shut_out_refuse"),
    path("handovers/", views.HandoverListView.as_view(), name="handover_list"),
    path("handovers/<uuid:partner_id>/", views.HandoverDetailView.as_view(), name="handover_detail"),
    path("handovers/<uuid:partner_id>/begin/", views.HandoverCreateView.as_view(), name="handover_create"),
    path("handovers/<uuid:partner_id>/edit/", views.HandoverEditView.as_view(), name="handover_edit"),
    path("handovers/<uuid:partner_id>/publish/", views.HandoverPublishView.as_view(), name="handover_publish"),
    path("<uuid:user_id>/", views.PersonDetailView.as_view(), name="person_detail"),
    path("<uuid:user_id>/roles/grant/", views.RoleGrantView.as_view(), name="role_grant"),
    path("<uuid:user_id>/absences/record/", views.AbsenceRecordView.as_view(), name="absence_record"),
    path("<uuid:user_id>/second/", views.SecondChooseView.as_view(), name="second_choose"),
    path("<uuid:user_id>/second/<uuid:other_id>/", views.SecondJoinView.as_view(), name="second_join"),
    path("<uuid:user_id>/account/close/", views.AccountCloseView.as_view(), name="account_close"),
    path("<uuid:user_id>/shut-out/", views.ShutOutCreateView.as_view(), name="shut_out_create"),
]

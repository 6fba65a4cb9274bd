"""Pages about an organisation's people: HTTP to one service or query."""

from psp_portal.people.views.joining import SecondChooseView, SecondJoinView
from psp_portal.people.views.roles import (
    AbsenceEndView,
    AbsenceListView,
    AbsenceRecordView,
    AccountCloseView,
    InvitationWithdrawView,
    PersonDetailView,
    PersonInviteView,
    PersonListView,
    PostAppointView,
    PostListView,
    RoleEndView,
    RoleGrantView,
)

__all__ = [
    "AbsenceEndView",
    "AbsenceListView",
    "AbsenceRecordView",
    "AccountCloseView",
    "InvitationWithdrawView",
    "PersonDetailView",
    "PersonInviteView",
    "PersonListView",
    "PostAppointView",
    "PostListView",
    "RoleEndView",
    "RoleGrantView",
    "SecondChooseView",
    "SecondJoinView",
]

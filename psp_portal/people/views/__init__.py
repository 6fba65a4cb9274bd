"""Pages about an organisation's people: HTTP to one service or query."""

from psp_portal.people.views.handover import (
    HandoverCreateView,
    HandoverDetailView,
    HandoverEditView,
    HandoverListView,
    HandoverPublishView,
)
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
from psp_portal.people.views.shutting_out import (
    ShutOutConfirmView,
    ShutOutCreateView,
    ShutOutDetailView,
    ShutOutListView,
    ShutOutRefuseView,
)

__all__ = [
    "AbsenceEndView",
    "AbsenceListView",
    "AbsenceRecordView",
    "AccountCloseView",
    "HandoverCreateView",
    "HandoverDetailView",
    "HandoverEditView",
    "HandoverListView",
    "HandoverPublishView",
    "InvitationWithdrawView",
    "PersonDetailView",
    "PersonInviteView",
    "PersonListView",
    "PostAppointView",
    "PostListView",
    "RoleEndView",
    "RoleGrantView",
    "ShutOutConfirmView",
    "ShutOutCreateView",
    "ShutOutDetailView",
    "ShutOutListView",
    "ShutOutRefuseView",
    "SecondChooseView",
    "SecondJoinView",
]

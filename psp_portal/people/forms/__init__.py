"""What the pages about people ask; writes nothing."""

from psp_portal.people.forms.handover import HandoverEditForm, HandoverPublishForm
from psp_portal.people.forms.joining import SecondChooseForm, SecondJoinForm
from psp_portal.people.forms.roles import (
    AbsenceEndForm,
    AbsenceRecordForm,
    AccountCloseForm,
    PersonInviteForm,
    PostAppointForm,
    RoleEndForm,
    RoleGrantForm,
)
from psp_portal.people.forms.shutting_out import ShutOutCreateForm, ShutOutRefuseForm

__all__ = [
    "AbsenceEndForm",
    "AbsenceRecordForm",
    "AccountCloseForm",
    "HandoverEditForm",
    "HandoverPublishForm",
    "PersonInviteForm",
    "PostAppointForm",
    "RoleEndForm",
    "RoleGrantForm",
    "ShutOutCreateForm",
    "ShutOutRefuseForm",
    "SecondChooseForm",
    "SecondJoinForm",
]

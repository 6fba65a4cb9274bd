"""What the pages about people ask; writes nothing."""

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

__all__ = [
    "AbsenceEndForm",
    "AbsenceRecordForm",
    "AccountCloseForm",
    "PersonInviteForm",
    "PostAppointForm",
    "RoleEndForm",
    "RoleGrantForm",
    "SecondChooseForm",
    "SecondJoinForm",
]

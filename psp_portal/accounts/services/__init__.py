"""Writes people, organisations, roles, posts, absences and invitations; one function per thing a person can do."""

from psp_portal.accounts.services.absences import end_absence, record_absence
from psp_portal.accounts.services.accounts import disable_account, register_user, shut_out_of
from psp_portal.accounts.services.invitations import (
    accept_invitation,
    invite_people,
    invite_user,
    lapse_unused_invitations,
    withdraw_invitation,
)
from psp_portal.accounts.services.organisations import ImportResult, create_organisation, import_organisations
from psp_portal.accounts.services.preferences import save_formats
from psp_portal.accounts.services.roles import appoint_to_post, end_helper_role, end_role, end_roles_at, grant_role

__all__ = [
    "ImportResult",
    "accept_invitation",
    "appoint_to_post",
    "create_organisation",
    "disable_account",
    "end_absence",
    "end_helper_role",
    "end_role",
    "end_roles_at",
    "grant_role",
    "import_organisations",
    "invite_people",
    "invite_user",
    "lapse_unused_invitations",
    "record_absence",
    "register_user",
    "save_formats",
    "shut_out_of",
    "withdraw_invitation",
]

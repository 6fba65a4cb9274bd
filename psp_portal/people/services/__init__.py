"""Changes of an organisation's people that reach into every app, each in one transaction."""

from psp_portal.people.services.joining import join_records
from psp_portal.people.services.roles import (
    appoint_to_post,
    close_account,
    end_absence,
    end_role,
    grant_role,
    record_absence,
)
from psp_portal.people.services.shutting_out import ask_to_shut_out, confirm_shut_out, refuse_shut_out

__all__ = [
    "appoint_to_post",
    "ask_to_shut_out",
    "close_account",
    "confirm_shut_out",
    "end_absence",
    "end_role",
    "grant_role",
    "join_records",
    "record_absence",
    "refuse_shut_out",
]

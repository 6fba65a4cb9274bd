"""Accounts, sign-ins, roles, files and messages."""

from django.apps import apps
from django.db.models import Q

from psp_portal.subject_access.registry.about import ANYWHERE, About, Nothing, Subject


def _letters_to_an_applicant(subject: Subject) -> Q:
    """Return what picks the e-mails about somebody's applications, wherever they went."""
    applications = apps.get_model("partners.Application")._base_manager.filter(partner__user__in=subject.user_ids)
    found = Q(pk__in=[])
    for pk in applications.values_list("pk", flat=True):
        found |= Q(recipient__isnull=True, dedupe_key__startswith=f"recruitment.application:{pk}:")
    return found


ENTRIES = (
    About("accounts.User", "id", "You", organisation=ANYWHERE, names=("name", "email")),
    About("account.EmailAddress", "user", "You"),
    About("account.EmailConfirmation", "email_address__user", "You"),
    About("mfa.Authenticator", "user", "You"),
    About("usersessions.UserSession", "user", "You"),
    About("accounts.Membership", "user", "Roles"),
    About("accounts.PostHolding", "user", "Roles"),
    About("accounts.Absence", ("user", "deputy"), "Roles"),
    About("accounts.Invitation", "accepted_by", "Roles", email="email", names=("name", "email")),
    About("people.JoinedRecord", ("kept", "gone"), "You"),
    About(
        "notifications.Message", "recipient", "Messages", email="address", more=_letters_to_an_applicant,
        leaves_out=frozenset({"kind"}),
    ),
    About(
        "documents.Document", ("uploaded_by", "receipt__claim__claimant"), "Files you gave",
        organisation="receipt__organisation",
    ),
    Nothing("accounts.Organisation", "A body of the NHS, not a person."),
    Nothing("auth.Permission", "The framework's list of what can be permitted, which the portal does not use."),
    Nothing("auth.Group", "The framework's groups, which the portal does not use."),
    Nothing("contenttypes.ContentType", "The framework's list of kinds of record."),
    Nothing("sessions.Session", "A random key while somebody is signed in; where and when is in the sign-ins."),
    Nothing("audit.AccessLog", "Given as a part of its own: who read your records, and what you read."),
    Nothing("pghistory.Context", "Given with each change: who made it and why."),
    Nothing("pghistory.Events", "No table: a view of the histories, which are given as a part of their own."),
    Nothing("pghistory.MiddlewareEvents", "No table: a view of the histories."),
)  # fmt: skip

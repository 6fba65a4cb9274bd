"""Who is told what about checks, in which words. What came of a check stands in no message."""

from datetime import datetime

from django.urls import reverse

from partners.models import Partner
from partners.models.checks import Check
from psp_portal.accounts.models import User
from psp_portal.audit.context import Actor
from psp_portal.dates import format_date
from psp_portal.notifications.outbox import Letter, queue


def checks_asked(partner: Partner, *, at: datetime) -> None:
    """Tell the partner that something has to be checked, and who asks for their papers."""
    key = f"{partner.pk}:{at.isoformat()}"
    _tell(partner, partner.user, "ask", "Something is checked before you begin", "checks_asked", key, at=at)


def check_recorded(check: Check, *, at: datetime) -> None:
    """Tell the partner that a check of theirs was recorded; they read the outcome when they sign in."""
    partner = check.partner
    _tell(
        partner, partner.user, "record", "One of your checks has been recorded", "check_recorded", f"{check.pk}", at=at
    )


def checks_done(partner: Partner, *, by: Actor, at: datetime) -> None:
    """Tell the partner, and their lead unless the lead did it, that the checks are done and what comes next."""
    told = [(partner.user, "Your checks are done")]
    if partner.lead_id != by.pk:
        told.append((partner.lead, "A partner’s checks are done"))
    for person, subject in told:
        _tell(partner, person, "done", subject, "checks_done", f"{partner.pk}", at=at)


def check_runs_out(check: Check, *, days: int, at: datetime) -> None:
    """Warn the partner and their lead that a check runs out, once for each step."""
    partner = check.partner
    when = format_date(check.expires_on)  # type: ignore[arg-type]  # only those that run out come here
    for person, subject in (
        (partner.user, f"One of your checks runs out on {when}"),
        (partner.lead, f"A partner’s check runs out on {when}"),
    ):
        _tell(partner, person, "warn", subject, "check_runs_out", f"{check.pk}:{days}", at=at, check=check)


def _tell(
    partner: Partner, person: User, what: str, subject: str, template: str, key: str, *, at: datetime, **more: object
) -> None:
    queue(
        [
            Letter(
                kind=f"partners.check.{what}",
                recipient_id=person.pk,
                subject=subject,
                template=f"checks/email/{template}.txt",
                dedupe_key=f"partners.check.{what}:{key}:{person.pk}",
                link=reverse("checks:partner_detail", args=[partner.pk]),
                context={"partner": partner, "person": person, "is_own": person == partner.user, **more},
            )
        ],
        at=at,
    )

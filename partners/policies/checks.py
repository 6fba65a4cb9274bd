"""Rules of checks, pure: values in, a value or RuleBroken out."""

import re
from collections.abc import Iterable
from datetime import date

from partners.enums.checks import CheckKind, CheckOutcome, DbsLevel, DbsReason
from psp_portal.dates import add_months, format_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

# The days before the end at which people are warned (issue 4: 90, 60, 30).
WARNED_AT = (90, 60, 30)
LONGEST_RENEWAL_MONTHS = 120
# Letters, digits and no space, so that no sentence can be written where a number belongs. The database holds it too.
REFERENCE = r"^[A-Za-z0-9][A-Za-z0-9/.-]{0,29}$"
DONE = frozenset({CheckOutcome.CLEARED, CheckOutcome.CONDITIONS})

_LEVELS = list(DbsLevel)
# The highest level that a reason allows. Anybody may be asked for a basic check. Above it the law names the work:
# the Rehabilitation of Offenders Act 1974 (Exceptions) Order 1975 (access to patients), the Police Act 1997 (Criminal
# Records) Regulations 2002 (work with adults or children), the Safeguarding Vulnerable Groups Act 2006 (regulated
# activity). That no higher level may be asked for: NHS Employers (domain.md 1, S59).
_HIGHEST = {
    DbsReason.NONE: DbsLevel.BASIC,
    DbsReason.ACCESS: DbsLevel.STANDARD,
    DbsReason.WORK: DbsLevel.ENHANCED,
    DbsReason.REGULATED: DbsLevel.BARRED,
}


def check_dbs(kind: str, *, level: str, reason: str) -> None:
    """Refuse a DBS check without a level and why the role may be checked so, or at a higher level than that allows.

    Another kind of check has neither.
    """
    if kind != CheckKind.DBS:
        if level or reason:
            raise RuleBroken("Only a DBS check has a level. Leave it empty", field="dbs_level")
        return
    if not level:
        raise RuleBroken("Select the level of the DBS check", field="dbs_level")
    if not reason:
        raise RuleBroken("Select why this role may be checked", field="dbs_reason")
    highest = _HIGHEST[DbsReason(reason)]
    if _LEVELS.index(DbsLevel(level)) > _LEVELS.index(highest):
        raise RuleBroken(
            f"For this reason the law allows no more than: {highest.label.lower()}. To ask for more is unlawful",
            field="dbs_level",
        )


def check_renewal(renewal_months: int | None) -> None:
    """Refuse a renewal, in months, that is none or longer than ten years."""
    if renewal_months is not None and not 1 <= renewal_months <= LONGEST_RENEWAL_MONTHS:
        raise RuleBroken(f"Months must be from 1 to {LONGEST_RENEWAL_MONTHS}", field="renewal_months")


def clean_reference(reference: str) -> str:
    """Return a certificate's or letter's number without spaces around it; empty is none.

    Raises RuleBroken for what could be words: nothing that a check found may be written down.
    """
    cleaned = reference.strip()
    if cleaned and (re.fullmatch(REFERENCE, cleaned) is None or not re.search(r"[0-9]", cleaned)):
        raise RuleBroken(
            "The reference must be a number or code without spaces, like 001234567890. Do not write what was found",
            field="reference",
        )
    return cleaned


def check_outcome(outcome: str, *, done_on: date, today: date) -> None:
    """Refuse to record that a check still waits, or a day that is still to come."""
    if outcome == CheckOutcome.WAITING:
        raise RuleBroken("Select what came of the check", field="outcome")
    if done_on > today:
        raise RuleBroken("The day must be today or in the past", field="done_on")


def check_waits(outcome: str, *, done_on: date | None) -> None:
    """Refuse to record a check a second time: it is asked for again instead."""
    if outcome != CheckOutcome.WAITING and done_on:
        raise TransitionNotAllowed(
            f"This check was recorded already, done on {format_date(done_on)}. Ask for it again to record another."
        )


def expires_on(outcome: str, done_on: date, renewal_months: int | None) -> date | None:
    """Return the last day on which a check counts; None for one that never runs out or was not cleared."""
    if renewal_months is None or outcome not in DONE:
        return None
    return add_months(done_on, renewal_months)


def are_done(outcomes: Iterable[tuple[str, str]]) -> bool:
    """Say whether each kind of check among (kind, outcome) was cleared, with or without conditions.

    One that is asked for again, to renew it, still counts until the new outcome is there.
    """
    rows = list(outcomes)
    return {kind for kind, _outcome in rows} == {kind for kind, outcome in rows if outcome in DONE}


def moves() -> list[tuple[str, str]]:
    """Return every (from, to) that the database lets pass, in a fixed order: an outcome is recorded once."""
    return [(CheckOutcome.WAITING.value, each.value) for each in CheckOutcome if each != CheckOutcome.WAITING]

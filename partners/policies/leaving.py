"""Rules of terms, pauses and leaving, pure: values in, a value or RuleBroken out."""

from collections.abc import Mapping
from datetime import date, timedelta

from partners.enums import PartnerStatus
from partners.enums.leaving import ExitStatus, PackStatus, SuccessionStatus
from psp_portal.dates import add_months, format_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

# Succession begins six months before a term ends (product.md, P8).
SUCCESSION_MONTHS = 6
# So long before the end it must be known what happens: recruiting takes three months. No source gives a number.
DECIDE_MONTHS = 3
# A decision that comes late is given so many days at least.
LEAST_DAYS_TO_DECIDE = 14
# A pause or a last day that is further off is a slip of the year.
FURTHEST = timedelta(days=550)

# What somebody who leaves is asked. Domain.md 8 names the topics seen: role clarity, what happens to knowledge.
EXIT_QUESTIONS = (
    "What did you do here that made a difference?",
    "What got in your way?",
    "Was the role what you were told it would be?",
    "Were you heard, and paid, as you should have been?",
    "What should we do differently for the next partner?",
)


# --- terms -----------------------------------------------------------------------------------
def check_reason(reason: str, *, field: str = "reason", message: str = "Enter the reason") -> None:
    """Refuse to do something without saying why."""
    if not reason.strip():
        raise RuleBroken(message, field=field)


def check_no_overlap(starts_on: date, ends: date | None, *, others: list[tuple[date, date | None]]) -> None:
    """Refuse days in a role (both included; None without an end) that overlap others of the person at the trust."""
    for first, last in others:
        if first <= (ends or date.max) and starts_on <= (last or date.max):
            until = f"to {format_date(last)}" if last else "and has not ended"
            raise RuleBroken(
                f"This person has a term here from {format_date(first)} {until}. Two terms at one organisation cannot "
                "overlap",
                field="starts_on",
            )


def ends_within_succession(today: date) -> date:
    """Return the last day of the terms that the succession view shows."""
    return add_months(today, SUCCESSION_MONTHS)


def decide_by(term_ends_on: date, *, today: date) -> date:
    """Return the day by which a plan that is made today must be decided."""
    return max(add_months(term_ends_on, -DECIDE_MONTHS), today + timedelta(days=LEAST_DAYS_TO_DECIDE))


def check_plan_is_open(status: str) -> None:
    """Refuse to change a plan that has been decided."""
    if status != SuccessionStatus.OPEN:
        raise TransitionNotAllowed("It has been decided already what happens when this term ends.")


def check_extension(term_ends_on: date, new: date | None) -> None:
    """Refuse to extend a term without a new last day, or to one that is not later."""
    if new is None:
        raise RuleBroken("Enter the new last day of the term", field="term_ends_on")
    if new <= term_ends_on:
        raise RuleBroken(f"The new last day must be after {format_date(term_ends_on)}", field="term_ends_on")


# --- pauses ----------------------------------------------------------------------------------
def check_pause(starts_on: date, expected_back_on: date | None, *, today: date) -> None:
    """Refuse a pause from the past or a day far off, or with a return that is not after its first day."""
    if starts_on < today:
        raise RuleBroken("The first day must be today or in the future", field="starts_on")
    if starts_on > today + FURTHEST:
        raise RuleBroken("The first day is more than 18 months away. Check the year", field="starts_on")
    if expected_back_on is not None and expected_back_on <= starts_on:
        raise RuleBroken("The day they are back must be after the first day of the pause", field="expected_back_on")


# --- leaving ---------------------------------------------------------------------------------
def check_last_day_to_come(last_day: date, *, starts_on: date, today: date) -> None:
    """Refuse a last day in the past, before the role begins, or far off."""
    if last_day < max(today, starts_on):
        raise RuleBroken(f"The last day must be {format_date(max(today, starts_on))} or later", field="last_day")
    if last_day > today + FURTHEST:
        raise RuleBroken("The last day is more than 18 months away. Check the year", field="last_day")


def check_is_offered(status: str) -> None:
    """Refuse to answer or decline an exit conversation a second time."""
    if status != ExitStatus.OFFERED:
        raise TransitionNotAllowed(
            "You have declined the exit conversation."
            if status == ExitStatus.DECLINED
            else "You have sent your answers already."
        )


def check_has_answers(answers: Mapping[int, str]) -> None:
    """Refuse to send an exit conversation in which nothing is said."""
    if not any(text.strip() for text in answers.values()):
        raise RuleBroken("Answer at least one question, or say that you do not want an exit conversation")


def check_can_write_pack(status: str) -> None:
    """Refuse a handover pack before somebody is leaving: until then there is nothing to hand over."""
    if status not in (PartnerStatus.LEAVING, PartnerStatus.LEFT):
        raise TransitionNotAllowed("A handover pack is written when a partner leaves.")


def check_can_publish(status: str, texts: list[str]) -> None:
    """Refuse to publish a pack a second time, or one in which nothing stands."""
    if status == PackStatus.PUBLISHED:
        raise TransitionNotAllowed("This handover pack has been published already.")
    if not any(texts):
        raise RuleBroken("There is nothing in the pack yet. Write something first.")

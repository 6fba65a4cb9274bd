"""Rules of inductions, pure: values in, a value or RuleBroken out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from partners.enums import PartnerStatus
from partners.enums.induction import ItemKind, ItemOwner, ItemState
from psp_portal.dates import is_working_day
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

# Days before the day at which the owner is reminded, and days between reminders once it is over (issue 4, item 3, asks
# for reminders; no source gives the numbers).
REMIND_BEFORE = 3
REMIND_EVERY = 7
# An owner's first page shows what is due within a week: a longer list hides what comes next.
SHOWN_AHEAD = 7
# An induction is over within a year, or it is none.
MOST_DAYS = 365


# Somebody whose checks are not done has seen nothing yet; who has left can only take back what they wrote.
NO_NOTES_WHILE = frozenset({PartnerStatus.CHECKS, PartnerStatus.LEFT})


# --- the template ---------------------------------------------------------------------------
def check_template_item(
    *, title: str, owner: str, has_colleague: bool, colleague_title: str, due_days: int | None
) -> None:
    """Refuse a line of the template that does not say what to do, who does it, or by when."""
    if not title.strip():
        raise RuleBroken("Enter what has to be done", field="title")
    if owner == ItemOwner.COLLEAGUE and not has_colleague and not colleague_title.strip():
        raise RuleBroken("Select a person, or enter their job, so that it is clear who does it", field="colleague_id")
    if due_days is None or not 0 <= due_days <= MOST_DAYS:
        raise RuleBroken("Days must be from 0 to 365", field="due_days")


# --- one thing of a list --------------------------------------------------------------------
def due_on(start: date, days: int, holidays: Collection[date]) -> date:
    """Return the day by which something is due, ``days`` calendar days after the start, or the next working day.

    Calendar days, because a partner's week has no office hours; on a working day, because most of it takes somebody
    who is in the office.
    """
    day = start + timedelta(days=days)
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def item_state(*, is_closed: bool, not_needed_because: str, due: date, today: date) -> ItemState:
    """Return how one thing of an induction stands today."""
    if is_closed:
        return ItemState.NOT_NEEDED if not_needed_because else ItemState.DONE
    return ItemState.OVERDUE if due < today else ItemState.TODO


def reminder_due(due: date, *, today: date, last: date | None) -> bool:
    """Say whether the owner is reminded today of what is not done; ``last`` is the day of their last reminder.

    Once in the days before it is due, once as soon as that day is over, then every week. After days down only one is
    sent.
    """
    if today <= due:
        return last is None and due - timedelta(days=REMIND_BEFORE) <= today
    return last is None or last <= due or last + timedelta(days=REMIND_EVERY) <= today


@dataclass(frozen=True)
class Progress:
    """How far an induction is: how many of its things are done, of how many, those not needed left out."""

    done: int
    of: int

    def __str__(self) -> str:
        return f"{self.done} of {self.of} done"


def progress(states: Iterable[ItemState]) -> Progress:
    """Return how far an induction is."""
    counted = [state for state in states if state != ItemState.NOT_NEEDED]
    return Progress(sum(state == ItemState.DONE for state in counted), len(counted))


def check_can_begin(status: str) -> None:
    """Refuse an induction for somebody who is not in one of the two statuses in which people settle in."""
    if status == PartnerStatus.CHECKS:
        raise TransitionNotAllowed("This partner's checks are not done yet. The induction begins after them.")
    if status not in (PartnerStatus.INDUCTION, PartnerStatus.ACTIVE):
        raise TransitionNotAllowed("This partner is having a break, is leaving or has left. No induction begins now.")


def check_is_open(*, is_closed: bool) -> None:
    """Refuse to close twice what was closed by somebody else meanwhile."""
    if is_closed:
        raise TransitionNotAllowed("This has been done, or is not needed, already.")


def check_can_be_ticked(kind: str) -> None:
    """Refuse to tick a working agreement: it is done when both sides have agreed to it."""
    if kind == ItemKind.AGREEMENT:
        raise RuleBroken("The working agreement is done when both sides have agreed to it.")


def check_can_reopen(*, is_closed: bool, is_finished: bool) -> None:
    """Refuse to open again what is open, or part of an induction that is over."""
    if not is_closed:
        raise TransitionNotAllowed("This is not done yet.")
    if is_finished:
        raise TransitionNotAllowed("This induction is finished, so nothing in it is opened again.")


def check_reason(reason: str) -> None:
    """Refuse to leave something out, or to hide somebody's words, without saying why to the person it concerns."""
    if not reason.strip():
        raise RuleBroken("Enter the reason. The partner reads it", field="reason")


# --- the working agreement --------------------------------------------------------------------
def check_agreement_is_open(*, is_there: bool, is_closed: bool) -> None:
    """Refuse to change a working agreement that is no part of the induction, or is agreed or not needed."""
    if not is_there:
        raise RuleBroken("There is no working agreement in this induction.")
    if is_closed:
        raise TransitionNotAllowed("The working agreement is closed, so it cannot be changed any more.")


def check_revision(seen: int, now: int) -> None:
    """Refuse to write over, or agree to, words that somebody has not read: they were changed since."""
    if seen != now:
        raise RuleBroken(
            "The agreement has changed since you opened this page. Read how it stands now. What you typed is kept below"
        )


def check_agreement(text: str) -> None:
    """Refuse to keep, or agree to, nothing."""
    if not text.strip():
        raise RuleBroken("Enter what you agree on", field="text")


# --- notes for those who come next --------------------------------------------------------------
def check_can_write_note(status: str) -> None:
    """Refuse a note by somebody who has not begun, or is here no more."""
    if status == PartnerStatus.CHECKS:
        raise TransitionNotAllowed("You can write this once your induction has begun.")
    if status == PartnerStatus.LEFT:
        raise TransitionNotAllowed("You have left this organisation, so you cannot write here any more.")


def check_note(text: str) -> None:
    """Refuse an empty note."""
    if not text.strip():
        raise RuleBroken("Enter what you wish you had known", field="text")


def check_can_hide(*, is_hidden: bool) -> None:
    """Refuse to hide what is hidden."""
    if is_hidden:
        raise TransitionNotAllowed("This note is hidden already.")


def check_can_show_again(*, is_hidden: bool) -> None:
    """Refuse to show again what is not hidden."""
    if not is_hidden:
        raise TransitionNotAllowed("This note is shown already.")

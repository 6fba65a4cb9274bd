"""Rules of support, pure: values in, a value or RuleBroken out."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from partners.enums.support import MentoringStatus, ReviewStatus, TalkStatus
from psp_portal.dates import add_months, format_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

LONGEST_TALK = 8 * 60
# A talk is planned within a year and a half: further off is a slip of the year.
FURTHEST = timedelta(days=550)

TALK_MOVES = {(TalkStatus.PLANNED, TalkStatus.HELD), (TalkStatus.PLANNED, TalkStatus.CANCELLED)}
MENTORING_MOVES = {
    (MentoringStatus.PROPOSED, MentoringStatus.RUNNING),
    (MentoringStatus.PROPOSED, MentoringStatus.DECLINED),
    (MentoringStatus.PROPOSED, MentoringStatus.ENDED),
    (MentoringStatus.RUNNING, MentoringStatus.ENDED),
}
REVIEW_MOVES = {
    (ReviewStatus.OPEN, ReviewStatus.TALKING),
    (ReviewStatus.TALKING, ReviewStatus.CLOSED),
}


def transitions(moves: Iterable[tuple]) -> list[tuple[str, str]]:
    """Return every (from, to) that the database lets pass, in a fixed order."""
    return sorted((source.value, target.value) for source, target in moves)


# --- talks --------------------------------------------------------------------------------
def check_talk(*, starts_at: datetime, minutes: int, place: str, link: str, at: datetime) -> None:
    """Refuse a talk long past or far off, that takes no time, or that is nowhere.

    One that has just taken place may be written down: two people who met in the corridor have met.
    """
    if starts_at < at - timedelta(days=90):
        raise RuleBroken("The date must be within the last 90 days, or in the future", field="starts_on")
    if starts_at > at + FURTHEST:
        raise RuleBroken("The date is more than 18 months away. Check the year", field="starts_on")
    if not 5 <= minutes <= LONGEST_TALK:
        raise RuleBroken("Minutes must be from 5 to 480, which is 8 hours", field="minutes")
    if not place.strip() and not link.strip():
        raise RuleBroken("Enter a place or a link, so that both know where", field="place")


def check_talk_move(status: str, target: TalkStatus) -> None:
    """Refuse what cannot be done any more. Raises TransitionNotAllowed."""
    if (status, target) not in TALK_MOVES:
        raise TransitionNotAllowed(
            "It has been cancelled." if status == TalkStatus.CANCELLED else "It took place already."
        )


def check_has_begun(starts_at: datetime, *, at: datetime) -> None:
    """Refuse to say that a talk took place before it began."""
    if starts_at > at:
        raise RuleBroken("It has not begun yet. Cancel it if it will not take place.")


def check_can_write_notes(status: str) -> None:
    """Refuse shared notes of a talk that did not take place."""
    if status == TalkStatus.CANCELLED:
        raise TransitionNotAllowed("It was cancelled, so there is nothing to write down.")


def check_revision(seen: int, now: int) -> None:
    """Refuse to act on notes that the other side has changed since: nobody agrees to what they have not read."""
    if seen != now:
        raise RuleBroken("The notes have changed since you opened this page. Read them again.")


def check_reason(reason: str, *, field: str = "reason") -> None:
    """Refuse to cancel or end something without a word of why."""
    if not reason.strip():
        raise RuleBroken("Enter the reason. The other person reads it", field=field)


# --- mentors ------------------------------------------------------------------------------
def check_mentor(*, partner_user: object, mentor: object, lead: object) -> None:
    """Refuse a mentor who is the partner, or the lead who decides about them."""
    if mentor == partner_user:
        raise RuleBroken("Nobody is their own mentor", field="mentor_id")
    if mentor == lead:
        raise RuleBroken("The partner’s lead decides about them. Choose somebody else as the mentor", field="mentor_id")


def check_mentoring_is(status: str, expected: Iterable[MentoringStatus]) -> None:
    """Refuse what cannot be done any more. Raises TransitionNotAllowed."""
    if status not in set(expected):
        raise TransitionNotAllowed("This has been answered or has ended already.")


def mentoring_status(partner_answer: bool | None, mentor_answer: bool | None) -> MentoringStatus:
    """Return where a proposal stands by both answers: under way only once both have said yes."""
    if partner_answer is False or mentor_answer is False:
        return MentoringStatus.DECLINED
    return MentoringStatus.RUNNING if partner_answer and mentor_answer else MentoringStatus.PROPOSED


# --- the annual review ----------------------------------------------------------------------
def review_due_on(starts_on: date, last_opened_on: date | None, *, every_months: int) -> date:
    """Return the day on which a partner's next review is opened."""
    return add_months(last_opened_on or starts_on, every_months)


def check_review_is(status: str, expected: ReviewStatus) -> None:
    """Refuse what cannot be done any more, or not yet. Raises TransitionNotAllowed."""
    if status == expected:
        return
    words = {
        ReviewStatus.OPEN: "Both sides must send their answers first.",
        ReviewStatus.TALKING: "Both sides have sent their answers, so they cannot be changed any more.",
        ReviewStatus.CLOSED: "This review is closed.",
    }
    raise TransitionNotAllowed(words[ReviewStatus(status)])


def check_not_sent(sent_at: datetime | None) -> None:
    """Refuse to change answers that were sent."""
    if sent_at is not None:
        raise TransitionNotAllowed("You have sent your answers, so they cannot be changed any more.")


def check_has_answers(answers: Mapping[int, str]) -> None:
    """Refuse to send a review in which nothing is said."""
    if not any(text.strip() for text in answers.values()):
        raise RuleBroken("Answer at least one question before you send")


def check_points(points: str) -> None:
    """Refuse to agree to nothing: agreed points are what the review is for."""
    if not points.strip():
        raise RuleBroken("Write down what you agreed first.")


# --- after hard material ---------------------------------------------------------------------
def ask_on(marked_on: date, *, after_days: int) -> date:
    """Return the day on which the portal asks how somebody is."""
    return marked_on + timedelta(days=after_days)


def check_settings(*, ask_after_days: int, review_months: int) -> None:
    """Refuse days or months that make no sense."""
    if not 0 <= ask_after_days <= 30:
        raise RuleBroken("Days must be from 0 to 30", field="ask_after_days")
    if not 1 <= review_months <= 36:
        raise RuleBroken("Months must be from 1 to 36", field="review_months")


def check_happened(on: date, *, today: date) -> None:
    """Refuse to mark what is still to come, or what is long gone."""
    if on > today:
        raise RuleBroken("The day must be today or in the past", field="happened_on")
    if on < today - timedelta(days=90):
        raise RuleBroken(
            f"The day must be on or after {format_date(today - timedelta(days=90))}. You can talk to somebody at any "
            "time, whenever it was",
            field="happened_on",
        )

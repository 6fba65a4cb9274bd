"""Rules of access and communication needs, pure: values in, a value or RuleBroken out.

They follow the six steps of the Accessible Information Standard, DAPB1605 version 4 (domain.md 9): identify, record,
flag, share, meet, review. It does not bind a trust towards its partners; the portal keeps it all the same.
"""

from datetime import date, timedelta

from partners.enums.access import NeedKind as K
from partners.enums.access import NeedStatus as S
from partners.enums.access import Sharing
from psp_portal.dates import add_months
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

LONGEST = 500
# Below 14 points print is not large, and above 72 a page holds a few words.
SMALLEST_PRINT, LARGEST_PRINT = 14, 72
# What says enough by its name; everything else has to be told in words.
SPEAKS_FOR_ITSELF = frozenset(
    {K.LARGE_PRINT, K.EASY_READ, K.BRAILLE, K.AUDIO, K.SCREEN_READER, K.BSL, K.LIP_SPEAKER, K.SPEECH_TO_TEXT}
)
# So long before a review is due it stands on the lead's list.
REVIEW_SEEN_AHEAD = timedelta(days=30)

_MOVES = {S.RECORDED: frozenset({S.IDENTIFIED}), S.ENDED: frozenset({S.IDENTIFIED, S.RECORDED})}


def moves() -> list[tuple[str, str]]:
    """Return every (from, to) that the database lets pass, in a fixed order."""
    return sorted((source.value, target.value) for target, sources in _MOVES.items() for source in sources)


def check_is_identified(status: str) -> None:
    """Refuse to write down what is written down already, or is needed no more."""
    if status != S.IDENTIFIED:
        raise TransitionNotAllowed("This has been written down already.")


def check_is_recorded(status: str) -> None:
    """Refuse to change, share, confirm or meet a need that is not written down, or none any more."""
    if status == S.ENDED:
        raise TransitionNotAllowed("This is no longer needed.")
    if status == S.IDENTIFIED:
        raise TransitionNotAllowed("This has to be written down first.")


def check_can_end(status: str) -> None:
    """Refuse to end what has ended."""
    if status == S.ENDED:
        raise TransitionNotAllowed("This is no longer needed.")


def check_need(kind: str, *, detail: str, point_size: int | None) -> None:
    """Refuse a need that does not say what is needed."""
    if kind == K.LARGE_PRINT:
        if point_size is None or not SMALLEST_PRINT <= point_size <= LARGEST_PRINT:
            raise RuleBroken(f"Enter a size from {SMALLEST_PRINT} to {LARGEST_PRINT}", field="point_size")
    elif point_size is not None:
        raise RuleBroken("Only large print has a size", field="point_size")
    if kind not in SPEAKS_FOR_ITSELF and not detail.strip():
        raise RuleBroken("Enter what you need", field="detail")
    if len(detail) > LONGEST:
        raise RuleBroken(f"What you need must be {LONGEST} characters or fewer", field="detail")


def check_can_share(sharing: str, *, is_confirmed: bool) -> None:
    """Refuse to show others what the partner has not said is right."""
    if sharing == Sharing.ARRANGERS and not is_confirmed:
        raise RuleBroken("Say first whether what was written down is right.")


def check_met(*, occasion: str, on: date, was_met: bool, how: str, today: date) -> None:
    """Refuse an entry that does not say at what, is about a day to come, or says no without saying why."""
    if not occasion.strip():
        raise RuleBroken("Enter what it was for", field="occasion")
    if on > today:
        raise RuleBroken("The day must be today or in the past", field="on")
    if not was_met and not how.strip():
        raise RuleBroken("Enter why it was not in place", field="how")


def check_review_months(months: int) -> None:
    """Refuse a time between two reviews that is out of reason."""
    if not 1 <= months <= 36:
        raise RuleBroken("Months must be from 1 to 36", field="review_months")


def review_due(reviewed_on: date, *, months: int) -> date:
    """Return the day by which needs are gone through again."""
    return add_months(reviewed_on, months)

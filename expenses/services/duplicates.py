"""Likely duplicates: found whenever a claim is priced, cleared with a reason by whoever may decide the line."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from expenses import permissions, queries
from expenses.enums import ClaimAction, ClaimStatus, ClockEvent, Problem
from expenses.models import Claim, ClaimLine, LikelyDuplicate, RateCard
from expenses.models.lines import UNDECIDED
from expenses.services.moving import line_of, lock_claim, lock_lines, write_event
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed


def look_for_duplicates(claim: Claim, lines: list[ClaimLine], card: RateCard, *, at: datetime) -> set[UUID]:
    """Write down which lines of a locked draft look like others, and return them.

    What was cleared when the claim was sent before is asked again: the partner has had it back and may have changed it.
    """
    found = set(queries.likely_duplicates_in(claim, lines, card))
    there = {(each.line_id, each.other_line_id): each for each in LikelyDuplicate.objects.filter(line__claim=claim)}
    kept = {pair for pair, row in there.items() if pair in found and not row.cleared_at}
    if gone := [row.pk for pair, row in there.items() if pair not in kept]:
        LikelyDuplicate.objects.filter(pk__in=gone).delete()
    LikelyDuplicate.objects.bulk_create(
        LikelyDuplicate(line_id=line_id, other_line_id=other_id, found_at=at) for line_id, other_id in found - kept
    )
    return {line_id for line_id, _ in found}


def look_again(line: ClaimLine, card: RateCard, *, at: datetime) -> None:
    """Flag an appealed line that looks like something claimed since it was refused; whoever calls saves ``problems``.

    What somebody has cleared already stays so.
    """
    there = set(line.likely_duplicates.values_list("other_line_id", flat=True))
    found = queries.likely_duplicates_in(line.claim, [line], card)
    new = [other_id for _, other_id in found if other_id not in there]
    LikelyDuplicate.objects.bulk_create(
        LikelyDuplicate(line=line, other_line_id=other_id, found_at=at) for other_id in new
    )
    if new and Problem.LIKELY_DUPLICATE not in line.problems:
        line.problems = [*line.problems, Problem.LIKELY_DUPLICATE]


def flag_brought_in(
    claims: Iterable[tuple[Claim, list[ClaimLine]]], card_of: Mapping[UUID, RateCard], *, at: datetime
) -> list[LikelyDuplicate]:
    """Flag the unsaved lines of claims from a list that look like others; return the rows to save after them."""
    claims = list(claims)
    lines = {line.pk: line for _, of_claim in claims for line in of_claim}
    found = queries.likely_duplicates_among(claims, card_of)
    for line_id in dict.fromkeys(line_id for line_id, _ in found):
        lines[line_id].problems = [Problem.LIKELY_DUPLICATE]
    return [LikelyDuplicate(line_id=line_id, other_line_id=other_id, found_at=at) for line_id, other_id in found]


@audited("expenses.duplicate.explain")
@transaction.atomic
def explain_duplicate(*, claim_id: UUID, line_id: UUID, reason: str, by: User, at: datetime) -> ClaimLine:
    """Say, as the partner and before sending, why a line is not the same thing twice; whoever decides reads it."""
    claim = lock_claim(claim_id)
    permissions.check_can_change_draft(by, claim)
    if claim.status != ClaimStatus.DRAFT:
        raise TransitionNotAllowed("You have sent this claim. To change it, take it back first.")
    line = line_of(lock_lines(claim), line_id)
    line.not_duplicate_reason = reason.strip()
    line.save(update_fields=["not_duplicate_reason"])
    return line


@audited("expenses.duplicate.clear")
@transaction.atomic
def clear_duplicate(*, duplicate_id: UUID, reason: str, by: User, at: datetime) -> LikelyDuplicate:
    """Say, as somebody who may decide the line, why it is no duplicate: its flag goes, and both sides see who and why.

    Raises RuleBroken without a reason, TransitionNotAllowed when it is cleared or the line is decided.
    """
    found = LikelyDuplicate.objects.select_related("line").get(pk=duplicate_id)
    claim = lock_claim(found.line.claim_id)
    permissions.check_can_act_on_claim(by, claim, ClaimAction.DECIDE, today=local_date(at))
    line = line_of(lock_lines(claim), found.line_id)
    # Read again under the lock: a colleague may have been quicker.
    found.refresh_from_db(fields=["cleared_at"])
    if found.cleared_at:
        raise TransitionNotAllowed("Somebody has cleared this already.")
    if line.status not in UNDECIDED:
        raise TransitionNotAllowed("This line has been decided, so there is nothing left to clear.")
    if not reason.strip():
        raise RuleBroken("Say why this is not a duplicate.", field="reason")
    _clear(LikelyDuplicate.objects.filter(pk=found.pk), reason.strip(), by=by, at=at)
    found.refresh_from_db(fields=["cleared_at", "cleared_by", "cleared_reason"])
    if not line.likely_duplicates.filter(cleared_at__isnull=True).exists():
        _unflag(line)
    write_event(claim, ClockEvent.CLEAR_DUPLICATE, by=by, at=at, note=f"Line {line.position}: {reason.strip()}")
    return found


def clear_by_deciding(line: ClaimLine, *, reason: str, by: User, at: datetime) -> None:
    """Take the reason for which a flagged line is approved as the clearing of its likely duplicates."""
    if Problem.LIKELY_DUPLICATE in line.problems:
        _clear(line.likely_duplicates.filter(cleared_at__isnull=True), reason, by=by, at=at)


def release_duplicates(lines: Iterable[ClaimLine]) -> None:
    """Take the flag off undecided lines of other claims that looked like lines which no longer ask for anything."""
    gone = LikelyDuplicate.objects.filter(
        other_line__in=list(lines), cleared_at__isnull=True, line__status__in=UNDECIDED
    ).exclude(line__claim_id__in={line.claim_id for line in lines})
    flagged = {each.line for each in gone.select_related("line")}
    gone.delete()
    for line in flagged:
        if not line.likely_duplicates.filter(cleared_at__isnull=True).exists():
            _unflag(line)


def _clear(rows: QuerySet[LikelyDuplicate], reason: str, *, by: User, at: datetime) -> None:
    rows.update(cleared_at=at, cleared_by=by, cleared_reason=reason)


def _unflag(line: ClaimLine) -> None:
    line.problems = [problem for problem in line.problems if problem != Problem.LIKELY_DUPLICATE]
    line.save(update_fields=["problems"])

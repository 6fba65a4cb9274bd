"""A claim for a meeting that was cancelled late, made with one tap."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from expenses import queries
from expenses.enums import LineKind
from expenses.models import Claim
from expenses.services.drafts import ALREADY_STARTED, LineInput, create_draft, reprice, write_line
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken


@audited("expenses.claim.start_for_cancellation")
@transaction.atomic
def claim_cancellation(*, meeting_id: UUID, by: User, at: datetime) -> Claim:
    """Start a draft for one's own meeting that was cancelled late; the notice is the meeting record's, nobody types it.

    Raises RuleBroken, saying why, when it pays nothing or there is a claim for the meeting already.
    """
    found = queries.cancellation_of(by, meeting_id, today=local_date(at))
    if found is None:
        raise RuleBroken("This is not a cancelled meeting of yours, or its day has not come yet.")
    if found.claim_id:
        raise RuleBroken(ALREADY_STARTED)
    if found.why_not:
        raise RuleBroken(found.why_not)
    cancelled = found.cancelled
    claim = create_draft(cancelled.assignment.partner, cancelled.assignment, meeting_id, by=by, at=at)
    write_line(
        claim,
        LineInput(
            LineKind.CANCELLED_MEETING,
            local_date(cancelled.meeting.starts_at),
            notice_hours=cancelled.notice_hours,
        ),
    )
    reprice(claim, at=at)
    return claim

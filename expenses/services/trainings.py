"""A claim for the time of a training, made from its record."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from expenses import queries
from expenses.enums import Activity, LineKind
from expenses.models import Claim
from expenses.services.drafts import LineInput, check_line, create_draft, reprice, write_line
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

CLAIMED_ALREADY = "You have claimed for the time of this training already."


@audited("expenses.claim.start_for_training")
@transaction.atomic
def claim_training(*, record_id: UUID, by: User, at: datetime) -> Claim:
    """Start a draft for the time of one's own training; day and time are the record's, nobody types them.

    Raises RuleBroken, saying why, when it is not theirs, has no time, is outside the appointment, or was claimed for.
    """
    found = queries.training_time_of(by, record_id, today=local_date(at))
    if found is None:
        raise RuleBroken("This is not a training of yours.")
    if found.claim_id:
        raise RuleBroken(CLAIMED_ALREADY)
    if found.why_not:
        raise RuleBroken(found.why_not)
    record = found.record
    claim = create_draft(record.partner, None, None, by=by, at=at)
    said = LineInput(
        LineKind.INVOLVEMENT_PAYMENT,
        record.done_on,
        minutes=record.minutes,
        activity=Activity.TRAINING,
        description=f"Recorded training: {record.course.title}",
    )
    check_line(claim, said, at)
    line = write_line(claim, said)
    line.training = record
    try:
        with transaction.atomic():
            line.save(update_fields=["training"])
    except IntegrityError:
        # Two tabs at once: the database lets one of them.
        raise RuleBroken(CLAIMED_ALREADY) from None
    reprice(claim, at=at)
    return claim

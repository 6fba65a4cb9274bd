"""What is owed to a partner whose claim is late: replies to steps with a promised day, and who gives them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from expenses import notifications, permissions, queries
from expenses.enums import ClaimStatus, ClockEvent
from expenses.models import Claim, Escalation, RateCard, UpdateRequest
from expenses.models.claims import OPEN
from expenses.policies import escalation as ladder
from expenses.policies import replies, states
from expenses.services.moving import lock_claim, write_event
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import directories
from psp_portal.accounts.roles import Directory
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import format_date, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

CLOCK = SystemActor("expenses.remind_of_replies")


# --- replying with a promise ----------------------------------------------------------------
@audited("expenses.step.reply")
@transaction.atomic
def reply_to_escalation(*, escalation_id: UUID, reply: str, promised_on: date, by: User, at: datetime) -> Escalation:
    """Reply to a step of the ladder, once, and promise a day; the partner sees both.

    The clock goes on until the claim is paid. A day that passes without it is the next step. Of several promises the
    earliest counts first: a later one takes nothing back.
    """
    claim = lock_claim(Escalation.objects.values_list("claim_id", flat=True).get(pk=escalation_id))
    step = Escalation.objects.select_for_update(of=("self",)).get(pk=escalation_id)
    step.claim = claim
    today = local_date(at)
    permissions.check_can_reply_to_step(by, step, today=today)
    if step.replied_at:
        raise TransitionNotAllowed("This step has been replied to already.")
    if not step.needs_reply or claim.status not in states.CLIMBING_STATUSES:
        raise TransitionNotAllowed("No reply to this step is needed any more.")
    if not reply.strip():
        raise RuleBroken("Write what will happen.", field="reply")
    days = RateCard.objects.values_list("payment_days", flat=True).get(organisation_id=claim.payer_id)
    ladder.check_promise(promised_on, today=today, most_days=days)
    step.replied_at, step.replied_by, step.reply, step.promised_on = at, by, reply.strip(), promised_on
    step.save(update_fields=["replied_at", "replied_by", "reply", "promised_on"])
    claim.promised_on = min(filter(None, [claim.promised_on, promised_on]))
    claim.next_step_at = ladder.next_step_at(claim.ladder, claim.steps_written, claim.promised_on)
    claim.save(update_fields=["promised_on", "next_step_at"])
    write_event(claim, ClockEvent.REPLY, by=by, at=at, note=_with_promise(reply.strip(), promised_on))
    notifications.step_replied(step, at=at)
    return step


def _with_promise(reply: str, promised_on: date) -> str:
    end = "" if reply.endswith((".", "!", "?")) else "."
    return f"{reply}{end} Promised by {format_date(promised_on)}."


def promises_in_force(claims: Iterable[Claim]) -> dict[UUID, list[Escalation]]:
    """Return the replies of claims whose promised day is still to come or has just passed, by claim. At most one query.

    The claims must be locked.
    """
    promised = [claim.pk for claim in claims if claim.promised_on]
    found: dict[UUID, list[Escalation]] = defaultdict(list)
    if promised:
        for step in Escalation.objects.filter(
            claim_id__in=promised, promised_on__isnull=False, promise_kept_at=None, promise_missed_at=None
        ).select_related("replied_by").order_by("number"):  # fmt: skip
            found[step.claim_id].append(step)
    return found


# --- who replies ----------------------------------------------------------------------------
def pass_on_replies(organisation_id: UUID, there: Directory, gone: Collection[UUID], *, at: datetime) -> int:
    """Give the answers that people who are away or gone owe on an organisation's claims to whoever is there.

    Those who are back get theirs back. Whom it went to first stays on record. Returns how many passed on.
    """
    owed: list[QuerySet] = [
        Escalation.objects.filter(replied_at=None, needs_reply=True, claim__status__in=OPEN)
        .filter(Q(responsible_id__in=gone) | Q(passed_to__isnull=False)),
        UpdateRequest.objects.owed().filter(Q(asked_of_id__in=gone) | Q(passed_to__isnull=False)),
    ]  # fmt: skip
    passed: list[Escalation | UpdateRequest] = []
    for answers in owed:
        for row in (
            answers.filter(claim__payer_id=organisation_id)
            .select_for_update(of=("self",))
            .select_related("claim__claimant")
            .order_by("pk")
        ):
            asked = row.responsible_id if isinstance(row, Escalation) else row.asked_of_id
            person = replies.passes_to(
                asked, there, answers_for_claim=row.claim.responsible_id, claimant=row.claim.claimant_id
            )
            if person != row.passed_to_id:
                row.passed_to_id = person
                row.save(update_fields=["passed_to"])
                passed.append(row)
    notifications.replies_passed_on([row for row in passed if row.passed_to_id], at=at)
    return len(passed)


# --- reminding ------------------------------------------------------------------------------
def remind_of_replies(*, at: datetime) -> int:
    """Remind whoever owes a reply to a step, or an update to a partner, whose day has passed; return how many are late.

    Once a week for each of them and person, however often this runs.
    """
    late: list[Escalation | UpdateRequest] = list(
        Escalation.objects.filter(
            replied_at=None,
            needs_reply=True,
            reply_due_on__lt=local_date(at),
            claim__status__in=sorted(states.CLIMBING_STATUSES),
        ).select_related("claim__claimant")
    )
    late += UpdateRequest.objects.owed().filter(reply_due_on__lt=local_date(at)).select_related("claim__claimant")
    with transaction.atomic():
        notifications.remind_of_replies(late, at=at)
    return len(late)


def remind_of_questions(*, at: datetime) -> int:
    """Remind partners of claims that wait for their answer and whose day has passed; return how many are late.

    Once for each day by which an answer was asked for, however often this runs.
    """
    late = list(
        Claim.objects.filter(
            status=ClaimStatus.RETURNED, arbiter__isnull=True, waiting_due_on__lt=local_date(at)
        ).order_by("pk")
    )
    with transaction.atomic():
        notifications.remind_of_questions(late, at=at)
    return len(late)


# --- the weekly letter ----------------------------------------------------------------------
def send_overdue_digests(*, at: datetime) -> int:
    """Tell lead and finance, once a week, how many of their claims are beyond the first step; return the letters.

    One letter for each person and organisation, whose list it links to; none where nothing is late.
    """
    counts = queries.late_by_organisation()
    there = directories(counts, local_date(at))
    letters = [
        (organisation_id, person, count)
        for organisation_id, count in sorted(counts.items())
        for person in replies.recipients_of_digest(there[organisation_id])
    ]
    with acting_as(CLOCK, "expenses.overdue.digest"), transaction.atomic():
        notifications.overdue_digests(letters, at=at)
    return len(letters)

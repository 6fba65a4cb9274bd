"""The clock: steps of the ladder, handing claims over, and asking for an update."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, Q

from expenses import notifications, permissions
from expenses.enums import ClaimStatus, ClockEvent, StepKind
from expenses.models import Claim, ClaimEvent, ClaimLine, ClaimQuerySet, Escalation, RateCard, UpdateRequest
from expenses.policies import escalation as ladder
from expenses.policies import responsibility, states
from expenses.services.moving import deciders_of, give_to, holidays_around, in_hand, lock_claim, write_event
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import directories, directory
from psp_portal.accounts.roles import Directory
from psp_portal.audit.context import Actor, SystemActor, acting_as, audited
from psp_portal.dates import add_working_days, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

CLOCK = SystemActor("expenses.escalate_overdue_claims")
BATCH = 200
CLIMBING = sorted(states.CLIMBING_STATUSES)


@dataclass(frozen=True)
class StepWritten:
    """A step just written, and everybody whom it tells."""

    escalation: Escalation
    recipients: list[UUID]


# --- the pass -----------------------------------------------------------------------------
def escalate_overdue_claims(*, at: datetime) -> int:
    """Write every step that is due, each once and none skipped, however often or late this runs; return how many.

    Also hands over the claims of people who have left or are away by now. Works in batches, each a transaction of its
    own over rows that nobody else holds: what another worker or a page has locked is taken next time.
    """
    written = 0
    passed_over: set[UUID] = set()
    while True:
        with acting_as(CLOCK, "expenses.claim.escalate"), transaction.atomic():
            batch = list(
                Claim.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(status__in=CLIMBING, next_step_at__lte=at)
                .exclude(pk__in=passed_over)
                .select_related("assignment", "claimant")
                .prefetch_related(Prefetch("lines", ClaimLine.objects.order_by("position")))
                .order_by("next_step_at", "pk")[:BATCH]
            )
            if not batch:
                break
            steps, stuck = _climb(batch, at=at)
            written += steps
            passed_over |= stuck
    hand_over_absent(at=at)
    return written


def _climb(claims: list[Claim], *, at: datetime) -> tuple[int, set[UUID]]:
    """Write the due steps of locked claims in a handful of statements; return how many, and the claims left stuck."""
    today = local_date(at)
    payers = {claim.payer_id for claim in claims}
    there = directories(payers, today)
    reply_due = _reply_days(payers, today)
    steps: list[StepWritten] = []
    events: list[ClaimEvent] = []
    stuck: set[UUID] = set()
    for claim in claims:
        due = ladder.steps_due(claim.ladder, claim.steps_written, today)
        for step in due:
            claim.steps_written = step.number
            people = responsibility.people_for(in_hand(claim, deciders_of(claim.lines.all())), there[claim.payer_id])
            if people is None:
                # Its payer has no staff at all any more: the step stays due, and is written when somebody is there.
                claim.steps_written = step.number - 1
                stuck.add(claim.pk)
                break
            if people.waiting_on != claim.waiting_on_id:
                claim.waiting_since = at
            claim.responsible_id, claim.waiting_on_id = people.responsible, people.waiting_on
            written = _step(claim, step, people.responsible, reply_due[claim.payer_id], there[claim.payer_id], at=at)
            steps.append(written)
            events.append(_event(claim, ClockEvent.STEP, ladder_note(step.number, step.kind), at=at))
        claim.next_step_at = ladder.next_step_at(claim.ladder, claim.steps_written)
    Escalation.objects.bulk_create([step.escalation for step in steps])
    ClaimEvent.objects.bulk_create(events)
    Claim.objects.bulk_update(
        claims, ["steps_written", "next_step_at", "responsible", "waiting_on", "waiting_since"], batch_size=BATCH
    )
    notifications.steps_written(steps, at=at)
    return len(steps), stuck


def _step(
    claim: Claim, step: ladder.Step, responsible: UUID, reply_due_on: date, there: Directory, *, at: datetime
) -> StepWritten:
    told = responsibility.recipients_of_step(step.kind, there, claimant=claim.claimant_id)
    return StepWritten(
        Escalation(
            claim=claim,
            number=step.number,
            kind=step.kind,
            due_on=step.due_on,
            written_at=at,
            responsible_id=responsible,
            reply_due_on=reply_due_on,
        ),
        list(dict.fromkeys([responsible, *told])),
    )


def ladder_note(number: int, kind: StepKind) -> str:
    """Return what a claim's timeline says of a step."""
    return f"Step {number}: {kind.label}"


def _event(claim: Claim, action: str, note: str, *, at: datetime) -> ClaimEvent:
    return ClaimEvent(
        claim=claim, at=at, action=action, by_id=None, by_name=CLOCK.get_full_name(), note=note,
        from_status=claim.status, to_status=claim.status,
    )  # fmt: skip


def _reply_days(payers: Iterable[UUID], today: date) -> dict[UUID, date]:
    holidays = holidays_around(today)
    cards = RateCard.objects.filter(organisation_id__in=payers)
    return {
        organisation_id: add_working_days(today, days, holidays)
        for organisation_id, days in cards.values_list("organisation_id", "reply_working_days")
    }


# --- handing over -------------------------------------------------------------------------
def hand_over_absent(*, at: datetime) -> int:
    """Hand over the claims whose people are by now away or gone, at every organisation; return how many moved.

    For what a date brings about: an absence that begins today, a role that ended yesterday.
    """
    moved = 0
    payers = Claim.objects.open().order_by().values_list("payer_id", flat=True).distinct()
    for organisation_id in list(payers):
        with acting_as(CLOCK, "expenses.claim.hand_over"), transaction.atomic():
            moved += _hand_over(organisation_id, by=CLOCK, at=at, is_strict=False)
    return moved


@audited("expenses.claim.hand_over")
@transaction.atomic
def hand_over_claims(*, organisation_id: UUID, by: Actor, at: datetime) -> int:
    """Give every open claim that an organisation pays to whoever should have it now; return how many moved.

    Called in the transaction that records an absence or an end of a role. Raises RuleBroken, so that this is not
    recorded, when a claim would be left with nobody.
    """
    return _hand_over(organisation_id, by=by, at=at, is_strict=True)


def _hand_over(organisation_id: UUID, *, by: Actor, at: datetime, is_strict: bool) -> int:
    there = directory(organisation_id, local_date(at))
    candidates = Claim.objects.open().filter(payer_id=organisation_id)
    claims = (
        candidates.select_for_update(of=("self",))
        .select_related("assignment", "claimant")
        .prefetch_related("lines")
        .order_by("pk")
    )
    if not is_strict:
        # Only what is in the wrong hands: with 20,000 open claims nearly all of them are where they belong.
        unable = _unable(candidates, there)
        if not unable:
            return 0
        claims = claims.filter(Q(responsible_id__in=unable) | Q(waiting_on_id__in=unable))
    moved = []
    for claim in claims:
        before = claim.waiting_on_id
        try:
            changed = give_to(claim, claim.lines.all(), there, at=at, due_on=claim.waiting_due_on, is_new_turn=False)
        except RuleBroken:
            if is_strict:
                raise RuleBroken(
                    f"Somebody else must take over first: claim {claim.reference} would be left with nobody."
                ) from None
            continue
        if changed:
            claim.save(update_fields=["responsible", "waiting_on", "waiting_since"])
            moved.append((claim, before))
    for claim, _ in moved:
        write_event(
            claim, ClockEvent.HAND_OVER, by=by, at=at, note=f"Now with {claim.responsible.get_full_name()}",
            from_status=claim.status, to_status=claim.status,
        )  # fmt: skip
    notifications.claims_handed_over([claim for claim, _ in moved], at=at)
    return len(moved)


def _unable(candidates: ClaimQuerySet, there: Directory) -> set[UUID]:
    """Return the people who have claims in hand and are not here today; the partners themselves are not meant."""
    holders = set(candidates.order_by().values_list("responsible_id", flat=True).distinct())
    waiting = candidates.exclude(status__in=responsibility.PARTNERS_TURN).order_by()
    holders |= set(waiting.values_list("waiting_on_id", flat=True).distinct())
    return {person for person in holders if not there.is_here(person)}


# --- asking and answering -----------------------------------------------------------------
@audited("expenses.update.ask")
@transaction.atomic
def ask_for_update(*, claim_id: UUID, question: str, by: User, at: datetime) -> UpdateRequest:
    """Ask how one's own open claim stands; whoever is responsible must answer within the card's working days."""
    claim = lock_claim(claim_id)
    permissions.check_can_ask_for_update(by, claim)
    if claim.update_requests.filter(answered_at__isnull=True).exists():
        raise RuleBroken("You have already asked, and the answer is still owed to you.")
    today = local_date(at)
    request = UpdateRequest.objects.create(
        claim=claim,
        asked_at=at,
        asked_of_id=claim.responsible_id,
        question=question.strip(),
        reply_due_on=_reply_days([claim.payer_id], today)[claim.payer_id],
    )
    write_event(claim, ClockEvent.ASK, by=by, at=at, note=question.strip())
    notifications.update_asked(request, at=at)
    return request


@audited("expenses.update.answer")
@transaction.atomic
def answer_update(*, update_id: UUID, answer: str, by: User, at: datetime) -> UpdateRequest:
    """Answer a partner's request for an update, once."""
    request = UpdateRequest.objects.select_for_update(of=("self",)).select_related("claim__claimant").get(pk=update_id)
    permissions.check_can_answer_update(by, request, today=local_date(at))
    if request.answered_at:
        raise TransitionNotAllowed("This has been answered already.")
    if not answer.strip():
        raise RuleBroken("Write your answer.", field="answer")
    request.answered_at, request.answered_by, request.answer = at, by, answer.strip()
    request.save(update_fields=["answered_at", "answered_by", "answer"])
    write_event(request.claim, ClockEvent.ANSWER, by=by, at=at, note=answer.strip())
    notifications.update_answered(request, at=at)
    return request


@audited("expenses.step.reply")
@transaction.atomic
def reply_to_escalation(*, escalation_id: UUID, reply: str, by: User, at: datetime) -> Escalation:
    """Reply to a step of the ladder, once; the partner sees the reply. The clock goes on until the claim is paid."""
    step = Escalation.objects.select_for_update(of=("self",)).select_related("claim__claimant").get(pk=escalation_id)
    permissions.check_can_reply_to_step(by, step, today=local_date(at))
    if step.replied_at:
        raise TransitionNotAllowed("This step has been replied to already.")
    if not reply.strip():
        raise RuleBroken("Write what will happen, and by when.", field="reply")
    step.replied_at, step.replied_by, step.reply = at, by, reply.strip()
    step.save(update_fields=["replied_at", "replied_by", "reply"])
    write_event(step.claim, ClockEvent.REPLY, by=by, at=at, note=reply.strip())
    notifications.step_replied(step, at=at)
    return step


def remind_claims_awaiting_decision(*, at: datetime) -> int:
    """Remind whoever must decide of claims whose decision is overdue; return how many claims were late."""
    today = local_date(at)
    late = list(
        Claim.objects.filter(
            status__in=[ClaimStatus.SUBMITTED, ClaimStatus.APPEALED], waiting_due_on__lt=today
        ).select_related("claimant")
    )
    with transaction.atomic():
        notifications.remind_to_decide(late, at=at)
    return len(late)

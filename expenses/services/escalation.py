"""The clock: steps of the ladder, handing claims over, and asking for an update."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, Q

from expenses import notifications, permissions
from expenses.enums import ClaimStatus, ClockEvent, StepKind
from expenses.models import Claim, ClaimEvent, ClaimLine, Escalation, RateCard, UpdateRequest
from expenses.models.claims import TO_DECIDE
from expenses.policies import escalation as ladder
from expenses.policies import responsibility, states
from expenses.services.approvals import hand_over_approvals
from expenses.services.disputes import left_with_nobody, pass_on_disputes
from expenses.services.hands import Hands, deciders_of, find_somebody, give_to, holidays_around, in_hand
from expenses.services.moving import lock_claim, write_event
from expenses.services.replies import pass_on_replies, promises_in_force
from psp_portal.accounts.enums import Post
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import back_since, directories, directory, staff_ever
from psp_portal.accounts.roles import Directory
from psp_portal.audit.context import Actor, SystemActor, acting_as, audited
from psp_portal.dates import add_working_days, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

CLOCK = SystemActor("expenses.escalate_overdue_claims")
BATCH = 200
CLIMBING = sorted(states.CLIMBING_STATUSES)
# For so many days after an absence the pass looks for what belongs to whoever is back: it may itself be late.
COMING_BACK = timedelta(days=7)


@dataclass(frozen=True)
class StepWritten:
    """A step just written, everybody whom it tells, and the promise whose passing brought it, in words."""

    escalation: Escalation
    recipients: list[UUID]
    missed: str = ""


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
                .select_related("assignment", "claimant", "brought_in")
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
    promises = promises_in_force(claims)
    missed: list[Escalation] = []
    steps: list[StepWritten] = []
    events: list[ClaimEvent] = []
    stuck: set[UUID] = set()
    for claim in claims:
        promised = promises.get(claim.pk, [])
        due = ladder.steps_due(claim.ladder, claim.steps_written, today, [reply.promised_on for reply in promised])
        for step in due:
            claim.steps_written = step.number
            people = responsibility.people_for(in_hand(claim, deciders_of(claim.lines.all())), there[claim.payer_id])
            if people is None:
                # Its payer has no staff at all any more: the step stays due, and is written when somebody is there.
                claim.steps_written = step.number - 1
                stuck.add(claim.pk)
                break
            # Whom it waits on a step does not change: what is in wrong hands the same pass hands over.
            claim.responsible_id = people.responsible
            spent = [reply for reply in promised if reply.promised_on == step.missed]
            missed += spent
            promised = [reply for reply in promised if reply not in spent]
            words = missed_in_words(spent)
            written = _step(claim, step, people.responsible, reply_due[claim.payer_id], there[claim.payer_id], at=at)
            steps.append(replace(written, missed=words))
            events.append(_event(claim, ClockEvent.STEP, ladder_note(step.number, step.kind, words), at=at))
        claim.promised_on = min((reply.promised_on for reply in promised), default=None)
        claim.next_step_at = ladder.next_step_at(claim.ladder, claim.steps_written, claim.promised_on)
    Escalation.objects.filter(pk__in=[reply.pk for reply in missed]).update(promise_missed_at=at)
    Escalation.objects.bulk_create([step.escalation for step in steps])
    ClaimEvent.objects.bulk_create(events)
    Claim.objects.bulk_update(
        claims,
        ["steps_written", "next_step_at", "promised_on", "responsible"],
        batch_size=BATCH,
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


def missed_in_words(spent: Iterable[Escalation]) -> str:
    """Return who had promised the day that has passed, and that it was not kept; nothing where nobody had."""
    return ". ".join(ladder.missed_in_words(reply.replied_by.get_full_name(), reply.promised_on) for reply in spent)


def ladder_note(number: int, kind: StepKind, missed: str = "") -> str:
    """Return what a claim's timeline says of a step."""
    note = f"Step {number}: {kind.label}"
    return f"{note}. {missed}" if missed else note


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

    For what a date brings about: an absence that begins today or ended yesterday, a role that ended yesterday or
    begins today. Whoever may no longer do what a claim waits for hands it over, though another role keeps them here;
    whoever is back has again what is theirs.
    """
    moved = 0
    # Whoever pays claims has a rate card: there are far fewer cards than claims.
    payers = RateCard.objects.order_by("organisation_id").values_list("organisation_id", flat=True)
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
    hand_over_approvals(organisation_id=organisation_id, by=by, at=at, is_strict=True)
    return _hand_over(organisation_id, by=by, at=at, is_strict=True)


def _hand_over(organisation_id: UUID, *, by: Actor, at: datetime, is_strict: bool) -> int:
    passed_on = pass_on_disputes(organisation_id, by=by, at=at, is_strict=is_strict)
    there = directory(organisation_id, local_date(at))
    ever = staff_ever([organisation_id])[organisation_id]
    gone = {person for person in ever if not there.is_here(person, responsibility.ANSWERING_ROLES)}
    candidates = Claim.objects.open().filter(payer_id=organisation_id, arbiter__isnull=True)
    claims = (
        candidates.select_for_update(of=("self",))
        .select_related("assignment", "claimant", "payer", "brought_in")
        .prefetch_related("lines")
        .order_by("pk")
    )
    if not is_strict:
        # Only what is in the wrong hands: with 20,000 open claims nearly all of them are where they belong.
        misplaced = _in_wrong_hands(ever, gone, there)
        if back := back_since(organisation_id, local_date(at) - COMING_BACK, local_date(at)):
            misplaced |= _of_those_back(back, there)
        claims = claims.filter(misplaced)
    moved = []
    for claim in claims:
        try:
            hands = give_to(claim, claim.lines.all(), there, at=at, due_on=claim.waiting_due_on, is_new_turn=False)
        except RuleBroken:
            if is_strict:
                raise RuleBroken(left_with_nobody(claim)) from None
            continue
        if hands.changed:
            claim.save(update_fields=["responsible", "waiting_on", "waiting_since"])
            moved.append((claim, hands))
            note = _who_has_it(claim, hands)
            write_event(
                claim, ClockEvent.HAND_OVER, by=by, at=at, note=note, from_status=claim.status, to_status=claim.status
            )
    notifications.claims_handed_over(moved, at=at)
    pass_on_replies(organisation_id, there, gone, at=at)
    return passed_on + len(moved)


def _in_wrong_hands(ever: set[UUID], gone: set[UUID], there: Directory) -> Q:
    """Return the condition on claims that wait on, or are answered for by, staff who may not do it or are not here.

    ``ever`` are all who are or were staff, ``gone`` those of them who may not answer for a claim any more.
    """
    deciding = responsibility.misplaced_with(ever, responsibility.DECIDING_ROLES, there)
    paying = responsibility.misplaced_with(ever, responsibility.PAYING_ROLES, there)
    return (
        Q(responsible_id__in=gone)
        | Q(waiting_on_id__in=gone)
        | Q(status__in=TO_DECIDE, waiting_on_id__in=deciding)
        | Q(status__in=sorted(responsibility.PAYING), waiting_on_id__in=paying)
    )


def _of_those_back(back: set[UUID], there: Directory) -> Q:
    """Return the condition on claims that others have, and that may belong to people who are back."""
    condition = Q(status__in=TO_DECIDE, assignment__budget_holder_id__in=back) & ~Q(waiting_on_id__in=back)
    if there.posts.get(Post.FINANCE_LEAD) in back:
        condition |= Q(status__in=sorted(responsibility.PAYING)) & ~Q(waiting_on_id__in=back)
    if back & set(there.posts.values()):
        condition |= Q(steps_written__gt=0) & ~Q(responsible_id__in=back)
    return condition


def _who_has_it(claim: Claim, hands: Hands) -> str:
    """Return who must act on a claim just handed over, and who answers for it, as far as they are others now."""
    words = []
    if hands.acts:
        words.append(find_somebody(claim) if hands.must_find else f"Now with {claim.waiting_on.get_full_name()}")
    if hands.answers:
        words.append(f"{claim.responsible.get_full_name()} answers for it now")
    return ". ".join(words)


# --- asking and answering -----------------------------------------------------------------
@audited("expenses.update.ask")
@transaction.atomic
def ask_for_update(*, claim_id: UUID, question: str, by: User, at: datetime) -> UpdateRequest:
    """Ask how one's own open claim stands; whoever is responsible must answer within the card's working days."""
    claim = lock_claim(claim_id)
    permissions.check_can_ask_for_update(by, claim)
    if claim.update_requests.owed().exists():
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
    if not request.needs_reply:
        raise TransitionNotAllowed("The partner has taken the claim back, so no answer is needed any more.")
    if not answer.strip():
        raise RuleBroken("Write your answer.", field="answer")
    request.answered_at, request.answered_by, request.answer = at, by, answer.strip()
    request.save(update_fields=["answered_at", "answered_by", "answer"])
    write_event(request.claim, ClockEvent.ANSWER, by=by, at=at, note=answer.strip())
    notifications.update_answered(request, at=at)
    return request


def remind_claims_awaiting_decision(*, at: datetime) -> int:
    """Remind whoever must decide of claims whose decision is overdue; return how many claims were late."""
    today = local_date(at)
    waiting = Claim.objects.filter(waiting_due_on__lt=today).select_related("claimant")
    late = list(waiting.filter(status__in=[ClaimStatus.SUBMITTED, ClaimStatus.APPEALED], arbiter__isnull=True))
    disputed = list(waiting.open().filter(arbiter__isnull=False))
    with transaction.atomic():
        notifications.remind_to_decide(late, at=at)
        notifications.remind_to_settle(disputed, at=at)
    return len(late) + len(disputed)

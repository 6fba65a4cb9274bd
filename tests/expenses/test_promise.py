"""The promise of E6, over random sequences of events.

Every submitted unpaid claim has one responsible active person and a next step in time; no step is written twice and
none is skipped; only payment, withdrawal or a refusal that stands ends it.
"""

import io
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expenses import services
from expenses.enums import ClaimStatus, LineAction, LineKind, LineStatus
from expenses.models import Claim, ClaimLine, Escalation, PaymentRun, RunLine
from expenses.policies import escalation, states
from expenses.policies.responsibility import ANSWERING_ROLES, DECIDING_ROLES, PAYING_ROLES
from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.accounts.models import Absence, Membership, Organisation, User
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.people import services as people
from tests import factories
from tests.expenses.payers import pay_elsewhere
from tests.expenses.receipts import photo
from tests.expenses.world import World

# Each event is drawn with three small numbers, by which it chooses among what is there when it happens.
EVENTS = [
    "submit", "submit_flagged", "decide", "send_back", "refuse", "answer", "appeal", "decide_appeal", "withdraw",
    "line_run", "release", "pay", "fail", "come_back", "cancel", "ask", "reply", "absent", "leave", "close_account",
    "join", "wait", "wait_weeks", "clock", "clock_twice", "answer_hold", "dispute", "settle_dispute", "bring_in",
    "another_role",
]  # fmt: skip
sequences = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 9), st.integers(0, 9)), min_size=5, max_size=40)


class Life:
    """A trust to which things happen, one after the other, with time passing."""

    def __init__(self, world: World, *others: Organisation) -> None:
        self.world = world
        # Those whose people act: the trust's, and another's that pays for its partner.
        self.organisations = [world.organisation, *others]
        self.brought_in = 0
        self.at: datetime = world.at
        self.answered: set = set()

    def happen(self, event: str, a: int, b: int) -> None:
        """Let one event happen; a rule that says no leaves everything as it was."""
        try:
            with transaction.atomic():
                getattr(self, event)(a, b)
                with connection.cursor() as cursor:
                    # What the database would check at commit, it checks after each event.
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except (RuleBroken, PermissionDenied):
            pass

    # --- who and what is there ---------------------------------------------------------------
    def one(self, rows, number):
        rows = list(rows)
        return rows[number % len(rows)] if rows else None

    def someone(self, role: Role, number: int) -> User | None:
        memberships = Membership.objects.on(local_date(self.at)).filter(
            organisation__in=self.organisations, role=role, user__is_active=True
        )
        return self.one(User.objects.filter(pk__in=memberships.values("user_id")).order_by("email"), number)

    def a_line(self, status: LineStatus, number: int):
        lines = ClaimLine.objects.filter(status=status).exclude(claim__status=ClaimStatus.DRAFT)
        return self.one(lines.order_by("claim__number", "position"), number)

    # --- what a partner does -----------------------------------------------------------------
    def submit(self, a, b, *, flagged=False):
        if len(self.world.made) > 6:
            return
        draft = self.world.draft(at=self.at)
        if flagged:
            self.world.line(draft, LineKind.TAXI, amount=Decimal("14.50"), at=self.at)
        services.submit_claim(claim_id=draft.pk, by=self.world.person, at=self.at)

    def submit_flagged(self, a, b):
        self.submit(a, b, flagged=True)

    def answer(self, a, b):
        if line := self.a_line(LineStatus.RETURNED, a):
            services.answer_question(
                claim_id=line.claim_id, line_id=line.pk, answer="Here", by=self.world.person, at=self.at,
                upload=photo() if b % 2 else None,
            )  # fmt: skip

    def appeal(self, a, b):
        if line := self.a_line(LineStatus.NOT_APPROVED, a):
            services.appeal_line(claim_id=line.claim_id, line_id=line.pk, reason="No", by=self.world.person, at=self.at)

    def withdraw(self, a, b):
        if b > 6 and (claim := self.one(Claim.objects.open().order_by("number"), a)):
            services.withdraw_claim(claim_id=claim.pk, by=self.world.person, at=self.at)

    def ask(self, a, b):
        if claim := self.one(Claim.objects.open().order_by("number"), a):
            services.ask_for_update(claim_id=claim.pk, question="?", by=self.world.person, at=self.at)

    # --- what staff do -----------------------------------------------------------------------
    def _decide(self, a, b, action):
        line, approver = self.a_line(LineStatus.PENDING, a), self.someone(Role.APPROVER, b)
        if line and approver:
            services.decide_lines(
                claim_id=line.claim_id, decisions=[services.Decision(line.pk, action, "Why")], by=approver, at=self.at
            )

    def decide(self, a, b):
        self._decide(a, b, LineAction.APPROVE)

    def send_back(self, a, b):
        self._decide(a, b, LineAction.RETURN)

    def refuse(self, a, b):
        self._decide(a, b, LineAction.REFUSE)

    def decide_appeal(self, a, b):
        line, approver = self.a_line(LineStatus.APPEALED, a), self.someone(Role.APPROVER, b)
        if line and approver:
            services.decide_appeal(
                claim_id=line.claim_id, line_id=line.pk, allow=bool(a % 2), reason="Why", by=approver, at=self.at
            )

    def reply(self, a, b):
        if step := self.one(Escalation.objects.filter(replied_at=None).order_by("claim__number", "number"), a):
            services.reply_to_escalation(
                escalation_id=step.pk, reply="Soon", promised_on=local_date(self.at) + timedelta(days=b),
                by=step.responsible, at=self.at,
            )  # fmt: skip

    def line_run(self, a, b):
        if finance := self.someone(Role.FINANCE, a):
            organisation = self.organisations[b % len(self.organisations)]
            services.make_run(organisation_id=organisation.pk, line_ids=None, by=finance, at=self.at)

    def _run(self, service, status, a, b, **more):
        run = self.one(PaymentRun.objects.filter(status=status).order_by("number"), a)
        finance = self.someone(Role.FINANCE, b)
        if run and finance:
            service(run_id=run.pk, by=finance, at=self.at, **more)

    def release(self, a, b):
        self._run(services.release_run, "draft", a, b)

    def cancel(self, a, b):
        self._run(services.cancel_run, "draft", a, b)

    def pay(self, a, b):
        self._run(services.record_payment, "released", a, b, run_line_ids=None)

    def fail(self, a, b):
        row = self.one(RunLine.objects.filter(status="listed", run__status="released").order_by("pk"), a)
        finance = self.someone(Role.FINANCE, b)
        if row and finance:
            services.record_failure(
                run_id=row.run_id, run_line_id=row.pk, reason="Account closed", by=finance, at=self.at
            )

    def come_back(self, a, b):
        row = self.one(RunLine.objects.filter(status="paid").order_by("pk"), a)
        finance = self.someone(Role.FINANCE, b)
        if row and finance:
            services.record_return(
                run_id=row.run_id, run_line_id=row.pk, reason="Account closed", by=finance, at=self.at
            )

    # --- holds, disputes, earlier claims -------------------------------------------------------
    def answer_hold(self, a, b):
        held = ClaimLine.objects.filter(status=LineStatus.PENDING, held_since__isnull=False)
        if line := self.one(held.order_by("claim__number", "position"), a):
            services.answer_hold(
                claim_id=line.claim_id, line_id=line.pk, by=self.world.person, at=self.at,
                upload=photo() if b % 2 else None, no_receipt_reason="" if b % 2 else "The machine had no paper.",
            )  # fmt: skip

    def dispute(self, a, b):
        claim = self.one(Claim.objects.open().filter(arbiter=None).order_by("number"), a)
        somebody = self.someone([Role.APPROVER, Role.FINANCE][b % 2], b)
        if claim and somebody:
            services.raise_dispute(claim_id=claim.pk, reason="Not ours", by=somebody, at=self.at)

    def settle_dispute(self, a, b):
        if claim := self.one(Claim.objects.open().filter(arbiter__isnull=False).order_by("number"), a):
            payer = self.organisations[b % len(self.organisations)]
            services.decide_dispute(claim_id=claim.pk, payer_id=payer.pk, reason="Theirs", by=claim.arbiter, at=self.at)

    def bring_in(self, a, b):
        finance = self.someone(Role.FINANCE, a)
        if finance is None or self.brought_in > 2:
            return
        self.brought_in += 1
        on = local_date(self.at) - timedelta(days=10 + 20 * b)
        claimed = on + timedelta(days=a)
        rows = f"Email,Date,Date claimed,Kind,Amount\n{self.world.person.email},{on},{claimed},Train,{10 + a}.50\n"
        draft = services.upload_backlog(
            organisation_id=self.world.organisation.pk, upload=io.BytesIO(rows.encode()), file_name="old.csv",
            by=finance, at=self.at,
        )  # fmt: skip
        services.import_backlog(draft_id=draft.pk, by=finance, at=self.at)

    # --- who is there ------------------------------------------------------------------------
    def _staff(self, number):
        memberships = Membership.objects.on(local_date(self.at)).filter(
            organisation__in=self.organisations, role__in=STAFF_ROLES, user__is_active=True
        )
        return self.one(memberships.select_related("user").order_by("user__email", "role"), number)

    def absent(self, a, b):
        today = local_date(self.at)
        if (membership := self._staff(a)) is not None:
            deputy = self._staff(b)
            people.record_absence(
                organisation_id=membership.organisation_id, user_id=membership.user_id,
                deputy_id=deputy.user_id if b % 2 else None, starts_on=today + timedelta(days=b % 3),
                ends_on=None if a % 3 == 0 else today + timedelta(days=2 + a), by=self.lead_of(membership), at=self.at,
            )  # fmt: skip

    def leave(self, a, b):
        if (membership := self._staff(a)) is not None:
            ends_on = local_date(self.at) + timedelta(days=b % 3 - 1)
            people.end_role(membership_id=membership.pk, ends_on=ends_on, by=self.lead_of(membership), at=self.at)

    def close_account(self, a, b):
        if (membership := self._staff(a)) is not None:
            people.close_account(
                user_id=membership.user_id, organisation_id=membership.organisation_id, reason="Left",
                by=self.lead_of(membership), at=self.at,
            )  # fmt: skip

    def join(self, a, b):
        organisation = self.organisations[b % len(self.organisations)]
        factories.make_member(sorted(STAFF_ROLES)[a % len(STAFF_ROLES)], organisation)

    def another_role(self, a, b):
        """Give somebody who is there a second role, from today or a day to come."""
        if (membership := self._staff(a)) is not None:
            people.grant_role(
                user_id=membership.user_id, organisation_id=membership.organisation_id,
                role=sorted(STAFF_ROLES)[b % len(STAFF_ROLES)], starts_on=local_date(self.at) + timedelta(days=a % 3),
                by=self.lead_of(membership), at=self.at,
            )  # fmt: skip

    def lead_of(self, membership: Membership) -> User:
        leads = Membership.objects.on(local_date(self.at)).filter(
            organisation=membership.organisation_id, role=Role.PROGRAMME_LEAD, user__is_active=True
        )
        lead = leads.select_related("user").order_by("user__email").first()
        if lead is None:
            raise RuleBroken("There is no lead to do it.")
        return lead.user

    # --- time --------------------------------------------------------------------------------
    def wait(self, a, b):
        self.at += timedelta(days=1 + a, hours=b)

    def wait_weeks(self, a, b):
        self.at += timedelta(weeks=1 + a)

    def clock(self, a, b):
        services.let_refusals_stand(at=self.at)
        services.escalate_overdue_claims(at=self.at)
        self.check_after_the_clock()

    def clock_twice(self, a, b):
        self.clock(a, b)
        assert services.let_refusals_stand(at=self.at) == 0
        assert services.escalate_overdue_claims(at=self.at) == 0

    # --- the promise -------------------------------------------------------------------------
    def check(self):
        """Check what must hold at every moment."""
        for claim in Claim.objects.exclude(status=ClaimStatus.DRAFT).prefetch_related("lines", "escalations"):
            numbers = sorted(step.number for step in claim.escalations.all())
            assert numbers == list(range(1, claim.steps_written + 1))
            statuses = {line.status for line in claim.lines.all()}
            assert claim.status == states.status_of_claim(statuses)
            if claim.is_open:
                assert claim.responsible.is_active
                assert claim.responsible != claim.claimant
                assert claim.next_step_at is not None
            else:
                assert statuses <= states.FINAL_LINE_STATUSES
            paid = [line for line in claim.lines.all() if line.status == LineStatus.PAID]
            assert claim.paid == sum(line.approved_amount for line in paid)
            for line in paid:
                assert RunLine.objects.filter(line=line, status="paid").count() == 1

    def check_after_the_clock(self):
        """Check what must hold once the job has run, however long it was missed."""
        today = local_date(self.at)
        for claim in Claim.objects.open():
            # Who decides a dispute may be of either organisation; whoever decides or pays is the payer's.
            organisations = self.organisations if claim.arbiter_id else [claim.payer_id]
            answering = STAFF_ROLES if claim.arbiter_id else ANSWERING_ROLES
            roles = Membership.objects.on(today).filter(role__in=answering, user__is_active=True)
            staff = set(roles.filter(organisation__in=organisations).values_list("user_id", flat=True))
            absences = Absence.objects.on(today).filter(organisation__in=organisations)
            away = set(absences.values_list("user_id", flat=True))
            assert claim.next_step_at > self.at
            # Somebody who works there; somebody in the office, as long as anybody is.
            assert claim.responsible_id in staff or not staff
            assert claim.responsible_id not in away or not staff - away
            self.check_may_act(claim, away)
            if claim.status in states.CLIMBING_STATUSES:
                assert escalation.steps_due(claim.ladder, claim.steps_written, today) == []

    def check_may_act(self, claim, away):
        """Check that a claim waits on somebody who may do what it waits for, as long as anybody who may is there."""
        roles = {
            ClaimStatus.SUBMITTED: DECIDING_ROLES, ClaimStatus.APPEALED: DECIDING_ROLES,
            ClaimStatus.APPROVED: PAYING_ROLES, ClaimStatus.IN_RUN: PAYING_ROLES,
        }.get(claim.status)  # fmt: skip
        if roles is None or claim.arbiter_id:
            return
        held = Membership.objects.on(local_date(self.at)).filter(
            organisation=claim.payer_id, role__in=roles, user__is_active=True
        )
        barred = {claim.claimant_id, claim.prepared_by_id, claim.brought_in and claim.brought_in.by_id}
        for line in claim.lines.exclude(status__in=states.FINAL_LINE_STATUSES):
            if roles is PAYING_ROLES:
                barred |= {line.decided_by_id, line.appeal_decided_by_id}
            elif claim.status == ClaimStatus.APPEALED and line.status == LineStatus.APPEALED:
                barred |= {line.decided_by_id, *line.handled_by}
        able = set(held.values_list("user_id", flat=True)) - away - barred
        assert claim.waiting_on_id in able or not able


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(sequence=sequences)
@pytest.mark.parametrize("is_paid_elsewhere", [False, True])
def test_every_open_claim_has_a_person_and_a_next_step_whatever_happens(world, is_paid_elsewhere, sequence):
    made, assignment = list(world.made), world.assignment
    try:
        with transaction.atomic():
            life = Life(world, *([pay_elsewhere(world).organisation] if is_paid_elsewhere else []))
            life.happen("submit", 0, 0)
            for event, a, b in sequence:
                life.happen(event, a, b)
                life.check()
            # What was dated ahead (an absence, an end of a role) has begun a few days on.
            life.happen("wait", 3, 0)
            life.happen("clock", 0, 0)
            transaction.set_rollback(True)
    finally:
        world.made, world.assignment = made, assignment

"""The promise of P10, over random sequences of events.

Every open question has one active person of the organisation who answers for it, never its asker, and a next step in
time; no step is written twice and none is skipped; only the asker closes it, or the clock what needs no reply.
"""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.enums.questions import AskedRole, QuestionStatus
from partners.models import Partner
from partners.models.questions import Question, QuestionStep
from partners.policies.questions import ANSWERING_ROLES
from partners.queries import questions as queries
from partners.services import questions as services
from psp_portal.accounts.enums import STAFF_ROLES, Post, Role
from psp_portal.accounts.models import Membership, User
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.people import services as people
from tests import factories
from tests.partners.questions_samples import NOW, ask

# Each event is drawn with two small numbers, by which it chooses among what is there when it happens.
EVENTS = [
    "ask", "ask", "reply", "update", "add", "close", "reopen", "no_reply", "hand_over", "absent", "leave",
    "close_account", "join", "wait", "wait_weeks", "clock", "clock_twice",
]  # fmt: skip
sequences = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 9), st.integers(0, 9)), min_size=5, max_size=30)


class Life:
    """A trust to whose questions things happen, one after the other, with time passing."""

    def __init__(self) -> None:
        self.organisation = factories.make_organisation()
        self.lead = factories.make_post(Post.PROGRAMME_LEAD, self.organisation).user
        factories.make_member(Role.REQUESTER, self.organisation)
        factories.make_post(Post.EXECUTIVE_LEAD, self.organisation)
        self.askers = [factories.make_partner(self.organisation, lead=self.lead) for _ in range(2)]
        # Somebody who asks and is asked.
        finance = factories.make_member(Role.FINANCE, self.organisation)
        self.askers.append(factories.make_partner(self.organisation, user=finance, lead=self.lead))
        self.at: datetime = NOW

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

    def staff(self) -> list[User]:
        held = Membership.objects.on(local_date(self.at)).filter(
            organisation=self.organisation, role__in=STAFF_ROLES, user__is_active=True
        )
        return list(User.objects.filter(pk__in=held.values("user_id")).order_by("email"))

    def question(self, number: int) -> Question | None:
        return self.one(Question.objects.open().order_by("asked_at", "pk"), number)

    # --- what happens --------------------------------------------------------------------------
    def ask(self, a, b):
        partner = Partner.objects.get(pk=self.askers[a % 3].pk)
        if partner.user.is_active and Question.objects.count() < 6:
            ask(partner, list(AskedRole)[b % 4], at=self.at)

    def reply(self, a, b, *, answers=True):
        if question := self.question(a):
            services.reply_to_question(
                question_id=question.pk, text="So", answers=answers, by=self.one(self.staff(), b), at=self.at
            )

    def update(self, a, b):
        self.reply(a, b, answers=False)

    def _asker(self, a, act, **more):
        if question := self.question(a):
            act(question_id=question.pk, by=question.asker, at=self.at, **more)

    def add(self, a, b):
        self._asker(a, services.add_to_question, text="More")

    def close(self, a, b):
        if b > 4:
            self._asker(a, services.close_question)

    def reopen(self, a, b):
        self._asker(a, services.reopen_question, text="No")

    def no_reply(self, a, b):
        if question := self.question(a):
            services.say_no_reply_needed(question_id=question.pk, reason="No", by=question.owner, at=self.at)

    def hand_over(self, a, b):
        question, to = self.question(a), self.one(self.staff(), b)
        if question and to:
            services.hand_over_question(
                question_id=question.pk, to_id=to.pk, reason="Yours", by=question.owner, at=self.at
            )

    def absent(self, a, b):
        person, deputy = self.one(self.staff(), a), self.one(self.staff(), b)
        if person:
            people.record_absence(
                organisation_id=self.organisation.pk, user_id=person.pk,
                deputy_id=deputy.pk if b % 2 and deputy != person else None, starts_on=local_date(self.at),
                ends_on=local_date(self.at) + timedelta(days=b), by=factories.TESTS, at=self.at,
            )  # fmt: skip

    def leave(self, a, b):
        held = Membership.objects.on(local_date(self.at)).filter(organisation=self.organisation, role__in=STAFF_ROLES)
        if membership := self.one(held.order_by("user__email", "role"), a):
            ends_on = local_date(self.at) + timedelta(days=b - 1)
            people.end_role(membership_id=membership.pk, ends_on=ends_on, by=factories.TESTS, at=self.at)

    def close_account(self, a, b):
        users = User.objects.filter(memberships__organisation=self.organisation, is_active=True).distinct()
        if person := self.one(users.order_by("email"), a):
            people.close_account(
                user_id=person.pk, organisation_id=self.organisation.pk, reason="Gone", by=factories.TESTS, at=self.at
            )

    def join(self, a, b):
        user = factories.make_user()
        people.grant_role(
            user_id=user.pk, organisation_id=self.organisation.pk,
            role=self.one(sorted(ANSWERING_ROLES), a), starts_on=local_date(self.at), by=factories.TESTS, at=self.at,
        )  # fmt: skip

    def wait(self, a, b):
        self.at += timedelta(days=a, hours=b)

    def wait_weeks(self, a, b):
        self.at += timedelta(weeks=a)

    def clock(self, a, b):
        services.follow_questions(at=self.at)

    def clock_twice(self, a, b):
        services.follow_questions(at=self.at)
        before = QuestionStep.objects.count(), list(Question.objects.order_by("pk").values())
        assert services.follow_questions(at=self.at) == 0
        assert before == (QuestionStep.objects.count(), list(Question.objects.order_by("pk").values()))

    # --- what must hold ------------------------------------------------------------------------
    def check(self) -> None:
        for question in Question.objects.select_related("owner"):
            numbers = list(question.steps.order_by("round", "number").values_list("round", "number"))
            rounds = {number for number, _step in numbers}
            for each in rounds:
                steps = [step for number, step in numbers if number == each]
                assert steps == list(range(1, len(steps) + 1))
            assert question.steps.filter(round=question.round).count() == question.steps_written
            if question.status == QuestionStatus.CLOSED:
                closed_by_asker = question.closed_by_id == question.asker_id
                assert closed_by_asker or (question.closed_by_id is None and question.no_reply_by_id)
                continue
            assert question.owner.is_active
            assert question.owner_id != question.asker_id
            assert question.next_step_on is not None
            assert queries.questions_visible_to(question.asker, today=local_date(self.at)).filter(pk=question.pk)

    def check_after_the_clock(self) -> None:
        """Nothing is due any more, and whoever has a question is staff while anybody is who may have one."""
        today = local_date(self.at)
        assert not Question.objects.open().filter(next_step_on__lte=today).exists()
        held = Membership.objects.on(today).filter(
            organisation=self.organisation, role__in=ANSWERING_ROLES, user__is_active=True
        )
        there = set(held.values_list("user_id", flat=True))
        for question in Question.objects.open():
            assert question.owner_id in there or not there - {question.asker_id}


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=sequences)
def test_every_open_question_has_somebody_and_a_next_step(events):
    with transaction.atomic():
        life = Life()
        for event, a, b in events:
            life.happen(event, a, b)
            life.check()
        services.follow_questions(at=life.at)
        life.check()
        life.check_after_the_clock()
        transaction.set_rollback(True)

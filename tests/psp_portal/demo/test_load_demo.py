"""The demonstration trust: all of it is there, true to its dates, and made through the services."""

import io
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db.models import Sum

from committees.enums import AttendanceKind, MeetingStatus
from committees.models import Attendance, Committee, Meeting
from expenses.enums import (
    ApprovalStatus,
    ClaimStatus,
    ExportFormat,
    LineKind,
    LineStatus,
    Problem,
    RunLineStatus,
    RunStatus,
    StepKind,
    TopUpStatus,
)
from expenses.models import (
    BacklogImport,
    Claim,
    ClaimEvent,
    ClaimLine,
    EarningsPlan,
    Escalation,
    LikelyDuplicate,
    PayerDispute,
    PaymentRun,
    PriorApproval,
    RunLine,
    StandingApproval,
    TopUp,
    UpdateRequest,
)
from partners.models import Partner
from partners.models.diversity import DiversityAnswer, DiversityTotal
from partners.models.questions import Question
from partners.queries import agreements, checks, interests
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Absence, Membership, Organisation, PostHolding, User
from psp_portal.accounts.policies.names import readable_name
from psp_portal.dates import LONDON, add_working_days, local_date
from psp_portal.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from psp_portal.demo.story import load
from psp_portal.demo.story.calendar import BODIES, SHORT_NOTICE_HOURS, sittings
from psp_portal.demo.story.cast import ORGANISATIONS
from psp_portal.demo.story.meeting import last_cancelled
from psp_portal.demo.story.stage import Stage
from psp_portal.notifications.models import Message
from psp_portal.subject_access.models import SubjectRequest

# A Sunday evening, and the morning of a leap day.
# The hardest day to count back from; ``make demo`` in test_serve_demo.py plays the story up to today.
DAYS = [datetime(2028, 2, 29, 8, 5, tzinfo=LONDON)]


@pytest.fixture
def demo_settings(settings):
    settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR = True
    return settings


# Loading takes long: what it must have made is asked of one loading.
@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("now", DAYS, ids=lambda now: f"{now:%d-%b-%Y}")
def test_the_story_is_there(now, demo_settings, mailoutbox):
    load.load_story(now=now)
    check_people(now)
    check_meetings(now)
    check_claims()
    check_the_claim_of_nine_months(now)
    check_money()
    check_equality()
    check_requests_for_records(now)
    check_what_is_agreed()
    check_questions()
    check_papers(now)
    check_messages(now, mailoutbox)
    check_a_second_loading_changes_nothing()


def check_requests_for_records(now):
    """One answer is owed in 12 days, or a little less where a month is too short; the other was given."""
    owed = SubjectRequest.objects.open().get()
    assert 9 <= (owed.due_on - local_date(now)).days <= 12
    assert SubjectRequest.objects.filter(status="answered").count() == 1


def check_people(now):
    today = local_date(now)
    assert Counter(Organisation.objects.values_list("ods_code", flat=True)) == {"DEMO1": 1, "DEMO2": 1}
    assert Partner.objects.values("user").distinct().count() == 12
    assert Partner.objects.count() == 13
    assert set(Membership.objects.on(today).values_list("role", flat=True)) == set(Role)
    assert PostHolding.objects.on(today).count() == 8
    assert User.objects.filter(is_active=False).count() == 1
    assert Absence.objects.on(today).filter(deputy__isnull=False).count() == 1
    addresses = list(User.objects.values_list("email", flat=True))
    assert [address for address in addresses if not address.endswith(".example")] == []
    for account in DEMO_ACCOUNTS:
        user = User.objects.get(email=account.email)
        assert user.check_password(DEMO_PASSWORD)
        assert user.emailaddress_set.filter(verified=True, primary=True).count() == 1
    assert {role.label for role in Role} == {account.role.split(",")[0] for account in DEMO_ACCOUNTS}


def check_papers(now):
    """One check waits, one runs out in 25 days; one agreement waits for its second signature."""
    today = local_date(now)
    lead = User.objects.get(name="Joanne Tierney")
    place = Organisation.objects.get(ods_code="DEMO1").pk
    [waits] = checks.checks_found(lead, place, today=today, shown="waiting")
    assert waits.partner.user.name == "Lin Zhao-Barker"
    [soon] = checks.checks_found(lead, place, today=today, shown="30")
    assert (soon.partner.user.name, (soon.expires_on - today).days) == ("Margaret Dunstable", 25)
    versions = agreements.versions_in_force([place])
    rows = agreements.agreements_found(lead, place, versions, today=today)
    states = Counter(row["state"] for row in rows)
    assert states == {"complete": 33, "countersign": 1, "sign_again": 2, "given": 7, "declined": 1, "withdrawn": 1}
    assert {row.user.name for row in interests.declarations_found(lead, place, today=today, shown="due")} == {
        "Desmond Oyelaran", "Kwame Asante-Ford",
    }  # fmt: skip


def check_meetings(now):
    assert Committee.objects.count() == 6
    past = Meeting.objects.filter(starts_at__lt=now)
    assert {committee.meetings.filter(starts_at__lt=now).count() >= 8 for committee in Committee.objects.all()} == {
        True
    }
    cancelled = [meeting for meeting in past if meeting.status == MeetingStatus.CANCELLED]
    assert 0.15 < len(cancelled) / past.count() < 0.25
    assert len({meeting.cancel_reason for meeting in cancelled}) == len(cancelled)
    assert {meeting.starts_at - meeting.cancelled_at > timedelta(days=1) for meeting in cancelled} == {True, False}
    assert past.filter(status=MeetingStatus.PLANNED).exists()
    assert Meeting.objects.filter(starts_at__gte=now).count() >= 6
    assert set(Attendance.objects.values_list("kind", flat=True)) == set(AttendanceKind)
    assert Attendance.objects.filter(kind=AttendanceKind.ATTENDED).values("minutes").distinct().count() > 10


def check_equality():
    """What people answered is counted, in part left out, and what may still be counted waits."""
    counts = list(DiversityTotal.objects.values_list("count", flat=True))
    assert 20 <= sum(count is not None for count in counts) < len(counts) / 2
    assert DiversityAnswer.objects.filter(counted_in=None).exists()


def check_claims():
    assert Claim.objects.count() >= 60
    assert set(Claim.objects.values_list("status", flat=True)) == set(ClaimStatus)
    assert set(ClaimLine.objects.values_list("status", flat=True)) == set(LineStatus)
    assert set(ClaimLine.objects.values_list("kind", flat=True)) == set(LineKind)
    problems = {problem for found in ClaimLine.objects.values_list("problems", flat=True) for problem in found}
    assert problems == set(Problem) - {Problem.DUPLICATE_RECEIPT}
    assert set(Escalation.objects.values_list("kind", flat=True)) == set(StepKind)
    assert UpdateRequest.objects.filter(answered_at=None).count() >= 2
    handed_over = ClaimEvent.objects.filter(action="hand_over", claim__claimant__email="desmond.oyelaran@post.example")
    assert handed_over.exists()


def check_the_claim_of_nine_months(now):
    claim = Claim.objects.open().order_by("submitted_at").first()
    sent_on = local_date(claim.submitted_at)
    assert (local_date(now) - sent_on).days == 275
    assert (claim.claimant.email, claim.status) == ("priya.cole@post.example", ClaimStatus.APPROVED)
    steps = list(claim.escalations.order_by("number"))
    assert [step.number for step in steps] == list(range(1, 12))
    days = [20, 31, 45, 60, 90, 120, 150, 180, 210, 240, 270]
    assert [step.due_on for step in steps] == [sent_on + timedelta(days=count) for count in days]
    assert [local_date(step.written_at) for step in steps] == [step.due_on for step in steps]
    assert [step.kind for step in steps] == [*StepKind, *[StepKind.BOARD] * 6]
    office = PostHolding.objects.get(organisation__ods_code="DEMO1", post="chief_executive").user
    assert claim.responsible == office
    assert [step.number for step in steps if not step.reply] == [11]
    assert [step.replied_by == office for step in steps] == [False] * 3 + [True] * 7 + [False]
    assert claim.update_requests.filter(answered_at=None).get().reply_due_on < local_date(now)
    assert list(RunLine.objects.filter(line__claim=claim).values_list("status", flat=True).distinct()) == ["failed"]


def check_money():
    paid = RunLine.objects.filter(status=RunLineStatus.PAID).aggregate(total=Sum("amount"))["total"]
    lines = ClaimLine.objects.filter(status=LineStatus.PAID)
    assert paid == lines.aggregate(total=Sum("approved_amount"))["total"] == _sum(Claim.objects.all(), "paid")
    assert paid > Decimal(1000)
    for run in PaymentRun.objects.all():
        assert (run.line_count, run.total) == (run.lines.count(), _sum(run.lines, "amount"))
    assert set(PaymentRun.objects.values_list("status", flat=True)) == set(RunStatus) - {RunStatus.CANCELLED}
    assert PaymentRun.objects.filter(status=RunStatus.DRAFT).count() == 1
    assert PaymentRun.objects.filter(status=RunStatus.RELEASED).count() == 1
    settled = PaymentRun.objects.filter(status=RunStatus.SETTLED)
    for run in settled:
        files = {ExportFormat.LEDGER: run.expenses_total, ExportFormat.PAYROLL: run.time_total}
        assert {file.format for file in run.exports.all()} == {file for file, amount in files.items() if amount}
    with_the_bank = PaymentRun.objects.get(status=RunStatus.RELEASED)
    assert [file.format for file in with_the_bank.exports.all()] == [ExportFormat.BACS]


def check_what_is_agreed():
    asked = Counter(PriorApproval.objects.values_list("status", flat=True))
    assert asked == {ApprovalStatus.AGREED: 2, ApprovalStatus.REFUSED: 1, ApprovalStatus.ASKED: 1}
    under_them = ClaimLine.objects.filter(prior_approval__isnull=False)
    assert under_them.get().status in (LineStatus.APPROVED, LineStatus.IN_RUN, LineStatus.PAID)
    assert StandingApproval.objects.get().lines.count() == 1
    assert ClaimLine.objects.filter(is_trust_booked=True).count() == 1
    assert LikelyDuplicate.objects.filter(cleared_at=None).count() == 1
    assert [dispute.closed_at is None for dispute in PayerDispute.objects.order_by("raised_at")] == [False, True]
    assert {TopUpStatus.PROPOSED, TopUpStatus.ACCEPTED} == set(TopUp.objects.values_list("status", flat=True))
    brought = BacklogImport.objects.get()
    assert (brought.rows, brought.claims, brought.total) == (3, 2, Decimal("26.20"))
    assert EarningsPlan.objects.count() == 1


def check_questions():
    assert Counter(Question.objects.values_list("status", flat=True)) == {"closed": 4, "waiting": 2, "answered": 1}
    late = Question.objects.waiting().earliest("asked_at")
    assert [step.kind for step in late.steps.order_by("number")] == ["owner", "owner_and_deputy", "manager"]
    assert (late.asker.email, late.steps.latest("number").told.name) == (
        "priya.cole@post.example",
        "Patience Owusu-Grant",
    )
    assert Question.objects.filter(closed_by=None, status="closed").get().subject == "Thank you"


def _sum(rows, field):
    return rows.aggregate(total=Sum(field))["total"]


def check_messages(now, mailoutbox):
    assert not Message.objects.unsent().exists()
    assert mailoutbox == []
    assert not Message.objects.unread().filter(created_at__lt=now - load.READ_AFTER).exists()
    assert Message.objects.unread().exists()
    assert not Message.objects.filter(created_at__gt=now).exists()


def check_a_second_loading_changes_nothing():
    before = (Claim.objects.count(), User.objects.count(), Message.objects.count())
    said = io.StringIO()
    call_command("load_demo", stdout=said)
    assert said.getvalue() == "The demonstration trust is here already.\n"
    assert (Claim.objects.count(), User.objects.count(), Message.objects.count()) == before


# --- how it is loaded ---------------------------------------------------------------------
@pytest.mark.django_db
def test_it_is_refused_where_staff_need_a_second_factor(settings):
    settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR = False
    with pytest.raises(CommandError, match=r"^Everybody knows the password of the demonstration's people"):
        call_command("load_demo")
    assert not Organisation.objects.exists()


@pytest.fixture
def first_day_only(monkeypatch):
    """Leave out meetings and claims, which take long."""
    for plan in ("plan_meetings", "plan_agreements", "plan_claims", "plan_runs", "_plan_clock"):
        monkeypatch.setattr(load, plan, lambda stage: None)


@pytest.mark.django_db(transaction=True)
def test_with_an_error_nothing_is_loaded(first_day_only, monkeypatch):
    def fail(now):
        raise OSError("no room left")

    monkeypatch.setattr(load, "_close_messages", fail)
    with pytest.raises(OSError, match="no room left"):
        load.load_story(now=datetime(2026, 11, 22, 19, 45, tzinfo=LONDON))
    assert not load.is_loaded()
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_worker_is_asked(first_day_only, monkeypatch, mailoutbox):
    published = []
    monkeypatch.setattr("kombu.Producer.publish", lambda *args, **kwargs: published.append(args))
    monkeypatch.setitem(current_app.conf, "task_always_eager", False)
    load.load_story(now=datetime(2026, 11, 22, 19, 45, tzinfo=LONDON))
    assert Message.objects.count() > 20
    assert (published, mailoutbox) == ([], [])
    assert current_app.conf.task_always_eager is False


# --- every day of the year ----------------------------------------------------------------
def test_a_cancelled_meeting_can_be_claimed_on_every_day_of_loading():
    first = date(2026, 11, 22)
    for count in range(0, 800):
        now = datetime.combine(first + timedelta(days=count), datetime.min.time(), tzinfo=LONDON)
        stage = Stage(now=now)
        meetings = [each for body in BODIES for each in sittings(body, today=stage.today, holidays=stage.holidays)]
        stage.cancelled = [each for each in meetings if each.cancelled_at]
        for member, ago in (("desmond", 140), ("priya", 20)):
            sent = stage.at(ago, 19)
            found = last_cancelled(stage, member, sent)
            assert found.notice_hours <= SHORT_NOTICE_HOURS
            assert timedelta(0) < sent - found.starts_at < timedelta(days=88)


def test_staff_act_on_working_days():
    for count in range(0, 800):
        now = datetime.combine(date(2026, 11, 22) + timedelta(days=count), datetime.min.time(), tzinfo=LONDON)
        stage = Stage(now=now)
        day = stage.in_office(1, 10).date()
        assert add_working_days(day, 0, stage.holidays) == day
        assert timedelta(days=1) <= stage.today - day <= timedelta(days=5)


def test_no_real_organisation_has_these_codes():
    # Codes since 2020 are letter, figure, letter, figure, letter; older ones of trusts have three characters.
    for place in ORGANISATIONS:
        assert len(place.ods_code) == 5
        assert place.ods_code.startswith("DEMO")
        assert readable_name(place.name.upper()) == place.name

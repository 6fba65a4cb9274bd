"""Earlier claims brought in from a trust's own list: what the dry run says, and all of it at once or nothing."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from committees.services import assign_partner, end_assignment
from expenses import permissions, queries, services, tasks
from expenses.enums import (
    BacklogColumn,
    ClaimAction,
    ClaimOrigin,
    ClaimStatus,
    LineAction,
    LineKind,
    LineStatus,
    Problem,
)
from expenses.models import BacklogColumns, BacklogDraft, BacklogImport, Claim, ClaimEvent, Escalation
from partners.enums import RoleCategory
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Membership
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.world import make_world

# Today is 15 September 2026.
HEADINGS = "Email,Name,Date,Date claimed,Kind,Amount,Committee,Our ref,Note"


def text_of(*rows: str, headings: str = HEADINGS) -> io.BytesIO:
    return io.BytesIO("\n".join([headings, *rows]).encode())


def row(world, on="1/6/2026", claimed="8/6/2026", kind="Train", amount="9.50", committee="", ref="", note="", who=None):
    who = who or world.person
    return f"{who.email},{who.name},{on},{claimed},{kind},{amount},{committee},{ref},{note}"


def uploaded(world, *rows, by=None, at=None, file=None):
    return services.upload_backlog(
        organisation_id=world.organisation.pk, upload=file or text_of(*rows), file_name="unpaid.csv",
        by=by or world.finance_lead, at=at or world.at,
    )  # fmt: skip


def planned(world, *rows):
    return queries.backlog_plan(uploaded(world, *rows), today=world.today)


def brought(world, *rows, by=None, at=None):
    draft = uploaded(world, *rows, by=by, at=at)
    return services.import_backlog(draft_id=draft.pk, by=by or world.finance_lead, at=at or world.at)


def problems(plan):
    return [(each.row.number, problem.column, problem.words) for each in plan.broken for problem in each.row.problems]


def letters_sent():
    return Message.objects.filter(kind__startswith="expenses.")


def claims():
    return Claim.objects.filter(origin=ClaimOrigin.BACKLOG).order_by("number")


# --- uploading ----------------------------------------------------------------------------
def test_an_uploaded_list_is_kept_with_its_columns_guessed(world):
    draft = uploaded(world, row(world))
    assert (draft.heading_row, draft.columns) == (
        1, {"email": 0, "name": 1, "date": 2, "claimed_on": 3, "kind": 4, "amount": 5, "committee": 6, "reference": 7,
            "note": 8},
    )  # fmt: skip
    assert draft.rows[0] == HEADINGS.split(",")


def test_only_finance_uploads_and_a_second_upload_takes_the_place_of_the_first(world):
    for person in (world.lead, world.approver, world.auditor, world.person):
        with pytest.raises(PermissionDenied):
            uploaded(world, row(world), by=person)
    uploaded(world, row(world))
    second = uploaded(world, row(world, amount="10"))
    uploaded(world, row(world), by=world.finance_other)
    assert set(BacklogDraft.objects.filter(by=world.finance_lead)) == {second}
    assert list(queries.backlog_drafts_visible_to(world.finance_lead)) == [second]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file has nothing in it."),
        (b"\x00\x01", "The file must be a spreadsheet: .xlsx or .csv."),
        (b"a\n" * 2016, "The file must have no more than 2,015 rows."),
    ],
)
def test_what_is_no_list_is_refused(world, content, words):
    with pytest.raises(RuleBroken) as refused:
        uploaded(world, file=io.BytesIO(content))
    assert (refused.value.field, refused.value.message) == ("file", words)


def test_the_same_file_does_not_come_in_twice(world):
    brought(world, row(world))
    with pytest.raises(RuleBroken) as refused:
        uploaded(world, row(world), by=world.finance_other)
    assert refused.value.field == "file"
    assert refused.value.message == (
        f"{world.finance_lead.name} brought this file in on 15 September 2026. It cannot come in twice."
    )
    other = make_world()
    assert uploaded(other, row(world)).checksum == BacklogImport.objects.get().checksum


def test_the_columns_can_be_said_and_are_remembered_for_the_next_list(world):
    file = text_of(f"{world.person.email},1/6/2026,8/6/2026,Train,9.50", headings="Wer,Wann,Geltend,Was,Wieviel")
    draft = uploaded(world, file=file)
    assert draft.columns == {}
    columns = {
        BacklogColumn.EMAIL: 0, BacklogColumn.DATE: 1, BacklogColumn.CLAIMED_ON: 2, BacklogColumn.KIND: 3,
        BacklogColumn.AMOUNT: 4,
    }  # fmt: skip
    by_finance = {"draft_id": draft.pk, "heading_row": 1, "by": world.finance_lead, "at": world.at}
    with pytest.raises(RuleBroken) as refused:
        services.choose_columns(columns={BacklogColumn.EMAIL: 0}, **by_finance)
    assert (refused.value.field, refused.value.message) == (
        "date", "Select the column for “Day of the meeting or journey”",
    )  # fmt: skip
    services.choose_columns(columns=columns, **by_finance)
    services.import_backlog(draft_id=draft.pk, by=world.finance_lead, at=world.at)
    assert BacklogColumns.objects.get().headings == {
        "wer": "email", "wann": "date", "geltend": "claimed_on", "was": "kind", "wieviel": "amount",
    }  # fmt: skip
    again = uploaded(world, file=text_of("x", headings="Wieviel,Wer"), by=world.finance_other)
    assert again.columns == {"amount": 0, "email": 1}


def test_another_row_of_headings_is_guessed_anew(world):
    draft = uploaded(
        world, file=text_of("Name,Date,Date claimed,Kind,Amount", "x", headings="Name,Amount,Date,Kind,Ref,Note")
    )
    choose = {"draft_id": draft.pk, "columns": {}, "by": world.finance_lead, "at": world.at}
    changed = services.choose_columns(heading_row=2, **choose)
    assert (changed.heading_row, changed.columns) == (
        2, {"name": 0, "date": 1, "claimed_on": 2, "kind": 3, "amount": 4},
    )  # fmt: skip
    for wrong in (0, 4):
        with pytest.raises(RuleBroken, match="between 1 and 3"):
            services.choose_columns(heading_row=wrong, **choose)
    with pytest.raises(PermissionDenied, match="Somebody else uploaded"):
        services.choose_columns(heading_row=2, **choose | {"by": world.finance_other})


def test_a_list_is_gone_after_a_day(world):
    draft = uploaded(world, row(world))
    assert services.remove_old_lists(at=world.later(days=1)) == 0
    with pytest.raises(RuleBroken, match="more than a day ago"):
        services.import_backlog(draft_id=draft.pk, by=world.finance_lead, at=world.later(days=1, seconds=1))
    assert services.remove_old_lists(at=world.later(days=1, seconds=1)) == 1
    with pytest.raises(RuleBroken, match="more than a day ago"):
        services.choose_columns(
            draft_id=draft.pk, heading_row=1, columns={}, by=world.finance_lead, at=world.later(days=1)
        )
    uploaded(world, row(world))
    tasks.remove_old_lists()
    assert not BacklogDraft.objects.exists()


# --- the dry run --------------------------------------------------------------------------
def test_the_dry_run_says_what_each_row_becomes_and_writes_nothing(world):
    plan = planned(
        world,
        row(world, ref="A1"),
        row(world, kind="Parking", amount="£4.20", ref="A1"),
        row(world, claimed="14/9/2026", on="10/9/2026", kind="Involvement payment", amount="150", committee="ps100"),
    )
    assert plan.is_sound
    assert [(each.row.number, each.partner, each.claim.number) for each in plan.rows] == [
        (2, world.person.name, 1), (3, world.person.name, 1), (4, world.person.name, 2),
    ]  # fmt: skip
    first, second = plan.claims
    assert (plan.amount, first.amount, second.amount) == (Decimal("163.70"), Decimal("13.70"), Decimal("150.00"))
    assert ([step.number for step in first.steps], second.steps) == ([1, 2, 3, 4, 5], [])
    assert (first.assignment, second.assignment) == (None, world.assignment)
    assert not Claim.objects.exists()
    assert not letters_sent().exists()


def test_a_list_may_be_a_spreadsheet_with_a_title_and_dates(world):
    book = Workbook()
    for cells in (
        ["Unpaid claims"], [], HEADINGS.split(","),
        [world.person.email, None, datetime(2026, 6, 1), datetime(2026, 6, 8), "Train", 9.5],  # noqa: DTZ001
        HEADINGS.split(","),
        [None, world.person.name, "1 June 2026", date(2026, 6, 8), "Taxi", "£1,234.50"],
    ):  # fmt: skip
        book.active.append(cells)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    plan = queries.backlog_plan(uploaded(world, file=file), today=world.today)
    assert problems(plan) == []
    assert [(each.row.number, each.row.amount) for each in plan.rows] == [(4, Decimal("9.50")), (6, Decimal("1234.50"))]
    assert (len(plan.claims), plan.headings_again) == (1, 1)


def test_a_partner_is_known_by_address_or_else_by_exact_name(world):
    twin = factories.make_member(Role.PARTNER, world.organisation)
    stranger = make_world().person
    appoint(world, twin)
    name = world.person.name
    plan = planned(
        world,
        f",{name.upper()},1/6/2026,8/6/2026,Bus,1,,,",
        f"{world.person.email.upper()},Somebody Else,1/6/2026,8/6/2026,Bus,2,,,",
        f"nobody@example.org,{name},1/6/2026,8/6/2026,Bus,3,,,",
        f"{stranger.email},{stranger.name},1/6/2026,8/6/2026,Bus,4,,,",
        f",{name[:-1]},1/6/2026,8/6/2026,Bus,5,,,",
        ",,1/6/2026,8/6/2026,Bus,6,,,",
    )
    unknown = "No partner of this organisation has this name or address. Appoint them first"
    assert problems(plan) == [
        (4, BacklogColumn.EMAIL, unknown),
        (5, BacklogColumn.EMAIL, unknown),
        (6, BacklogColumn.NAME, unknown),
        (7, BacklogColumn.EMAIL, "Enter the partner. Where cells are merged, each row needs its own"),
    ]
    assert plan.rows[1].row.warnings == [f"The list says Somebody Else; the address is that of {name}."]


def appoint(world, person, *, starts_on=date(2025, 5, 1), term_ends_on=date(2027, 4, 30)):
    return factories.make_partner(
        world.organisation, user=person, lead=world.lead, role_category=RoleCategory.SENIOR, starts_on=starts_on,
        term_ends_on=term_ends_on,
    )  # fmt: skip


def test_of_two_partners_of_one_name_the_address_tells_them_apart(world):
    twin = factories.make_user(world.person.name)
    factories.give_role(Role.PARTNER, twin, world.organisation)
    appoint(world, twin)
    by_name, by_address = (
        f",{twin.name},1/6/2026,8/6/2026,Bus,1,,,", f"{twin.email},{twin.name},1/6/2026,8/6/2026,Bus,2,,,",
    )  # fmt: skip
    assert problems(planned(world, by_name, by_address)) == [
        (2, BacklogColumn.NAME, "Two partners have this name. Use their email address")
    ]


def test_nobody_brings_in_their_own_claims(world):
    appoint(world, world.finance_lead)
    assert problems(planned(world, row(world, who=world.finance_lead))) == [
        (2, BacklogColumn.EMAIL, "This is your own claim. Somebody else in finance must bring it in")
    ]


def test_a_committee_is_known_by_name_or_budget_code_as_it_was_then(world):
    end_assignment(assignment_id=world.assignment.pk, ends_on=date(2026, 9, 8), by=world.lead, at=world.at)
    later = assign_partner(
        partner_id=world.partner.pk, committee_id=world.committee.pk, starts_on=date(2026, 9, 9), ends_on=None,
        payer_id=world.organisation.pk, budget_code="PS200", budget_holder_id=world.approver.pk,
        deputy_id=world.deputy.pk, by=world.lead, at=world.at,
    )  # fmt: skip
    plan = planned(
        world,
        row(world, on="1/6/2026", committee=world.committee.name.upper(), amount="1"),
        row(world, on="9/9/2026", claimed="9/9/2026", committee=world.committee.name, amount="2"),
        row(world, on="1/4/2020", claimed="1/7/2026", committee=world.committee.name, amount="3"),
        row(world, committee="ps200", amount="4"),
        row(world, committee="Nowhere", amount="5"),
    )
    assert [each.claim.assignment for each in plan.rows[:4]] == [world.assignment, later, later, later]
    assert problems(plan) == [
        (6, BacklogColumn.COMMITTEE, "The partner is on no committee with this name or budget code")
    ]


def test_a_payer_without_rates_cannot_be_asked_to_pay(world):
    other = factories.make_organisation()
    assignment = assign_partner(
        partner_id=world.partner.pk, committee_id=another_committee(world).pk, starts_on=date(2026, 1, 1), ends_on=None,
        payer_id=world.organisation.pk, budget_code="PS300", budget_holder_id=world.approver.pk,
        deputy_id=world.deputy.pk, by=world.lead, at=world.at,
    )  # fmt: skip
    with factories.acting():
        type(assignment).objects.filter(pk=assignment.pk).update(payer=other)
    assert problems(planned(world, row(world, committee="PS300"))) == [
        (2, BacklogColumn.COMMITTEE, "Whoever pays for this has no rates here yet, so nobody could pay it")
    ]


def another_committee(world):
    return factories.make_committee(world.organisation, by=world.lead)


def test_the_appointment_is_the_one_of_the_day_or_else_the_latest(world):
    with factories.acting():
        type(world.partner).objects.filter(pk=world.partner.pk).update(status="left", left_on=date(2026, 6, 30))
    again = appoint(world, world.person, starts_on=date(2026, 8, 1), term_ends_on=date(2028, 7, 31))
    plan = planned(
        world,
        row(world, on="30/6/2026", claimed="30/6/2026"),
        row(world, on="1/7/2026", claimed="1/7/2026"),
        row(world, on="1/8/2026", claimed="1/8/2026"),
    )
    assert [claim.partner for claim in plan.claims] == [world.partner, again, again]


def test_rows_that_a_list_brought_in_before_come_in_only_when_that_is_confirmed(world):
    brought(world, row(world), row(world, kind="Taxi", amount="12"))
    rows = [row(world, claimed="9/6/2026"), row(world, kind="Taxi", amount="13")]
    plan = planned(world, *rows)
    reference = claims().get().reference
    assert (problems(plan), [each.row.number for each in plan.known]) == ([], [2])
    assert plan.rows[0].row.warnings == [f"This has been brought in before, as part of claim {reference}."]
    draft = uploaded(world, *rows)
    with pytest.raises(RuleBroken, match="Select the box if these rows are owed as well") as refusal:
        services.import_backlog(draft_id=draft.pk, by=world.finance_lead, at=world.at)
    assert refusal.value.field == "is_confirmed"
    assert claims().count() == 1
    services.import_backlog(draft_id=draft.pk, by=world.finance_lead, at=world.at, is_confirmed=True)
    assert [claim.lines.count() for claim in claims()] == [2, 1, 1]
    # Whoever decides is told all the same.
    assert [line.problems for line in claims()[1].lines.all()] == [[Problem.LIKELY_DUPLICATE]]


@pytest.mark.parametrize("how", ["withdrawn", "refused"])
def test_what_came_in_and_is_over_unpaid_may_come_in_again(world, how):
    brought(world, row(world))
    claim = claims().get()
    if how == "withdrawn":
        services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.at)
    else:
        world.decide(claim, LineAction.REFUSE)
        assert len(planned(world, row(world, claimed="9/6/2026")).known) == 1
        services.let_refusals_stand(at=world.later(days=60))
    plan = planned(world, row(world, claimed="9/6/2026"))
    assert (plan.known, plan.rows[0].row.warnings) == ([], [])
    brought(world, row(world, claimed="9/6/2026"))
    assert claims()[1].lines.get().problems == []


# --- what has been claimed already --------------------------------------------------------
def test_what_was_paid_in_the_portal_is_flagged_and_not_approved_in_bulk(world):
    paid = world.paid()
    day = f"{world.meeting.starts_at:%d/%m/%Y}"
    brought(
        world, row(world, on=day, claimed=day, kind="Involvement payment", amount="75"),
        row(world, on=day, claimed=day, kind="Train", amount="9.50"),
        row(world, on=day, claimed=day, kind="Mileage", amount="13.53"),
    )  # fmt: skip
    claim = claims().get()
    time, train, miles = claim.lines.order_by("position")
    assert [line.problems for line in (time, train, miles)] == [
        [Problem.LIKELY_DUPLICATE], [], [Problem.LIKELY_DUPLICATE],
    ]  # fmt: skip
    assert [line.likely_duplicates.get().other_line for line in (time, miles)] == list(paid.lines.order_by("position"))
    result = services.approve_in_bulk(claim_ids=[claim.pk], by=world.approver, at=world.at)
    assert (result.lines_approved, [each.line_position for each in result.left_out]) == (1, [1, 3])


def test_two_equal_rows_of_a_list_are_flagged_once_and_in_few_queries(world):
    # The first list of a trust also remembers its columns.
    brought(world, row(world))
    with CaptureQueriesContext(connection) as few:
        brought(world, row(world, kind="Bus", amount="2.20"))
    bus = [row(world, on=f"{day}/7/2026", claimed="1/8/2026", kind="Bus", amount="2.20") for day in range(1, 29)]
    with CaptureQueriesContext(connection) as many:
        brought(world, *bus, bus[0])
    lines = claims()[2].lines.order_by("position")
    assert [line.position for line in lines if line.problems] == [29]
    assert lines[28].likely_duplicates.get().other_line == lines[0]
    # One more: the rows of the flags.
    assert len(many) == len(few) + 1


def test_a_claim_made_here_later_looks_like_what_was_brought_in(world):
    day = world.meeting.starts_at.strftime("%d/%m/%Y")
    brought(world, row(world, on=day, claimed=day, kind="Involvement payment", amount="75"))
    time, miles = world.sent().lines.order_by("position")
    assert (time.problems, miles.problems) == ([Problem.LIKELY_DUPLICATE], [])


def test_rows_that_say_the_same_and_rows_claimed_here_are_pointed_out(world):
    claim = world.sent()
    world.draft()
    day = f"{world.meeting.starts_at:%d/%m/%Y}"
    plan = planned(
        world,
        row(world),
        row(world, claimed="9/6/2026"),
        row(world, on=day, claimed=day, kind="Mileage", amount="8"),
        row(world, on=day, claimed=day, kind="Taxi", amount="8"),
    )
    assert plan.is_sound
    assert [each.row.warnings for each in plan.rows] == [
        [],
        ["The same as row 2. Check that it is not listed twice."],
        [f"Claim {claim.reference} asks for the same kind of thing on the same day."],
        [],
    ]
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.at)
    assert [each.row.warnings for each in planned(world, row(world, on=day, claimed=day, kind="Mileage")).rows] == [[]]


@pytest.mark.parametrize("rows", [1, 40])
def test_the_dry_run_takes_the_same_queries_however_long_the_list(world, rows, django_assert_num_queries):
    draft = uploaded(world, *[row(world, amount=str(number + 1)) for number in range(rows)])
    with django_assert_num_queries(4):
        queries.backlog_plan(draft, today=world.today)


# --- bringing it in -----------------------------------------------------------------------
def test_a_claim_comes_in_with_its_true_age_and_at_the_step_it_has_earned(world):
    # Claimed 99 days ago: all five steps of the ladder are past.
    record = brought(
        world,
        row(world, ref="A1", note="Leeds", committee=world.committee.name),
        row(world, kind="Involvement payment", amount="150", ref="a1", committee=world.committee.name),
    )
    assert (record.rows, record.claims, record.total, record.by, record.file_name) == (
        2, 1, Decimal("159.50"), world.finance_lead, "unpaid.csv",
    )  # fmt: skip
    claim = claims().get()
    assert (claim.claimant, claim.partner, claim.payer, claim.status, claim.brought_in, claim.asked) == (
        world.person, world.partner, world.organisation, ClaimStatus.SUBMITTED, record, Decimal("159.50"),
    )  # fmt: skip
    assert claim.submitted_at == datetime(2026, 6, 8, 12, 0, tzinfo=LONDON)
    assert (claim.decision_due_on, claim.payment_due_on) == (date(2026, 6, 22), date(2026, 7, 8))
    assert (claim.responsible, claim.waiting_on, claim.waiting_since) == (
        world.chief_executive, world.approver, world.at,
    )  # fmt: skip
    assert claim.waiting_due_on == date(2026, 9, 22), "whoever decides gets the days that anything new gives them"
    assert claim.next_step_at == datetime(2026, 10, 6, tzinfo=LONDON)
    lines = claim.lines.order_by("position")
    assert list(lines.values_list("kind", "date", "amount", "pay", "status", "problems", "description")) == [
        (LineKind.RAIL, date(2026, 6, 1), Decimal("9.50"), Decimal("9.50"), LineStatus.PENDING, [], "Leeds"),
        (LineKind.INVOLVEMENT_PAYMENT, date(2026, 6, 1), Decimal("150.00"), Decimal("150.00"), LineStatus.PENDING, [],
         ""),
    ]  # fmt: skip
    assert lines[0].rule == "Brought in from the trust's list: the amount is the one in the list."
    steps = claim.escalations.order_by("number")
    assert list(steps.values_list("number", "due_on", "written_at", "needs_reply", "responsible__name")) == [
        (1, date(2026, 6, 28), world.at, False, world.lead.name),
        (2, date(2026, 7, 9), world.at, False, world.lead.name),
        (3, date(2026, 7, 23), world.at, False, world.executive.name),
        (4, date(2026, 8, 7), world.at, False, world.chief_executive.name),
        (5, date(2026, 9, 6), world.at, True, world.chief_executive.name),
    ]
    (event,) = ClaimEvent.objects.filter(claim=claim)
    assert (event.action, event.note, event.by) == (
        "bring_in", "First claimed on 8 June 2026, as A1", world.finance_lead,
    )  # fmt: skip
    assert not BacklogDraft.objects.exists()


@pytest.mark.parametrize(
    ("age", "steps"),
    [(0, 0), (19, 0), (20, 1), (30, 1), (31, 2), (44, 2), (45, 3), (59, 3), (60, 4), (89, 4), (90, 5), (119, 5),
     (120, 6), (400, 15)],
)  # fmt: skip
def test_each_claim_starts_at_the_step_that_its_age_has_earned(world, age, steps):
    day = world.today - timedelta(days=age)
    brought(world, row(world, on=f"{day:%d/%m/%Y}", claimed=f"{day:%d/%m/%Y}"))
    claim = claims().get()
    written = claim.escalations.order_by("number")
    assert [step.number for step in written] == list(range(1, steps + 1))
    assert claim.steps_written == steps
    assert [step.number for step in written if step.needs_reply] == ([steps] if steps else [])
    assert claim.next_step_at > world.at
    assert services.escalate_overdue_claims(at=world.at) == 0, "the clock has nothing to add today"


def test_a_list_that_is_not_sound_brings_in_nothing(world):
    draft = uploaded(world, row(world), row(world, amount="0"))
    with pytest.raises(RuleBroken, match="Some rows cannot be brought in"):
        services.import_backlog(draft_id=draft.pk, by=world.finance_lead, at=world.at)
    assert not Claim.objects.exists()
    assert not BacklogImport.objects.exists()
    assert BacklogDraft.objects.exists()


def test_a_list_whose_columns_are_not_known_or_that_has_no_rows_brings_in_nothing(world):
    for file in (text_of("x", headings="Name,Colour"), text_of()):
        draft = uploaded(world, file=file)
        with pytest.raises(RuleBroken, match="Some rows cannot be brought in"):
            services.import_backlog(draft_id=draft.pk, by=world.finance_lead, at=world.at)


def test_what_has_changed_since_the_dry_run_counts(world):
    draft = uploaded(world, row(world))
    assert queries.backlog_plan(draft, today=world.today).is_sound
    BacklogImport.objects.create(
        organisation=world.organisation, by=world.finance_other, at=world.at, file_name="x", checksum=draft.checksum,
        rows=1, claims=1, total=1,
    )  # fmt: skip
    with pytest.raises(RuleBroken, match="cannot come in twice"):
        services.import_backlog(draft_id=draft.pk, by=world.finance_lead, at=world.at)


def test_a_double_click_brings_a_list_in_once(world):
    draft = uploaded(world, row(world))
    services.import_backlog(draft_id=draft.pk, by=world.finance_lead, at=world.at)
    with pytest.raises(RuleBroken, match="brought in already"):
        services.import_backlog(draft_id=draft.pk, by=world.finance_lead, at=world.at)
    assert claims().count() == 1


def test_a_list_is_brought_in_by_whoever_uploaded_it_while_in_finance(world):
    draft = uploaded(world, row(world))
    with pytest.raises(PermissionDenied):
        services.import_backlog(draft_id=draft.pk, by=world.finance_other, at=world.at)


def test_with_nobody_else_there_whoever_brought_it_in_must_find_somebody(world):
    draft = uploaded(world, row(world))
    people = Membership.objects.filter(organisation=world.organisation).exclude(user=world.finance_lead)
    with factories.acting():
        people.update(ends_on=world.today - timedelta(days=1))
    record = services.import_backlog(draft_id=draft.pk, by=world.finance_lead, at=world.at)
    assert (record.claims, claims().get().responsible) == (1, world.finance_lead)


def test_three_hundred_claims_are_one_letter_to_each_person(world):
    other = factories.make_member(Role.PARTNER, world.organisation)
    assign_partner(
        partner_id=appoint(world, other).pk, committee_id=world.committee.pk, starts_on=date(2026, 1, 1), ends_on=None,
        payer_id=world.organisation.pk, budget_code="PS100", budget_holder_id=world.approver.pk,
        deputy_id=world.deputy.pk, by=world.lead, at=world.at,
    )  # fmt: skip
    rows = [
        row(world, on="1/6/2026", claimed=f"{1 + number % 28}/{6 + number % 3}/2026", amount=str(number + 1),
            ref=str(number), who=(world.person, other)[number % 2], committee=world.committee.name)
        for number in range(300)
    ]  # fmt: skip
    record = brought(world, *rows)
    assert record.claims == claims().count() == 300
    letters = letters_sent().order_by("recipient")
    assert letters.count() == letters.values("recipient").distinct().count()
    assert {letter.recipient for letter in letters} == {
        world.person, other, world.approver, world.lead, world.finance_lead, world.executive, world.chief_executive,
    }  # fmt: skip
    partner = letters.get(recipient=other)
    assert (partner.subject, partner.link) == ("We have brought in your earlier claims", "/expenses/claims/")
    assert "150 claims" in partner.body
    approver = letters.get(recipient=world.approver)
    assert "Waiting for your decision: 300 claims." in approver.body
    assert "Late" not in approver.body
    replies = Escalation.objects.filter(needs_reply=True, responsible=world.chief_executive).count()
    office = letters.get(recipient=world.chief_executive)
    assert f"Waiting for your written reply: {replies} claims." in office.body
    assert office.link == "/expenses/claims/overdue/"


def test_bringing_in_takes_no_more_queries_for_more_claims(world, django_assert_max_num_queries):
    draft = uploaded(world, *[row(world, amount=str(number + 1), ref=str(number)) for number in range(100)])
    with django_assert_max_num_queries(40):
        services.import_backlog(draft_id=draft.pk, by=world.finance_lead, at=world.at)


# --- afterwards ---------------------------------------------------------------------------
def test_its_partner_may_withdraw_but_not_take_it_back(world):
    brought(world, row(world, on="14/9/2026", claimed="14/9/2026"))
    claim = claims().get()
    actions = permissions.actions_open_to(world.person, claim, today=world.today)
    assert ClaimAction.WITHDRAW in actions
    assert ClaimAction.RECALL not in actions
    with pytest.raises(TransitionNotAllowed):
        services.recall_claim(claim_id=claim.pk, by=world.person, at=world.at)
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.at)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.WITHDRAWN


def test_it_is_decided_and_paid_as_any_other_and_the_clock_goes_on(world):
    brought(world, row(world), by=world.finance_lead)
    claim = claims().get()
    assert list(queries.claims_to_decide(world.approver, today=world.today)) == [claim]
    services.escalate_overdue_claims(at=world.later(days=21))
    world.decide(claim, LineAction.APPROVE, at=world.later(days=21))
    run = services.make_run(
        organisation_id=world.organisation.pk, line_ids=None, by=world.finance_lead, at=world.later(days=21)
    )
    services.release_run(run_id=run.pk, by=world.finance_other, at=world.later(days=21))
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=22))
    claim.refresh_from_db()
    assert (claim.status, claim.paid, claim.steps_written) == (ClaimStatus.PAID, Decimal("9.50"), 6)


def test_whoever_brought_it_in_neither_decides_it_nor_releases_its_payment(world):
    factories.give_role(Role.APPROVER, world.finance_lead, world.organisation)
    brought(world, row(world), by=world.finance_lead)
    claim = claims().get()
    assert list(queries.claims_to_decide(world.finance_lead, today=world.today)) == []
    with pytest.raises(PermissionDenied):
        world.decide(claim, LineAction.APPROVE, by=world.finance_lead)
    world.decide(claim, LineAction.APPROVE)
    run = services.make_run(
        organisation_id=world.organisation.pk, line_ids=None, by=world.finance_other, at=world.later(days=1)
    )
    with pytest.raises(PermissionDenied, match="brought its claim in"):
        services.release_run(run_id=run.pk, by=world.finance_lead, at=world.later(days=1))


def test_miles_and_time_of_a_list_do_not_upset_the_pricing_of_other_claims(world):
    day = f"{world.meeting.starts_at:%d/%m/%Y}"
    brought(
        world, row(world, on=day, claimed=day, kind="Mileage", amount="12"),
        row(world, on=day, claimed=day, kind="Involvement payment", amount="75"),
        row(world, on=day, claimed=day, kind="Cancelled meeting", amount="20"),
    )  # fmt: skip
    assert world.sent().status == ClaimStatus.SUBMITTED


def test_the_database_keeps_what_was_brought_in(world):
    record = brought(world, row(world))
    with pytest.raises(Error, match="Cannot"), transaction.atomic(), factories.acting():
        BacklogImport.objects.filter(pk=record.pk).update(rows=2)
    again = BacklogImport(
        organisation=world.organisation, by=world.lead, at=world.at, file_name="x", checksum=record.checksum, rows=1,
        claims=1, total=1,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="backlog_import_file_once"), transaction.atomic():
        again.save()
    with (
        pytest.raises(IntegrityError, match="claim_brought_in_by_a_list"),
        transaction.atomic(),
        factories.acting(),
    ):
        claims().update(brought_in=None)

"""Bringing in a trust's own list of partners, through the services."""

import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from partners import services as partners
from partners.enums import PartnerStatus, RoleCategory
from partners.enums.imports import ImportColumn, ImportOutcome
from partners.models import Partner, TelephoneNumber
from partners.models.imports import AwaitedPartner, PartnerImport, PartnerList, PartnerListColumns
from partners.queries import import_plan as plans
from partners.queries import imports as queries
from partners.services import imports as services
from partners.tasks import imports as tasks
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Invitation, User
from psp_portal.exceptions import RuleBroken
from psp_portal.notifications.models import Message
from tests import factories
from tests.partners.imports_samples import AT, TODAY, accept, awaited, bring_in, leave, row, upload

pytestmark = pytest.mark.django_db
FULL = ("Name", "Email", "Start", "End", "Paid", "Category", "Lead", "Status", "Left")


def outcomes(listed):
    return [planned.outcome for planned in plans.import_plan(listed, today=TODAY).rows]


def plan_of(listed):
    listed.refresh_from_db()
    return plans.import_plan(listed, today=TODAY)


# --- somebody new --------------------------------------------------------------------------------
def test_somebody_new_is_invited_and_appointed_when_they_accept(trust):
    brought = bring_in(trust, row(telephone="07700 900982"))
    assert (brought.rows, brought.invited, brought.appointed, brought.changed) == (1, 1, 0, 0)
    assert not User.objects.filter(email="ann@example.org").exists()
    assert Invitation.objects.get(email="ann@example.org").role == Role.PARTNER
    assert Message.objects.filter(address="ann@example.org").count() == 1
    assert services.appoint_who_accepted(at=AT) == 0
    person = accept("ann@example.org")
    assert services.appoint_who_accepted(at=AT + timedelta(hours=2)) == 1
    partner = Partner.objects.get(user=person)
    assert (partner.organisation, partner.lead, partner.status) == (trust.organisation, trust.lead, "active")
    assert (partner.starts_on, partner.term_ends_on) == (date(2026, 4, 1), date(2028, 3, 31))
    assert (partner.role_category, partner.is_paid) == (RoleCategory.SENIOR, True)
    assert TelephoneNumber.objects.get(partner=partner).number == "07700 900982"
    assert not AwaitedPartner.objects.exists()
    assert services.appoint_who_accepted(at=AT + timedelta(hours=3)) == 0
    assert Partner.objects.filter(user=person).count() == 1


def test_nobody_gains_an_appointment_by_being_in_a_file(trust):
    """An account elsewhere gets nothing, and the list says the same of it as of an address nobody has."""
    stranger = trust.stranger.user
    listed = upload(trust, row("Somebody", stranger.email), row("Nobody", "nobody@example.org"))
    plan = plan_of(listed)
    assert [planned.outcome for planned in plan.rows] == [ImportOutcome.INVITE, ImportOutcome.INVITE]
    assert [planned.row.warnings for planned in plan.rows] == [[], []]
    services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)
    services.appoint_who_accepted(at=AT + timedelta(days=1))
    assert not Partner.objects.filter(user=stranger, organisation=trust.organisation).exists()
    assert not stranger.memberships.filter(organisation=trust.organisation).exists()
    accept(stranger.email)
    services.appoint_who_accepted(at=AT + timedelta(days=1))
    assert Partner.objects.get(user=stranger, organisation=trust.organisation).lead == trust.lead


def test_an_invitation_used_before_the_list_is_no_yes_to_it(trust):
    gone = trust.partner.user
    bring_in(trust, row("Ann", "ann@example.org"))
    person = accept("ann@example.org", at=AT + timedelta(hours=1))
    services.appoint_who_accepted(at=AT + timedelta(hours=2))
    partner = Partner.objects.get(user=person)
    later = AT + timedelta(days=40)
    partners.end_appointment(partner_id=partner.pk, left_on=TODAY + timedelta(days=30), by=trust.lead, at=later)
    person.memberships.update(ends_on=TODAY + timedelta(days=30))
    bring_in(trust, row("Ann", "ann@example.org", start="1/12/2026"), at=later)
    assert services.appoint_who_accepted(at=later) == 0
    assert awaited().name == "Ann"
    assert gone.is_active


def test_an_invitation_that_waits_already_is_not_sent_twice(trust):
    accounts.invite_user(
        email="ann@example.org", name="Ann", organisation_id=trust.organisation.pk, role=Role.PARTNER, by=trust.lead,
        at=AT - timedelta(days=1),
    )  # fmt: skip
    bring_in(trust, row())
    assert Invitation.objects.filter(email="ann@example.org").count() == 1
    accept("ann@example.org")
    assert services.appoint_who_accepted(at=AT + timedelta(hours=2)) == 1


def test_who_has_accepted_already_is_appointed_at_once(trust):
    person = factories.make_member(Role.PARTNER, trust.organisation)
    assert bring_in(trust, row(person.name, person.email.upper())).appointed == 1
    assert Partner.objects.get(user=person).organisation == trust.organisation


def test_paused_and_left_come_in_as_they_are(trust):
    person, other = (factories.make_member(Role.PARTNER, trust.organisation) for _ in range(2))
    listed = upload(
        trust,
        ("P", person.email, "1/4/2026", "31/3/2028", "no", "3", "", "paused", ""),
        ("L", other.email, "1/4/2024", "", "", "", trust.lead.email, "", "31/12/2025"),
        headings=FULL,
    )
    services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)
    paused, left = Partner.objects.get(user=person), Partner.objects.get(user=other)
    assert (paused.status, paused.is_paid, paused.role_category) == ("paused", False, RoleCategory.MEMBER)
    assert (left.status, left.left_on, left.term_ends_on) == ("left", date(2025, 12, 31), date(2025, 12, 31))
    assert Message.objects.filter(recipient=other, kind="partners.list.earlier").count() == 1
    assert not Message.objects.filter(recipient=other, kind="partners.partner.appoint").exists()


def test_somebody_new_who_has_left_is_invited_only_by_choice(trust):
    cells = ("Lou", "lou@example.org", "1/4/2024", "", "", "", "", "left", "31/12/2025")
    listed = upload(trust, cells, headings=FULL)
    assert outcomes(listed) == [ImportOutcome.LEAVE]
    assert plan_of(listed).is_sound
    with pytest.raises(RuleBroken, match="There is nothing to bring in"):
        services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)
    services.choose_rows(list_id=listed.pk, choices={"row:2": "new"}, by=trust.lead, at=AT)
    assert services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT).invited == 1
    person = accept("lou@example.org")
    services.appoint_who_accepted(at=AT + timedelta(hours=2))
    assert Partner.objects.get(user=person).status == PartnerStatus.LEFT


# --- somebody who is here ------------------------------------------------------------------------
def test_the_same_rows_again_change_nothing(trust):
    bring_in(trust, row())
    user = trust.partner.user
    same = row(user.name, user.email, start="1/4/2025", end="31/3/2028")
    listed = upload(trust, row(), same)
    assert outcomes(listed) == [ImportOutcome.SAME, ImportOutcome.SAME]
    with pytest.raises(RuleBroken, match="Everything in this list is here already"):
        services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)


def test_a_file_that_came_in_is_refused(trust):
    bring_in(trust, row())
    with pytest.raises(RuleBroken) as broken:
        upload(trust, row(), at=AT + timedelta(days=1))
    assert broken.value.message == (
        f"{trust.lead.name} brought this file in on 15 September 2026. It cannot come in twice."
    )


def test_somebody_here_is_changed_or_left_by_choice(trust):
    other_lead = factories.make_lead(trust.organisation)
    user = trust.partner.user
    cells = (user.name, user.email, "1/4/2025", "31/3/2030", "no", "3", other_lead.email, "active", "")
    listed = upload(trust, cells, headings=FULL)
    plan = plan_of(listed)
    (planned,) = plan.rows
    assert planned.is_undecided
    assert [(change.column, change.before, change.after) for change in planned.changes] == [
        (ImportColumn.TERM_ENDS_ON, "31 March 2028", "31 March 2030"),
        (ImportColumn.PAID, "Paid", "Unpaid"),
        (ImportColumn.CATEGORY, "4: senior, decision-making role", "3: working group member"),
        (ImportColumn.LEAD, trust.lead.name, other_lead.name),
    ]
    with pytest.raises(RuleBroken, match="Some rows cannot be brought in"):
        services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)
    services.choose_rows(list_id=listed.pk, choices={"here": "leave"}, by=trust.lead, at=AT)
    assert outcomes(PartnerList.objects.get()) == [ImportOutcome.LEAVE]
    services.choose_rows(list_id=listed.pk, choices={"row:2": "update"}, by=trust.lead, at=AT)
    assert services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT).changed == 1
    trust.partner.refresh_from_db()
    assert (trust.partner.term_ends_on, trust.partner.is_paid, trust.partner.role_category, trust.partner.lead) == (
        date(2030, 3, 31), False, 3, other_lead,
    )  # fmt: skip
    assert Message.objects.filter(recipient=user, kind="partners.list.changed").count() == 1


def test_only_what_differs_is_written(trust):
    user = trust.partner.user
    listed = upload(trust, row("Another Name", user.email, "01632 960001", start="1/5/2025", end="31/3/2028"))
    (planned,) = plan_of(listed).rows
    assert [change.column for change in planned.changes] == [ImportColumn.TELEPHONE]
    assert planned.row.warnings == [
        "The first day here is 1 April 2025, which stays.",
        f"The name here is {user.name}, which stays: it is theirs to change.",
    ]
    services.choose_rows(list_id=listed.pk, choices={"here": "update"}, by=trust.lead, at=AT)
    services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)
    assert TelephoneNumber.objects.get(partner=trust.partner).number == "01632 960001"
    assert not Message.objects.filter(recipient=user, kind="partners.list.changed").exists()


def test_a_list_may_say_that_somebody_here_has_left(trust):
    user = trust.partner.user
    cells = (user.name, user.email, "1/4/2025", "", "", "", "", "left", "31/8/2026")
    listed = upload(trust, cells, headings=FULL)
    services.choose_rows(list_id=listed.pk, choices={"here": "update"}, by=trust.lead, at=AT)
    services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)
    trust.partner.refresh_from_db()
    assert (trust.partner.status, trust.partner.left_on) == ("left", date(2026, 8, 31))
    again = upload(trust, (*cells[:4], "yes", *cells[5:]), headings=FULL)
    assert outcomes(again) == [ImportOutcome.SAME]


def test_what_a_list_cannot_change_is_said(trust):
    user = trust.partner.user
    paused = (user.name, user.email, "1/4/2025", "31/3/2028", "", "", "", "paused", "")
    (planned,) = plan_of(upload(trust, paused, headings=FULL)).rows
    assert planned.outcome == ImportOutcome.SAME
    assert planned.row.warnings == ["The list says paused; here it is active. Change that on their page."]
    wrong = (user.name, user.email, "1/4/2024", "31/5/2024", "", "", "", "left", "31/5/2024")
    (planned,) = plan_of(upload(trust, wrong, headings=FULL)).rows
    assert [problem.words for problem in planned.row.problems] == [
        "They must have left on or after their first day here, 1 April 2025",
        "The term must end on or after their first day here, 1 April 2025",
    ]
    assert planned.outcome is None


def test_somebody_awaited_takes_what_a_later_list_says(trust):
    other_lead = factories.make_lead(trust.organisation)
    bring_in(trust, row(telephone="01632 960001"))
    cells = ("Ann Newname", "ann@example.org", "1/5/2026", "", "", "", other_lead.email, "", "")
    listed = upload(trust, cells, headings=FULL)
    services.choose_rows(list_id=listed.pk, choices={"here": "update"}, by=trust.lead, at=AT + timedelta(hours=1))
    services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT + timedelta(hours=1))
    found = awaited()
    assert (found.name, found.starts_on, found.term_ends_on) == ("Ann Newname", date(2026, 5, 1), date(2028, 3, 31))
    assert (found.telephone, found.lead, found.at) == ("01632 960001", other_lead, AT)
    assert Invitation.objects.filter(email="ann@example.org").count() == 1


def test_what_is_kept_of_an_earlier_list_must_go_with_the_new_one(trust):
    bring_in(trust, row())
    late = ("Ann", "ann@example.org", "1/4/2029", "", "", "", "", "", "")
    (planned,) = plan_of(upload(trust, late, headings=FULL)).rows
    assert [problem.words for problem in planned.row.problems] == [
        "The term must end on or after its first day, 1 April 2029"
    ]
    left = ("Ann", "ann@example.org", "1/4/2026", "31/3/2028", "", "", "", "", "31/8/2026")
    listed = upload(trust, left, headings=FULL)
    services.choose_rows(list_id=listed.pk, choices={"here": "update"}, by=trust.lead, at=AT)
    services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)
    assert (awaited().status, awaited().left_on) == ("left", date(2026, 8, 31))
    moved = ("Ann", "ann@example.org", "1/9/2026", "31/3/2028", "", "", "", "", "")
    (planned,) = plan_of(upload(trust, moved, headings=FULL)).rows
    assert [problem.words for problem in planned.row.problems] == ["They must have left on or after their first day"]


def test_a_name_that_is_here_under_another_address_is_asked_about(trust):
    listed = upload(trust, row("pat EXAMPLE", "pat.new@example.org"))
    (planned,) = plan_of(listed).rows
    assert planned.is_undecided
    assert planned.questions[0].words == (
        f"Row 2: a partner here is called pat EXAMPLE too, with the address {trust.partner.user.email}. "
        "Is this somebody else?"
    )
    services.choose_rows(list_id=listed.pk, choices={"row:2": "leave"}, by=trust.lead, at=AT)
    assert outcomes(PartnerList.objects.get()) == [ImportOutcome.LEAVE]
    services.choose_rows(list_id=listed.pk, choices={"row:2": "new"}, by=trust.lead, at=AT)
    assert outcomes(PartnerList.objects.get()) == [ImportOutcome.INVITE]
    services.choose_rows(list_id=listed.pk, choices={"row:2": ""}, by=trust.lead, at=AT)
    assert outcomes(PartnerList.objects.get()) == [None]


def test_a_term_that_overlaps_an_earlier_one_here_is_refused(trust):
    gone = leave(trust, date(2026, 8, 31))
    (planned,) = plan_of(upload(trust, row(gone.user.name, gone.user.email, start="1/8/2026"))).rows
    assert [problem.words for problem in planned.row.problems] == [
        "They were a partner here from 1 April 2025 to 31 August 2026. One term must end before the next starts"
    ]
    assert bring_in(trust, row(gone.user.name, gone.user.email, start="1/9/2026")).appointed == 1


def test_a_term_may_overlap_one_at_another_trust(trust):
    user = trust.stranger.user
    bring_in(trust, row(user.name, user.email))
    accept(user.email)
    assert services.appoint_who_accepted(at=AT + timedelta(hours=2)) == 1
    assert user.appointments.filter(status="active").count() == 2


# --- rows that contradict each other ----------------------------------------------------------------
def test_duplicates_in_a_list_are_matched_and_merged_by_choice(trust):
    listed = upload(
        trust, row(), row(email="ANN@example.org", start="1/5/2026"), row("Bo", "bo@example.org"),
        row("Bo", "BO@example.org", "01632 960001"),
    )  # fmt: skip
    assert outcomes(listed) == [None, None, ImportOutcome.INVITE, ImportOutcome.TOGETHER]
    assert plan_of(listed).to_choose[0].questions[0].words == (
        "Rows 2 and 3 have the same email address and do not agree (first day of the term). Which one counts?"
    )
    services.choose_rows(list_id=listed.pk, choices={"same:2": "3"}, by=trust.lead, at=AT)
    assert services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT).invited == 2
    assert awaited().starts_on == date(2026, 5, 1)
    assert awaited("bo@example.org").telephone == "01632 960001"


def test_neither_of_two_rows_may_count(trust):
    listed = upload(trust, row(), row(start="1/5/2026"), row("Bo", "bo@example.org"))
    services.choose_rows(list_id=listed.pk, choices={"same:2": "0"}, by=trust.lead, at=AT)
    assert services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT).invited == 1
    assert not AwaitedPartner.objects.filter(email="ann@example.org").exists()


# --- who may, and what is refused ---------------------------------------------------------------------
def test_only_those_who_appoint_bring_in_and_only_their_own_list(trust):
    approver = factories.make_member(Role.APPROVER, trust.organisation)
    for by in (approver, trust.stranger.lead, trust.partner.user):
        with pytest.raises(PermissionDenied):
            services.upload_list(
                organisation_id=trust.organisation.pk, upload=io.BytesIO(b"x"), file_name="x", by=by, at=AT
            )
    listed = upload(trust, row())
    with pytest.raises(PermissionDenied):
        services.bring_in_list(list_id=listed.pk, by=factories.make_lead(trust.organisation), at=AT)


def test_a_wrong_row_lets_nothing_in(trust):
    listed = upload(trust, row(), row("Bo", "bo at example"))
    with pytest.raises(RuleBroken, match="Some rows cannot be brought in"):
        services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)
    assert not Invitation.objects.exists()
    assert not AwaitedPartner.objects.exists()


def test_a_failure_half_way_leaves_nothing(trust, monkeypatch):
    person = factories.make_member(Role.PARTNER, trust.organisation)
    listed = upload(trust, row(), row(person.name, person.email))

    def fail(**_):
        raise IntegrityError("no")

    monkeypatch.setattr(services, "appoint_partner", fail)
    with pytest.raises(IntegrityError):
        services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)
    assert not Invitation.objects.exists()
    assert not PartnerImport.objects.exists()
    assert PartnerList.objects.filter(pk=listed.pk).exists()


def test_a_lead_must_be_one_and_another_person(trust):
    listed = upload(
        trust,
        ("A", "a@example.org", "1/4/2026", "31/3/2028", "", "", "nobody@example.org", "", ""),
        ("B", trust.lead.email, "1/4/2026", "31/3/2028", "", "", trust.lead.email, "", ""),
        headings=FULL,
    )
    assert [[problem.words for problem in planned.row.problems] for planned in plan_of(listed).rows] == [
        ["Nobody with this address is a programme lead here"],
        ["A partner's lead must be another person", "You cannot appoint yourself. Ask another programme lead"],
    ]


def test_columns_and_what_holds_otherwise_are_kept_and_remembered(trust):
    other_lead = factories.make_lead(trust.organisation)
    listed = upload(trust, ("Ann", "ann@example.org", "1/4/2026"), headings=("Wer", "Wo", "Wann"))
    assert listed.columns == {}
    with pytest.raises(RuleBroken, match="Say which column is what first"):
        services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)
    columns = {ImportColumn.NAME: 0, ImportColumn.EMAIL: 1, ImportColumn.STARTS_ON: 2}
    services.choose_columns(
        list_id=listed.pk, heading_row=1, columns=columns, is_paid=False, role_category=3,
        term_ends_on=date(2029, 3, 31), lead_id=str(other_lead.pk), by=trust.lead, at=AT,
    )  # fmt: skip
    services.bring_in_list(list_id=listed.pk, by=trust.lead, at=AT)
    found = awaited()
    assert (found.is_paid, found.role_category, found.term_ends_on, found.lead) == (
        False, 3, date(2029, 3, 31), other_lead,
    )  # fmt: skip
    assert PartnerListColumns.objects.get().headings == {"wer": "name", "wo": "email", "wann": "starts_on"}
    again = upload(trust, ("Bo", "bo@example.org", "1/4/2026"), headings=("Wer", "Wo", "Wann"))
    assert again.columns == {"name": 0, "email": 1, "starts_on": 2}


def test_lists_are_gone_after_a_day(trust):
    listed = upload(trust, row())
    late = AT + timedelta(days=1, minutes=1)
    with pytest.raises(RuleBroken, match="uploaded more than a day ago"):
        services.bring_in_list(list_id=listed.pk, by=trust.lead, at=late)
    assert services.remove_old_lists(at=AT) == 0
    assert services.remove_old_lists(at=late) == 1
    with pytest.raises(RuleBroken, match="Upload it again"):
        services.bring_in_list(list_id=listed.pk, by=trust.lead, at=late)


# --- when they accept, and when they do not ------------------------------------------------------------
def test_somebody_appointed_by_hand_meanwhile_is_awaited_no_longer(trust):
    bring_in(trust, row())
    person = accept("ann@example.org")
    partners.appoint_partner(
        user_id=person.pk, organisation_id=trust.organisation.pk, role_category=4, is_paid=True, starts_on=TODAY,
        term_ends_on=date(2028, 1, 1), lead_id=trust.lead.pk, by=trust.lead, at=AT,
    )  # fmt: skip
    assert services.appoint_who_accepted(at=AT + timedelta(hours=2)) == 0
    assert not AwaitedPartner.objects.exists()
    assert Partner.objects.get(user=person).starts_on == TODAY


def test_a_lead_who_has_gone_is_replaced_and_without_any_it_waits(trust):
    bring_in(trust, row())
    person = accept("ann@example.org")
    trust.lead.memberships.update(ends_on=TODAY - timedelta(days=1))
    assert services.appoint_who_accepted(at=AT + timedelta(hours=2)) == 0
    assert awaited().email == "ann@example.org"
    new_lead = factories.make_lead(trust.organisation)
    assert services.appoint_who_accepted(at=AT + timedelta(hours=2)) == 1
    assert Partner.objects.get(user=person).lead == new_lead


def test_one_who_is_gone_before_their_turn_is_passed_over(trust):
    bring_in(trust, row())
    accept("ann@example.org")
    pk = awaited().pk
    with factories.acting():
        awaited().delete()
    assert services._appoint_one(pk, at=AT) is False


def test_tasks_appoint_and_remove(trust):
    bring_in(trust, row())
    accept("ann@example.org", at=AT)
    tasks.appoint_who_accepted()
    assert Partner.objects.filter(user__email="ann@example.org").count() == 1
    tasks.remove_old_lists()


def test_somebody_silent_is_invited_again_or_removed(trust):
    bring_in(trust, row(), row("Bo", "bo@example.org"))
    late = AT + timedelta(days=15)
    services.invite_again(awaited_id=awaited().pk, by=trust.lead, at=late)
    assert Invitation.objects.filter(email="ann@example.org", lapsed_at__isnull=True).get().invited_at == late
    services.invite_again(awaited_id=awaited().pk, by=trust.lead, at=late)
    assert Invitation.objects.filter(email="ann@example.org", lapsed_at__isnull=True).count() == 1
    for act in (services.invite_again, services.remove_awaited):
        with pytest.raises(PermissionDenied):
            act(awaited_id=awaited().pk, by=trust.stranger.lead, at=late)
    services.remove_awaited(awaited_id=awaited().pk, by=trust.lead, at=late)
    assert not AwaitedPartner.objects.filter(email="ann@example.org").exists()
    assert not Invitation.objects.open().filter(email="ann@example.org", expires_at__gt=late).exists()


def test_who_has_let_their_invitation_run_out_waits_for_the_lead(trust, django_assert_num_queries):
    bring_in(trust, row(), row("Bo", "bo@example.org"))
    assert queries.waiting(trust.lead, today=TODAY) == []
    late = TODAY + timedelta(days=20)
    with django_assert_num_queries(1):
        (found,) = queries.waiting(trust.lead, today=late)
    assert (found.label, found.since) == ("2 people have not answered your invitation", AT)
    assert queries.waiting(trust.stranger.lead, today=late) == []
    assert queries.waiting(trust.partner.user, today=late) == []


# --- size -------------------------------------------------------------------------------------------
def test_the_dry_run_asks_as_much_for_one_row_as_for_many(trust):
    counts = []
    for size in (1, 30):
        listed = upload(trust, *(row(f"Person {n}", f"p{n}@example.org") for n in range(size)))
        with CaptureQueriesContext(connection) as asked:
            plans.import_plan(listed, today=TODAY)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_ten_thousand_rows_are_too_many(trust):
    rows = [row(f"P{n}", f"p{n}@example.org") for n in range(10_000)]
    with pytest.raises(RuleBroken, match="no more than 5,015 rows"):
        upload(trust, *rows)

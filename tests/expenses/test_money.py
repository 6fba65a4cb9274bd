"""A partner's money page: each pound in one place, and equal to finance's figures to the penny."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, given, settings

from committees.services import assign_partner
from expenses import queries, services
from expenses.enums import LineAction, LineKind, LineStatus, MoneyGroup, RunLineStatus
from expenses.models import ClaimLine, RunLine
from expenses.policies.periods import Period
from expenses.queries import reports
from partners.enums import Vehicle
from partners.services import save_usual_journey
from psp_portal.accounts.enums import Role
from psp_portal.dates import local_date
from tests import factories
from tests.expenses.pages import page, signed_in, words_of
from tests.expenses.test_promise import Life, sequences
from tests.expenses.world import MEETING_AT, World, attended_meeting, make_world

ZERO = Decimal("0.00")


def groups_of(user) -> dict[str, Decimal]:
    money = queries.money_in_full(user)
    return {group.value: money.pounds([group]) for group in MoneyGroup if money.pounds([group])}


def in_every_state(world: World) -> None:
    """Leave the partner of a world with money in every place."""
    failed = world.approved()
    run = world.released()
    for row in run.lines.all():
        services.record_failure(
            run_id=run.pk, run_line_id=row.pk, reason="Account closed", by=world.finance_lead, at=world.at
        )
    other = world.decide(world.sent(), LineAction.APPROVE, LineAction.REFUSE)
    paid = services.make_run(
        organisation_id=world.organisation.pk, line_ids=[other.lines.get(status="approved").pk],
        by=world.finance_lead, at=world.at,
    )  # fmt: skip
    services.release_run(run_id=paid.pk, by=world.finance_other, at=world.at)
    services.record_payment(run_id=paid.pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    listed = world.approved()
    services.make_run(
        organisation_id=world.organisation.pk, line_ids=[line.pk for line in listed.lines.all()],
        by=world.finance_lead, at=world.at,
    )  # fmt: skip
    world.decide(world.sent(), LineAction.APPROVE, LineAction.RETURN)
    refused = world.decide(world.sent(), LineAction.REFUSE)
    services.appeal_line(
        claim_id=refused.pk, line_id=refused.lines.order_by("position").first().pk, reason="No", by=world.person,
        at=world.at,
    )  # fmt: skip
    world.sent(with_taxi=True)
    world.draft()
    assert failed.payer == world.organisation


def also_at(other: World, world: World) -> World:
    """Let the partner of ``world`` be a partner of ``other`` too, and the one whose claims are made there."""
    partner = factories.make_partner(other.organisation, user=world.person, lead=other.lead)
    other.assignment = assign_partner(
        partner_id=partner.pk, committee_id=other.committee.pk, starts_on=partner.starts_on, ends_on=None,
        payer_id=other.organisation.pk, budget_code="X", budget_holder_id=other.approver.pk,
        deputy_id=other.deputy.pk, by=other.lead, at=factories.START,
    )  # fmt: skip
    save_usual_journey(
        partner_id=partner.pk, from_place="Home", to_place="There", miles=Decimal("24.6"), vehicle=Vehicle.CAR,
        by=other.lead, at=factories.START,
    )  # fmt: skip
    other.person, other.partner = world.person, partner
    other.meeting = attended_meeting(other.assignment, starts_at=MEETING_AT - timedelta(days=59), by=other.lead)
    other.made = []
    other.another_meeting = lambda: attended_meeting(  # type: ignore[method-assign]
        other.assignment, starts_at=MEETING_AT - timedelta(days=60 + len(other.made)), by=other.lead
    )
    return other


# --- finance's figures ------------------------------------------------------------------------
def finance_s_figures(world: World, at) -> dict[str, Decimal]:
    """Return what an organisation's finance counts, from the pages that finance works with."""
    today = local_date(at)
    lines = ClaimLine.objects.filter(
        claim__in=queries.claims_of_organisation(world.finance_lead, today=today)
        .order_by()
        .filter(payer=world.organisation)
    )
    runs = queries.run_lines_visible_to(world.finance_lead, today=today).filter(run__organisation=world.organisation)
    asked = {"pounds": Sum(F("pay") + F("held"))}
    scope = reports.report_scope(
        world.finance_lead, world.organisation.pk, Period(today - timedelta(days=900), today), today=today
    )
    report = reports.owed_report(scope, reports.target_of(scope))
    return {
        "waiting": lines.filter(status=LineStatus.PENDING).aggregate(**asked)["pounds"] or ZERO,
        "question": lines.filter(status=LineStatus.RETURNED).aggregate(**asked)["pounds"] or ZERO,
        "to_pay": sum(
            (
                line.approved_amount
                for line in queries.payable_lines(world.finance_lead, world.organisation.pk, today=today)
            ),
            ZERO,
        ),
        "in_run": runs.filter(status=RunLineStatus.LISTED).aggregate(pounds=Sum("amount"))["pounds"] or ZERO,
        "paid": runs.filter(status=RunLineStatus.PAID).aggregate(pounds=Sum("amount"))["pounds"] or ZERO,
        "owed": report.whole.value,
        "contested": report.contested.value,
    }


def partner_s_figures(user, payer_id=None) -> dict[str, Decimal]:
    """Return the same from the partner's side."""
    money = queries.money_in_full(user)

    def pounds(*groups):
        return money.pounds(groups, payer_id)

    return {
        "waiting": pounds(MoneyGroup.WAITING),
        "question": pounds(MoneyGroup.QUESTION),
        "to_pay": pounds(MoneyGroup.APPROVED, MoneyGroup.FAILED),
        "in_run": pounds(MoneyGroup.IN_RUN),
        "paid": pounds(MoneyGroup.PAID),
        "owed": pounds(*queries.OWED),
        "contested": pounds(MoneyGroup.CONTESTED),
    }


def test_each_pound_is_in_one_place(world):
    in_every_state(world)
    figures = groups_of(world.person)
    assert figures == {
        # The taxi's claim: half a day, the journey, and the taxi that is held.
        "waiting": Decimal("103.03"),
        "question": Decimal("13.53"),
        "approved": Decimal("75.00"),
        "failed": Decimal("88.53"),
        "in_run": Decimal("88.53"),
        "paid": Decimal("75.00"),
        # The journey refused once, and the claim refused whole, of which one line is appealed.
        "contested": Decimal("102.06"),
    }
    money = queries.money_in_full(world.person)
    assert money.owed == sum(figures[group] for group in queries.OWED)
    assert money.claims(MoneyGroup.WAITING) == 1
    assert local_date(money.oldest) == world.today


def test_the_figures_are_finance_s_to_the_penny_over_all_organisations(world):
    in_every_state(world)
    other = also_at(make_world(), world)
    in_every_state(other)
    stranger = make_world()
    in_every_state(stranger)
    for each in (world, other):
        assert partner_s_figures(world.person, each.organisation.pk) == finance_s_figures(each, world.at)
    both = [finance_s_figures(each, world.at) for each in (world, other)]
    assert partner_s_figures(world.person) == {name: both[0][name] + both[1][name] for name in both[0]}
    # What the partner's list of claims says is the same money.
    glance = queries.money_of(world.person)
    money = queries.money_in_full(world.person)
    assert glance.paid == money.pounds([MoneyGroup.PAID])
    assert glance.approved == money.pounds([MoneyGroup.APPROVED, MoneyGroup.FAILED, MoneyGroup.IN_RUN])


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(sequence=sequences)
def test_the_figures_are_finance_s_whatever_happens(world, sequence):
    with transaction.atomic():
        made, finance = list(world.made), world.finance_lead
        # Somebody in finance who stays, and has decided nothing.
        world.finance_lead = factories.make_member(Role.FINANCE, world.organisation)
        life = Life(world)
        life.happen("submit", 0, 0)
        for event, a, b in sequence:
            if event not in ("leave", "close_account", "absent"):
                life.happen(event, a, b)
        assert partner_s_figures(world.person) == finance_s_figures(world, life.at)
        world.made, world.finance_lead = made, finance
        transaction.set_rollback(True)


# --- the page ---------------------------------------------------------------------------------
@pytest.fixture
def now(world):
    """Stop the clock twelve days after the claims are sent."""
    with time_machine.travel(world.later(days=12), tick=False):
        yield


def test_the_page_says_what_is_owed_and_how_old_the_oldest_pound_is(world, now):
    client = signed_in(world.person)
    words = words_of(client.get(page("money_detail")))
    assert "£0.00 is owed to you." in words
    assert "The oldest of it" not in words
    in_every_state(world)
    in_every_state(make_world())
    words = words_of(client.get(page("money_detail")))
    assert "£368.62 is owed to you." in words
    assert "The oldest of it you asked for on 15 September 2026, 12 days ago." in words
    for row in (
        "Asked for, not decided 1 £103.03", "Waiting for your answer 1 £13.53", "Agreed, waiting for payment 1 £75.00",
        "Payment failed, to be paid again 1 £88.53", "Being paid 1 £88.53", "All that is owed to you £368.62",
        "Paid to you 1 £75.00", "Not agreed, can still be appealed 2 £102.06",
    ):  # fmt: skip
        assert row in words
    assert "Who owes it" not in words


def test_each_figure_is_a_click_from_its_lines_and_they_add_up(world, now):
    in_every_state(world)
    in_every_state(make_world())
    client = signed_in(world.person)
    shown = client.get(page("money_detail")).content.decode()
    for group in MoneyGroup:
        address = page("money_line_list", group=group.value)
        assert address in shown
        response = client.get(address)
        lines = list(response.context["lines"])
        assert {line.claimant_id for line in lines} == {world.person.pk}
        assert sum(line.pounds for line in lines) == groups_of(world.person)[group.value]
        assert f"£{groups_of(world.person)[group.value]}, from these lines" in words_of(response)
    assert client.get(page("money_line_list", group="gold")).status_code == 404
    assert "There is nothing here now." in words_of(signed_in(world.lead).get(page("money_line_list", group="waiting")))


def test_two_organisations_are_told_apart(world, now):
    world.sent()
    other = also_at(make_world(), world)
    other.paid()
    words = words_of(signed_in(world.person).get(page("money_detail")))
    assert f"{world.organisation.name} £88.53 £0.00" in words
    assert f"{other.organisation.name} £0.00 £88.53" in words
    assert "by all organisations together" in words


def test_somebody_whose_bank_details_wait_is_told_so(world, now):
    services.change_bank_details(
        account_name="Noor Khan", sort_code="089999", account_number="66374958", by=world.person, at=world.at
    )
    words = words_of(signed_in(world.person).get(page("money_detail")))
    assert "Nothing can be paid until your bank details have been checked." in words


def test_the_pages_cost_the_same_for_thirty_lines_as_for_two(world, now, django_assert_num_queries):
    client = signed_in(world.person)
    world.sent()
    for name, kwargs in (("money_detail", {}), ("money_line_list", {"group": "waiting"})):
        client.get(page(name, **kwargs))
    with django_assert_num_queries(6) as few:
        client.get(page("money_detail"))
    with django_assert_num_queries(7) as few_lines:
        client.get(page("money_line_list", group="waiting"))
    for _ in range(15):
        world.sent()
    with django_assert_num_queries(len(few)):
        client.get(page("money_detail"))
    with django_assert_num_queries(len(few_lines)):
        client.get(page("money_line_list", group="waiting"))


def test_a_line_that_the_trust_booked_is_nobody_s_money(world):
    claim = world.draft()
    world.line(claim, LineKind.RAIL, amount=Decimal("80.00"), is_trust_booked=True)
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    assert groups_of(world.person) == {"waiting": Decimal("88.53")}
    assert RunLine.objects.count() == 0

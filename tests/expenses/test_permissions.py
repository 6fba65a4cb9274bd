"""Who may do what: role × relation × status, as truth tables."""

import pytest
from django.core.exceptions import PermissionDenied

from expenses import permissions, queries, services
from expenses.enums import ClaimAction, LineAction, RunStatus, Who
from psp_portal.accounts.enums import Role
from tests import factories
from tests.expenses.world import make_world

PEOPLE = ("person", "lead", "approver", "finance_lead", "executive", "auditor", "requester", "stranger")


def who(world, name):
    return make_world().approver if name == "stranger" else getattr(world, name)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("turn", list(Who))
def test_each_turn_is_one_role_s(world, name, turn):
    claim = world.sent()
    expected = {
        Who.CLAIMANT: name == "person",
        Who.APPROVER: name == "approver",
        Who.FINANCE: name == "finance_lead",
        Who.CLOCK: False,
    }[turn]
    assert permissions.can_act_as(who(world, name), claim, turn, today=world.today) is expected


@pytest.mark.parametrize("turn", [Who.APPROVER, Who.FINANCE])
def test_nobody_is_their_own_approver_or_payer(world, turn):
    for role in (Role.APPROVER, Role.FINANCE):
        factories.give_role(role, world.person, world.organisation)
    assert permissions.can_act_as(world.person, world.sent(), turn, today=world.today) is False


def test_a_role_that_has_ended_allows_nothing(world):
    claim = world.sent()
    with factories.acting():
        world.approver.memberships.update(ends_on=world.today)
    assert permissions.can_act_as(world.approver, claim, Who.APPROVER, today=world.today) is True
    assert permissions.can_act_as(world.approver, claim, Who.APPROVER, today=world.later(days=1).date()) is False


def open_to(world, claim, name):
    claim = queries.claim_in_full(world.person, claim.pk, today=world.today).get()
    return permissions.actions_open_to(getattr(world, name), claim, today=world.today)


A = ClaimAction


@pytest.mark.parametrize(
    ("state", "partner", "approver", "deputy"),
    [
        ("draft", {A.SUBMIT}, set(), set()),
        ("sent", {A.RECALL, A.WITHDRAW}, {A.DECIDE}, {A.DECIDE}),
        ("part decided", {A.WITHDRAW}, {A.DECIDE}, {A.DECIDE}),
        ("returned", {A.WITHDRAW, A.ANSWER}, set(), set()),
        ("refused", {A.WITHDRAW, A.APPEAL}, set(), set()),
        ("approved", set(), set(), set()),
        ("paid", set(), set(), set()),
    ],
)
def test_what_is_open_to_whom_in_each_state(world, state, partner, approver, deputy):
    claim = {
        "draft": world.draft,
        "sent": world.sent,
        "part decided": lambda: part_decided(world),
        "returned": lambda: world.decide(world.sent(), LineAction.RETURN),
        "refused": lambda: world.decide(world.sent(), LineAction.REFUSE),
        "approved": world.approved,
        "paid": world.paid,
    }[state]()
    assert open_to(world, claim, "person") == partner
    assert open_to(world, claim, "approver") == approver
    assert open_to(world, claim, "deputy") == deputy
    assert open_to(world, claim, "finance_lead") == set()


def part_decided(world):
    claim = world.sent()
    first = claim.lines.order_by("position").first()
    return services.decide_lines(
        claim_id=claim.pk, decisions=[services.Decision(first.pk, LineAction.APPROVE)], by=world.approver, at=world.at
    )


@pytest.mark.parametrize(
    ("name", "may"), [("finance_lead", False), ("finance_other", True), ("lead", False), ("approver", False)]
)
def test_a_run_is_released_by_another_finance_person(world, name, may):
    world.approved()
    run = world.run()
    involved = {person for row in run.lines.all() for person in (row.claimant_id, row.decided_by_id)}
    person = getattr(world, name)
    assert permissions.can_release_run(person, run, involved, today=world.today) is may
    if may:
        permissions.check_can_release_run(person, run, involved, today=world.today)
    else:
        with pytest.raises(PermissionDenied):
            permissions.check_can_release_run(person, run, involved, today=world.today)
    run.status = RunStatus.RELEASED
    assert permissions.can_release_run(person, run, involved, today=world.today) is False

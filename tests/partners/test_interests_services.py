from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from partners import services as partner_services
from partners.enums.agreements import AgreementKind
from partners.enums.interests import DeclarationShown, DeclarationState, InterestKind
from partners.models.interests import Declaration, Interest
from partners.permissions import interests as permissions
from partners.queries import interests as queries
from partners.services import interests as services
from psp_portal.accounts.enums import Role
from psp_portal.dates import start_of_day
from psp_portal.exceptions import RuleBroken
from tests import factories
from tests.partners.checks_samples import NOW, TODAY, declare, interest, publish
from tests.partners.test_training_services import told


@pytest.fixture
def asked(trust):
    """Let the trust ask its partners to declare."""
    return publish(trust.organisation, trust.lead, AgreementKind.INTERESTS)


def change(row: Interest, by, **values) -> Interest:
    facts = {name: getattr(row, name) for name in services.InterestFacts.__dataclass_fields__} | values
    return services.change_interest(interest_id=row.pk, facts=services.InterestFacts(**facts), by=by, at=NOW)


def test_an_interest_is_kept_changed_and_ended(trust):
    row = interest(trust.partner, " Acme Devices ", description=" Shares ")
    assert (row.organisation, row.description, row.ends_on) == ("Acme Devices", "Shares", None)
    change(row, trust.partner.user, ends_on=TODAY - timedelta(days=1), kind=InterestKind.INDIRECT)
    row.refresh_from_db()
    assert (row.kind, row.ends_on) == ("indirect", TODAY - timedelta(days=1))
    assert not trust.partner.interests.on(TODAY).exists()


@pytest.mark.parametrize("wrong", [{"ends_on": TODAY - timedelta(days=500)}, {"organisation": " "}])
def test_an_interest_that_cannot_be_writes_nothing(trust, wrong):
    with pytest.raises(RuleBroken):
        interest(trust.partner, **wrong)
    row = interest(trust.partner)
    with pytest.raises(RuleBroken):
        change(row, trust.partner.user, **wrong)
    assert Interest.objects.get().organisation == "Acme Devices"


def test_the_partner_alone_declares_while_they_serve(trust):
    row = interest(trust.partner)
    for by in (trust.lead, trust.stranger.user):
        with pytest.raises(PermissionDenied):
            change(row, by)
        with pytest.raises(PermissionDenied):
            services.declare_interests(partner_id=trust.partner.pk, has_nothing=False, by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            services.add_interest(
                partner_id=trust.partner.pk, by=by, at=NOW,
                facts=services.InterestFacts("financial", "A", "B", TODAY, None),
            )  # fmt: skip
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    with pytest.raises(PermissionDenied):
        change(row, trust.partner.user)


def test_what_is_declared_is_what_is_listed(trust):
    with pytest.raises(RuleBroken) as refusal:
        declare(trust.partner, has_nothing=False)
    assert refusal.value.field == "is_all"
    first = declare(trust.partner)
    assert (first.has_nothing, first.due_on) == (True, TODAY.replace(year=TODAY.year + 1))
    interest(trust.partner)
    with pytest.raises(RuleBroken):
        declare(trust.partner)
    declare(trust.partner, has_nothing=False, at=NOW + timedelta(days=1))
    assert [row.has_nothing for row in queries.declarations_visible_to(trust.lead, today=TODAY)] == [False, True]
    assert told("partners.interests.declare") == [(trust.lead.name, "A partner has declared their interests")] * 2


def test_those_who_look_after_partners_read_the_register_of_their_own(trust):
    mine, foreign = interest(trust.partner), interest(trust.stranger)
    ended = interest(trust.partner, "Old", ends_on=TODAY - timedelta(days=1))
    assert list(queries.interests_found(trust.lead, trust.organisation.pk, today=TODAY)) == [mine]
    assert set(queries.interests_visible_to(trust.partner.user, today=TODAY)) == {mine, ended}
    assert set(queries.interests_visible_to(trust.stranger.lead, today=TODAY)) == {foreign}
    finance = factories.make_member(Role.FINANCE, trust.organisation)
    assert not queries.interests_visible_to(finance, today=TODAY).exists()
    permissions.check_can_read_register(trust.lead, trust.organisation.pk, today=TODAY)
    for who in (finance, trust.partner.user, trust.stranger.lead):
        with pytest.raises(PermissionDenied):
            permissions.check_can_read_register(who, trust.organisation.pk, today=TODAY)


def test_a_list_of_declarations_is_narrowed_and_empty_where_nobody_asks(trust, django_assert_max_num_queries):
    trust_id = trust.organisation.pk

    def found(shown="", today=TODAY):
        rows = queries.declarations_found(trust.lead, trust_id, today=today, shown=shown)
        return [(row.user.name, queries.state_of(row, today=today).value, row.count) for row in rows]

    assert found() == []
    assert not queries.asks_for_interests(None)
    publish(trust.organisation, trust.lead, AgreementKind.INTERESTS)
    factories.make_partner(trust.organisation, user=factories.make_user("Ada Example"), lead=trust.lead)
    interest(trust.partner)
    interest(trust.partner, "Second")
    interest(trust.partner, "Old", ends_on=TODAY - timedelta(days=1))
    declare(trust.partner, has_nothing=False)
    assert found() == [("Ada Example", "never", 0), ("Pat Example", "declared", 2)]
    assert found(DeclarationState.NEVER) == found(DeclarationShown.DUE) == [("Ada Example", "never", 0)]
    assert found(DeclarationState.DECLARED) == [("Pat Example", "declared", 2)]
    year = TODAY + timedelta(days=365)
    assert found(DeclarationState.OVERDUE, year) == [("Pat Example", "overdue", 2)]
    assert len(found(DeclarationShown.DUE, year)) == 2
    assert not queries.declarations_found(trust.stranger.lead, trust_id, today=TODAY).exists()


def test_what_waits_for_a_partner(trust, asked, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        [row] = queries.waiting(trust.partner.user, today=TODAY)
    assert (row.label, row.since, row.due_on) == ("Declare your interests", factories.START, None)
    assert queries.waiting(trust.stranger.user, today=TODAY) == []
    assert queries.waiting(trust.lead, today=TODAY) == []
    due = declare(trust.partner).due_on
    assert queries.waiting(trust.partner.user, today=due - timedelta(days=1)) == []
    [row] = queries.waiting(trust.partner.user, today=due)
    assert (row.label, row.since, row.due_on) == (
        "Look at your declared interests again", start_of_day(due), due,
    )  # fmt: skip


def test_a_year_later_the_partner_is_reminded_once(trust, asked):
    first = declare(trust.partner)
    publish(trust.stranger.organisation, trust.stranger.lead, AgreementKind.INTERESTS)
    declare(trust.stranger)
    partner_services.end_appointment(partner_id=trust.stranger.pk, left_on=TODAY, by=trust.stranger.lead, at=NOW)
    for days, sent in ((364, 0), (365, 1), (365, 0), (400, 0)):
        assert services.remind_of_interests(at=NOW + timedelta(days=days)) == sent
    first.refresh_from_db()
    assert first.is_reminded
    assert told("partners.interests.remind") == [("Pat Example", "Please look at your declared interests again")]
    declare(trust.partner, at=NOW + timedelta(days=401))
    assert services.remind_of_interests(at=NOW + timedelta(days=402)) == 0


def test_nobody_is_reminded_where_nobody_asks_or_somebody_was_quicker(trust, monkeypatch):
    late = NOW + timedelta(days=365)
    row = declare(trust.partner)
    assert services.remind_of_interests(at=late) == 0
    publish(trust.organisation, trust.lead, AgreementKind.INTERESTS)
    with factories.acting():
        Declaration.objects.update(is_reminded=True)
    monkeypatch.setattr(services.queries, "due_and_not_reminded", lambda *, today: [row])
    assert services.remind_of_interests(at=late) == 0


@pytest.mark.parametrize(
    "wrong", [{"ends_on": TODAY - timedelta(days=9)}, {"kind": "other"}, {"organisation": ""}, {"description": ""}]
)
def test_the_database_holds_what_an_interest_is(trust, wrong):
    values = {
        "kind": "financial", "organisation": "Acme", "description": "Shares", "starts_on": TODAY, "ends_on": None,
    } | wrong  # fmt: skip
    with factories.acting(), pytest.raises(IntegrityError), transaction.atomic():
        Interest.objects.create(partner=trust.partner, **values)

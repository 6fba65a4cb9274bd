"""Two accounts of one person become one: all of it, or none; and never two people one."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db.models import CheckConstraint, Q
from django.db.models.expressions import F
from django.urls import reverse

from expenses import services as expenses
from expenses.enums import LineKind
from expenses.models import BankDetails, Claim
from partners.models import Partner
from partners.models.support import OneToOne, PrivateNote
from psp_portal.accounts import queries as account_queries
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import Membership, User
from psp_portal.audit.context import SystemActor
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.notifications.models import Message
from psp_portal.people import services
from psp_portal.people.models import JoinedRecord
from psp_portal.people.naming import MOVES, ONE_EACH, STAYS, TWO_PEOPLE
from psp_portal.people.queries import joining as queries
from psp_portal.reports.audit.kinds import KINDS
from psp_portal.reports.audit.queries import history_of
from psp_portal.retention.kinds import KINDS as RETENTION
from psp_portal.subject_access.file import gather
from psp_portal.subject_access.registry import Subject
from tests import factories

AT = factories.START + timedelta(days=30)
TODAY = local_date(AT)
PORTAL = SystemActor("tests")

MODELS = {
    model._meta.label: model
    for model in apps.get_models()
    if not hasattr(model, "pgh_tracked_model") and model._meta.app_label != "pghistory"
}
NAMING = {
    f"{label}.{field.name}"
    for label, model in MODELS.items()
    for field in model._meta.concrete_fields
    if field.related_model is User
}


# --- the tables ---------------------------------------------------------------------------------
def test_every_field_that_names_an_account_moves_or_says_why_not():
    moves = {f"{label}.{field}" for label, fields in MOVES.items() for field in fields}
    assert sorted(NAMING - moves - STAYS.keys()) == [], "name these in people.naming"
    assert moves & STAYS.keys() == set()
    assert sorted((moves | STAYS.keys()) - NAMING) == []
    assert {f"{label}.{field}" for label, field in ONE_EACH} <= moves


def compared(condition: object) -> set[frozenset[str]]:
    """Return the pairs of fields that a condition compares with each other."""
    found = set()
    children = condition.children if isinstance(condition, Q) else []
    for child in children:
        if isinstance(child, Q):
            found |= compared(child)
        elif isinstance(child[1], F):
            found.add(frozenset({child[0], child[1].name}))
    return found


def test_every_constraint_that_asks_for_two_people_is_in_the_table():
    wanted = {
        (label, pair)
        for label, model in MODELS.items()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
        for pair in compared(constraint.condition)
        if all(f"{label}.{name}" in NAMING for name in pair)
    }
    table = {(pair.model, frozenset({pair.one, pair.other})) for pair in TWO_PEOPLE}
    # Whoever asks in the portal records it themselves; an asker closes their question; no account is joined to itself.
    fine = {
        ("partners.Question", frozenset({"asker", "closed_by"})),
        ("subject_access.SubjectRequest", frozenset({"person", "recorded_by"})),
        ("people.JoinedRecord", frozenset({"kept", "gone"})),
    }
    assert len(wanted) > 15
    assert sorted(wanted - table - fine, key=str) == []


# --- a partner invited twice ---------------------------------------------------------------------
class Twice:
    """A person with two accounts: a partner from long ago under one address, and again now under another."""

    def __init__(self) -> None:
        self.trust = factories.make_organisation("Hillside NHS Trust")
        self.lead = factories.make_post(Post.PROGRAMME_LEAD, self.trust).user
        self.approver = factories.make_member(Role.APPROVER, self.trust)
        factories.make_rate_card(self.trust)
        self.gone = factories.make_user("Ben Clarke", email="old@example.org")
        self.kept = factories.make_user("Benjamin Clarke", email="new@example.org")
        self.first = factories.make_partner(self.trust, user=self.gone, lead=self.lead)
        self.claim = self.send_claim(self.first)
        with factories.acting():
            Partner.objects.filter(pk=self.first.pk).update(status="leaving")
            Partner.objects.filter(pk=self.first.pk).update(status="left", left_on=TODAY - timedelta(days=5))
        self.second = factories.make_partner(self.trust, user=self.kept, lead=self.lead, starts_on=TODAY)

    def send_claim(self, partner: Partner) -> Claim:
        claim = expenses.start_claim(partner_id=partner.pk, by=partner.user, at=AT)
        line = expenses.LineInput(LineKind.PARKING, TODAY - timedelta(days=9), amount=Decimal("4.20"))
        expenses.add_line(claim_id=claim.pk, line=line, by=partner.user, at=AT)
        return claim

    def join(self, **changed):
        given = {
            "kept_id": self.kept.pk, "gone_id": self.gone.pk, "reason": "They showed me both addresses", "bank": "",
            "by": self.lead, "at": AT,
        }  # fmt: skip
        return services.join_records(**given | changed)


@pytest.fixture
def twice(db):
    return Twice()


def names(user: User) -> dict[str, int]:
    """Return how many rows name an account, by the fields that move."""
    return {
        f"{label}.{field}": count
        for label, fields in MOVES.items()
        for field in fields
        if (count := MODELS[label]._base_manager.filter(**{field: user}).count())
    }


def test_all_that_was_the_others_is_theirs(twice):
    before, own = names(twice.gone), names(twice.kept)
    joined = twice.join()
    assert names(twice.gone) == {}
    after = names(twice.kept)
    for field, count in before.items():
        assert after[field] >= own.get(field, 0) + count
    assert joined.moved == before
    assert {partner.pk for partner in Partner.objects.filter(user=twice.kept)} == {twice.first.pk, twice.second.pk}
    assert Claim.objects.get(pk=twice.claim.pk).claimant == twice.kept
    assert twice.claim.lines.get().claimant == twice.kept


def test_old_account_is_closed_and_its_address_leads_to_the_kept_one(twice):
    TOTP.activate(twice.gone, generate_totp_secret())
    EmailAddress.objects.create(user=twice.gone, email="never@proven.example", verified=False)
    twice.join()
    gone = User.objects.get(pk=twice.gone.pk)
    assert not gone.is_active
    assert not gone.has_usable_password()
    assert gone.email != "old@example.org"
    assert not Authenticator.objects.filter(user=gone).exists()
    assert not EmailAddress.objects.filter(user=gone).exists()
    addresses = (
        EmailAddress.objects.filter(user=twice.kept).order_by("email").values_list("email", "verified", "primary")
    )
    assert list(addresses) == [("new@example.org", True, True), ("old@example.org", True, False)]


def test_person_signs_in_with_the_old_address(client, twice):
    twice.join()
    client.post(reverse("account_login"), {"login": "old@example.org", "password": factories.PASSWORD})
    assert client.session.get("_auth_user_id") == str(twice.kept.pk)


def test_person_is_told_at_both_addresses(twice):
    twice.join()
    told = Message.objects.filter(kind="people.record.join")
    assert sorted((message.recipient_id, message.address) for message in told) == [
        (twice.kept.pk, ""), (twice.kept.pk, "old@example.org"),
    ]  # fmt: skip
    assert all("old@example.org" in message.body and "new@example.org" in message.body for message in told)


def test_who_was_who_is_kept(twice):
    joined = twice.join()
    assert (joined.kept, joined.gone, joined.joined_by) == (twice.kept, twice.gone, twice.lead)
    assert queries.accounts_joined_into(twice.kept.pk) == [twice.gone.pk]
    assert queries.account_kept_of() == {twice.gone.pk: twice.kept.pk}
    history = history_of(KINDS["person"]).objects.filter(pgh_obj_id=twice.gone.pk).order_by("pgh_id")
    assert history.first().email == "old@example.org"
    context = history.last().pgh_context.metadata
    assert context["action"] == "people.record.join"
    assert context["reason"] == "They showed me both addresses"


def test_joined_twice_over_leads_to_the_last(twice):
    twice.join()
    third = factories.make_member(Role.PARTNER, twice.trust)
    twice.join(kept_id=third.pk, gone_id=twice.kept.pk)
    assert queries.account_kept_of() == {twice.gone.pk: third.pk, twice.kept.pk: third.pk}
    assert queries.accounts_joined_into(third.pk) == [twice.kept.pk, twice.gone.pk]


def test_role_that_both_hold_becomes_one(twice):
    assert Membership.objects.filter(role=Role.PARTNER, organisation=twice.trust).count() == 2
    twice.join()
    held = Membership.objects.get(role=Role.PARTNER, organisation=twice.trust)
    assert (held.user, held.starts_on, held.ends_on) == (twice.kept, local_date(factories.START), None)


def test_role_that_one_holds_goes_over(twice):
    factories.give_role(Role.REQUESTER, twice.gone, twice.trust)
    with factories.acting():
        Membership.objects.filter(user=twice.gone, role=Role.PARTNER).update(ends_on=TODAY - timedelta(days=20))
        Membership.objects.filter(user=twice.kept, role=Role.PARTNER).update(starts_on=TODAY)
    twice.join()
    held = Membership.objects.filter(user=twice.kept).order_by("role", "starts_on").values_list("role", "ends_on")
    assert list(held) == [("partner", TODAY - timedelta(days=20)), ("partner", None), ("requester", None)]
    assert account_queries.has_role(twice.kept, twice.trust.pk, [Role.REQUESTER], TODAY)


def test_telephone_goes_over_where_there_is_none(twice):
    with factories.acting():
        User.objects.filter(pk=twice.gone.pk).update(telephone="01632 960001")
    twice.join()
    assert User.objects.get(pk=twice.kept.pk).telephone == "01632 960001"


def test_copy_of_the_records_holds_both_and_masks_the_old_name_for_others(twice):
    twice.join()
    subject = Subject((twice.kept.pk, twice.gone.pk), ("new@example.org", "old@example.org"), None)
    records = {part.kind: list(part.records) for part in gather(subject, name=twice.kept.name).parts()}
    assert len(records["partners.Partner"]) == 2
    lead = gather(Subject((twice.lead.pk,), (twice.lead.email,), None), name=twice.lead.name)
    assert lead.masker.person(twice.gone.pk) == lead.masker.person(twice.kept.pk)
    assert lead.masker.text("Ben Clarke and Benjamin Clarke") == "Person A and Person A"


# --- bank details --------------------------------------------------------------------------------
def give_bank(user: User) -> BankDetails:
    details = expenses.change_bank_details(
        account_name="B Clarke", sort_code="089999", account_number="66374958", by=user, at=AT
    )
    with factories.acting():
        BankDetails.objects.filter(pk=details.pk).update(check_status="not_needed")
    return details


def test_bank_details_that_go_over_wait_for_a_call(twice):
    """Joining an account is no way round the call: nothing is paid to another account's details before it."""
    details = give_bank(twice.gone)
    twice.join()
    found = BankDetails.objects.get(user=twice.kept, replaced_at=None)
    assert found == details
    assert (found.check_status, found.verified_by) == ("waiting", None)


def test_own_bank_details_stay_as_they_are(twice):
    give_bank(twice.kept)
    twice.join()
    assert BankDetails.objects.get(user=twice.kept).check_status == "not_needed"


@pytest.mark.parametrize("bank", ["kept", "gone"])
def test_of_two_bank_details_one_is_chosen(twice, bank):
    details = {"gone": give_bank(twice.gone), "kept": give_bank(twice.kept)}
    assert queries.preview(twice.kept, twice.gone).both_have_bank_details
    with pytest.raises(RuleBroken) as refused:
        twice.join()
    assert refused.value.field == "bank"
    twice.join(bank=bank)
    assert BankDetails.objects.get(user=twice.kept, replaced_at=None) == details[bank]
    assert BankDetails.objects.filter(user=twice.kept).count() == 2


# --- what a person has one of ---------------------------------------------------------------------
def test_what_both_have_one_of_stays_behind(twice):
    for user in (twice.kept, twice.gone):
        expenses.save_plan(weekly=Decimal(100), four_weekly=None, week_starts=0, by=user)
    plan = queries.preview(twice.kept, twice.gone)
    assert ("Earnings plan", 1) in plan.stays
    twice.join()
    assert apps.get_model("expenses.EarningsPlan").objects.filter(user=twice.gone).exists()


def test_what_only_the_other_has_goes_over(twice):
    expenses.save_plan(weekly=Decimal(100), four_weekly=None, week_starts=0, by=twice.gone)
    twice.join()
    assert apps.get_model("expenses.EarningsPlan").objects.get().user == twice.kept


def test_private_note_on_the_same_talk_stays_behind(twice):
    with factories.acting():
        talk = OneToOne.objects.create(
            partner=twice.first, with_user=twice.lead, kind="one_to_one", starts_at=AT, place="Here",
            planned_by=twice.lead, planned_at=AT,
        )  # fmt: skip
    for user in (twice.kept, twice.gone):
        PrivateNote.objects.create(talk=talk, writer=user, written_at=AT, sealed="x")
    assert ("Private note", 1) in queries.preview(twice.kept, twice.gone).stays
    twice.join()
    assert PrivateNote.objects.filter(writer=twice.gone).count() == 1


# --- two people ----------------------------------------------------------------------------------
def refused(twice, words: str, **changed) -> None:
    before = names(twice.kept), names(twice.gone)
    with pytest.raises(RuleBroken, match=words):
        twice.join(**changed)
    assert (names(twice.kept), names(twice.gone)) == before
    assert User.objects.get(pk=twice.gone.pk).is_active
    assert not JoinedRecord.objects.exists()


def test_appointments_at_the_same_time_are_refused(twice):
    with factories.acting():
        Partner.objects.filter(pk=twice.first.pk).update(left_on=TODAY)
    refused(twice, "partners at Hillside NHS Trust at the same time")


def test_decider_of_the_others_claim_is_refused(twice):
    with factories.acting():
        twice.claim.lines.update(decided_by=twice.kept, decided_at=AT)
    refused(twice, "decided a line of the other's claim")


def test_who_has_worked_on_the_others_claim_is_refused(twice):
    with factories.acting():
        twice.claim.lines.update(handled_by=[twice.kept.pk])
    refused(twice, "worked on a line")


PAIRS = {
    "partners.Partner": lambda twice: Partner.objects.filter(pk=twice.first.pk).update(lead=twice.kept),
    "expenses.Claim": lambda twice: Claim.objects.filter(pk=twice.claim.pk).update(prepared_by=twice.kept),
    "partners.OneToOne": lambda twice: OneToOne.objects.create(
        partner=twice.first, with_user=twice.kept, kind="one_to_one", starts_at=AT, place="Here",
        planned_by=twice.lead, planned_at=AT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("model", PAIRS)
def test_two_who_met_are_two(twice, model):
    with factories.acting():
        PAIRS[model](twice)
    refused(twice, "cannot be one person's")


def test_what_only_the_database_knows_is_refused_in_words(twice, monkeypatch):
    monkeypatch.setattr(queries, "TWO_PEOPLE", ())
    with factories.acting():
        twice.claim.lines.update(decided_by=twice.kept, decided_at=AT)
    refused(twice, "a rule that asks for two different people")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": "  "}, "Enter how you know"),
        ({"reason": "x" * 501}, "Enter how you know"),
    ],
)
def test_reason_is_needed(twice, changed, words):
    refused(twice, words, **changed)


def test_one_account_is_not_two(twice):
    refused(twice, "the same one", gone_id=twice.kept.pk)


def test_closed_account_is_not_kept(twice):
    with factories.acting():
        User.objects.filter(pk=twice.kept.pk).update(is_active=False)
    refused(twice, "is closed")


def test_account_is_joined_once(twice):
    twice.join()
    third = factories.make_member(Role.PARTNER, twice.trust)
    with pytest.raises(RuleBroken, match="joined to another before"):
        twice.join(kept_id=third.pk)


# --- who may ---------------------------------------------------------------------------------------
def test_only_who_manages_people_everywhere(twice):
    for by in (twice.approver, factories.make_lead(factories.make_organisation())):
        with pytest.raises(PermissionDenied):
            twice.join(by=by)
    elsewhere = factories.make_organisation()
    factories.make_partner(elsewhere, user=twice.gone)
    refused(twice, "Ask whoever runs the portal")


def test_nobody_joins_their_own_account(twice):
    with pytest.raises(PermissionDenied):
        twice.join(kept_id=twice.lead.pk)


def test_command_joins_across_organisations(twice):
    factories.make_partner(factories.make_organisation(), user=twice.gone)
    out = StringIO()
    call_command("join_records", "new@example.org", "old@example.org", "--reason", "Asked in writing", stdout=out)
    assert "Moved" in out.getvalue()
    joined = JoinedRecord.objects.get()
    assert (joined.joined_by, Partner.objects.filter(user=twice.kept).count()) == (None, 3)
    with pytest.raises(CommandError, match="no open account"):
        call_command("join_records", "new@example.org", "old@nowhere.example", "--reason", "x")


def test_command_says_why_not(twice):
    with pytest.raises(CommandError, match="same one"):
        call_command("join_records", "new@example.org", "new@example.org", "--reason", "x")


# --- pages -------------------------------------------------------------------------------------
@pytest.fixture
def now_twice(twice, monkeypatch):
    return twice


def test_lead_joins_two_accounts(client, twice):
    give_bank(twice.gone)
    give_bank(twice.kept)
    client.force_login(twice.lead)
    detail = client.get(reverse("people:person_detail", args=[twice.kept.pk])).content.decode()
    assert reverse("people:second_choose", args=[twice.kept.pk]) in detail
    page = client.post(
        reverse("people:second_choose", args=[twice.kept.pk]), {"other_id": twice.gone.pk}, follow=True
    ).content.decode()
    assert "old@example.org" in page
    assert "What moves to the kept account" in page
    address = reverse("people:second_join", args=[twice.kept.pk, twice.gone.pk])
    page = client.post(address, {"reason": "Kept words"}).content.decode()
    assert "Select which bank details stay in use" in page
    assert "Kept words" in page
    page = client.post(address, {"reason": "They asked", "bank": "kept"}, follow=True).content.decode()
    assert "The two accounts are one now" in page
    assert JoinedRecord.objects.get().kept == twice.kept


def test_conflicts_are_shown_and_there_is_no_button(client, twice):
    with factories.acting():
        twice.claim.lines.update(decided_by=twice.kept, decided_at=AT)
    client.force_login(twice.lead)
    page = client.get(reverse("people:second_join", args=[twice.kept.pk, twice.gone.pk])).content.decode()
    assert "decided a line of the other" in page
    assert "Make them one" not in page


def test_accounts_of_another_organisation_are_not_there(client, twice):
    stranger = factories.make_partner(user=factories.make_user("Zebedee Quirk")).user
    client.force_login(twice.lead)
    assert "Zebedee" not in client.get(reverse("people:second_choose", args=[twice.kept.pk])).content.decode()
    for address in (
        reverse("people:second_join", args=[twice.kept.pk, stranger.pk]),
        reverse("people:second_join", args=[stranger.pk, twice.kept.pk]),
        reverse("people:second_choose", args=[stranger.pk]),
        # Nor is one's own.
        reverse("people:second_join", args=[twice.kept.pk, twice.lead.pk]),
    ):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_preview_takes_the_same_queries_however_much_moves(client, twice, rows, django_assert_max_num_queries):
    with factories.acting():
        Partner.objects.filter(user=twice.kept).update(starts_on=TODAY - timedelta(days=3))
    for number in range(rows):
        expenses.start_claim(partner_id=twice.second.pk, by=twice.kept, at=AT + timedelta(hours=number))
    client.force_login(twice.lead)
    address = reverse("people:second_join", args=[twice.gone.pk, twice.kept.pk])
    client.get(address)
    with django_assert_max_num_queries(82):
        client.get(address)


def test_name_of_a_joined_account_goes_with_the_name_of_the_kept_one(twice):
    twice.join()
    RETENTION["account"].dispose([twice.kept.pk], by=PORTAL, at=AT)
    for pk in (twice.kept.pk, twice.gone.pk):
        assert User.objects.get(pk=pk).name.startswith("Former")

"""Bank details: checked against the banks' table, held until a call on a number held before, put back when wrong."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.urls import reverse

from expenses import queries, services
from expenses.enums import BankCheckStatus, CallOutcome, ModulusResult
from expenses.models import BankCall, BankDetails, ModulusSubstitution, ModulusWeight
from partners.services import record_telephone
from psp_portal.accounts.enums import Role
from psp_portal.encryption import decrypt
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.pages import errors_of, page, signed_in, words_of
from tests.expenses.paying import give_account, without_triggers
from tests.expenses.policies.test_modulus import SUBSTITUTIONS, WEIGHTS
from tests.expenses.world import World, make_world

NUMBER = "01632 960001"


def give(world: World, number: str = "66374958", *, at=None, reference: str = "") -> BankDetails:
    return services.change_bank_details(
        account_name="Noor Khan", sort_code="089999", account_number=number, reference=reference, by=world.person,
        at=at or world.at,
    )  # fmt: skip


def telephone(world: World, number: str = NUMBER, *, at=None):
    return record_telephone(partner_id=world.partner.pk, number=number, by=world.lead, at=at or factories.START)


def call(details: BankDetails, outcome: CallOutcome = CallOutcome.CONFIRMED, *, world: World, number=None, **options):
    at = options.pop("at", None) or world.later(hours=2)
    number = number or queries.numbers_to_call([details], at=at)[details.pk][0]
    options.setdefault("by", world.finance_lead)
    options.setdefault("note", "")
    return services.record_bank_call(details_id=details.pk, number_id=number.pk, outcome=outcome, at=at, **options)


def confirmed(world: World) -> BankDetails:
    """Return first details that finance has confirmed."""
    telephone(world)
    details = give(world, at=world.later(days=-60))
    call(details, world=world, at=world.later(days=-59))
    details.refresh_from_db()
    return details


# --- giving -------------------------------------------------------------------------------
@pytest.mark.django_db
def test_without_the_banks_table_a_number_cannot_be_checked_and_is_taken(world):
    assert give(world, "66374959").modulus == ModulusResult.NOT_CHECKABLE


@pytest.fixture
def table(db, tmp_path) -> Path:
    """The banks' two files, loaded."""
    (tmp_path / "valacdos.txt").write_text(WEIGHTS)
    (tmp_path / "scsubtab.txt").write_text(SUBSTITUTIONS)
    call_command("load_modulus_tables", tmp_path / "valacdos.txt", tmp_path / "scsubtab.txt")
    return tmp_path


def test_with_the_table_only_a_number_that_does_not_fit_is_turned_away(world, table):
    with pytest.raises(RuleBroken, match="does not go with this sort code") as broken:
        give(world, "66374959")
    assert broken.value.field == "account_number"
    assert not BankDetails.objects.exists()
    assert give(world, "66374958").modulus == ModulusResult.VALID
    elsewhere = services.change_bank_details(
        account_name="Noor Khan", sort_code="010101", account_number="66374959", by=world.person, at=world.at
    )
    assert elsewhere.modulus == ModulusResult.NOT_CHECKABLE


def test_substitutes_are_used(world, table):
    given = services.change_bank_details(
        account_name="Noor Khan", sort_code="938600", account_number="42368003", by=world.person, at=world.at
    )
    assert given.modulus == ModulusResult.VALID


def test_a_roll_number_is_kept_encrypted_and_may_be_missing(world):
    assert give(world).reference == ""
    kept = give(world, reference="A/12345.67-8", at=world.later(days=1)).reference
    assert "12345" not in kept
    assert decrypt(kept) == "A/12345.67-8"
    for wrong in ("x" * 19, "roll_1", "1\n2"):
        with pytest.raises(RuleBroken, match="roll number") as broken:
            give(world, reference=wrong)
        assert broken.value.field == "reference"


def test_the_details_in_use_given_again_change_nothing(world):
    details = confirmed(world)
    letters = Message.objects.count()
    assert give(world) == details
    assert (BankDetails.objects.count(), Message.objects.count()) == (1, letters)
    # Another name, sort code, number or roll number is a change.
    assert give(world, reference="1") != details


def test_details_that_wait_given_again_are_given_again(world):
    """The way out for somebody whose number was recorded too late: given on a later day, they can be checked."""
    first = give(world)
    second = give(world, at=world.later(days=1))
    first.refresh_from_db()
    assert (first.replaced_at, second.given_at, second.check_status) == (
        world.later(days=1), world.later(days=1), BankCheckStatus.WAITING,
    )  # fmt: skip


def test_details_that_no_key_opens_are_replaced_like_others(world, settings):
    confirmed(world)
    settings.FIELD_ENCRYPTION_KEYS = ["BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB="]
    assert give(world).check_status == BankCheckStatus.WAITING


# --- who waits ----------------------------------------------------------------------------
def test_first_details_wait_for_a_call_unless_every_organisation_of_theirs_says_otherwise(world):
    assert give(world).check_status == BankCheckStatus.WAITING
    relaxed, strict = make_world(), make_world()
    for each in (relaxed, strict):
        each.card.verifies_first_bank_details = each is strict
        with factories.acting():
            each.card.save()
    details = give(relaxed)
    assert details.check_status == BankCheckStatus.NOT_NEEDED
    assert queries.bank_details_to_pay([relaxed.person.pk]) == {relaxed.person.pk: details}
    # A second appointment, where the trust does ask for it.
    factories.make_partner(strict.organisation, user=relaxed.person, lead=strict.lead)
    assert queries.verifies_first_bank_details(relaxed.person)
    # One with no rate card has said nothing against it; and so has nobody at all.
    other = make_world()
    other.card.verifies_first_bank_details = False
    with factories.acting():
        other.card.save()
    factories.make_partner(user=other.person)
    assert queries.verifies_first_bank_details(other.person)
    assert queries.verifies_first_bank_details(factories.make_user())


def strict_again(world: World) -> None:
    """Let the trust ask for a call about first details from now on."""
    world.card.refresh_from_db()
    world.card.verifies_first_bank_details = True
    with factories.acting():
        world.card.save()


def test_details_that_needed_no_call_where_they_were_given_wait_for_one_where_it_is_asked_for(world):
    telephone(world)
    details = give_account(world.person, world)
    world.approved()
    assert queries.payable_lines(world.finance_lead, world.organisation.pk, today=world.today).count() == 2
    run = world.run()
    strict_again(world)
    with pytest.raises(RuleBroken, match=f"wait for a check: {world.person.name}"):
        services.release_run(run_id=run.pk, by=world.finance_other, at=world.at)
    services.cancel_run(run_id=run.pk, by=world.finance_lead, at=world.at)
    with pytest.raises(RuleBroken, match="nothing to pay"):
        world.run()
    assert queries.lines_left_out(world.finance_lead, world.organisation.pk, today=world.today).count() == 2
    shown = words_of(signed_in(world.finance_lead).get(page("run_create")))
    assert "Their bank details wait for a check" in shown
    # Finance is asked to call; once.
    assert [services.ask_for_first_calls(at=world.later(hours=hours)) for hours in (1, 2)] == [1, 0]
    letters = Message.objects.filter(kind="expenses.bank_details.check")
    assert {letter.recipient for letter in letters} == {world.finance_lead, world.finance_other}
    call(details, world=world)
    assert world.run().line_count == 2


def test_what_was_paid_to_before_is_first_no_longer(world):
    give_account(world.person, world)
    world.paid()
    strict_again(world)
    world.approved()
    assert services.ask_for_first_calls(at=world.later(hours=1)) == 0
    assert world.run().line_count == 2
    # Another trust has not paid to them yet.
    other = make_world()
    assert queries.held_for_verification([world.person.pk], other.organisation.pk) == {world.person.pk}
    assert queries.held_for_verification([world.person.pk], world.organisation.pk) == set()
    partner = factories.make_partner(other.organisation, user=world.person, lead=other.lead)
    assert [row.user for row in queries.first_details_to_check()] == [world.person]
    end_appointment(partner, other)
    assert not queries.first_details_to_check()


def end_appointment(partner, world: World) -> None:
    with without_triggers():
        type(partner).objects.filter(pk=partner.pk).update(status="left", left_on=world.today)


def test_another_organisation_s_calls_are_not_seen(world):
    telephone(world)
    details = give(world)
    call(details, CallOutcome.NO_ANSWER, world=world, note="Ringing")
    other = make_world()
    factories.make_partner(other.organisation, user=world.person, lead=other.lead)

    def calls(user):
        (row,) = queries.bank_history_of(user, world.person.pk, today=world.today)
        waiting = queries.bank_checks_waiting(user, today=world.today)
        assert [len(each.calls.all()) for each in waiting] in ([len(row.calls.all())], [])
        return [each.note for each in row.calls.all()]

    assert [calls(user) for user in (world.finance_other, world.auditor, world.person)] == [["Ringing"]] * 3
    assert [calls(user) for user in (other.finance_lead, other.auditor)] == [[], []]
    history = words_of(signed_in(other.finance_lead).get(page("bank_history_detail", user_id=world.person.pk)))
    assert world.finance_lead.name not in history


def test_an_appointment_that_ended_counts_while_money_is_open(world):
    telephone(world)
    details = give(world)
    claim = world.sent()
    end_appointment(world.partner, world)

    def seen():
        return (
            [row.pk for row in queries.bank_details_visible_to(world.finance_lead, today=world.today)],
            [row.pk for row in queries.bank_checks_waiting(world.finance_lead, today=world.today)],
        )

    assert seen() == ([details.pk], [details.pk])
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.at)
    assert seen() == ([], [])
    assert list(queries.bank_details_visible_to(world.person, today=world.today)) == [details]


@pytest.mark.parametrize(
    ("given", "field"), [({"account_name": "李小龍"}, "account_name"), ({"reference": "contra-1"}, "reference")]
)
def test_what_a_bank_s_file_cannot_carry_is_refused(world, given, field):
    account = {"account_name": "A Partner", "sort_code": "089999", "account_number": "66374958", **given}
    with pytest.raises(RuleBroken) as broken:
        services.change_bank_details(**account, by=world.person, at=world.at)
    assert broken.value.field == field
    assert queries.bank_details_of(world.person) is None


def test_a_change_always_waits_and_nothing_is_paid_to_the_new_or_the_old(world):
    world.card.verifies_first_bank_details = False
    with factories.acting():
        world.card.save()
    first = give(world)
    assert queries.held_for_verification([world.person.pk]) == set()
    second = give(world, "88837491", at=world.later(days=1))
    assert (first.check_status, second.check_status) == (BankCheckStatus.NOT_NEEDED, BankCheckStatus.WAITING)
    assert queries.bank_details_to_pay([world.person.pk]) == {}
    assert queries.held_for_verification([world.person.pk]) == {world.person.pk}
    assert queries.last_fours([world.person.pk]) == {world.person.pk: "7491"}


def test_finance_is_told_that_details_wait_and_the_person_that_they_were_given(world):
    details = give(world)
    letters = Message.objects.filter(kind="expenses.bank_details.check")
    assert {letter.recipient for letter in letters} == {world.finance_lead, world.finance_other}
    assert letters[0].link == page("bank_call_create", details_id=details.pk)
    assert "4958" not in letters[0].body
    assert Message.objects.filter(kind="expenses.bank_details.change", recipient=world.person).count() == 1


def test_a_partner_who_works_in_finance_is_not_asked_to_call_themselves(world):
    factories.make_member(Role.FINANCE, world.organisation, user=world.person)
    give(world)
    letters = Message.objects.filter(kind="expenses.bank_details.check")
    assert world.person not in {letter.recipient for letter in letters}


# --- the number ---------------------------------------------------------------------------
def numbers(details: BankDetails, world: World) -> list[str]:
    return [number.number for number in queries.numbers_to_call([details], at=world.later(hours=2))[details.pk]]


def test_for_first_details_any_number_recorded_before_the_call_counts(world):
    details = give(world)
    assert numbers(details, world) == []
    telephone(world, at=world.later(hours=1))
    assert numbers(details, world) == [NUMBER]
    telephone(world, "01632 960002", at=world.later(hours=3))
    assert numbers(details, world) == [NUMBER]


def test_for_a_change_the_number_must_have_been_held_on_an_earlier_day(world):
    confirmed(world)
    telephone(world, "01632 960002", at=world.later(hours=-1))
    details = give(world, "88837491")
    assert numbers(details, world) == [NUMBER], "a number changed on the same day does not count"
    telephone(world, "01632 960003", at=world.later(hours=1))
    assert numbers(details, world) == [NUMBER]


def test_a_change_with_no_number_before_it_cannot_be_confirmed_until_given_again_on_a_later_day(world):
    world.card.verifies_first_bank_details = False
    with factories.acting():
        world.card.save()
    give(world, at=world.later(days=-10))
    details = give(world, "88837491")
    number = telephone(world, at=world.later(hours=1))
    with pytest.raises(RuleBroken, match="held before these details") as broken:
        call(details, world=world, number=number)
    assert broken.value.field == "number_id"
    again = give(world, "88837491", at=world.later(days=1))
    call(again, world=world, number=number, at=world.later(days=1, hours=1))
    assert queries.bank_details_to_pay([world.person.pk])[world.person.pk].pk == again.pk


def test_the_same_number_recorded_again_keeps_its_day(world):
    first = telephone(world)
    assert telephone(world, f" {NUMBER} ", at=world.at) == first


def test_each_appointment_has_its_own_number(world):
    telephone(world)
    other = make_world()
    second = factories.make_partner(other.organisation, user=world.person, lead=other.lead)
    record_telephone(partner_id=second.pk, number="01632 960009", by=other.lead, at=factories.START)
    assert sorted(numbers(give(world), world)) == [NUMBER, "01632 960009"]


# --- the call -----------------------------------------------------------------------------
def test_confirmed_details_are_paid_to_and_the_person_is_told(world):
    telephone(world)
    details = give(world)
    made = call(details, world=world, note=" All well ")
    assert (made.number_ending, made.number_given_at, made.outcome, made.note, made.called_by, made.organisation) == (
        "0001", factories.START, CallOutcome.CONFIRMED, "All well", world.finance_lead, world.organisation,
    )  # fmt: skip
    details.refresh_from_db()
    assert (details.check_status, details.verified_by, details.verified_at) == (
        BankCheckStatus.CONFIRMED, world.finance_lead, world.later(hours=2),
    )  # fmt: skip
    assert queries.bank_details_to_pay([world.person.pk]) == {world.person.pk: details}
    assert queries.held_for_verification([world.person.pk]) == set()
    assert Message.objects.get(kind="expenses.bank_details.confirm").recipient == world.person


def test_details_turned_down_are_not_used_and_the_confirmed_ones_are_back(world):
    old = confirmed(world)
    new = give(world, "88837491")
    call(new, CallOutcome.NOT_CONFIRMED, world=world, note="They had not given any.", by=world.finance_other)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (new.check_status, new.replaced_at) == (BankCheckStatus.NOT_CONFIRMED, world.later(hours=2))
    assert (old.check_status, old.replaced_at) == (BankCheckStatus.CONFIRMED, None)
    assert queries.bank_details_to_pay([world.person.pk]) == {world.person.pk: old}
    told = Message.objects.get(kind="expenses.bank_details.not_confirm")
    assert (told.recipient, "are in use again" in told.body) == (world.person, True)
    warned = Message.objects.filter(kind="expenses.bank_details.warn")
    assert {letter.recipient for letter in warned} == {world.lead, world.finance_lead}
    assert all(world.person.name in letter.body for letter in warned)


def test_first_details_turned_down_leave_none(world):
    telephone(world)
    details = give(world)
    call(details, CallOutcome.NOT_CONFIRMED, world=world, note="Not them.")
    assert queries.bank_details_of(world.person) is None
    assert "no bank details with us now" in Message.objects.get(kind="expenses.bank_details.not_confirm").body


def test_what_was_turned_down_once_is_never_put_back(world):
    """Two changes one after the other, both turned down: the ones that finance confirmed come back."""
    old = confirmed(world)
    call(give(world, "88837491"), CallOutcome.NOT_CONFIRMED, world=world, note="No")
    second = give(world, "63748472", at=world.later(days=1))
    call(second, CallOutcome.NOT_CONFIRMED, world=world, note="No", at=world.later(days=1, hours=1))
    assert queries.bank_details_of(world.person).pk == old.pk


def test_when_nobody_answers_they_wait_on_and_each_call_is_kept(world):
    telephone(world)
    details = give(world)
    call(details, CallOutcome.NO_ANSWER, world=world)
    call(details, CallOutcome.NO_ANSWER, world=world, at=world.later(hours=4), by=world.finance_other)
    details.refresh_from_db()
    assert details.check_status == BankCheckStatus.WAITING
    assert list(BankCall.objects.order_by("called_at").values_list("called_by", flat=True)) == [
        world.finance_lead.pk, world.finance_other.pk,
    ]  # fmt: skip


def test_a_refusal_says_why(world):
    telephone(world)
    with pytest.raises(RuleBroken, match="what they told you") as broken:
        call(give(world), CallOutcome.NOT_CONFIRMED, world=world, note="  ")
    assert broken.value.field == "note"


def test_details_are_checked_once(world):
    telephone(world)
    details = give(world)
    call(details, world=world)
    with pytest.raises(TransitionNotAllowed, match="checked or replaced already"):
        call(details, CallOutcome.NOT_CONFIRMED, world=world, note="No")
    replaced = give(world, "88837491", at=world.later(days=1))
    give(world, "63748472", at=world.later(days=2))
    with pytest.raises(TransitionNotAllowed, match="checked or replaced already"):
        call(replaced, world=world, at=world.later(days=3))


@pytest.mark.parametrize("who", ["person", "lead", "approver", "auditor", "executive"])
def test_only_finance_calls(world, who):
    telephone(world)
    with pytest.raises(PermissionDenied):
        call(give(world), world=world, by=getattr(world, who))


def test_nobody_in_finance_checks_their_own_or_calls_a_number_they_recorded(world):
    factories.make_member(Role.FINANCE, world.organisation, user=world.person)
    factories.make_member(Role.FINANCE, world.organisation, user=world.lead)
    telephone(world)
    details = give(world)
    with pytest.raises(PermissionDenied, match="nobody checks their own"):
        call(details, world=world, by=world.person)
    with pytest.raises(PermissionDenied, match="You recorded this number"):
        call(details, world=world, by=world.lead)
    with pytest.raises(PermissionDenied):
        call(details, world=world, by=make_world().finance_lead)


def test_the_database_keeps_the_two_people_apart_and_calls_as_they_were(world):
    telephone(world)
    details = give(world)
    made = call(details, CallOutcome.NO_ANSWER, world=world)
    with factories.acting():
        for change in (
            lambda: BankDetails.objects.filter(pk=details.pk).update(
                check_status="confirmed", verified_at=world.at, verified_by=world.person
            ),
            lambda: BankDetails.objects.filter(pk=details.pk).update(check_status="confirmed"),
            lambda: BankDetails.objects.filter(pk=details.pk).update(check_status="not_confirmed"),
            lambda: BankDetails.objects.filter(pk=details.pk).update(modulus="invalid"),
            lambda: BankCall.objects.filter(pk=made.pk).update(outcome="confirmed"),
            lambda: BankCall.objects.filter(pk=made.pk).delete(),
        ):
            with pytest.raises(Error), transaction.atomic():
                change()


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_the_same_moment_decide_once():
    world = make_world()
    telephone(world)
    details = give(world)
    outcomes: list[str] = []

    def decide(person, outcome):
        try:
            call(details, outcome, world=world, by=person, note="Why")
            outcomes.append(outcome)
        except TransitionNotAllowed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=[world.finance_lead, CallOutcome.CONFIRMED]),
        threading.Thread(target=decide, args=[world.finance_other, CallOutcome.NOT_CONFIRMED]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("refused") == 1
    assert BankCall.objects.count() == 1


# --- the banks' tables ----------------------------------------------------------------------
def test_loading_again_puts_the_new_table_in_place_of_the_old(table, capsys):
    assert (ModulusWeight.objects.count(), ModulusSubstitution.objects.count()) == (25, 2)
    (table / "valacdos.txt").write_text(WEIGHTS.splitlines()[5])
    call_command("load_modulus_tables", table / "valacdos.txt")
    assert capsys.readouterr().out == "1 weights and 2 substitutions are in use.\n"
    row = ModulusWeight.objects.get()
    assert (row.first, row.last, row.method, row.exception) == ("089000", "089999", "MOD10", 0)


def test_a_bad_line_is_named_and_nothing_is_half_written(table):
    (table / "valacdos.txt").write_text(f"{WEIGHTS.splitlines()[5]}\n089000 x")
    with pytest.raises(CommandError, match=r"Line 2 of the weights: .*\nNothing has been changed\."):
        call_command("load_modulus_tables", table / "valacdos.txt")
    (table / "valacdos.txt").write_text(WEIGHTS.splitlines()[5])
    (table / "scsubtab.txt").write_text("938600\n")
    with pytest.raises(CommandError, match="Line 1 of the substitutions"):
        call_command("load_modulus_tables", table / "valacdos.txt", table / "scsubtab.txt")
    assert (ModulusWeight.objects.count(), ModulusSubstitution.objects.count()) == (25, 2)


def test_a_file_that_is_no_table_is_refused(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("load_modulus_tables", tmp_path / "missing.txt")
    (tmp_path / "picture.txt").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(CommandError, match="is not plain text"):
        call_command("load_modulus_tables", tmp_path / "picture.txt")


# --- pages --------------------------------------------------------------------------------
@pytest.fixture
def now(world):
    """Stop the clock two days after the details are given."""
    with time_machine.travel(world.later(days=2), tick=False):
        yield


def test_the_list_shows_who_waits_oldest_first_and_not_another_organisation_s(world, now):
    others = make_world()
    telephone(others)
    give(others)
    telephone(world)
    give(world)
    second = factories.make_partner(world.organisation, lead=world.lead)
    services.change_bank_details(
        account_name="Second", sort_code="089999", account_number="66374958", by=second.user, at=world.later(days=-1)
    )
    words = words_of(signed_in(world.finance_lead).get(page("bank_check_list")))
    first_row = f"{second.user.name} 13 September 2026"
    assert f"{second.user.name} 14 September 2026 3 days 0 No number was held before." in words, first_row
    assert f"{world.person.name} 15 September 2026 2 days 0 Call them" in words
    assert words.index(second.user.name) < words.index(f"{world.person.name} 15 September")
    assert others.person.name not in words
    assert "Finance calls them" in words_of(signed_in(world.auditor).get(page("bank_check_list")))


def test_it_waits_on_finance_s_first_page_until_somebody_has_called(world):
    def labels(person):
        return [each.label for each in queries.waiting_for(person, today=world.today)]

    telephone(world)
    details = give(world)
    give(make_world())
    asked = f"Call {world.person.name} about their bank details"
    assert asked in labels(world.finance_lead)
    assert asked in labels(world.finance_other)
    for somebody in (world.auditor, world.lead, world.person):
        assert asked not in labels(somebody)
    assert sum("about their bank details" in label for label in labels(world.finance_lead)) == 1
    call(details, world=world)
    assert asked not in labels(world.finance_lead)


def test_the_list_says_when_nobody_waits(world):
    assert "No bank details wait for a call." in words_of(signed_in(world.finance_lead).get(page("bank_check_list")))


def test_the_list_costs_the_same_for_thirty_as_for_one(world, now, django_assert_num_queries):
    client = signed_in(world.finance_lead)
    telephone(world)
    give(world)
    client.get(page("bank_check_list"))
    with django_assert_num_queries(9) as one:
        client.get(page("bank_check_list"))
    for _ in range(29):
        partner = factories.make_partner(world.organisation, lead=world.lead)
        record_telephone(partner_id=partner.pk, number=NUMBER, by=world.lead, at=factories.START)
        services.change_bank_details(
            account_name="More", sort_code="089999", account_number="66374958", by=partner.user, at=world.at
        )
    with django_assert_num_queries(len(one)):
        client.get(page("bank_check_list"))


def test_finance_records_a_call_on_the_page(world, now):
    number = telephone(world)
    details = give(world)
    client, where = signed_in(world.finance_lead), page("bank_call_create", details_id=details.pk)
    words = words_of(client.get(where))
    assert f"{NUMBER}, held by {world.organisation.name} since 1 April 2025" in words
    assert "They must be 4958." in words
    wrong = client.post(where, {"number_id": number.pk, "outcome": "not_confirmed", "note": ""})
    assert errors_of(wrong) == [("#id_note", "Say what they told you")]
    empty = client.post(where, {"note": "Typed before"})
    assert [words for _, words in errors_of(empty)] == [
        "Select the number you called", "Select what came of the call",
    ]  # fmt: skip
    assert "Typed before" in empty.content.decode()
    done = client.post(where, {"number_id": number.pk, "outcome": "confirmed", "note": "Fine"}, follow=True)
    assert "These bank details are used from now on." in words_of(done)
    assert "do not wait for a call any more" in words_of(client.get(where))
    assert client.post(where, {"number_id": number.pk, "outcome": "confirmed"}).status_code == 200


def test_a_call_needs_a_number_held_before(world, now):
    details = give(world)
    where = page("bank_call_create", details_id=details.pk)
    words = words_of(signed_in(world.finance_lead).get(where))
    assert "No telephone number was held before these details were given." in words
    other = make_world()
    factories.make_partner(other.organisation, user=world.person, lead=other.lead)
    record_telephone(
        partner_id=world.person.appointments.get(organisation=other.organisation).pk, number=NUMBER, by=other.lead,
        at=factories.START,
    )  # fmt: skip
    words = words_of(signed_in(world.finance_lead).get(where))
    assert "Another organisation holds a number for this partner." in words
    assert NUMBER not in words
    assert NUMBER in words_of(signed_in(other.finance_lead).get(where))


def test_the_page_of_a_call_is_finance_s_and_never_for_oneself(world, now):
    factories.make_member(Role.FINANCE, world.organisation, user=world.person)
    details = give(world)
    where = page("bank_call_create", details_id=details.pk)
    assert signed_in(world.person).get(where).status_code == 403
    assert signed_in(world.auditor).get(where).status_code == 403
    assert signed_in(world.approver).get(where).status_code == 404
    assert signed_in(make_world().finance_lead).get(where).status_code == 404


def test_the_history_says_when_by_whom_and_how_and_no_number(world, now):
    confirmed(world)
    new = give(world, "88837491")
    call(new, CallOutcome.NOT_CONFIRMED, world=world, note="They sounded young")
    where = page("bank_history_detail", user_id=world.person.pk)
    for person in (world.finance_lead, world.auditor):
        words = words_of(signed_in(person).get(where))
        assert "Account ending in 7491" in words
        assert "Account ending in 4958" in words
        assert words.index("7491") < words.index("4958")
        assert f"Confirmed by telephone by {world.finance_lead.name} on 18 July 2026" in words
        assert "called the number ending in 0001, held since 1 April 2025. They did not confirm the details." in words
        assert "They sounded young" in words
        assert "66374958" not in words
        assert "089999" not in words
    own = words_of(signed_in(world.person).get(where))
    assert "by you" in own
    assert "They sounded young" not in own
    for stranger in (world.lead, world.approver, make_world().finance_lead):
        assert signed_in(stranger).get(where).status_code == 404


def test_finance_goes_from_the_history_to_the_call(world, now):
    telephone(world)
    details = give(world)
    where = page("bank_history_detail", user_id=world.person.pk)
    link = page("bank_call_create", details_id=details.pk)
    assert link in signed_in(world.finance_lead).get(where).content.decode()
    assert link not in signed_in(world.auditor).get(where).content.decode()


def test_the_partner_sees_what_their_details_wait_for(world, now):
    client, where = signed_in(world.person), page("bank_details_detail")
    assert "We do not know yet where to pay you." in words_of(client.get(where))
    details = give(world)
    assert "Ask your lead to record one, in person." in words_of(client.get(where))
    telephone(world)
    assert "They call the number ending in 0001" in words_of(client.get(where))
    call(details, world=world)
    words = words_of(client.get(where))
    assert "Confirmed by telephone" in words
    assert "Nothing is paid to this account" not in words


def test_what_is_typed_is_read_as_the_bank_writes_it(world, now):
    client = signed_in(world.person)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    typed = {"account_name": "Noor Khan", "sort_code": "08-99 99", "account_number": "637 4958", "reference": ""}
    assert client.post(page("bank_details_edit"), typed).status_code == 302
    details = BankDetails.objects.get()
    assert (decrypt(details.sort_code), decrypt(details.account_number)) == ("089999", "06374958")


def test_a_wrong_number_is_said_beside_its_field(world, now, table):
    client = signed_in(world.person)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    typed = {"account_name": "Noor Khan", "sort_code": "089999", "account_number": "66374959", "reference": ""}
    response = client.post(page("bank_details_edit"), typed)
    assert errors_of(response) == [
        (
            "#id_account_number",
            "This account number does not go with this sort code. Check both on your bank card or a statement",
        )
    ]
    assert "Noor Khan" in response.content.decode()


def test_days_waiting_are_never_below_nought(world):
    give(world, at=world.later(days=2))
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        assert "Since today" in words_of(signed_in(world.finance_lead).get(page("bank_check_list")))

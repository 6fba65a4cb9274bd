"""A new encryption key: everything that is kept encrypted is encrypted with it, and what cannot be read is named."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from expenses import queries, services
from expenses.models import BankDetails, EarningsPlan
from psp_portal.audit.rotation import encrypted_columns
from psp_portal.encryption import decrypt

NEW = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB="
OLD = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


def test_the_key_is_rotated_over_every_encrypted_field_and_again_changes_nothing(world, settings, capsys):
    services.save_plan(weekly=Decimal("173.37"), four_weekly=None, week_starts=0, by=world.person)
    details = services.change_bank_details(
        account_name="Noor Khan", sort_code="089999", account_number="66374958", reference="A1", by=world.person,
        at=world.at,
    )  # fmt: skip
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    history = details.pgh_event_model.objects.count()
    call_command("rotate_encryption_key")
    assert "expenses.BankDetails: 1 rows read, 1 encrypted with the newest key." in capsys.readouterr().out
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    details.refresh_from_db()
    assert [decrypt(value) for value in (details.account_name, details.sort_code, details.account_number)] == [
        "Noor Khan", "089999", "66374958",
    ]  # fmt: skip
    assert decrypt(details.reference) == "A1"
    assert queries.plan_of(world.person).weekly == Decimal("173.37")
    assert details.pgh_event_model.objects.count() == history, "a new key is no change of anything"
    call_command("rotate_encryption_key")
    assert "expenses.BankDetails: 1 rows read, 0 encrypted with the newest key." in capsys.readouterr().out


def test_rows_that_no_key_opens_are_named_by_their_key_and_left(world, settings, capsys):
    broken = services.change_bank_details(
        account_name="Noor Khan", sort_code="089999", account_number="66374958", by=world.person, at=world.at
    )
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    sound = services.change_bank_details(
        account_name="Other Person", sort_code="089999", account_number="66374958", by=world.lead, at=world.at
    )
    with pytest.raises(CommandError, match="1 rows could not be read"):
        call_command("rotate_encryption_key")
    out = capsys.readouterr().out
    assert f"expenses.BankDetails {broken.pk}: none of the keys opens it" in out
    assert str(sound.pk) not in out
    assert "Noor" not in out
    before = broken.account_number
    broken.refresh_from_db()
    assert broken.account_number == before


def test_rotation_goes_on_batch_by_batch(world, settings, monkeypatch):
    monkeypatch.setattr("psp_portal.audit.rotation.BATCH", 2)
    for days in range(5):
        services.change_bank_details(
            account_name="Noor Khan", sort_code="089999", account_number=f"6637495{days}", by=world.person,
            at=world.later(days=days),
        )  # fmt: skip
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    call_command("rotate_encryption_key")
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    details = queries.bank_details_of(world.person)
    assert decrypt(details.account_number) == "66374954"
    assert {decrypt(row.account_number) for row in type(details).objects.all()} == {
        f"6637495{days}" for days in range(5)
    }


def test_without_a_key_nothing_is_rotated(world, settings):
    services.save_plan(weekly=Decimal("173.37"), four_weekly=None, week_starts=0, by=world.person)
    settings.FIELD_ENCRYPTION_KEYS = []
    with pytest.raises(CommandError, match="FIELD_ENCRYPTION_KEYS is empty"):
        call_command("rotate_encryption_key")


def test_encrypted_columns_are_found_by_what_they_are():
    found = encrypted_columns()
    assert found[BankDetails] == ["account_name", "sort_code", "account_number", "reference"]
    assert found[EarningsPlan] == ["sealed"]
    assert "PaymentSettings" in {model.__name__ for model in found}

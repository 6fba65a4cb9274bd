"""``manage.py import_organisations``: creates, renames and closes; twice changes nothing; damaged writes nothing."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from psp_portal.accounts.models import Organisation
from tests import factories
from tests.psp_portal.accounts.samples import REAL_FILE, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    def run_with(content: str | bytes, **options) -> str:
        path = tmp_path / "etr.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = StringIO()
        call_command("import_organisations", str(path), stdout=out, **options)
        return out.getvalue()

    return run_with


@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real ODS file is not beside the project")
def test_real_file_twice(run):
    content = REAL_FILE.read_bytes()
    assert run(content) == "210 created, 0 renamed, 0 closed, 0 corrected, 0 unchanged.\n"
    assert Organisation.objects.count() == 210
    assert Organisation.objects.get(ods_code="RJ1").name == "Guy's and St Thomas' NHS Foundation Trust"
    assert Organisation.objects.get(ods_code="G6V2S").opened_on == date(2024, 11, 1)
    assert sorted(Organisation.objects.filter(closed_on__isnull=False).values_list("ods_code", flat=True)) == [
        "R1C", "RAP", "RRP", "RY9", "RYK",
    ]  # fmt: skip
    history = Organisation.pgh_event_model.objects.count()
    assert run(content) == "Nothing to change: all 210 organisations are as the file says.\n"
    assert Organisation.pgh_event_model.objects.count() == history


def test_each_sort_of_change_is_made_and_told(run):
    run(line("RT1") + line("RT2", "OLD NAME") + line("RT3") + line("RT4", postcode="AN1 1AA"))
    changed = line("RT1") + line("RT2", "NEW NAME") + line("RT3", closed="20250331")
    out = run(changed + line("RT4", postcode="AN2 2BB") + line("RT5"), verbosity=2)
    assert out.splitlines() == [
        "created Anytown NHS Trust (RT5)",
        "renamed Old Name (RT2) to New Name",
        "closed Anytown NHS Trust (RT3) from 2025-03-31",
        "updated Anytown NHS Trust (RT4): postcode",
        "1 created, 1 renamed, 1 closed, 1 corrected, 1 unchanged.",
    ]
    assert Organisation.objects.get(ods_code="RT2").name == "New Name"
    assert Organisation.objects.get(ods_code="RT3").closed_on == date(2025, 3, 31)


def test_closed_organisation_opens_again_when_the_file_says_so(run):
    run(line(closed="20250331"))
    assert run(line()) == "0 created, 0 renamed, 0 closed, 1 corrected, 0 unchanged.\n"
    assert Organisation.objects.get().is_open


def test_organisation_not_in_the_file_is_left_alone(run):
    factories.make_organisation(ods_code="QMJ")
    run(line())
    assert Organisation.objects.get(ods_code="QMJ").is_open


def test_damaged_row_writes_nothing(run):
    run(line("RT1", "OLD NAME"))
    with pytest.raises(CommandError) as refused:
        run(line("RT1", "NEW NAME") + line("RT2") + line("RT3", opened="yesterday"))
    assert str(refused.value) == (
        "Line 3: the opening date “yesterday” is not a date like 20240930.\nNothing has been changed."
    )
    assert list(Organisation.objects.values_list("ods_code", "name")) == [("RT1", "Old Name")]


def test_missing_file_is_told_plainly(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file or directory."):
        call_command("import_organisations", str(tmp_path / "nowhere.csv"))


def test_import_is_in_the_history_under_the_commands_name(run):
    run(line())
    context = Organisation.pgh_event_model.objects.get().pgh_context.metadata
    assert context["actor"] == "system:accounts.import_organisations"
    assert context["action"] == "accounts.organisation.import"

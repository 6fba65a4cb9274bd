"""``manage.py price_claim``: one JSON object, or status 2 and one line on standard error. No database."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from expenses.management.commands.price_claim import Command
from tests.expenses.policies.test_claim_file import CARD, CLAIM

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def write(tmp_path):
    def write(name, data):
        path = tmp_path / name
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        return str(path)

    return write


def run(*args):
    out, err = io.StringIO(), io.StringIO()
    status = 0
    try:
        call_command("price_claim", *args, stdout=out, stderr=err)
    except SystemExit as left:
        status = left.code
    return status, out.getvalue(), err.getvalue()


def give_standard_input(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(data).encode())))


def test_a_claim_is_priced_against_a_card(write):
    status, out, err = run(write("claim.json", CLAIM), "--card", write("card.json", CARD))
    assert (status, err) == (0, "")
    result = json.loads(out)
    assert list(result) == ["lines", "totals", "above_hmrc_mileage", "clock"]
    assert [line["line"] for line in result["lines"]] == [1, 2, 3, 4, 5]
    assert result["totals"]["pay"] == "207.73"
    assert result["clock"]["decision_due"] == "2026-09-30"


def test_the_clock_leaves_out_englands_bank_holidays_of_next_year_too(write):
    _, out, _ = run(write("claim.json", CLAIM | {"submitted_on": "2026-12-18"}))
    assert json.loads(out)["clock"]["decision_due"] == "2027-01-06"


def test_without_a_card_the_national_template_prices_the_claim(write):
    lines = [
        {"kind": "involvement_payment", "date": "2026-09-15", "minutes": 300, "activity": "meeting"},
        {"kind": "mileage", "vehicle": "bicycle", "date": "2026-09-15", "miles": "10", "passengers": 0},
    ]
    _, out, _ = run(write("claim.json", CLAIM | {"lines": lines}))
    assert [line["pay"] for line in json.loads(out)["lines"]] == ["150.00", "2.00"]


def test_a_dash_reads_standard_input(write, monkeypatch):
    give_standard_input(monkeypatch, CLAIM)
    status, out, _ = run("-", "--card", write("card.json", CARD))
    assert status == 0
    assert json.loads(out)["totals"]["pay"] == "207.73"


def test_pounds_are_written_as_people_read_them(write):
    row = {"role_categories": [4], "valid_from": "2020-01-01", "valid_to": None, "basis": "hour", "rate": "25.00"}
    card = write("card.json", CARD | {"involvement_payment": [row]})
    _, out, _ = run(write("claim.json", CLAIM), "--card", card)
    assert "at £25.00 an hour" in out


def test_wrong_input_leaves_with_status_2_and_one_line_that_names_the_key(write):
    claim = CLAIM | {"lines": [CLAIM["lines"][1] | {"miles": "24.65"}]}
    assert run(write("claim.json", claim), "--card", write("card.json", CARD)) == (
        2,
        "",
        'lines[0].miles: must be miles as text with at most one decimal, such as "24.6", not "24.65"\n',
    )


@pytest.mark.parametrize(
    ("claim", "card", "message"),
    [
        (CLAIM, CARD | {"claim_window_months": None}, "claim_window_months: must be a whole number from 0 to 120"),
        ("{", CARD, "FILE: must be JSON: "),
        (CLAIM, "{", "--card: must be JSON: "),
    ],
)
def test_a_wrong_card_or_broken_json_is_named(write, claim, card, message):
    status, out, err = run(write("claim.json", claim), "--card", write("card.json", card))
    assert (status, out) == (2, "")
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_a_file_that_cannot_be_read_is_named(write, tmp_path):
    assert run(str(tmp_path / "absent.json")) == (2, "", "FILE: cannot be read: No such file or directory\n")
    assert run(str(tmp_path)) == (2, "", "FILE: cannot be read: Is a directory\n")
    assert run("a\0b") == (2, "", "FILE: cannot be read: is not a usable path\n")
    absent = str(tmp_path / "absent.json")
    status, _, err = run(write("claim.json", CLAIM), "--card", absent)
    assert (status, err) == (2, "--card: cannot be read: No such file or directory\n")


def test_a_file_must_be_given():
    with pytest.raises(CommandError, match="FILE"):
        call_command("price_claim")


def test_the_command_asks_for_no_checks_of_the_portal():
    assert Command.requires_system_checks == []
    assert Command.requires_migrations_checks is False


def test_it_runs_from_the_command_line_with_no_server_in_reach(write):
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    environment = os.environ | nowhere | {"DJANGO_SETTINGS_MODULE": "psp_portal.settings.local"}

    def manage(claim):
        return subprocess.run(  # noqa: S603  our own manage.py on our own files
            [sys.executable, "manage.py", "price_claim", "-", "--card", write("card.json", CARD)],
            cwd=ROOT,
            env=environment,
            input=json.dumps(claim),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    done = manage(CLAIM)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["totals"]["pay"] == "207.73"
    refused = manage(CLAIM | {"submitted_on": "2026-02-30"})
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == 'submitted_on: must be a real date, not "2026-02-30"\n'

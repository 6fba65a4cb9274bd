"""What gets into a log line, and what must not."""

import io
import json
import logging
import logging.config

import pytest
import structlog
from django.db import IntegrityError

from psp_portal.logs import HIDDEN, hide_personal_data, logging_settings, without_personal_data


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("Mail to ada.o'neill+psp@mail.example.nhs.uk bounced", f"Mail to {HIDDEN} bounced"),
        ("Account 12345678, sort code 12-34-56", f"Account {HIDDEN}, sort code {HIDDEN}"),
        ("Ring +44 7700 900123", f"Ring {HIDDEN}"),
        (
            'duplicate key "user_email"\nDETAIL:  Key (name)=(Ada Lovelace) already exists.\nnext line',
            f'duplicate key "user_email"\nDETAIL: {HIDDEN}\nnext line',
        ),
        ("claim 0b0e7e0c-5b8f-4b52-9a35-123456789012 paid", "claim 0b0e7e0c-5b8f-4b52-9a35-123456789012 paid"),
        ("Paid 25 of 20000 lines in 2026", "Paid 25 of 20000 lines in 2026"),
    ],
)
def test_personal_data_is_hidden(said, logged):
    assert without_personal_data(said) == logged


@pytest.mark.parametrize(
    ("request_line", "logged"),
    [
        ("GET /partners/?q=Ada+Lovelace", "GET /partners/"),
        ("GET /account/invitations/aVeryLongSecretThatOpensADoor123/", f"GET /account/invitations/{HIDDEN}/"),
        (
            "POST /expenses/claims/0b0e7e0c-5b8f-4b52-9a35-3c3f7b8e1a2d/approve/",
            "POST /expenses/claims/0b0e7e0c-5b8f-4b52-9a35-3c3f7b8e1a2d/approve/",
        ),
    ],
)
def test_an_address_is_logged_without_questions_and_keys(request_line, logged):
    assert hide_personal_data(None, "info", {"request": request_line}) == {"request": logged}


def test_values_inside_values_are_cleaned_and_ids_are_kept():
    event = {
        "user_id": "12345678",
        "count": 123456789,
        "people": [{"email": "ada@example.org"}, ("bob@example.org", None)],
    }
    assert hide_personal_data(None, "info", event) == {
        "user_id": "12345678",
        "count": 123456789,
        "people": [{"email": HIDDEN}, [HIDDEN, None]],
    }


@pytest.fixture
def written():
    """Log as the portal does, into a text, and put the logging of the tests back afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    text = io.StringIO()
    configuration = logging_settings("INFO")
    configuration["handlers"]["console"]["stream"] = text
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in text.getvalue().splitlines()]
    root.handlers[:], root.level = before
    structlog.contextvars.clear_contextvars()


def test_a_line_is_one_json_object_with_the_requests_id(written):
    structlog.contextvars.bind_contextvars(request_id="r-1", user_id="7")
    structlog.get_logger("psp").info("claim_approved", claim="c-1", told="ada@example.org")
    (line,) = written()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "claim_approved", "claim": "c-1", "told": HIDDEN, "level": "info", "logger": "psp",
        "request_id": "r-1", "user_id": "7",
    }  # fmt: skip


def test_an_error_keeps_its_place_and_loses_its_values(written):
    try:
        raise IntegrityError('duplicate key "email"\nDETAIL:  Key (email)=(ada@example.org) already exists.')
    except IntegrityError:
        logging.getLogger("elsewhere").exception("failed for %s", "ada@example.org")
    (line,) = written()
    assert line["event"] == f"failed for {HIDDEN}"
    assert "test_logs.py" in line["exception"]
    assert "IntegrityError" in line["exception"]
    assert "ada@example.org" not in json.dumps(line)


def test_a_page_is_logged_without_its_visitor(written, client):
    client.get("/health/alive?email=ada@example.org", REMOTE_ADDR="203.0.113.9")
    started, finished = written()
    assert (started["event"], finished["event"], finished["code"]) == ("request_started", "request_finished", 200)
    assert started["request_id"] == finished["request_id"]
    assert started["request"] == "GET /health/alive"
    assert "203.0.113.9" not in json.dumps([started, finished])

"""A row of the history in plain English, with each field before and after."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from psp_portal.reports.audit.presenters import Change, entry_for
from psp_portal.reports.audit.queries import Event, Reading

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAT = "11111111-1111-4111-8111-111111111111"
LENA = "22222222-2222-4222-8222-222222222222"
NAMES = {PAT: "Pat Partner", LENA: "Lena Lead"}
CONTEXT = {"actor": LENA, "actor_name": "Lena Lead", "action": "expenses.claim.decide"}


def event(kind, after, before=None, label="update", context=CONTEXT):
    return Event(kind, label, AT, PAT, after, before, context)


def test_changed_fields_are_shown_before_and_after_in_words():
    before = {
        "number": 12, "status": "submitted", "approved": Decimal("0.00"), "responsible_id": PAT,
        "decision_due_on": "2026-03-09", "waiting_since": "2026-03-01T10:30:00+00:00", "ladder": [],
    }  # fmt: skip
    after = {
        "number": 12, "status": "approved", "approved": Decimal("1150.50"), "responsible_id": LENA,
        "decision_due_on": None, "waiting_since": "2026-07-01T10:30:00+00:00", "ladder": ["2026-04-01", "2026-05-01"],
    }  # fmt: skip
    entry = entry_for(event("claim", after, before), NAMES)
    assert entry.sentence == "Lena Lead changed claim C000012"
    assert entry.doing == "Claim: decide"
    assert (entry.page, entry.object_id) == ("claim", PAT)
    assert set(entry.changes) == {
        Change("Status", "Waiting for a decision", "Approved, waiting for payment"),
        Change("Approved", "£0.00", "£1,150.50"),
        Change("Responsible", "Pat Partner", "Lena Lead"),
        Change("Decision due on", "9 March 2026", "nothing"),
        Change("Waiting since", "1 March 2026 at 10:30am", "1 July 2026 at 11:30am"),
        Change("Ladder", "nothing", "1 April 2026, 1 May 2026"),
    }


def test_new_row_shows_what_was_given():
    after = {"email": "pat@example.org", "name": "Pat Partner", "telephone": "", "is_active": True}
    entry = entry_for(event("person", after, label="insert", context={}), NAMES)
    assert entry.sentence == "Somebody not known added the account of Pat Partner"
    assert entry.changes == (
        Change("Email", None, "pat@example.org"),
        Change("Name", None, "Pat Partner"),
        Change("Can sign in", None, "yes"),
    )


def test_removed_row_shows_no_fields_and_the_reason_stands():
    after = {"user_id": PAT, "role": "approver", "starts_on": "2026-01-01", "ends_on": None}
    entry = entry_for(event("role", after, after, "delete", {**CONTEXT, "reason": "Left"}), NAMES)
    assert entry.sentence == "Lena Lead removed the role of Pat Partner as approver"
    assert (entry.changes, entry.reason) == ((), "Left")


def test_bank_details_tell_that_they_changed_and_nothing_of_them():
    after = {"user_id": PAT, "last_four": "3445", "account_number": "00733445", "given_at": "2026-03-01T10:30:00+00:00"}
    entry = entry_for(event("bank", after, label="insert"), NAMES)
    assert entry.sentence == "Lena Lead added the bank details of Pat Partner"
    assert "3445" not in repr(entry)
    assert [change.field for change in entry.changes] == ["Person", "Given at"]


@pytest.mark.parametrize("key", ["not-named", None])
def test_keys_of_other_things_are_not_shown(key):
    after = {"position": 1, "kind": "taxi", "date": "2026-03-02", "claim_id": key, "decided_by_id": key}
    entry = entry_for(event("line", after, label="insert"), NAMES)
    assert entry.sentence == "Lena Lead added line 1 of a claim: taxi on 2 March 2026"
    assert [change.field for change in entry.changes] == ["Position", "Kind", "Date"]


def test_reading_is_a_sentence():
    entry = entry_for(Reading(AT, "Fay Finance", "expenses.bank_details.read", PAT, "Pat Partner"), NAMES)
    assert entry.sentence == "Fay Finance read the bank details of Pat Partner"
    assert entry.changes == ()

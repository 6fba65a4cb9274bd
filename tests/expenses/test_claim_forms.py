"""What a partner may type wrong on the pages of a claim: each has its message by the field; nothing is lost."""

import uuid
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from expenses import services
from expenses.enums import CardTemplate, FareClass, LineKind, Problem
from expenses.forms.claims import LINE_PAGES, page_of_line
from tests.expenses.receipts import photo
from tests.expenses.world import make_world
from tests.psp_portal.documents import samples
from tests.psp_portal.documents.fake_clamd import FakeClamd


@pytest.fixture
def partner(world, client):
    """The partner, signed in, with the clock stopped at the moment the world acts at."""
    with time_machine.travel(world.at, tick=False):
        client.force_login(world.person)
        yield client


@pytest.fixture
def claim(world):
    """A draft made from the meeting: an involvement payment and the usual journey."""
    return world.draft()


def day(text: str) -> dict[str, str]:
    """Return the three boxes of a date for "8 9 2026"."""
    return {f"date_{index}": part for index, part in enumerate(text.split())}


def fields_of(kind: str, **typed) -> dict[str, str]:
    """Return what the page of a kind sends when it is filled in well, but for what is ``typed``."""
    filled = {
        "mileage": {"vehicle": "car", "miles": "24.6"},
        "involvement-payment": {"activity": "training", "hours": "1", "minutes": "30"},
        "cancelled-meeting": {"notice_hours": "5"},
        "rail-first": {"amount": "60.00", "standard_fare": "30.00"},
        "other": {"amount": "3.00", "description": "Name badge"},
    }.get(kind, {"amount": "4.20"})
    return {**day("8 9 2026"), "token": str(uuid.uuid4()), **filled, **typed}


def add(client, claim, kind: str, **typed):
    url = reverse("expenses:line_create", kwargs={"claim_id": claim.pk, "kind": kind})
    return client.post(url, fields_of(kind, **typed))


def assert_refused(response, field: str, message: str) -> None:
    """Assert that the page comes back with the message in the summary and beside the field, and the title says so."""
    assert response.status_code == 200
    assert response.context["form"].errors == {field: [message]}
    shown = response.content.decode()
    assert "<title>Error: " in shown
    assert shown.count(message.replace("'", "&#x27;")) == 2


# --- dates --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("30 2 2026", "Date must be a real date. February 2026 has 28 days"),
        ("16 9 2026", "The date must be today or in the past"),
        ("30 4 2025", "The date must be on or after 1 May 2025, when your role began"),
        ("8 13 2026", "Date must have a month from 1 to 12"),
    ],
    ids=["30 February", "tomorrow", "before the role began", "month 13"],
)
def test_date_that_cannot_be_is_refused_and_kept(partner, claim, typed, message):
    response = add(partner, claim, "parking", **day(typed))
    assert_refused(response, "date", message)
    for part in typed.split():
        assert f'value="{part}"' in response.content.decode()
    assert 'value="4.20"' in response.content.decode()
    assert claim.lines.count() == 2


def test_date_after_the_term_ended_is_refused(world, client):
    claim = world.draft()
    with time_machine.travel(world.later(days=400), tick=False):
        client.force_login(world.person)
        response = add(client, claim, "parking", **day("1 5 2027"))
    assert_refused(response, "date", "The date must be on or before 30 April 2027, when your term ended")


def test_missing_date_is_asked_for(partner, claim):
    response = add(partner, claim, "parking", **dict.fromkeys(day("8 9 2026"), ""))
    assert_refused(response, "date", "Enter the date")


def test_today_and_the_first_day_of_the_role_are_taken(partner, claim):
    for typed in ("15 9 2026", "1 5 2025"):
        assert add(partner, claim, "parking", **day(typed)).status_code == 302
    assert claim.lines.count() == 4


# --- miles --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("0", "Miles must be 0.1 or more"),
        ("-5", "Miles must be 0.1 or more"),
        ("9,999", "Miles must be 1,200 or less"),
        ("24.65", "Miles must have no more than 1 decimal place, like 24.6"),
        ("far", "Miles must be a number, like 24.6"),
        ("", "Enter how many miles it was, there and back"),
    ],
)
def test_miles_that_cannot_be_are_refused_and_kept(partner, claim, typed, message):
    response = add(partner, claim, "mileage", miles=typed)
    assert_refused(response, "miles", message)
    assert not typed or f'value="{typed}"' in response.content.decode()


def test_too_many_passengers_are_refused(partner, claim):
    assert_refused(add(partner, claim, "mileage", passengers="9"), "passengers", "Passengers must be 8 or less")


def test_mileage_page_offers_the_usual_journey_and_the_meetings_day(partner, claim):
    url = reverse("expenses:line_create", kwargs={"claim_id": claim.pk, "kind": "mileage"})
    shown = partner.get(url).content.decode()
    for value in ("24.6", "Home", "Trust headquarters", "8", "9", "2026"):
        assert f'value="{value}"' in shown


# --- money --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("-4.20", "Amount must be £0.01 or more"),
        ("0", "Amount must be £0.01 or more"),
        ("4.205", "Amount must be in pounds and pence, like 12.50"),
        ("100000", "Amount must be £99,999.99 or less"),
        ("four", "Amount must be a number, like 12.50"),
        ("", "Enter the amount"),
    ],
)
def test_amount_that_cannot_be_is_refused_and_kept(partner, claim, typed, message):
    response = add(partner, claim, "parking", amount=typed)
    assert_refused(response, "amount", message)
    assert not typed or f'value="{typed}"' in response.content.decode()


def test_amount_with_pound_sign_and_comma_is_taken(partner, claim):
    response = add(partner, claim, "overnight", amount="£1,234.50")
    line = claim.lines.get(kind=LineKind.OVERNIGHT)
    assert line.amount == Decimal("1234.50")
    assert response.url == reverse("expenses:receipt_create", kwargs={"claim_id": claim.pk, "line_id": line.pk})


# --- the other questions ------------------------------------------------------------------
def test_time_is_typed_in_hours_and_minutes(partner, claim):
    response = add(partner, claim, "involvement-payment", **day("7 9 2026"))
    assert response.url == reverse("expenses:claim_check", kwargs={"claim_id": claim.pk})
    line = claim.lines.get(activity="training")
    assert (line.minutes, line.pay) == (90, Decimal("75.00"))


@pytest.mark.parametrize(
    ("hours", "minutes", "field", "message"),
    [
        ("", "", "hours", "Enter how long it took, from 1 minute to 24 hours"),
        ("24", "1", "hours", "Enter how long it took, from 1 minute to 24 hours"),
        ("25", "", "hours", "Hours must be 24 or less"),
        ("1", "60", "minutes", "Minutes must be 59 or less"),
        ("1.5", "", "hours", "Hours must be a whole number, like 3"),
    ],
)
def test_time_that_cannot_be_is_refused(partner, claim, hours, minutes, field, message):
    response = add(partner, claim, "involvement-payment", hours=hours, minutes=minutes)
    assert_refused(response, field, message)


def test_cancelled_meeting_is_claimed_with_its_notice(partner, claim):
    add(partner, claim, "cancelled-meeting", **day("7 9 2026"))
    line = claim.lines.get(kind=LineKind.CANCELLED_MEETING)
    assert (line.notice_hours, line.pay) == (5, Decimal("75.00"))
    assert_refused(
        add(partner, claim, "cancelled-meeting", notice_hours=""),
        "notice_hours",
        "Enter how many hours before the start you were told",
    )


def test_first_class_asks_for_the_standard_fare(partner, claim):
    assert_refused(
        add(partner, claim, "rail-first", standard_fare=""),
        "standard_fare",
        "Enter what the standard fare would have been",
    )
    add(partner, claim, "rail-first", approval="Sam Osei, 3 September")
    line = claim.lines.get(kind=LineKind.RAIL)
    assert (line.fare_class, line.standard_fare, line.approval) == (
        FareClass.FIRST, Decimal("30.00"), "Sam Osei, 3 September",
    )  # fmt: skip


def test_something_else_says_what_it_was(partner, claim):
    assert_refused(add(partner, claim, "other", description=""), "description", "Enter what it was, and what for")


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("taxi", True), ("overnight", True), ("replacement-care", True), ("rail-first", True), ("rail", False),
     ("parking", False)],
)  # fmt: skip
def test_who_agreed_beforehand_is_asked_where_the_rate_card_wants_it(partner, claim, kind, asked):
    url = reverse("expenses:line_create", kwargs={"claim_id": claim.pk, "kind": kind})
    assert ("Who agreed to this beforehand" in partner.get(url).content.decode()) is asked


def test_taxi_nobody_agreed_to_waits_and_says_so_at_once(partner, claim):
    response = add(partner, claim, "taxi")
    line = claim.lines.get(kind=LineKind.TAXI)
    assert line.problems == [Problem.NO_RECEIPT, Problem.NEEDS_APPROVAL]
    shown = partner.get(response.url).content.decode()
    for words in ("Taxi: £4.20", "Held until there is a receipt", "There is no receipt yet.", "and nobody is named"):
        assert words in shown


def test_line_without_a_receipt_to_add_says_at_once_what_it_pays(partner, claim):
    response = add(partner, claim, "mileage", **day("7 9 2026"))
    assert (
        "24.6 miles by car or van. This pays £13.53 (24.6 miles at 55p)." in partner.get(response.url).content.decode()
    )


@pytest.mark.parametrize("page", LINE_PAGES, ids=lambda page: page.slug)
def test_every_kind_is_added_changed_and_removed(partner, claim, page):
    before = set(claim.lines.values_list("pk", flat=True))
    added = add(partner, claim, page.slug, **day("7 9 2026"))
    assert added.status_code == 302
    line = claim.lines.exclude(pk__in=before).get()
    assert page_of_line(line.kind, line.fare_class) == page
    assert partner.get(added.url).status_code == 200
    kwargs = {"claim_id": claim.pk, "line_id": line.pk}
    edit = reverse("expenses:line_edit", kwargs=kwargs)
    assert 'value="7"' in partner.get(edit).content.decode()
    assert partner.post(edit, fields_of(page.slug, **day("6 9 2026"))).url == reverse(
        "expenses:claim_check", kwargs={"claim_id": claim.pk}
    )
    line.refresh_from_db()
    assert line.date.isoformat() == "2026-09-06"
    remove = reverse("expenses:line_remove", kwargs=kwargs)
    assert partner.get(remove).status_code == 200
    assert claim.lines.count() == 3
    partner.post(remove)
    assert set(claim.lines.values_list("pk", flat=True)) == before
    assert partner.post(remove).status_code == 404


def test_changing_a_line_keeps_its_receipt_and_reason(partner, world, claim):
    line = world.line(claim, LineKind.PARKING, amount=Decimal("4.20"), no_receipt_reason="Machine was broken")
    world.receipt(claim, line)
    url = reverse("expenses:line_edit", kwargs={"claim_id": claim.pk, "line_id": line.pk})
    partner.post(url, fields_of("parking", amount="5.20"))
    line.refresh_from_db()
    assert (line.amount, line.pay, line.no_receipt_reason) == (
        Decimal("5.20"), Decimal("5.20"), "Machine was broken",
    )  # fmt: skip
    assert line.receipts.count() == 1


def test_same_line_page_sent_twice_adds_one_line(partner, claim):
    token = str(uuid.uuid4())
    first = add(partner, claim, "parking", token=token)
    second = add(partner, claim, "parking", token=token)
    assert claim.lines.filter(kind=LineKind.PARKING).count() == 1
    assert first.url.endswith("/receipts/create/")
    assert second.url == reverse("expenses:claim_check", kwargs={"claim_id": claim.pk})


def test_line_page_that_was_refused_may_be_sent_again(partner, claim):
    token = str(uuid.uuid4())
    add(partner, claim, "parking", token=token, **day("30 2 2026"))
    add(partner, claim, "parking", token=token)
    assert claim.lines.filter(kind=LineKind.PARKING).count() == 1


def test_nobody_adds_to_or_changes_anothers_claim(world, client, claim):
    other = make_world()
    line = claim.lines.first()
    with time_machine.travel(world.at, tick=False):
        client.force_login(other.person)
        assert add(client, claim, "parking").status_code == 404
        for name in ("line_edit", "line_remove", "receipt_create"):
            url = reverse(f"expenses:{name}", kwargs={"claim_id": claim.pk, "line_id": line.pk})
            assert client.post(url, fields_of("parking")).status_code == 404
    assert claim.lines.count() == 2


def test_line_of_another_claim_is_not_found(partner, world, claim):
    line = world.draft().lines.first()
    url = reverse("expenses:line_edit", kwargs={"claim_id": claim.pk, "line_id": line.pk})
    assert partner.get(url).status_code == 404


def test_kind_that_does_not_exist_is_not_found(partner, claim):
    assert add(partner, claim, "helicopter").status_code == 404


# --- choosing the kind --------------------------------------------------------------------
def test_kind_is_chosen_first(partner, claim):
    url = reverse("expenses:line_kind_choose", kwargs={"claim_id": claim.pk})
    assert partner.get(url).content.decode().count('type="radio"') == len(LINE_PAGES)
    assert_refused(partner.post(url, {}), "kind", "Select what you want to add")
    assert partner.post(url, {"kind": "bus"}).url == reverse(
        "expenses:line_create", kwargs={"claim_id": claim.pk, "kind": "bus"}
    )


def test_time_is_not_offered_to_somebody_who_is_not_paid(client, db):
    world = make_world(template=CardTemplate.UNPAID, is_paid=False)
    claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    with time_machine.travel(world.at, tick=False):
        client.force_login(world.person)
        url = reverse("expenses:line_kind_choose", kwargs={"claim_id": claim.pk})
        shown = client.get(url).content.decode()
    assert "Your time" not in shown
    assert "Parking" in shown


# --- receipts -----------------------------------------------------------------------------
@pytest.fixture
def parking(world, claim):
    """A line that needs a receipt."""
    return world.line(claim, LineKind.PARKING, amount=Decimal("4.20"))


def give(client, line, content: bytes, name: str):
    url = reverse("expenses:receipt_create", kwargs={"claim_id": line.claim_id, "line_id": line.pk})
    return client.post(url, {"receipt": SimpleUploadedFile(name, content), "no_receipt_reason": ""})


WRONG_KIND = "The selected file must be a JPG, PNG, WebP, HEIC or PDF"


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (samples.photo_of_40_mb, "photo.jpg", "The selected file must be smaller than 20MB"),
        (samples.pdf, "receipt.jpg", "The file is named .jpg but is a PDF: rename it or choose another"),
        (lambda: samples.jpeg()[:900], "photo.jpg",
         "The selected file could not be read: take the photo again or choose another"),
        (lambda: b"", "photo.jpg", "The selected file is empty"),
        (lambda: samples.EICAR, "receipt.pdf", WRONG_KIND),
        (lambda: b"MZ\x90\x00", "receipt.exe", WRONG_KIND),
    ],
    ids=["a 40 MB photo", "a PDF named .jpg", "a broken JPEG", "an empty file", "EICAR without a scanner", "a program"],
)  # fmt: skip
def test_file_that_is_no_receipt_is_refused_and_the_line_stays(partner, parking, settings, content, name, message):
    settings.CLAMD_ADDRESS = ""
    assert_refused(give(partner, parking, content(), name), "receipt", message)
    parking.refresh_from_db()
    assert (parking.amount, parking.held) == (Decimal("4.20"), Decimal("4.20"))
    assert parking.receipts.count() == 0


def test_virus_is_refused_where_a_scanner_is_set_up(partner, parking, settings):
    scanner = FakeClamd()
    settings.CLAMD_ADDRESS = scanner.address
    try:
        response = give(partner, parking, samples.EICAR, "receipt.pdf")
    finally:
        scanner.stop()
    assert_refused(response, "receipt", "The selected file contains a virus")


def test_receipt_that_is_good_frees_the_line(partner, parking):
    response = give(partner, parking, photo().read(), "parking ticket.jpg")
    assert response.url == reverse("expenses:claim_check", kwargs={"claim_id": parking.claim_id})
    parking.refresh_from_db()
    assert (parking.pay, parking.held, parking.problems) == (Decimal("4.20"), Decimal("0.00"), [])
    shown = partner.get(response.url).content.decode()
    assert "parking ticket.jpg" in shown
    assert "Parking: £4.20. This pays £4.20 (as receipted)." in shown


def test_same_receipt_twice_is_refused_on_this_claim_and_on_another(partner, world, parking):
    content = photo().read()
    give(partner, parking, content, "ticket.jpg")
    here = "This receipt is on this claim already. Choose it from the receipts on this claim, or choose another file"
    used = "This receipt has been used before. Each receipt can be used once: choose another"
    toll = world.line(parking.claim, LineKind.TOLL, amount=Decimal("2.00"))
    assert_refused(give(partner, toll, content, "another name.jpg"), "receipt", here)
    later = world.draft()
    assert_refused(
        give(partner, world.line(later, LineKind.BUS, amount=Decimal("2.00")), content, "ticket.jpg"), "receipt", used
    )


def test_receipt_is_taken_off_again(partner, world, parking):
    receipt = world.receipt(parking.claim, parking)
    kwargs = {"claim_id": parking.claim_id, "line_id": parking.pk, "receipt_id": receipt.pk}
    url = reverse("expenses:receipt_remove", kwargs=kwargs)
    assert partner.get(url).status_code == 200
    assert parking.receipts.count() == 1
    assert partner.post(url).url == reverse("expenses:claim_check", kwargs={"claim_id": parking.claim_id})
    assert parking.receipts.count() == 0
    assert partner.post(url).status_code == 404


def test_receipt_or_a_reason_is_asked_for(partner, parking):
    url = reverse("expenses:receipt_create", kwargs={"claim_id": parking.claim_id, "line_id": parking.pk})
    assert_refused(partner.post(url, {}), "receipt", "Select a receipt, or say why you have none")


def test_reason_for_no_receipt_is_kept_and_shown(partner, parking):
    url = reverse("expenses:receipt_create", kwargs={"claim_id": parking.claim_id, "line_id": parking.pk})
    response = partner.post(url, {"no_receipt_reason": "The machine was broken"})
    parking.refresh_from_db()
    assert parking.no_receipt_reason == "The machine was broken"
    assert "There is no receipt: “The machine was broken”." in partner.get(response.url).content.decode()

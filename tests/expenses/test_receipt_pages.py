"""Pages about receipts: sharing one between lines, and looking at one page by page."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from expenses import services
from expenses.enums import LineKind
from expenses.models import Receipt, ReceiptUse
from psp_portal.documents.enums import DocumentStatus
from psp_portal.documents.models import Document
from tests import factories
from tests.expenses.pages import errors_of, page, signed_in, words_of
from tests.expenses.receipts import photo
from tests.expenses.world import make_world
from tests.psp_portal.documents import samples


@pytest.fixture
def partner(world):
    return signed_in(world.person)


@pytest.fixture
def claim(world):
    """A draft with parking and lunch."""
    claim = world.draft()
    world.parking = world.line(claim, LineKind.PARKING, amount=Decimal("4.20"))
    world.lunch = world.line(claim, LineKind.SUBSISTENCE_LUNCH, amount=Decimal("5.00"))
    return claim


def about(name, line, **more):
    return page(name, claim_id=line.claim_id, line_id=line.pk, **more)


CHECK_QUERIES = 11


def add(world, line, name="receipt.jpg", content=None):
    upload = photo(name) if content is None else SimpleUploadedFile(name, content)
    return services.add_receipt(claim_id=line.claim_id, line_id=line.pk, upload=upload, by=world.person, at=world.at)


# --- sharing ------------------------------------------------------------------------------
def test_second_receipt_is_offered_where_there_is_one(partner, world, claim):
    url = about("receipt_create", world.parking)
    assert "Add your receipt" in words_of(partner.get(url))
    add(world, world.parking, "ticket.jpg")
    shown = words_of(partner.get(url))
    assert "Add another receipt Information: It pays £4.20" in shown
    assert "It has: ticket.jpg" in shown
    assert "already on this claim" not in shown

    response = partner.post(url, {"receipt": photo("second.jpg"), "no_receipt_reason": ""})

    check = words_of(partner.get(response.url))
    assert "ticket.jpg Remove receipt ticket.jpg second.jpg Remove receipt second.jpg" in check


def test_receipt_on_the_claim_is_used_for_another_line(partner, world, claim):
    bill = add(world, world.parking, "bill.jpg")
    stranger = make_world()
    other = stranger.draft()
    add(stranger, stranger.line(other, LineKind.PARKING, amount=Decimal("4.20")), "not mine.jpg")
    url = about("receipt_use", world.lunch)
    assert f'href="{url}"' in partner.get(about("receipt_create", world.lunch)).content.decode()
    shown = words_of(partner.get(url))
    assert "bill.jpg Proves Parking: £4.20" in shown
    assert "not mine.jpg" not in shown

    response = partner.post(url, {"receipts": [str(bill.pk)]})

    assert response.url == page("claim_check", claim_id=claim.pk)
    check = words_of(partner.get(response.url))
    assert "Lunch: £5.00. This pays £5.00 (as receipted)." in check
    assert "bill.jpg (also proves Lunch: £5.00)" in check
    assert "bill.jpg (also proves Parking: £4.20)" in check
    assert "There is no other receipt on this claim." in words_of(partner.get(url))


def test_receipt_to_use_is_asked_for_and_only_one_of_the_claim_is_taken(partner, world, claim):
    add(world, world.parking)
    url = about("receipt_use", world.lunch)
    assert errors_of(partner.post(url, {})) == [("#id_receipts_0", "Select the receipts that prove this too")]
    wrong = partner.post(url, {"receipts": ["8c1b1f0e-5a3c-4f0e-9d53-000000000000"]})
    assert errors_of(wrong) == [("#id_receipts_0", "Select receipts that are on this claim")]
    assert ReceiptUse.objects.count() == 1


def test_taking_a_receipt_off_says_where_it_stays(partner, world, claim):
    bill = add(world, world.parking)
    services.use_receipts(
        claim_id=claim.pk, line_id=world.lunch.pk, receipt_ids=[bill.pk], by=world.person, at=world.at
    )
    url = about("receipt_remove", world.parking, receipt_id=bill.pk)
    assert "It stays on: Lunch: £5.00" in words_of(partner.get(url))
    partner.post(url)
    assert list(ReceiptUse.objects.values_list("line_id", flat=True)) == [world.lunch.pk]
    assert partner.get(url).status_code == 404
    last = words_of(partner.get(about("receipt_remove", world.lunch, receipt_id=bill.pk)))
    assert "It stays on" not in last


def test_check_page_asks_as_much_of_the_database_for_many_receipts_as_for_one(
    partner, world, claim, django_assert_num_queries
):
    add(world, world.parking)
    url = page("claim_check", claim_id=claim.pk)
    partner.get(url)
    with django_assert_num_queries(CHECK_QUERIES):
        partner.get(url)
    for _ in range(15):
        line = world.line(claim, LineKind.BUS, amount=Decimal("2.00"))
        bill = add(world, line)
        services.use_receipts(
            claim_id=claim.pk, line_id=world.lunch.pk, receipt_ids=[bill.pk], by=world.person, at=world.at
        )
    with django_assert_num_queries(CHECK_QUERIES):
        partner.get(url)


# --- looking ------------------------------------------------------------------------------
@pytest.fixture
def sent(world, claim):
    """The claim sent, with a PDF of five pages and a photo."""
    world.pdf = add(world, world.parking, "bill.pdf", samples.pdf(5))
    world.photo = add(world, world.lunch, "lunch.heic", samples.heic())
    return services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)


def test_approver_looks_at_the_pages_beside_the_line(world, sent):
    content = signed_in(world.approver).get(page("claim_decide", claim_id=sent.pk)).content.decode()
    for number in (1, 2, 3):
        url = page("receipt_preview", receipt_id=world.pdf.pk, number=number)
        words = f"Picture of page {number} of 5 of the receipt bill.pdf"
        assert f'<img class="psp-page" src="{url}" alt="{words}" loading="lazy">' in content
    assert page("receipt_preview", receipt_id=world.pdf.pk, number=4) not in content
    assert "See all 5 pages" in content
    url = page("receipt_preview", receipt_id=world.photo.pk, number=1)
    assert f'<img class="psp-page" src="{url}" alt="Picture of the receipt lunch.heic" loading="lazy">' in content
    assert content.count('<details class="nhsuk-details">') >= 2
    assert 'Look at the receipt<span class="nhsuk-u-visually-hidden"> for Parking: £4.20</span>' in content


def test_receipt_that_waits_for_the_virus_check_is_not_shown(world, sent):
    with factories.acting():
        Document.objects.filter(pk=world.pdf.document_id).update(status=DocumentStatus.WAITING)
    client = signed_in(world.approver)
    shown = words_of(client.get(page("claim_decide", claim_id=sent.pk)))
    assert "bill.pdf It is being checked for viruses, so it cannot be shown yet." in shown
    own = words_of(client.get(page("receipt_page_detail", receipt_id=world.pdf.pk, number=1)))
    assert "This receipt is being checked for viruses" in own
    assert client.get(page("receipt_preview", receipt_id=world.pdf.pk, number=1)).status_code == 404


def test_receipt_is_walked_through_page_by_page(world, sent):
    client = signed_in(world.approver)

    def shown(number):
        return client.get(page("receipt_page_detail", receipt_id=world.pdf.pk, number=number))

    first, middle, last = shown(1), shown(3), shown(5)
    assert "bill.pdf It proves: Parking: £4.20 Page 1 of 5" in words_of(first)
    for response, before, after in ((first, None, 2), (middle, 2, 4), (last, 4, None)):
        text = response.content.decode()
        for number, rel in ((before, "prev"), (after, "next")):
            url = number and page("receipt_page_detail", receipt_id=world.pdf.pk, number=number)
            assert (f'<a href="{url}" rel="{rel}">' in text) == bool(number)
    assert page("receipt_preview", receipt_id=world.pdf.pk, number=3) in middle.content.decode()
    assert f'href="{page("receipt_detail", receipt_id=world.pdf.pk)}">open the file' in middle.content.decode()
    assert (shown(0).status_code, shown(6).status_code) == (404, 404)
    one = client.get(page("receipt_page_detail", receipt_id=world.photo.pk, number=1)).content.decode()
    assert 'aria-label="Pages of the receipt"' not in one


def test_page_is_a_picture_for_those_who_may_see_the_claim(world, sent):
    url = page("receipt_preview", receipt_id=world.pdf.pk, number=2)
    for user in (world.person, world.approver, world.finance_lead, world.auditor):
        response = signed_in(user).get(url)
        assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
            200, "image/jpeg", "private, max-age=600",
        )  # fmt: skip
        assert response.content.startswith(b"\xff\xd8\xff")
    for user in (world.requester, make_world().approver):
        assert signed_in(user).get(url).status_code == 404
    assert signed_in(world.person).get(page("receipt_preview", receipt_id=world.pdf.pk, number=6)).status_code == 404


def test_page_that_cannot_be_drawn_is_words(world, sent):
    document = Receipt.objects.get(pk=world.pdf.pk).document
    with document.file.storage.open(document.file.name, "wb") as file:
        file.write(b"%PDF-1.7\nbroken")
    response = signed_in(world.approver).get(page("receipt_preview", receipt_id=world.pdf.pk, number=1))
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200, "image/jpeg", "private, no-store",
    )  # fmt: skip


def test_receipt_of_a_draft_leads_back_to_the_draft(partner, world, claim):
    bill = add(world, world.parking)
    shown = partner.get(page("receipt_page_detail", receipt_id=bill.pk, number=1)).content.decode()
    assert f'href="{page("claim_check", claim_id=claim.pk)}"' in shown

"""What a partner sends is what they have seen: its lines, its prices, and who pays; and no upload waits under lock."""

from contextlib import contextmanager
from decimal import Decimal as D

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expenses import queries, services
from expenses.enums import ClaimStatus, LineAction, LineKind
from expenses.models import Claim, Receipt
from psp_portal.documents import services as documents
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.pages import page, sent_by, signed_in, words_of
from tests.expenses.payers import pay_elsewhere
from tests.expenses.receipts import photo
from tests.expenses.test_helpers import come


@pytest.fixture
def partner(world):
    with time_machine.travel(world.at, tick=False):
        yield signed_in(world.person)


def seen_by(world, claim):
    return queries.version_of_draft(claim, claim.lines.order_by("position"))


# --- as it was seen -----------------------------------------------------------------------
def test_what_a_helper_adds_meanwhile_is_not_sent_unseen(world, partner):
    named = services.name_helper(
        partner_id=world.partner.pk, name="Sam Carer", email="sam@example.org", relation="My sister",
        by=world.person, at=world.at,
    )  # fmt: skip
    sam = come(named, world.at)
    claim = world.draft()
    check, send = page("claim_check", claim_id=claim.pk), page("claim_submit", claim_id=claim.pk)
    form = sent_by(partner.get(check))
    services.add_line(
        claim_id=claim.pk, line=services.LineInput(LineKind.PARKING, world.today, amount=D("4.20")), by=sam, at=world.at
    )
    response = partner.post(send, form, follow=True)
    assert "This claim has changed since you opened the page. Look at it again." in response.content.decode()
    assert "Parking: £4.20" in words_of(response)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.DRAFT
    assert partner.post(send, sent_by(response)).url == page("claim_sent", claim_id=claim.pk)
    assert partner.post(send, form).url == page("claim_detail", claim_id=claim.pk)


def test_a_price_that_changed_is_kept_and_looked_at_before_it_is_sent(world):
    first = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    second = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    for claim in (first, second):
        world.line(claim, LineKind.INVOLVEMENT_PAYMENT, minutes=300, activity="meeting")
    second.refresh_from_db()
    seen = seen_by(world, second)
    services.submit_claim(claim_id=first.pk, by=world.person, at=world.at)
    with pytest.raises(TransitionNotAllowed, match="This claim has changed"):
        services.send_claim(claim_id=second.pk, by=world.person, at=world.at, seen_version=seen)
    second.refresh_from_db()
    assert (second.status, second.asked) == (ClaimStatus.DRAFT, D("0.00"))
    sent = services.send_claim(claim_id=second.pk, by=world.person, at=world.at, seen_version=seen_by(world, second))
    assert sent.status == ClaimStatus.SUBMITTED
    with pytest.raises(TransitionNotAllowed, match="already sent"):
        services.send_claim(claim_id=second.pk, by=world.person, at=world.at, seen_version="")


@pytest.mark.parametrize("change", ["preference", "line", "payer"])
def test_whatever_a_draft_asks_for_is_part_of_what_was_seen(world, change):
    claim = world.draft()
    seen = seen_by(world, claim)
    if change == "preference":
        services.set_preference(claim_id=claim.pk, preference="declined", reduced_to=None, by=world.person, at=world.at)
    elif change == "line":
        services.remove_line(claim_id=claim.pk, line_id=claim.lines.first().pk, by=world.person, at=world.at)
    else:
        pay_elsewhere(world)
        services.renew_draft(claim_id=claim.pk, by=world.person, at=world.at)
    assert seen_by(world, Claim.objects.get(pk=claim.pk)) != seen


def test_nobody_prices_somebody_elses_draft(world):
    with pytest.raises(PermissionDenied):
        services.renew_draft(claim_id=world.draft().pk, by=world.lead, at=world.at)


# --- who pays now -------------------------------------------------------------------------
def test_a_draft_goes_to_whoever_pays_when_it_is_sent_and_the_partner_is_told(world, partner):
    claim = world.draft()
    line = world.line(claim, LineKind.PARKING, amount=D("4.20"))
    world.receipt(claim, line)
    form = sent_by(partner.get(page("claim_check", claim_id=claim.pk)))
    other = pay_elsewhere(world)
    response = partner.post(page("claim_submit", claim_id=claim.pk), form, follow=True)
    assert "Ash Board pays this claim." in words_of(response)
    claim.refresh_from_db()
    assert (claim.status, claim.payer) == (ClaimStatus.DRAFT, other.organisation)
    assert Receipt.objects.get().organisation == other.organisation
    letter = Message.objects.get(kind="expenses.claim.payer_changed")
    assert (letter.recipient, letter.subject) == (
        world.person, f"Claim {claim.reference}: another organisation pays it now",
    )  # fmt: skip
    partner.post(page("claim_submit", claim_id=claim.pk), sent_by(response))
    claim.refresh_from_db()
    assert (claim.status, claim.payer, claim.waiting_on) == (ClaimStatus.SUBMITTED, other.organisation, other.approver)
    assert Message.objects.filter(kind="expenses.claim.payer_changed").count() == 1


def test_a_draft_follows_its_payer_at_any_change_and_is_told_without_a_card(world):
    claim = world.draft()
    other = pay_elsewhere(world)
    world.line(claim, LineKind.PARKING, amount=D("4.20"))
    claim.refresh_from_db()
    assert claim.payer == other.organisation
    poor = factories.make_organisation()
    with factories.acting():
        type(world.assignment).objects.filter(pk=world.assignment.pk).update(payer=poor)
    with pytest.raises(RuleBroken):
        world.line(claim, LineKind.BUS, amount=D("4.20"))


def test_a_receipt_that_the_new_payer_has_had_stays_where_it_was(world):
    picture = photo().read()
    claim = world.draft()
    line = world.line(claim, LineKind.PARKING, amount=D("4.20"))
    services.add_receipt(
        claim_id=claim.pk,
        line_id=line.pk,
        upload=SimpleUploadedFile("ticket.jpg", picture),
        by=world.person,
        at=world.at,
    )
    other = pay_elsewhere(world)
    there = services.start_claim(
        partner_id=world.partner.pk, assignment_id=world.assignment.pk, by=world.person, at=world.at
    )
    same = world.line(there, LineKind.BUS, amount=D("4.20"))
    services.add_receipt(
        claim_id=there.pk,
        line_id=same.pk,
        upload=SimpleUploadedFile("ticket.jpg", picture),
        by=world.person,
        at=world.at,
    )
    services.renew_draft(claim_id=claim.pk, by=world.person, at=world.at)
    claim.refresh_from_db()
    assert claim.payer == other.organisation
    assert claim.receipts.get().organisation == world.organisation


def test_what_was_decided_of_a_claim_is_not_undone_by_the_assignment(world):
    other = pay_elsewhere(world)
    claim = world.sent()
    services.raise_dispute(claim_id=claim.pk, reason="Not ours", by=other.finance_lead, at=world.at)
    services.decide_dispute(
        claim_id=claim.pk, payer_id=world.organisation.pk, reason="Theirs", by=other.third, at=world.at
    )
    services.recall_claim(claim_id=claim.pk, by=world.person, at=world.at)
    services.renew_draft(claim_id=claim.pk, by=world.person, at=world.at)
    claim.refresh_from_db()
    assert claim.payer == world.organisation


# --- uploads ------------------------------------------------------------------------------
@contextmanager
def storing_without_locks(monkeypatch):
    """Keep uploads as ever, and see that no claim is locked by then; yield how many were kept."""
    kept = []
    store = documents.store
    with CaptureQueriesContext(connection) as asked:

        def store_unlocked(**said):
            kept.append([query["sql"] for query in asked.captured_queries if "FOR UPDATE" in query["sql"]])
            return store(**said)

        with monkeypatch.context() as patched:
            patched.setattr(documents, "store", store_unlocked)
            yield kept


def test_an_upload_is_looked_at_before_the_claim_is_locked(world, monkeypatch):
    claim = world.draft()
    parking = world.line(claim, LineKind.PARKING, amount=D("4.20"))
    bus = world.line(claim, LineKind.BUS, amount=D("2.20"))
    toll = world.line(claim, LineKind.TOLL, amount=D("1.80"))
    with storing_without_locks(monkeypatch) as kept:
        world.receipt(claim, parking)
        services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    with storing_without_locks(monkeypatch) as held:
        services.answer_hold(claim_id=claim.pk, line_id=bus.pk, upload=photo(), by=world.person, at=world.at)
    services.decide_lines(
        claim_id=claim.pk, decisions=[services.Decision(toll.pk, LineAction.RETURN, "Where is it?")],
        by=world.approver, at=world.at,
    )  # fmt: skip
    with storing_without_locks(monkeypatch) as answered:
        services.answer_question(
            claim_id=claim.pk, line_id=toll.pk, answer="Here", upload=photo(), by=world.person, at=world.at
        )
    assert (kept, held, answered) == ([[]], [[]], [[]])


def test_nothing_of_somebody_elses_is_kept(world, monkeypatch):
    claim = world.draft()
    parking = world.line(claim, LineKind.PARKING, amount=D("4.20"))
    with storing_without_locks(monkeypatch) as kept:
        for give in (services.add_receipt, services.answer_hold):
            with pytest.raises(PermissionDenied):
                give(claim_id=claim.pk, line_id=parking.pk, upload=photo(), by=world.lead, at=world.at)
    assert kept == []


# --- given up after it was sent once --------------------------------------------------------
def test_a_claim_that_was_given_up_is_its_partners_to_read_and_nobody_elses(world, partner):
    claim = world.sent(with_parking=True)
    parking = claim.lines.get(kind=LineKind.PARKING)
    services.answer_hold(
        claim_id=claim.pk, line_id=parking.pk, no_receipt_reason="The machine was broken", by=world.person, at=world.at
    )
    services.recall_claim(claim_id=claim.pk, by=world.person, at=world.at)
    removed = partner.post(page("line_remove", claim_id=claim.pk, line_id=parking.pk), follow=True)
    assert "Removed: Parking: £4.20" in words_of(removed)
    check = words_of(partner.get(page("claim_check", claim_id=claim.pk)))
    assert "Parking" not in check
    assert "Total £88.53" in check
    assert partner.post(page("claim_discard", claim_id=claim.pk)).url == page("claim_list")
    shown = words_of(partner.get(page("claim_detail", claim_id=claim.pk)))
    assert "Given up after it was taken back" in shown
    assert "Decision due" not in shown
    assert "The steps if it is not paid" not in shown
    assert partner.get(page("claim_ladder", claim_id=claim.pk)).status_code == 200
    assert claim.reference in words_of(partner.get(page("claim_list")))
    approver = signed_in(world.approver)
    assert approver.get(page("claim_detail", claim_id=claim.pk)).status_code == 404

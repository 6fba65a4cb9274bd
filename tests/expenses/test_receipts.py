"""Several receipts on a line, one receipt over several lines: what the services and the database hold."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from expenses import queries, services
from expenses.enums import LineAction, LineKind, LineStatus, Problem
from expenses.models import Claim, Receipt, ReceiptUse
from psp_portal.documents.models import Document
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from tests import factories
from tests.expenses.receipts import photo
from tests.expenses.world import make_world

PARKING, LUNCH = LineKind.PARKING, LineKind.SUBSISTENCE_LUNCH


@pytest.fixture
def claim(world) -> Claim:
    return world.draft()


def priced(claim):
    """Return each expense's kind, pay, what is held and what is wrong."""
    lines = claim.lines.filter(amount__isnull=False).order_by("position")
    return [(line.kind, line.pay, line.held, line.problems) for line in lines]


def use(world, line, *receipts, **changed):
    whose = {"claim_id": line.claim_id, "line_id": line.pk, "by": world.person, "at": world.at}
    return services.use_receipts(receipt_ids=[receipt.pk for receipt in receipts], **(whose | changed))


def take_off(world, line, receipt):
    services.remove_receipt(
        claim_id=line.claim_id, line_id=line.pk, receipt_id=receipt.pk, by=world.person, at=world.at
    )


def proofs():
    """Return which receipt proves which line, in no order."""
    return set(ReceiptUse.objects.values_list("receipt_id", "line_id"))


def test_one_receipt_proves_two_lines_and_both_pay(world, claim):
    parking = world.line(claim, PARKING, amount=Decimal("4.20"))
    lunch = world.line(claim, LUNCH, amount=Decimal("5.00"))
    bill = world.receipt(claim, parking)
    assert priced(claim) == [
        (PARKING, Decimal("4.20"), 0, []),
        (LUNCH, 0, Decimal("5.00"), [Problem.NO_RECEIPT]),
    ]

    line = use(world, lunch, bill)
    use(world, lunch, bill)

    assert priced(claim) == [(PARKING, Decimal("4.20"), 0, []), (LUNCH, Decimal("5.00"), 0, [])]
    assert (line.pay, line.rule) == (Decimal("5.00"), "as receipted")
    assert proofs() == {(bill.pk, parking.pk), (bill.pk, lunch.pk)}
    assert Receipt.objects.count() == 1
    event = ReceiptUse.pgh_event_model.objects.select_related("pgh_context").get(line=lunch)
    assert event.pgh_context.metadata["action"] == "expenses.receipt.use"
    assert event.pgh_context.metadata["actor"] == str(world.person.pk)


def test_two_receipts_prove_one_line_once(world, claim):
    parking = world.line(claim, PARKING, amount=Decimal("4.20"))
    first, second = world.receipt(claim, parking), world.receipt(claim, parking)

    assert list(parking.receipts.order_by("added_at", "pk")) == sorted([first, second], key=lambda each: each.pk)
    assert priced(claim) == [(PARKING, Decimal("4.20"), 0, [])]
    take_off(world, parking, first)
    assert priced(claim) == [(PARKING, Decimal("4.20"), 0, [])]
    take_off(world, parking, second)
    assert priced(claim) == [(PARKING, 0, Decimal("4.20"), [Problem.NO_RECEIPT])]


def test_receipt_taken_off_one_line_stays_on_the_other(world, claim):
    parking, lunch = world.line(claim, PARKING, amount=Decimal("4.20")), world.line(claim, LUNCH, amount=Decimal(5))
    bill = world.receipt(claim, parking)
    use(world, lunch, bill)

    for _ in range(2):
        take_off(world, parking, bill)
    assert proofs() == {(bill.pk, lunch.pk)}
    assert Document.objects.count() == 1
    take_off(world, lunch, bill)
    assert (Receipt.objects.count(), Document.objects.count()) == (0, 0)


def test_line_that_goes_takes_only_what_proves_nothing_else(world, claim):
    parking, lunch = world.line(claim, PARKING, amount=Decimal("4.20")), world.line(claim, LUNCH, amount=Decimal(5))
    shared, own = world.receipt(claim, parking), world.receipt(claim, parking)
    use(world, lunch, shared)

    services.remove_line(claim_id=claim.pk, line_id=parking.pk, by=world.person, at=world.at)

    assert list(Receipt.objects.all()) == [shared]
    assert proofs() == {(shared.pk, lunch.pk)}
    assert not Document.objects.filter(pk=own.document_id).exists()


def test_draft_goes_with_all_its_receipts(world, claim):
    parking, lunch = world.line(claim, PARKING, amount=Decimal("4.20")), world.line(claim, LUNCH, amount=Decimal(5))
    use(world, lunch, world.receipt(claim, parking))
    world.receipt(claim, lunch)

    services.discard_claim(claim_id=claim.pk, by=world.person, at=world.at)

    assert (Receipt.objects.count(), ReceiptUse.objects.count(), Document.objects.count()) == (0, 0, 0)


def test_only_receipts_of_the_claim_can_be_used(world, claim):
    line = world.line(claim, LUNCH, amount=Decimal("5.00"))
    other = world.draft()
    elsewhere = world.receipt(other, world.line(other, PARKING, amount=Decimal("4.20")))

    with pytest.raises(RuleBroken, match="no longer on the claim") as refusal:
        use(world, line, elsewhere)
    assert refusal.value.field == "receipts"
    assert not line.receipts.exists()


def test_database_holds_that_receipt_and_line_are_of_one_claim(world, claim):
    line = world.line(claim, LUNCH, amount=Decimal("5.00"))
    other = world.draft()
    elsewhere = world.receipt(other, world.line(other, PARKING, amount=Decimal("4.20")))

    with factories.acting():
        with pytest.raises(IntegrityError, match="is not of the claim of line"), transaction.atomic():
            ReceiptUse.objects.create(receipt=elsewhere, line=line)
        with pytest.raises(Exception, match="Cannot update rows"), transaction.atomic():
            Receipt.objects.filter(pk=elsewhere.pk).update(claim=claim)


def test_nobody_else_shares_a_receipt_and_nobody_once_it_is_sent(world, claim):
    parking, lunch = world.line(claim, PARKING, amount=Decimal("4.20")), world.line(claim, LUNCH, amount=Decimal(5))
    bill = world.receipt(claim, parking)
    with pytest.raises(PermissionDenied):
        use(world, lunch, bill, by=world.lead)
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    with pytest.raises(TransitionNotAllowed):
        use(world, lunch, bill)
    assert proofs() == {(bill.pk, parking.pk)}


# --- a receipt is free again when nothing that it proves is paid or can be ----------------
def shared_and_sent(world):
    """Return a claim for parking and lunch, sent, with one bill for both."""
    claim = world.draft()
    parking, lunch = world.line(claim, PARKING, amount=Decimal("4.20")), world.line(claim, LUNCH, amount=Decimal(5))
    use(world, lunch, world.receipt(claim, parking))
    return services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)


def test_receipt_is_kept_while_one_of_its_lines_is_agreed(world):
    claim = shared_and_sent(world)
    lines = list(claim.lines.order_by("position"))
    decision = services.Decision(lines[2].pk, LineAction.APPROVE)
    services.decide_lines(claim_id=claim.pk, decisions=[decision], by=world.approver, at=world.at)

    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.at)

    statuses = list(claim.lines.order_by("position").values_list("status", flat=True))
    assert statuses == ["withdrawn", "withdrawn", LineStatus.APPROVED, "withdrawn"]
    assert Receipt.objects.get().freed_at is None


def test_receipt_is_free_once_all_its_lines_are_withdrawn(world):
    claim = shared_and_sent(world)
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.later(days=1))
    assert Receipt.objects.get().freed_at == world.later(days=1)


def test_receipt_is_free_once_its_lines_are_refused_for_good_and_not_before(world):
    claim = shared_and_sent(world)
    refused = [LineAction.APPROVE, LineAction.APPROVE, LineAction.REFUSE, LineAction.REFUSE]
    world.decide(claim, *refused)
    assert Receipt.objects.get().freed_at is None

    late = world.at + timedelta(days=60)
    services.let_refusals_stand(at=late)

    assert set(claim.lines.filter(amount__isnull=False).values_list("status", flat=True)) == {LineStatus.REFUSED}
    assert Receipt.objects.get().freed_at == late


def test_same_file_may_come_again_once_it_is_free(world):
    first, upload = world.draft(), photo()
    line = world.line(first, PARKING, amount=Decimal("4.20"))
    services.add_receipt(claim_id=first.pk, line_id=line.pk, upload=upload, by=world.person, at=world.at)
    services.submit_claim(claim_id=first.pk, by=world.person, at=world.at)
    services.withdraw_claim(claim_id=first.pk, by=world.person, at=world.at)
    second = world.draft()
    line = world.line(second, PARKING, amount=Decimal("4.20"))
    upload.seek(0)

    services.add_receipt(claim_id=second.pk, line_id=line.pk, upload=upload, by=world.person, at=world.at)

    assert set(Receipt.objects.values_list("claim_id", "freed_at")) == {(first.pk, world.at), (second.pk, None)}


def test_receipts_to_use_are_the_claims_own_that_do_not_prove_the_line(world, claim):
    parking, lunch = world.line(claim, PARKING, amount=Decimal("4.20")), world.line(claim, LUNCH, amount=Decimal(5))
    bill, ticket = world.receipt(claim, parking), world.receipt(claim, parking)
    use(world, lunch, ticket)
    stranger = make_world()
    other = stranger.draft()
    stranger.receipt(other, stranger.line(other, PARKING, amount=Decimal("4.20")))

    assert list(queries.receipts_to_use(claim, lunch)) == [bill]
    assert list(queries.receipts_to_use(claim, parking)) == []

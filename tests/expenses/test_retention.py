"""Receipts as they came: kept where the trust says so, read by the few who may, dropped in their time."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from expenses import permissions, queries, services, tasks
from expenses.enums import LineKind
from expenses.models import RateCard, Receipt
from expenses.policies import retention
from psp_portal.accounts.enums import Role
from psp_portal.audit.models import AccessLog
from psp_portal.dates import LONDON
from psp_portal.documents.models import Document
from psp_portal.exceptions import RuleBroken
from tests import factories
from tests.expenses.pages import errors_of, page, signed_in, words_of
from tests.expenses.world import make_world


def keep(world, keeps=True, years=6, by=None):
    return services.change_keeping(
        card_id=world.card.pk, keeps_original_receipts=keeps, retention_years=years, by=by or world.finance_lead,
        at=world.at,
    )  # fmt: skip


def receipt_of(world):
    """Return a receipt on a claim that has been sent."""
    claim = world.draft()
    receipt = world.receipt(claim, world.line(claim, LineKind.PARKING, amount=Decimal("4.20")))
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    return Receipt.objects.select_related("document", "claim").get(pk=receipt.pk)


# --- how long -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("settled", "last_day"),
    [
        (date(2026, 3, 31), date(2032, 3, 31)),
        (date(2026, 4, 1), date(2033, 3, 31)),
        (date(2026, 11, 22), date(2033, 3, 31)),
        (date(2028, 2, 29), date(2034, 3, 31)),
    ],
)
def test_originals_are_kept_six_years_after_the_financial_year_of_payment(settled, last_day):
    assert settled >= retention.first_day_kept(last_day, 6)
    assert settled < retention.first_day_kept(last_day + timedelta(days=1), 6)


@given(settled=st.dates(date(2000, 1, 1), date(2050, 1, 1)), years=st.integers(1, 30), after=st.integers(0, 15_000))
def test_nothing_goes_within_the_years_and_nothing_stays_a_year_beyond(settled, years, after):
    today = settled + timedelta(days=after)
    is_kept = settled >= retention.first_day_kept(today, years)
    if today <= settled.replace(year=settled.year + years, day=min(settled.day, 28)):
        assert is_kept
    if after > (years + 1) * 366:
        assert not is_kept


@pytest.mark.parametrize("years", [0, -1, 31])
def test_years_that_cannot_be_are_refused(years):
    with pytest.raises(RuleBroken, match="between 1 and 30") as refusal:
        retention.check_retention(years)
    assert refusal.value.field == "retention_years"
    retention.check_retention(1)
    retention.check_retention(30)


# --- keeping ------------------------------------------------------------------------------
def test_originals_are_not_kept_until_the_trust_says_so(world):
    assert (world.card.keeps_original_receipts, world.card.retention_years) == (False, 6)
    assert receipt_of(world).document.original == ""
    keep(world)
    assert receipt_of(world).document.original != ""


def test_only_finance_says_whether_originals_are_kept(world):
    for other in (world.lead, world.approver, world.person):
        with pytest.raises(PermissionDenied):
            keep(world, by=other)
    with pytest.raises(RuleBroken):
        keep(world, years=31)
    card = RateCard.objects.get(pk=world.card.pk)
    assert (card.keeps_original_receipts, card.retention_years) == (False, 6)


# --- dropping -----------------------------------------------------------------------------
def test_originals_go_when_their_years_are_over_and_the_receipts_stay(world, django_capture_on_commit_callbacks):
    keep(world, years=2)
    settled, open_one = receipt_of(world), receipt_of(world)
    other = make_world()
    keep(other, years=3)
    services.withdraw_claim(claim_id=settled.claim_id, by=world.person, at=datetime(2026, 10, 1, tzinfo=LONDON))
    theirs = receipt_of(other)
    last_day, day_after = (datetime(2029, 3, 31, 3, 50, tzinfo=LONDON), datetime(2029, 4, 1, 3, 50, tzinfo=LONDON))

    assert services.drop_originals(at=last_day) == 0
    assert queries.originals_to_drop(RateCard.objects.get(pk=world.card.pk), today=day_after.date()).count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert services.drop_originals(at=day_after) == 1
    assert services.drop_originals(at=day_after) == 0

    dropped = Document.objects.get(pk=settled.document_id)
    assert (dropped.original, dropped.original_dropped_at) == ("", day_after)
    assert dropped.file.storage.exists(dropped.file.name)
    assert not dropped.file.storage.exists(settled.document.original.name)
    assert Document.objects.exclude(original="").filter(pk__in=[open_one.document_id, theirs.document_id]).count() == 2
    event = dropped.events.select_related("pgh_context").latest("pgh_id")
    assert event.pgh_context.metadata["actor"] == "system:expenses.drop_originals"


def test_all_originals_go_once_the_trust_keeps_none(world):
    keep(world)
    receipt_of(world)
    keep(world, keeps=False)
    assert services.drop_originals(at=world.at) == 1
    assert Receipt.objects.get().document.original == ""


def test_nightly_task_drops_them(world):
    keep(world)
    receipt_of(world)
    keep(world, keeps=False)
    tasks.drop_originals()
    assert Document.objects.exclude(original="").count() == 0


# --- reading ------------------------------------------------------------------------------
def test_finance_and_auditors_of_the_payer_may_have_an_original(world):
    keep(world)
    receipt = receipt_of(world)
    may = {
        name
        for name in ("person", "lead", "finance_lead", "executive", "approver", "auditor", "requester")
        if permissions.can_read_original(getattr(world, name), receipt, today=world.today)
    }
    assert may == {"finance_lead", "auditor"}
    stranger = factories.make_member(Role.FINANCE)
    with pytest.raises(PermissionDenied):
        services.read_original(receipt_id=receipt.pk, by=stranger, at=world.at)
    assert not AccessLog.objects.exists()


def test_original_is_downloaded_and_that_is_recorded(world):
    keep(world)
    receipt = receipt_of(world)
    url = page("receipt_original", receipt_id=receipt.pk)
    client = signed_in(world.auditor)
    assert f'href="{url}"' in client.get(page("receipt_page_detail", receipt_id=receipt.pk, number=1)).content.decode()

    response = client.get(url)

    assert response["Content-Disposition"] == 'attachment; filename="receipt.jpg"'
    assert b"receipt " in b"".join(response.streaming_content)  # the comment that the copy has lost
    read = AccessLog.objects.get(what="expenses.receipt.read_original")
    assert (read.actor_id, read.subject_id, read.organisation_id) == (
        world.auditor.pk, str(receipt.pk), world.organisation.pk,
    )  # fmt: skip
    assert read.subject_name == f"receipt.jpg of claim {receipt.claim.reference}"


def test_original_that_is_not_kept_is_not_found_and_nothing_is_recorded(world):
    receipt = receipt_of(world)
    client = signed_in(world.finance_lead)
    assert client.get(page("receipt_original", receipt_id=receipt.pk)).status_code == 404
    assert not AccessLog.objects.filter(what="expenses.receipt.read_original").exists()
    assert "as it came" not in words_of(client.get(page("receipt_page_detail", receipt_id=receipt.pk, number=1)))


# --- the page -----------------------------------------------------------------------------
def test_page_says_what_is_kept_and_what_goes_tonight(world):
    keep(world)
    receipt_of(world)
    receipt_of(world)
    other = make_world()
    keep(other)
    receipt_of(other)
    client, url = signed_in(world.finance_lead), page("receipt_keeping_edit", card_id=world.card.pk)
    card_url = page("rate_card_detail", card_id=world.card.pk)
    assert "Kept until 6 years after the financial year of payment" in words_of(client.get(card_url))
    assert f'href="{url}"' in client.get(card_url).content.decode()
    assert f'href="{url}"' not in signed_in(world.approver).get(card_url).content.decode()

    shown = words_of(client.get(url))
    assert "2 receipts are kept as they came now. 0 of them will be deleted tonight." in shown
    assert "If you select no, all 2 will be deleted tonight" in shown

    response = client.post(url, {"keeps_original_receipts": "no", "retention_years": "7"})
    assert response.url == card_url
    world.card.refresh_from_db()
    assert (world.card.keeps_original_receipts, world.card.retention_years) == (False, 7)
    assert "2 of them will be deleted tonight." in words_of(client.get(url))
    assert "Not kept: only the copies" in words_of(client.get(card_url))


def test_page_asks_again_for_what_is_wrong(world):
    client, url = signed_in(world.finance_lead), page("receipt_keeping_edit", card_id=world.card.pk)
    response = client.post(url, {"retention_years": "31"})
    assert errors_of(response) == [
        ("#id_keeps_original_receipts_0", "Select yes if you keep receipts as they came"),
        ("#id_retention_years", "The years must be between 1 and 30"),
    ]
    assert 'value="31"' in response.content.decode()

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from partners.enums import PartnerStatus
from partners.enums.checks import CheckKind, CheckOutcome, DbsLevel, DbsReason
from partners.models.checks import Check, CheckRequirement
from partners.services import checks as services
from tests import factories
from tests.partners.checks_samples import NOW, TODAY, ask, record, require
from tests.partners.test_training_views import exported
from tests.partners.test_views import date_boxes, text_of

pytestmark = pytest.mark.usefixtures("staff_pass", "now")

IDENTITY, DBS, REFERENCES = CheckKind.IDENTITY, CheckKind.DBS, CheckKind.REFERENCES


@pytest.fixture
def now():
    """Stop the clock at the samples' moment."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def elsewhere(trust):
    """Let another organisation require and record a check."""
    require(trust.stranger.organisation, trust.stranger.lead, IDENTITY)
    return record(*ask(trust.stranger, IDENTITY), reference="FOREIGN-1")


def page(name: str, *keys) -> str:
    return reverse(f"checks:{name}", args=keys)


def errors(answer) -> dict:
    return dict(answer.context["form"].errors)


# --- what is asked for --------------------------------------------------------------------
def test_a_lead_says_what_is_checked_changes_and_removes_it(client, trust, elsewhere):
    client.force_login(trust.lead)
    assert "Nothing is checked" in text_of(client.get(page("requirement_list")))
    data = {
        "kind": DBS, "role_categories": ["3", "4"], "renewal_months": "36", "dbs_level": DbsLevel.STANDARD,
        "dbs_reason": DbsReason.ACCESS,
    }  # fmt: skip
    assert client.post(page("requirement_create"), data).url == page("requirement_list")
    third = CheckRequirement.objects.get(role_category=3)
    assert (third.renewal_months, third.dbs_level, third.organisation) == (36, "standard", trust.organisation)
    shown = client.get(page("requirement_edit", third.pk))
    assert shown.context["form"].initial == {"renewal_months": 36, "dbs_level": "standard", "dbs_reason": "access"}
    change = {"renewal_months": "", "dbs_level": DbsLevel.BASIC, "dbs_reason": DbsReason.NONE}
    assert client.post(page("requirement_edit", third.pk), change).url == page("requirement_list")
    words = text_of(client.get(page("requirement_list")))
    assert "DBS check (basic: no access to patients)" in words
    assert "Once is enough" in words
    heading, *rows = exported(client, page("requirement_list"))
    assert heading == "Role category,Check,Renewal in months,DBS level,Why the role may be checked"
    assert len(rows) == 2
    assert client.post(page("requirement_remove", third.pk)).url == page("requirement_list")
    assert CheckRequirement.objects.filter(organisation=trust.organisation).count() == 1


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_still_there(client, trust):
    client.force_login(trust.lead)
    data = {
        "kind": DBS, "role_categories": ["4"], "renewal_months": "0", "dbs_level": DbsLevel.BARRED,
        "dbs_reason": DbsReason.ACCESS,
    }  # fmt: skip
    assert errors(client.post(page("requirement_create"), {})) == {
        "kind": ["Select what is checked"], "role_categories": ["Select of which partners"],
    }  # fmt: skip
    assert errors(client.post(page("requirement_create"), data)) == {"renewal_months": ["Months must be from 1 to 120"]}
    answer = client.post(page("requirement_create"), data | {"renewal_months": "12"})
    assert list(errors(answer)) == ["dbs_level"]
    assert 'value="12"' in answer.content.decode()
    assert not CheckRequirement.objects.exists()


# --- the list -----------------------------------------------------------------------------
def test_the_list_and_its_file_are_the_organisation_s_own(client, trust, elsewhere):
    require(trust.organisation, trust.lead, IDENTITY, renewal_months=1)
    record(*ask(trust.partner, IDENTITY), reference="ID-1")
    ask(trust.partner, REFERENCES)
    client.force_login(trust.lead)
    words = text_of(client.get(page("check_list")))
    assert words.count("Pat Example") == 2
    assert trust.stranger.user.name not in words
    heading, *rows = exported(client, page("check_list"))
    assert heading.startswith("Partner,Check,DBS level")
    assert len(rows) == 2
    assert "ID-1" in rows[0]
    assert "FOREIGN" not in "".join(rows)
    assert len(exported(client, page("check_list") + "?shown=waiting")) == 1 + 2
    for shown, count in (("waiting", 1), ("90", 1), ("30", 1), ("expired", 0), ("nonsense", 2)):
        assert client.get(page("check_list"), {"shown": shown}).context["page_obj"].paginator.count == count
    assert "No check is in this list." in text_of(client.get(page("check_list"), {"shown": "expired"}))


def test_the_list_takes_as_many_queries_for_thirty_rows_as_for_one(client, trust, django_assert_num_queries):
    client.force_login(trust.lead)
    ask(trust.partner, REFERENCES)
    client.get(page("check_list"))
    with django_assert_num_queries(7):
        client.get(page("check_list"))
    for _ in range(30):
        ask(factories.make_partner(trust.organisation, lead=trust.lead), REFERENCES)
    with django_assert_num_queries(7):
        client.get(page("check_list"))


# --- one partner's ------------------------------------------------------------------------
def test_a_lead_asks_for_checks_and_records_the_outcome(client, trust):
    require(trust.organisation, trust.lead, IDENTITY, DBS)
    client.force_login(trust.lead)
    words = text_of(client.get(page("partner_detail", trust.partner.pk)))
    assert "asks for more of this role: Identity, DBS check" in words
    form = client.get(page("check_create", trust.partner.pk)).context["form"]
    assert form.initial == {"kinds": [IDENTITY, DBS]}
    assert errors(client.post(page("check_create", trust.partner.pk), {})) == {
        "kinds": ["Select what is to be checked"]
    }
    back = page("partner_detail", trust.partner.pk)
    assert client.post(page("check_create", trust.partner.pk), {"kinds": [IDENTITY, DBS]}).url == back
    check = Check.objects.get(kind=DBS)
    form = client.get(page("check_record", check.pk)).context["form"]
    assert form.initial == {"seen_by_id": str(trust.lead.pk)}
    data = {
        "outcome": CheckOutcome.CONDITIONS, **date_boxes("done_on", TODAY), "reference": "001234567890",
        "seen_by_id": str(trust.lead.pk),
    }  # fmt: skip
    assert client.post(page("check_record", check.pk), data).url == back
    check.refresh_from_db()
    assert (check.outcome, check.reference, check.seen_by) == ("conditions", "001234567890", trust.lead)
    words = text_of(client.get(back))
    assert "Cleared with conditions" in words
    assert page("check_record", check.pk) not in words
    answer = client.post(page("check_record", check.pk), data)
    assert "was recorded already" in text_of(answer)


def test_words_about_what_was_found_are_refused_beside_the_box(client, trust):
    [check] = ask(trust.partner, IDENTITY)
    client.force_login(trust.lead)
    data = {
        "outcome": CheckOutcome.CLEARED, **date_boxes("done_on", TODAY), "reference": "caution in 1998",
        "seen_by_id": str(trust.lead.pk),
    }  # fmt: skip
    answer = client.post(page("check_record", check.pk), data)
    assert list(errors(answer)) == ["reference"]
    assert 'value="caution in 1998"' in answer.content.decode()
    assert errors(client.post(page("check_record", check.pk), {"seen_by_id": str(trust.stranger.lead.pk)})).keys() == {
        "outcome", "done_on", "seen_by_id",
    }  # fmt: skip
    late = data | date_boxes("done_on", TODAY + timedelta(days=1)) | {"reference": ""}
    assert errors(client.post(page("check_record", check.pk), late)) == {
        "done_on": ["Day must be on or before 31 March 2026"]
    }
    check.refresh_from_db()
    assert check.outcome == CheckOutcome.WAITING


def test_a_partner_reads_their_own_and_changes_nothing(client, trust):
    require(trust.organisation, trust.lead, IDENTITY, renewal_months=1)
    old = record(*ask(trust.partner, IDENTITY), done_on=TODAY - timedelta(days=90))
    [check] = ask(trust.partner, IDENTITY)
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("partner_detail", trust.partner.pk)))
    assert "You and those who look after partners at Willow Trust see this page" in words
    assert "Expired" in words
    assert "Waiting to be checked" in words
    assert "/record/" not in words
    for address in (page("check_record", check.pk), page("check_remove", check.pk), page("check_list")):
        assert client.get(address).status_code == 403
    record(check, at=NOW + timedelta(minutes=1))
    assert f"counted until {old.expires_on:%-d %B %Y}" in text_of(client.get(page("partner_detail", trust.partner.pk)))


def test_a_newcomer_reads_that_they_begin_once_all_is_cleared(client, trust):
    require(trust.organisation, trust.lead, IDENTITY)
    partner = factories.make_partner(trust.organisation, lead=trust.lead, starts_on=TODAY, at=NOW)
    assert partner.status == PartnerStatus.CHECKS
    client.force_login(partner.user)
    assert "You begin once everything here is cleared." in text_of(client.get(page("partner_detail", partner.pk)))


def test_a_check_that_is_not_required_is_taken_off(client, trust):
    require(trust.organisation, trust.lead, IDENTITY)
    identity, references = ask(trust.partner, IDENTITY, REFERENCES)
    client.force_login(trust.lead)
    answer = client.post(page("check_remove", identity.pk))
    assert "asks for this check of this role" in text_of(answer)
    assert client.post(page("check_remove", references.pk)).url == page("partner_detail", trust.partner.pk)
    assert Check.objects.get() == identity


def test_the_page_of_a_partner_takes_as_many_queries_for_thirty_checks(client, trust, django_assert_num_queries):
    client.force_login(trust.lead)
    record(*ask(trust.partner, REFERENCES))
    client.get(page("partner_detail", trust.partner.pk))
    with django_assert_num_queries(10):
        client.get(page("partner_detail", trust.partner.pk))
    for minutes in range(1, 30):
        record(*ask(trust.partner, REFERENCES), at=NOW + timedelta(minutes=minutes))
    with django_assert_num_queries(10):
        client.get(page("partner_detail", trust.partner.pk))


# --- committees ---------------------------------------------------------------------------
def test_whoever_is_not_ready_is_named_beside_the_list_and_not_in_it(client, trust):
    require(trust.organisation, trust.lead, IDENTITY)
    newcomer = factories.make_partner(
        trust.organisation, user=factories.make_user("New Example"), lead=trust.lead, starts_on=TODAY, at=NOW
    )
    committee = factories.make_committee(trust.organisation, by=trust.lead)
    client.force_login(trust.lead)
    address = reverse("committees:assignment_create", args=[committee.pk])
    shown = client.get(address)
    assert "Not in the list now: New Example (checks)" in text_of(shown)
    assert str(newcomer.pk) not in dict(shown.context["form"].fields["partner_id"].choices)
    answer = client.post(address, {"partner_id": str(newcomer.pk)})
    assert errors(answer)["partner_id"] == [
        "Select a partner from the list. Somebody before the end of their checks, in a pause or leaving is not in it"
    ]
    services.record_check(
        check_id=Check.objects.get().pk, outcome=CheckOutcome.CLEARED, done_on=TODAY, reference="",
        seen_by_id=trust.lead.pk, by=trust.lead, at=NOW,
    )  # fmt: skip
    assert "Not in the list now" not in text_of(client.get(address))

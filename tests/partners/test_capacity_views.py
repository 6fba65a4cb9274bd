"""The pages of time, days away and interests."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from partners.enums.capacity import Audience
from partners.models.capacity import AwayPeriod, CapacityAgreement, CapacitySettings, Profile
from partners.services import capacity as services
from psp_portal.accounts.enums import Role
from tests import factories
from tests.partners.capacity_samples import tell_experience

pytestmark = pytest.mark.usefixtures("staff_pass")

TODAY = timezone.localdate()
THIS_MONTH = TODAY.replace(day=1)
NOW = timezone.now()
# What only the partner changes.
OWN_WORDS = ["availability_edit", "skills_edit", "interests_edit", "experience_edit"]


def address(page, *args):
    return reverse(f"capacity:{page}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


def date_boxes(name, day):
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


def propose(partner, amount="8", at=NOW):
    return services.propose_time(
        partner_id=partner.pk, amount=Decimal(amount), unit="hours", starts_on=THIS_MONTH, by=partner.user, at=at
    )


def go_away(partner, first=5, last=9):
    return services.record_away(
        partner_id=partner.pk, starts_on=TODAY + timedelta(days=first), ends_on=TODAY + timedelta(days=last),
        by=partner.user, at=NOW,
    )  # fmt: skip


@pytest.fixture
def as_partner(client, trust):
    client.force_login(trust.partner.user)
    return client


@pytest.fixture
def as_lead(client, trust):
    client.force_login(trust.lead)
    return client


# --- the page of a partner ------------------------------------------------------------------------
def test_a_partner_with_nothing_said_yet_is_asked(as_partner, trust):
    page = text_of(as_partner.get(address("capacity_detail", trust.partner.pk)))

    assert "<h1>Your time and interests</h1>" in page
    assert page.count("No time has been agreed") == 3
    assert "You have not said when you can usually take part." in page
    for each in ("agreement_create", "away_create", *OWN_WORDS):
        assert address(each, trust.partner.pk) in page


def test_the_lead_sees_it_and_may_not_change_the_words(as_lead, trust):
    go_away(trust.partner)
    propose(trust.partner)
    page = text_of(as_lead.get(address("capacity_detail", trust.partner.pk)))

    assert "Pat Example</span> Time and interests" in page
    assert "They have not said when they can usually take part." in page
    assert "Pat Example proposes 8 hours a month" in page
    for each in OWN_WORDS:
        assert address(each, trust.partner.pk) not in page
    assert address("away_create", trust.partner.pk) in page
    assert address("away_remove", AwayPeriod.objects.get().pk) in page


def test_too_much_promised_is_said_in_words_to_both(client, trust):
    agreed = propose(trust.partner, amount="1")
    services.answer_time(agreement_id=agreed.pk, agrees=True, reason="Fine", by=trust.lead, at=NOW)
    assignment = factories.make_assignment(trust.partner)
    factories.make_meeting(assignment.committee, starts_at=NOW, planned_minutes=90, by=trust.lead, at=NOW)
    for user, words in (
        (trust.partner.user, "You can leave some meetings out: tell your programme lead"),
        (trust.lead, "Ask the partner which meetings they want to leave out."),
    ):
        client.force_login(user)
        page = text_of(client.get(address("capacity_detail", trust.partner.pk)))
        assert "More is promised than agreed" in page
        # An hour and a half, an hour to prepare, and an hour agreed.
        assert "1 h 30 min more than agreed" in page
        assert words in page
        assert "“Fine”" in page


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_takes_the_same_queries_for_any_number(as_lead, trust, django_assert_num_queries, rows):
    for number in range(rows):
        propose(trust.partner, at=NOW - timedelta(minutes=rows - number))
        go_away(trust.partner, number * 3, number * 3)
    assignment = factories.make_assignment(trust.partner)
    for number in range(rows):
        starts_at = NOW + timedelta(minutes=number)
        factories.make_meeting(assignment.committee, starts_at=starts_at, by=trust.lead, at=NOW)
    where = address("capacity_detail", trust.partner.pk)
    as_lead.get(where)
    with django_assert_num_queries(16):
        assert as_lead.get(where).status_code == 200


def test_what_was_lived_through_is_for_those_whom_the_partner_chose(client, trust):
    other = factories.make_lead(trust.organisation)
    tell_experience(trust.partner)

    def reads(user):
        client.force_login(user)
        return "My mother fell." in text_of(client.get(address("capacity_detail", trust.partner.pk)))

    assert [reads(user) for user in (trust.partner.user, trust.lead, other)] == [True, True, False]
    tell_experience(trust.partner, Audience.MATCHING)
    assert reads(other)


@pytest.mark.parametrize(
    "page",
    ["capacity_detail", "agreement_create", "away_create", *OWN_WORDS],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_partner_elsewhere_is_not_found(client, trust, page, method):
    requester = factories.make_member(Role.REQUESTER, trust.stranger.organisation)
    for user in (trust.lead, trust.partner.user, requester):
        client.force_login(user)
        assert getattr(client, method)(address(page, trust.stranger.pk)).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_another_organisation_s_is_not_found(as_lead, trust, method):
    for where in (
        address("agreement_answer", propose(trust.stranger).pk),
        address("away_remove", go_away(trust.stranger).pk),
    ):
        assert getattr(as_lead, method)(where).status_code == 404
    assert (CapacityAgreement.objects.get().status, AwayPeriod.objects.count()) == ("proposed", 1)


@pytest.mark.parametrize("page", OWN_WORDS)
def test_a_lead_writes_no_partner_s_words(as_lead, trust, page):
    assert as_lead.post(address(page, trust.partner.pk), {}).status_code == 403


# --- how much time ------------------------------------------------------------------------------
def test_proposing_and_answering(client, as_partner, trust):
    answers = {"amount": "1.5", "unit": "days", "starts_on": THIS_MONTH.isoformat()}
    response = as_partner.post(address("agreement_create", trust.partner.pk), answers)

    assert response["Location"] == address("capacity_detail", trust.partner.pk)
    proposed = CapacityAgreement.objects.get()
    assert (proposed.amount, proposed.unit, proposed.minutes) == (Decimal("1.5"), "days", 675)
    where = address("agreement_answer", proposed.pk)
    assert as_partner.get(where).status_code == 403
    client.force_login(trust.lead)
    page = text_of(client.get(where))
    assert "Do you agree to 1.5 days a month?" in page
    assert "That is 11 h 15 min with preparation." in page
    assert client.post(where, {"agrees": "yes"})["Location"] == address("capacity_detail", trust.partner.pk)
    assert "This has been agreed already." in text_of(client.post(where, {"agrees": "no", "reason": "Too late"}))
    proposed.refresh_from_db()
    assert proposed.status == "agreed"


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"amount": ""}, "amount", "Enter how much time"),
        ({"amount": "lots"}, "amount", "The time must be a number, like 8 or 1.5"),
        ({"amount": "1.25"}, "amount", "The time must have no more than 1 decimal place, like 1.5"),
        ({"amount": "12345"}, "amount", "The time must be a number, like 8 or 1.5"),
        ({"amount": "0"}, "amount", "The time must be more than 0, and 200 hours a month or less"),
        ({"unit": ""}, "unit", "Select hours or days"),
        ({"starts_on": ""}, "starts_on", "Select from which month on"),
    ],
)
def test_time_that_cannot_be_is_said_beside_the_field(as_partner, trust, change, field, message):
    answers = {"amount": "8", "unit": "hours", "starts_on": THIS_MONTH.isoformat()} | change
    response = as_partner.post(address("agreement_create", trust.partner.pk), answers)

    assert response.context["form"].errors == {field: [message]}
    assert not CapacityAgreement.objects.exists()


def test_an_answer_is_asked_for(as_lead, trust):
    response = as_lead.post(address("agreement_answer", propose(trust.partner).pk), {})
    assert response.context["form"].errors == {"agrees": ["Select yes if you agree"]}


# --- when -----------------------------------------------------------------------------------------
def test_a_week_is_kept_and_shown_again(as_partner, trust):
    where = address("availability_edit", trust.partner.pk)
    response = as_partner.post(where, {"day_0": ["evening", "morning"], "day_6": ["afternoon"]})

    assert response["Location"] == address("capacity_detail", trust.partner.pk)
    assert Profile.objects.get().slots == ["0:morning", "0:evening", "6:afternoon"]
    form = as_partner.get(where).context["form"]
    assert form.initial["day_0"] == ["morning", "evening"]
    assert "Morning and early evening" in text_of(as_partner.get(address("capacity_detail", trust.partner.pk)))
    as_partner.post(where, {})
    assert Profile.objects.get().slots == []


def test_days_away_that_end_before_they_start_keep_what_was_typed(as_partner, trust):
    first, last = date(TODAY.year + 1, 5, 9), date(TODAY.year + 1, 5, 8)
    where = address("away_create", trust.partner.pk)
    response = as_partner.post(where, date_boxes("starts_on", first) | date_boxes("ends_on", last))

    assert response.context["form"].errors == {
        "ends_on": [f"The last day away must be on or after the first, 9 May {first.year}"]
    }
    assert 'value="9"' in text_of(response)
    assert not AwayPeriod.objects.exists()


def test_days_away_are_added_and_removed(as_partner, trust):
    first, last = TODAY + timedelta(days=3), TODAY + timedelta(days=4)
    where = address("away_create", trust.partner.pk)
    as_partner.post(where, date_boxes("starts_on", first) | date_boxes("ends_on", last))
    away = AwayPeriod.objects.get()
    assert (away.starts_on, away.ends_on) == (first, last)

    remove = address("away_remove", away.pk)
    assert away.period.in_words in text_of(as_partner.get(remove))
    assert as_partner.post(remove)["Location"] == address("capacity_detail", trust.partner.pk)
    assert not AwayPeriod.objects.exists()
    assert as_partner.post(remove).status_code == 404


# --- for what -------------------------------------------------------------------------------------
def test_words_are_kept_as_they_are_typed(as_partner, trust):
    as_partner.post(address("skills_edit", trust.partner.pk), {"skills": "I speak <b>Polish</b>"})
    as_partner.post(address("experience_edit", trust.partner.pk), {"experience": "A fall", "experience_for": "lead"})

    page = text_of(as_partner.get(address("capacity_detail", trust.partner.pk)))
    assert "I speak &lt;b&gt;Polish&lt;/b&gt;" in page
    assert "Who may read this: only the programme lead" in page
    assert "I speak" in text_of(as_partner.get(address("skills_edit", trust.partner.pk)))
    no_choice = as_partner.post(address("experience_edit", trust.partner.pk), {"experience": "x"})
    assert no_choice.context["form"].errors == {"experience_for": ["Select who may read it"]}
    too_long = as_partner.post(address("skills_edit", trust.partner.pk), {"skills": "x" * 1001})
    assert too_long.context["form"].errors == {"skills": ["Your answer must be 1,000 characters or fewer"]}


def test_interests_are_chosen_where_there_is_a_list(as_partner, trust):
    where = address("interests_edit", trust.partner.pk)
    assert "tags" not in as_partner.get(where).context["form"].fields
    as_partner.post(where, {"interests": "Food"})
    services.change_capacity_settings(
        organisation_id=trust.organisation.pk, day_minutes=450, preparation_minutes=60, tags=["Falls", "Medicines"],
        by=trust.lead, at=NOW,
    )  # fmt: skip
    as_partner.post(where, {"interests": "Food", "tags": ["Medicines"]})
    assert Profile.objects.get().tags == ["Medicines"]
    assert list(as_partner.post(where, {"tags": ["Parking"]}).context["form"].errors) == ["tags"]


# --- settings -------------------------------------------------------------------------------------
def test_a_lead_sets_how_time_is_counted(as_lead, trust):
    where = address("settings_edit")
    page = text_of(as_lead.get(where))
    assert 'value="450"' in page
    assert page.count("your trust must confirm it") == 2

    answers = {"day_minutes": "420", "preparation_minutes": "0", "tags": "Falls\r\n\r\nMedicines"}
    assert as_lead.post(where, answers)["Location"] == reverse("committees:capacity_list")
    held = CapacitySettings.objects.get()
    assert (held.organisation, held.day_minutes, held.preparation_minutes, held.tags) == (
        trust.organisation, 420, 0, ["Falls", "Medicines"],
    )  # fmt: skip
    wrong = as_lead.post(where, answers | {"day_minutes": "10", "tags": "x" * 61})
    assert wrong.context["form"].errors == {"day_minutes": ["Minutes must be from 60 to 720, which is 12 hours"]}
    wrong = as_lead.post(where, answers | {"tags": "x" * 61})
    assert wrong.context["form"].errors == {"tags": ["Each interest must be 60 characters or fewer"]}

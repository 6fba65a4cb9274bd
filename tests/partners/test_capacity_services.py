"""What is written about time, days away and interests, and who is told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from partners import services as partner_services
from partners.enums.capacity import Audience, CapacityStatus, CapacityUnit
from partners.models.capacity import AwayPeriod, CapacityAgreement, CapacitySettings, Profile
from partners.permissions import capacity as permissions
from partners.queries import capacity as queries
from partners.services import capacity as services
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.partners.capacity_samples import (
    APRIL,
    JUNE,
    MAY,
    NOW,
    TODAY,
    agree,
    answer,
    go_away,
    propose,
    tell_experience,
)

pytestmark = pytest.mark.django_db


def told(kind):
    return list(Message.objects.filter(kind=kind).values_list("recipient__name", "subject"))


@pytest.fixture
def other_lead(trust):
    return factories.make_lead(trust.organisation)


def leave(trust):
    partner_services.end_appointment(
        partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW + timedelta(hours=1)
    )
    trust.partner.refresh_from_db()


# --- how much time ------------------------------------------------------------------------------
def test_a_partner_proposes_and_the_lead_agrees(trust):
    proposed = propose(trust.partner, "1.5", CapacityUnit.DAYS)

    assert (proposed.minutes, proposed.status, proposed.starts_on) == (675, "proposed", APRIL)
    assert told("partners.capacity.time_proposed") == [(trust.lead.name, "Do you agree to the time a month?")]
    agreed = answer(proposed, trust.lead, reason=" Thank you ")
    assert (agreed.status, agreed.answered_by, agreed.answered_at, agreed.reason) == (
        "agreed", trust.lead, NOW, "Thank you",
    )  # fmt: skip
    assert told("partners.capacity.time_answered") == [("Pat Example", "Your proposal has an answer")]


def test_a_lead_proposes_and_the_partner_says_no(trust, other_lead):
    proposed = propose(trust.partner, "20", by=other_lead)

    assert told("partners.capacity.time_proposed") == [("Pat Example", "Do you agree to the time a month?")]
    answered = answer(proposed, trust.partner.user, agrees=False)
    assert answered.status == CapacityStatus.NOT_AGREED
    assert told("partners.capacity.time_answered") == [(other_lead.name, "Your proposal has an answer")]


def test_nobody_answers_what_they_or_their_side_proposed(trust, other_lead):
    by_partner = propose(trust.partner)
    with pytest.raises(PermissionDenied):
        answer(by_partner, trust.partner.user)
    by_lead = propose(trust.partner, by=trust.lead)
    for lead in (trust.lead, other_lead):
        with pytest.raises(PermissionDenied):
            answer(by_lead, lead)
    answer(by_lead, trust.partner.user)


def test_a_new_proposal_withdraws_the_one_that_waits(trust):
    first = propose(trust.partner, "20", by=trust.lead)
    second = propose(trust.partner, "8")

    first.refresh_from_db()
    assert (first.status, first.answered_by) == (CapacityStatus.WITHDRAWN, trust.partner.user)
    with pytest.raises(TransitionNotAllowed, match="was withdrawn, or something else has been proposed since"):
        answer(first, trust.partner.user)
    assert answer(second, trust.lead).status == CapacityStatus.AGREED
    with pytest.raises(TransitionNotAllowed, match="This has been agreed already"):
        answer(second, trust.lead)


def test_a_partner_can_take_back_what_they_proposed_by_proposing_again(trust):
    propose(trust.partner, "8")
    propose(trust.partner, "6")

    assert list(CapacityAgreement.objects.order_by("amount").values_list("amount", "status")) == [
        (Decimal("6.0"), "proposed"), (Decimal("8.0"), "withdrawn"),
    ]  # fmt: skip


def test_time_that_cannot_be_is_refused_and_nothing_is_written(trust):
    for amount, starts_on in (("0", APRIL), ("201", APRIL), ("8", date(2025, 4, 2)), ("8", date(2025, 3, 1))):
        with pytest.raises(RuleBroken):
            propose(trust.partner, amount, starts_on=starts_on)
    assert not CapacityAgreement.objects.exists()
    assert told("partners.capacity.time_proposed") == []


@pytest.mark.parametrize("role", [Role.REQUESTER, Role.APPROVER, Role.FINANCE, Role.EXECUTIVE, Role.AUDITOR])
def test_other_staff_propose_nothing(trust, role):
    with pytest.raises(PermissionDenied):
        propose(trust.partner, by=factories.make_member(role, trust.organisation))


def test_the_lead_of_another_organisation_does_nothing(trust):
    stranger = trust.stranger.lead
    with pytest.raises(PermissionDenied):
        propose(trust.partner, by=stranger)
    with pytest.raises(PermissionDenied):
        answer(propose(trust.partner), stranger)
    with pytest.raises(PermissionDenied):
        go_away(trust.partner, TODAY, TODAY, by=stranger)
    with pytest.raises(PermissionDenied):
        services.remove_away(away_id=go_away(trust.partner, TODAY, TODAY).pk, by=stranger, at=NOW)


def test_a_lead_who_is_a_partner_is_a_partner_to_themselves(trust):
    own = factories.make_partner(trust.organisation, user=trust.lead, lead=factories.make_lead(trust.organisation))
    proposed = propose(own)
    assert proposed.proposed_by == own.user
    with pytest.raises(PermissionDenied):
        answer(proposed, trust.lead)


def test_nothing_is_agreed_with_a_partner_who_has_left(trust):
    proposed = propose(trust.partner)
    leave(trust)
    with pytest.raises(PermissionDenied):
        propose(trust.partner)
    with pytest.raises(PermissionDenied):
        answer(proposed, trust.lead)
    with pytest.raises(PermissionDenied):
        services.save_skills(partner_id=trust.partner.pk, skills="x", by=trust.partner.user, at=NOW)


def test_what_was_agreed_keeps_its_minutes_when_a_day_becomes_shorter(trust):
    agreed = answer(propose(trust.partner, "2", CapacityUnit.DAYS), trust.lead)
    services.change_capacity_settings(
        organisation_id=trust.organisation.pk, day_minutes=360, preparation_minutes=0, tags=[], by=trust.lead, at=NOW
    )
    agreed.refresh_from_db()
    assert agreed.minutes == 900
    assert propose(trust.partner, "2", CapacityUnit.DAYS).minutes == 720


def test_settings_are_an_organisation_s_own_and_start_with_defaults(trust):
    assert not CapacitySettings.objects.exists()
    held = queries.settings_of(trust.organisation.pk)
    assert (held.day_minutes, held.preparation_minutes, held.tags) == (450, 60, [])
    for _ in range(2):
        services.change_capacity_settings(
            organisation_id=trust.organisation.pk, day_minutes=420, preparation_minutes=90, tags=["Falls", " falls "],
            by=trust.lead, at=NOW,
        )  # fmt: skip
    held = CapacitySettings.objects.get()
    assert (held.day_minutes, held.preparation_minutes, held.tags) == (420, 90, ["Falls"])
    assert queries.settings_of(trust.stranger.organisation_id).day_minutes == 450
    with pytest.raises(RuleBroken):
        services.change_capacity_settings(
            organisation_id=trust.organisation.pk, day_minutes=5, preparation_minutes=90, tags=[], by=trust.lead, at=NOW
        )
    for by in (trust.partner.user, trust.stranger.lead):
        with pytest.raises(PermissionDenied):
            services.change_capacity_settings(
                organisation_id=trust.organisation.pk, day_minutes=420, preparation_minutes=90, tags=[], by=by, at=NOW
            )


def test_for_no_organisation_nobody_manages(trust):
    assert not permissions.can_manage_capacity(trust.lead, None, today=TODAY)


# --- what is left of a month ----------------------------------------------------------------------
def test_months_hold_what_is_agreed_promised_and_left(trust):
    agree(trust.partner, "8")
    agree(trust.partner, "4", starts_on=JUNE)
    propose(trust.partner, "50")
    promised = {(trust.partner.pk, MAY): queries.policies.Promised(2, 300)}

    times = queries.months_of([trust.partner, trust.stranger], [APRIL, MAY, JUNE], promised)

    assert [(time.agreed, time.promised, time.left) for time in times[trust.partner.pk]] == [
        (480, 0, 480), (480, 420, 60), (240, 0, 240),
    ]  # fmt: skip
    assert [(time.agreed, time.left) for time in times[trust.stranger.pk]] == [(None, None)] * 3


# --- when -----------------------------------------------------------------------------------------
def test_days_away_that_touch_become_one_and_can_be_taken_back(trust):
    first = go_away(trust.partner, date(2025, 5, 1), date(2025, 5, 4))
    go_away(trust.partner, date(2025, 5, 10), date(2025, 5, 12), by=trust.lead)
    go_away(trust.stranger, date(2025, 5, 5), date(2025, 5, 9))

    whole = go_away(trust.partner, date(2025, 5, 5), date(2025, 5, 10))

    assert (whole.starts_on, whole.ends_on) == (date(2025, 5, 1), date(2025, 5, 12))
    assert list(AwayPeriod.objects.filter(partner=trust.partner)) == [whole]
    assert AwayPeriod.objects.filter(partner=trust.stranger).count() == 1
    assert not AwayPeriod.objects.filter(pk=first.pk).exists()
    services.remove_away(away_id=whole.pk, by=trust.partner.user, at=NOW)
    assert not AwayPeriod.objects.filter(partner=trust.partner).exists()


def test_days_away_that_end_before_they_start_are_refused(trust):
    with pytest.raises(RuleBroken, match="on or after the first, 9 May 2025") as refused:
        go_away(trust.partner, date(2025, 5, 9), date(2025, 5, 8))
    assert refused.value.field == "ends_on"
    assert not AwayPeriod.objects.exists()


def test_away_between_days(trust):
    go_away(trust.partner, date(2025, 5, 1), date(2025, 5, 4))
    go_away(trust.partner, date(2025, 6, 1), date(2025, 6, 4))
    keys = [trust.partner.pk, trust.stranger.pk]
    assert queries.away_between(keys, date(2025, 5, 5), date(2025, 5, 31)) == {}
    assert [each.in_words for each in queries.away_between(keys, date(2025, 5, 4))[trust.partner.pk]] == [
        "from 1 May 2025 to 4 May 2025", "from 1 June 2025 to 4 June 2025",
    ]  # fmt: skip
    on_the_day = queries.away_between(keys, date(2025, 6, 4), date(2025, 6, 4))
    assert list(on_the_day) == [trust.partner.pk]


# --- for what -------------------------------------------------------------------------------------
def test_a_partner_says_what_they_offer_one_thing_at_a_time(trust):
    partner, by = trust.partner, trust.partner.user
    services.change_capacity_settings(
        organisation_id=trust.organisation.pk, day_minutes=450, preparation_minutes=60, tags=["Falls", "Medicines"],
        by=trust.lead, at=NOW,
    )  # fmt: skip
    services.save_availability(partner_id=partner.pk, slots=["4:evening", "0:morning"], by=by, at=NOW)
    services.save_skills(partner_id=partner.pk, skills=" Chairing ", by=by, at=NOW)
    services.save_interests(partner_id=partner.pk, interests=" Food ", tags=["Medicines"], by=by, at=NOW)
    tell_experience(partner)

    profile = Profile.objects.get()
    assert (profile.slots, profile.skills, profile.interests, profile.tags) == (
        ["0:morning", "4:evening"], "Chairing", "Food", ["Medicines"],
    )  # fmt: skip
    assert (profile.experience, profile.experience_for) == ("My mother fell.", Audience.LEAD)
    assert profile.week == [("Monday", "morning"), ("Friday", "early evening")]


def test_an_interest_that_is_no_longer_offered_stays_with_whoever_chose_it(trust):
    def offer(*tags):
        services.change_capacity_settings(
            organisation_id=trust.organisation.pk, day_minutes=450, preparation_minutes=60, tags=tags, by=trust.lead,
            at=NOW,
        )  # fmt: skip

    def choose(*tags):
        by = trust.partner.user
        return services.save_interests(partner_id=trust.partner.pk, interests="", tags=tags, by=by, at=NOW).tags

    offer("Falls", "Medicines")
    assert choose("Falls") == ["Falls"]
    offer("Medicines")
    assert choose("Falls", "Medicines") == ["Medicines", "Falls"]
    assert choose("Medicines") == ["Medicines"]
    with pytest.raises(RuleBroken, match="Select from the list"):
        choose("Falls")


def test_a_time_that_no_week_has_is_refused(trust):
    with pytest.raises(RuleBroken):
        services.save_availability(partner_id=trust.partner.pk, slots=["9:night"], by=trust.partner.user, at=NOW)


def test_nobody_else_writes_a_partner_s_words(trust):
    for by in (trust.lead, trust.stranger.user):
        with pytest.raises(PermissionDenied):
            services.save_skills(partner_id=trust.partner.pk, skills="x", by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            services.save_experience(
                partner_id=trust.partner.pk, experience="x", experience_for=Audience.LEAD, by=by, at=NOW
            )


def test_who_reads_what_a_partner_has_lived_through_is_their_choice(trust, other_lead):
    profile = tell_experience(trust.partner)
    readers = {"partner": trust.partner.user, "lead": trust.lead, "another lead": other_lead}

    def reads(profile):
        return [name for name, user in readers.items() if queries.may_read_experience(user, profile, today=TODAY)]

    assert reads(profile) == ["partner", "lead"]
    assert reads(tell_experience(trust.partner, Audience.MATCHING)) == ["partner", "lead", "another lead"]


def test_words_that_are_taken_back_leave_no_copy(trust):
    tell_experience(trust.partner, words="Something private")
    tell_experience(trust.partner, words="")

    columns = {field.name for field in Profile.pgh_event_model._meta.fields}
    assert "skills" in columns
    assert "experience" not in columns


# --- what waits -----------------------------------------------------------------------------------
def test_what_waits_for_whom(trust, other_lead, django_assert_num_queries):
    propose(trust.partner, "8")
    propose(trust.stranger, "9")

    def waits(user):
        return [(each.label, each.detail) for each in queries.waiting(user, today=TODAY)]

    expected = [("Say whether you agree to the time a month", "Pat Example proposes 8 hours a month.")]
    with django_assert_num_queries(1):
        assert waits(trust.lead) == expected
    assert waits(trust.partner.user) == []
    assert waits(other_lead) == []

    propose(trust.partner, "1.5", CapacityUnit.DAYS, by=other_lead)
    assert waits(trust.lead) == []
    assert waits(trust.partner.user) == [
        ("Say whether you agree to the time a month", f"{other_lead.name} proposes 1.5 days a month.")
    ]
    leave(trust)
    assert waits(trust.partner.user) == []


def test_what_waits_for_a_lead_who_has_gone_waits_for_the_others(trust, other_lead):
    proposed = propose(trust.partner)
    membership = trust.lead.memberships.get()
    accounts.end_role(membership_id=membership.pk, ends_on=TODAY, by=factories.TESTS, at=NOW)
    tomorrow = TODAY + timedelta(days=1)
    assert [each.since for each in queries.waiting(other_lead, today=tomorrow)] == [proposed.proposed_at]

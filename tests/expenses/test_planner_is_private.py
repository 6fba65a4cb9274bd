"""A partner's own limits: they warn on the partner's pages, stop nothing, and are nowhere that staff can look."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.urls import reverse

from committees.enums import CommitteeKind
from committees.services import assign_partner, open_committee, schedule_meeting
from expenses import queries, services
from expenses.enums import LineAction, Preference
from expenses.models import Claim, EarningsPlan
from expenses.policies.planner import Earning, Plan
from psp_portal.encryption import decrypt
from psp_portal.exceptions import RuleBroken
from psp_portal.notifications.models import Message
from psp_portal.reports.audit.kinds import KINDS
from tests import factories
from tests.access_matrix import PRIVATE_FIGURES
from tests.access_matrix import World as MatrixWorld
from tests.expenses.pages import errors_of, page, signed_in, words_of
from tests.expenses.world import MEETING_AT, World, make_world

FIGURES = LIMIT, FOUR_WEEKS, ELSEWHERE = PRIVATE_FIGURES


def limit(user, weekly: str | None = LIMIT, four_weekly: str | None = FOUR_WEEKS, *, week_starts: int = 0) -> None:
    services.save_plan(
        weekly=None if weekly is None else Decimal(weekly),
        four_weekly=None if four_weekly is None else Decimal(four_weekly),
        week_starts=week_starts,
        by=user,
    )


# --- private ----------------------------------------------------------------------------------
# That no page of anybody else shows any of it: tests/test_access_matrix.py, where all are opened by everybody.
@pytest.fixture(scope="module")
def matrix_world(django_db_setup, django_db_blocker):
    """Build the world of the access matrix, in which the partner has limits of their own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield MatrixWorld.build()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_partner_s_own_page_does_show_it(client, matrix_world):
    """So that the walk over all pages looks for the right thing."""
    client.force_login(matrix_world.people["partner"])
    with time_machine.travel("2026-09-15 09:00:00+01:00", tick=False):
        content = client.get(page("plan_detail")).content.decode()
    for figure in FIGURES:
        assert figure in content


@pytest.mark.django_db
def test_no_history_no_log_and_no_letter_holds_any_of_it(matrix_world):
    """Every column of every table, histories and contexts too, but the plan's own, which is encrypted."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(model._meta.db_table)
            for figure in FIGURES:
                # Only the name of our own table stands in the text.
                cursor.execute(f"SELECT count(*) FROM {table} AS each WHERE each::text LIKE %s", [f"%{figure}%"])  # noqa: S608
                assert cursor.fetchone()[0] == 0, f"{model._meta.label} holds {figure}"
    row = EarningsPlan.objects.get()
    assert LIMIT in decrypt(row.sealed)


def test_nothing_leads_to_the_plan_and_nothing_keeps_its_history():
    assert "expenses.EarningsPlan" not in {kind.model for kind in KINDS.values()}
    histories = {model.pgh_tracked_model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    assert EarningsPlan not in histories
    for model in apps.get_models():
        related = chain(model._meta.related_objects, model._meta.fields)
        ways = [field.name for field in related if field.related_model is EarningsPlan]
        # Django knows the way back from a person, but gives it no name that code could use.
        assert all(field.endswith("+") or model is EarningsPlan for field in ways), model


@pytest.mark.django_db
def test_writing_it_names_nobody_in_an_audit_context_and_sends_nothing(world):
    before = Message.objects.count()
    limit(world.person)
    services.remove_plan(by=world.person)
    assert (Message.objects.count(), queries.plan_of(world.person)) == (before, None)


# --- the plan ---------------------------------------------------------------------------------
def test_limits_are_kept_encrypted_and_each_person_has_their_own(world):
    limit(world.person, week_starts=3)
    assert LIMIT not in EarningsPlan.objects.get(user=world.person).sealed
    assert queries.plan_of(world.person) == Plan(Decimal(LIMIT), Decimal(FOUR_WEEKS), 3, {})
    assert queries.plan_of(world.lead) is None
    services.save_other_earnings(on=date(2026, 9, 15), pounds=Decimal("20.00"), by=world.person)
    services.save_other_earnings(on=date(2026, 9, 30), pounds=Decimal("5.00"), by=world.person)
    limit(world.person, None, "100.00", week_starts=3)
    assert queries.plan_of(world.person) == Plan(
        None, Decimal("100.00"), 3, {date(2026, 9, 10): Decimal("20.00"), date(2026, 9, 24): Decimal("5.00")}
    )
    services.save_other_earnings(on=date(2026, 9, 10), pounds=Decimal(0), by=world.person)
    services.save_other_earnings(on=date(2026, 1, 1), pounds=Decimal(0), by=world.person)
    assert list(queries.plan_of(world.person).other) == [date(2026, 9, 24)]
    services.remove_plan(by=world.person)
    assert queries.plan_of(world.person) is None


def test_a_plan_needs_a_limit_and_they_must_make_sense(world):
    with pytest.raises(RuleBroken, match="or both") as broken:
        limit(world.person, None, None)
    assert broken.value.field == "weekly"
    with pytest.raises(RuleBroken, match="cannot be less"):
        limit(world.person, "100.00", "50.00")
    assert not EarningsPlan.objects.filter(user=world.person).exists()


def test_a_plan_that_no_key_opens_warns_of_nothing_and_can_be_made_anew(world, settings):
    limit(world.person)
    settings.FIELD_ENCRYPTION_KEYS = ["BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB="]
    assert queries.plan_of(world.person) is None
    limit(world.person, "50.00", None)
    assert queries.plan_of(world.person).weekly == Decimal("50.00")


# --- what counts --------------------------------------------------------------------------------
def test_earnings_are_time_asked_for_or_agreed_by_the_day_of_the_work(world):
    """The claim is for a meeting on 8 September and a journey that is no earning."""
    claim = world.sent()
    assert queries.earnings_of(world.person) == [Earning(MEETING_AT.date(), Decimal("75.00"))]
    assert queries.earnings_of(world.person, besides=claim.pk) == []
    assert queries.earnings_of(world.lead) == []
    world.decide(claim, LineAction.REFUSE)
    assert queries.earnings_of(world.person) == []
    world.draft()
    assert queries.earnings_of(world.person) == []
    world.approved()
    assert [earning.pounds for earning in queries.earnings_of(world.person)] == [Decimal("75.00")]


def test_what_is_declined_is_no_earning(world):
    claim = world.draft()
    services.set_preference(
        claim_id=claim.pk, preference=Preference.REDUCED, reduced_to=Decimal("20.00"), by=world.person, at=world.at
    )
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    assert [earning.pounds for earning in queries.earnings_of(world.person)] == [Decimal("20.00")]


def planned(world: World, *, days: int, minutes: int = 300, hours: int = 0) -> None:
    schedule_meeting(
        committee_id=world.committee.pk, starts_at=world.later(days=days, hours=hours), planned_minutes=minutes,
        place="Boardroom", online_link="", by=world.lead, at=world.at,
    )  # fmt: skip


def test_what_lies_ahead_is_drafts_meetings_not_claimed_for_and_meetings_planned(world):
    planned(world, days=6)
    planned(world, days=20, minutes=100)
    make_world()
    ahead = queries.earnings_ahead(world.person, today=world.today)
    assert [(earning.on, earning.pounds) for earning in ahead] == [
        (MEETING_AT.date(), Decimal("75.00")),
        (world.today + timedelta(days=6), Decimal("150.00")),
        (world.today + timedelta(days=20), Decimal("75.00")),
    ]
    world.draft()
    ahead = queries.earnings_ahead(world.person, today=world.today)
    assert sorted(earning.on for earning in ahead)[0] == MEETING_AT.date()
    assert len(ahead) == 3, "a draft stands in the place of its meeting"


def test_meetings_of_one_day_are_summed_and_others_earn_nothing(world):
    planned(world, days=6, minutes=150)
    planned(world, days=6, minutes=150, hours=4)
    on_the_day = [each for each in queries.earnings_ahead(world.person, today=world.today) if each.on > world.today]
    assert [earning.pounds for earning in on_the_day] == [Decimal("150.00")]
    unpaid = make_world(is_paid=False)
    planned(unpaid, days=6)
    assert queries.earnings_ahead(unpaid.person, today=unpaid.today) == []
    without_card = make_world()
    planned(without_card, days=6)
    with factories.acting():
        type(without_card.card).objects.filter(pk=without_card.card.pk).update(
            organisation=factories.make_organisation()
        )
    assert queries.earnings_ahead(without_card.person, today=without_card.today) == []


def test_a_meeting_after_the_assignment_ends_is_not_theirs(world):
    with factories.acting():
        type(world.assignment).objects.filter(pk=world.assignment.pk).update(ends_on=world.today + timedelta(days=3))
    planned(world, days=6)
    assert [each.on for each in queries.earnings_ahead(world.person, today=world.today)] == [MEETING_AT.date()]


def test_limits_ahead(world):
    assert queries.limits_ahead(world.person, today=world.today) == []
    limit(world.person, "100.00", None)
    assert queries.limits_ahead(world.person, today=world.today) == []
    planned(world, days=6)
    (passed,) = queries.limits_ahead(world.person, today=world.today)
    assert (passed.pounds, passed.limit, passed.is_week) == (Decimal("150.00"), Decimal("100.00"), True)


# --- pages ------------------------------------------------------------------------------------
@pytest.fixture
def now(world):
    """Stop the clock a little after the world's moment."""
    with time_machine.travel(world.later(hours=1), tick=False):
        yield


def test_the_check_page_warns_before_a_claim_would_pass_a_limit_and_stops_nothing(world, now):
    limit(world.person, "100.00", None)
    world.sent()
    draft = world.draft()
    client = signed_in(world.person)
    words = words_of(client.get(page("claim_check", claim_id=draft.pk)))
    assert "With this claim, your earnings would be over a limit you have set" in words
    assert "£150.00 from 7 September 2026 to 13 September 2026. Your limit for a week is £100.00." in words
    assert "Take independent advice" in words
    assert (
        page("claim_preference_edit", claim_id=draft.pk)
        in client.get(page("claim_check", claim_id=draft.pk)).content.decode()
    )
    services.set_preference(
        claim_id=draft.pk, preference=Preference.DECLINED, reduced_to=None, by=world.person, at=world.at
    )
    assert "over a limit" not in words_of(client.get(page("claim_check", claim_id=draft.pk)))
    services.set_preference(
        claim_id=draft.pk, preference=Preference.FULL, reduced_to=None, by=world.person, at=world.at
    )
    assert client.post(page("claim_submit", claim_id=draft.pk)).url == page("claim_sent", claim_id=draft.pk)


def test_there_is_no_warning_without_a_plan_or_below_the_limit(world, now):
    draft = world.draft()
    client = signed_in(world.person)
    assert "over a limit" not in words_of(client.get(page("claim_check", claim_id=draft.pk)))
    limit(world.person, "75.00", "75.00")
    assert "over a limit" not in words_of(client.get(page("claim_check", claim_id=draft.pk)))


def test_four_weeks_have_words_of_their_own(world, now):
    limit(world.person, None, "100.00")
    world.sent()
    draft = world.draft()
    words = words_of(signed_in(world.person).get(page("claim_check", claim_id=draft.pk)))
    assert "Your limit for 4 weeks is £100.00." in words


def put_on_another_committee(world: World, *, starts: int) -> None:
    """Put the partner on one more committee from a day on, which has met already and meets twice after it."""
    committee = open_committee(
        organisation_id=world.organisation.pk, name="Falls Group", kind=CommitteeKind.PROJECT, purpose="Fewer falls.",
        is_safety_related=True, seats=2, by=world.lead, at=world.at,
    )  # fmt: skip
    for days in (starts - 1, starts + 3, starts + 4):
        schedule_meeting(
            committee_id=committee.pk, starts_at=world.later(days=days, hours=3), planned_minutes=200, place="Ward 4",
            online_link="", by=world.lead, at=world.at,
        )  # fmt: skip
    assign_partner(
        partner_id=world.partner.pk, committee_id=committee.pk, starts_on=world.today + timedelta(days=starts),
        ends_on=None, payer_id=world.organisation.pk, budget_code="F1", budget_holder_id=world.approver.pk,
        deputy_id=world.deputy.pk, by=world.lead, at=world.at,
    )  # fmt: skip


def test_an_assignment_that_starts_later_is_warned_of_from_the_moment_it_is_made(world, now):
    """Its two meetings of half a day come in the week of one of the partner's own: 18 to 24 November."""
    limit(world.person, "200.00", None, week_starts=2)
    planned(world, days=67)
    client = signed_in(world.person)
    for address in (reverse("home:home_detail"), page("plan_detail")):
        assert "over a limit" not in words_of(client.get(address))
    letters = set(Message.objects.values_list("pk", flat=True))
    put_on_another_committee(world, starts=63)
    said = (
        "£225.00 from 18 November 2026 to 24 November 2026. Your limit for a week is £200.00. This counts what is "
        "planned: Falls Group on 20 November 2026, Patient Safety Committee and Falls Group on 21 November 2026."
    )
    for address in (reverse("home:home_detail"), page("plan_detail")):
        words = words_of(client.get(address))
        assert said in words
        assert "16 November" not in words, "before the assignment starts its committee's meetings are not the partner's"
    told = " ".join(message.body for message in Message.objects.exclude(pk__in=letters))
    assert "limit" not in told
    assert "200.00" not in told
    assert "225.00" not in told
    assert "over a limit" not in words_of(signed_in(world.lead).get(reverse("home:home_detail")))


def test_home_warns_of_meetings_to_come_and_only_the_partner(world, now):
    planned(world, days=6)
    limit(world.person, "100.00", None)
    limit(world.lead, "1.00", None)
    words = words_of(signed_in(world.person).get(reverse("home:home_detail")))
    assert "past and to come, your earnings would be over a limit you have set" in words
    assert "£150.00 from 21 September 2026 to 27 September 2026" in words
    assert "over a limit" not in words_of(signed_in(world.lead).get(reverse("home:home_detail")))


def test_the_planner_page_shows_each_week_against_the_limits(world, now):
    client = signed_in(world.person)
    assert "Set a limit" in words_of(client.get(page("plan_detail")))
    assert client.get(page("plan_week_edit")).url == page("plan_edit")
    wrong = client.post(page("plan_edit"), {"weekly": "200", "four_weekly": "100", "week_starts": "0"})
    assert errors_of(wrong) == [("#id_four_weekly", "The limit for 4 weeks cannot be less than the limit for one week")]
    assert 'value="200"' in wrong.content.decode()
    empty = client.post(page("plan_edit"), {"week_starts": "0"})
    assert errors_of(empty) == [("#id_weekly", "Enter a limit for a week, or for 4 weeks, or both")]
    assert client.post(page("plan_edit"), {"weekly": "100", "week_starts": "0"}).url == page("plan_detail")
    assert 'value="100.00"' in client.get(page("plan_edit")).content.decode()
    typed = {"on_0": "9", "on_1": "9", "on_2": "2026", "pounds": "30"}
    assert client.post(page("plan_week_edit"), typed).url == page("plan_detail")
    world.sent()
    planned(world, days=6)
    words = words_of(client.get(page("plan_detail")))
    assert "Limit for one week £100.00" in words
    assert "Limit for 4 weeks None" in words
    assert "Week starts on Monday" in words
    assert "7 September 2026 to 13 September 2026 Over your limit £75.00 £0.00 £30.00 £105.00" in words
    assert "21 September 2026 to 27 September 2026 Over your limit £0.00 £150.00 £0.00 £150.00" in words
    assert "With the meetings that you have not claimed for yet" in words
    assert client.post(page("plan_remove")).url == page("plan_detail")
    assert "Set a limit" in words_of(client.get(page("plan_detail")))


def test_a_plan_without_weeks_in_view_says_so(world, now):
    limit(world.finance_lead)
    words = words_of(signed_in(world.finance_lead).get(page("plan_detail")))
    assert "Nothing is claimed or planned in these weeks." in words


def test_the_planner_costs_the_same_for_many_meetings(world, now, django_assert_num_queries):
    limit(world.person)
    client = signed_in(world.person)
    planned(world, days=6)
    client.get(page("plan_detail"))
    with django_assert_num_queries(15) as few:
        client.get(page("plan_detail"))
    for days in range(7, 20):
        planned(world, days=days)
    with django_assert_num_queries(len(few)):
        client.get(page("plan_detail"))


def test_claims_know_nothing_of_limits():
    assert not {field.name for field in Claim._meta.get_fields()} & {"plan", "limit", "earnings_plan"}

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from partners import services as partners
from partners.enums import PartnerStatus
from partners.enums.leaving import ExitSharing, ExitStatus, SuccessionChoice
from partners.models.leaving import Departure, ExitConversation, Pause, SuccessionPlan
from partners.services import leaving as services
from tests import factories
from tests.partners.leaving_samples import NOW, TODAY, make_departure, make_pause, make_plan, set_term
from tests.partners.test_views import date_boxes, text_of

pytestmark = pytest.mark.usefixtures("staff_pass", "now")

DAY = timedelta(days=1)


@pytest.fixture
def now():
    """Stop the clock at the samples' moment."""
    with time_machine.travel(NOW, tick=False):
        yield


def page(name: str, *keys) -> str:
    return reverse(f"leaving:{name}", args=keys)


# --- the page about a term -------------------------------------------------------------------
def test_a_partner_reads_their_term_and_how_it_changed(client, trust):
    set_term(trust.partner, TODAY + 400 * DAY, reason="A year more")
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("term_detail", trust.partner.pk)))
    assert "A year more" in words
    assert "5 May 2027" in words
    assert "Next annual review" in words
    assert "Pause for a while" in words
    assert page("term_detail", trust.partner.pk) in text_of(
        client.get(reverse("partners:partner_detail", args=[trust.partner.pk]))
    )
    assert client.get(page("term_detail", trust.stranger.pk)).status_code == 404


def test_the_term_page_of_somebody_who_pauses_and_leaves(client, trust):
    client.force_login(trust.lead)
    where = page("term_detail", trust.partner.pk)
    make_pause(trust.partner, TODAY + 9 * DAY, back_on=TODAY + 60 * DAY)
    words = text_of(client.get(where))
    assert "A pause begins on 9 April 2026." in words
    assert "Expected back on 30 May 2026." in words
    assert "Take the pause back" in words
    services.begin_pauses(at=NOW + timedelta(days=9))
    words = text_of(client.get(where))
    assert "Paused since 9 April 2026." in words
    assert "Come back from the pause" in words
    make_departure(trust.partner, at=NOW + timedelta(days=9))
    words = text_of(client.get(where))
    assert "The last day is 30 April 2026." in words
    assert "moving away" in words
    assert "Stay after all" in words
    assert "Read it" not in words
    assert "Write a handover pack" not in words


@pytest.mark.parametrize("rows", [1, 30])
def test_the_term_page_takes_the_same_queries_however_much_changed(client, trust, rows, django_assert_num_queries):
    for number in range(rows):
        set_term(trust.partner, TODAY + (200 + number) * DAY)
    client.force_login(trust.partner.user)
    # session, user, memberships, unread; the partner; of what it shows: plan, review two, exit, pack, changes, pauses,
    # pause, departure
    with django_assert_num_queries(14):
        assert client.get(page("term_detail", trust.partner.pk)).status_code == 200


# --- pauses ----------------------------------------------------------------------------------
def pause_data(**change):
    return (
        date_boxes("starts_on", TODAY)
        | date_boxes("expected_back_on", TODAY + 30 * DAY)
        | {"reason": "caring"}
        | change
    )


def test_a_partner_reads_what_a_pause_means_and_sets_it(client, trust):
    client.force_login(trust.partner.user)
    where = page("pause_create", trust.partner.pk)
    words = text_of(client.get(where))
    assert "Claims go on." in words
    assert "Places on committees are kept." in words
    assert client.post(where, pause_data()).url == page("term_detail", trust.partner.pk)
    trust.partner.refresh_from_db()
    assert (trust.partner.status, Pause.objects.get().reason) == (PartnerStatus.PAUSED, "caring")
    assert client.get(page("pause_end", trust.partner.pk)).status_code == 200
    assert client.post(page("pause_end", trust.partner.pk)).status_code == 302
    trust.partner.refresh_from_db()
    assert trust.partner.status == PartnerStatus.ACTIVE


def test_a_pause_that_cannot_be_keeps_what_was_typed(client, trust):
    client.force_login(trust.lead)
    answer = client.post(
        page("pause_create", trust.partner.pk), pause_data(**date_boxes("expected_back_on", TODAY), reason="")
    )
    assert answer.context["form"].errors == {"reason": ["Select the kind of reason"]}
    answer = client.post(page("pause_create", trust.partner.pk), pause_data(**date_boxes("expected_back_on", TODAY)))
    assert answer.context["form"].errors == {
        "expected_back_on": ["The day they are back must be after the first day of the pause"]
    }
    assert 'value="2026"' in text_of(answer)
    answer = client.post(page("pause_create", trust.partner.pk), pause_data(starts_on_0="31", starts_on_1="2"))
    assert "starts_on" in answer.context["form"].errors
    assert not Pause.objects.exists()


# --- leaving ---------------------------------------------------------------------------------
def test_a_partner_says_that_they_leave_and_stays_after_all(client, trust):
    client.force_login(trust.partner.user)
    where = page("departure_create", trust.partner.pk)
    assert "until the last one is settled" in text_of(client.get(where))
    answer = client.post(where, date_boxes("last_day", TODAY - DAY) | {"reason": "time"})
    assert answer.context["form"].errors == {"last_day": ["The last day must be 31 March 2026 or later"]}
    assert client.post(where, date_boxes("last_day", TODAY + DAY) | {"reason": "time"}).status_code == 302
    assert Departure.objects.get().reason == "time"
    answer = client.post(where, date_boxes("last_day", TODAY + DAY) | {"reason": "time"})
    assert "has said that they will leave" in text_of(answer)
    stay = page("departure_withdraw", trust.partner.pk)
    assert "1 April 2026" in text_of(client.get(stay))
    assert "You stay" in text_of(client.post(stay, follow=True))
    trust.partner.refresh_from_db()
    assert trust.partner.status == PartnerStatus.ACTIVE


# --- the exit conversation -------------------------------------------------------------------
def test_a_leaver_answers_and_their_lead_reads_what_they_shared(client, trust):
    make_departure(trust.partner)
    client.force_login(trust.partner.user)
    where = page("exit_answer", trust.partner.pk)
    assert "What got in your way?" in text_of(client.get(where))
    assert "Answer or say no" in text_of(client.get(page("exit_detail", trust.partner.pk)))
    answer = client.post(where, {"answer_1": "Much was good"})
    assert answer.context["form"].errors == {"sharing": ["Select who may read it"]}
    assert "Much was good" in text_of(answer)
    answer = client.post(where, {"sharing": "lead"})
    assert "Answer at least one question" in text_of(answer)
    assert client.post(where, {"answer_1": "Much was good", "sharing": "lead"}).status_code == 302
    assert "Much was good" in text_of(client.get(page("exit_detail", trust.partner.pk)))
    assert client.get(where).url == page("exit_detail", trust.partner.pk)
    client.force_login(trust.lead)
    assert "Much was good" in text_of(client.get(page("exit_detail", trust.partner.pk)))
    assert "Read it" in text_of(client.get(page("term_detail", trust.partner.pk)))
    assert client.get(where).status_code == 403
    client.force_login(factories.make_lead(trust.organisation))
    assert client.get(page("exit_detail", trust.partner.pk)).status_code == 403


def test_a_leaver_says_no(client, trust):
    make_departure(trust.partner)
    client.force_login(trust.partner.user)
    assert "You need not say why." in text_of(client.get(page("exit_decline", trust.partner.pk)))
    assert client.post(page("exit_decline", trust.partner.pk)).status_code == 302
    assert ExitConversation.objects.get().status == ExitStatus.DECLINED
    assert "Declined" in text_of(client.get(page("exit_detail", trust.partner.pk)))
    assert client.get(page("exit_decline", trust.partner.pk)).status_code == 302


def test_nobody_s_answers_are_on_a_page_of_another(client, trust):
    make_departure(trust.partner)
    services.answer_exit(
        partner_id=trust.partner.pk, answers={1: "For me alone"}, sharing=ExitSharing.NOBODY, by=trust.partner.user,
        at=NOW,
    )  # fmt: skip
    client.force_login(trust.lead)
    assert client.get(page("exit_detail", trust.partner.pk)).status_code == 403
    assert "For me alone" not in text_of(client.get(page("term_detail", trust.partner.pk)))


# --- succession ------------------------------------------------------------------------------
def test_a_lead_sees_terms_ending_and_decides(client, trust):
    plan = make_plan(trust.partner)
    foreign = make_plan(trust.stranger)
    client.force_login(trust.lead)
    words = text_of(client.get(page("succession_list")))
    assert trust.partner.user.name in words
    assert trust.stranger.user.name not in words
    assert "Decide by 29 April 2026" in words
    assert client.get(page("succession_detail", foreign.pk)).status_code == 404
    assert client.post(page("succession_edit", plan.pk), {"notes": "Ask Priya"}).url == page(
        "succession_detail", plan.pk
    )
    assert "Ask Priya</textarea>" in text_of(client.get(page("succession_edit", plan.pk)))
    assert "Ask Priya" in text_of(client.get(page("succession_detail", plan.pk)))
    decide = page("succession_decide", plan.pk)
    assert client.get(decide).status_code == 200
    answer = client.post(decide, {"choice": "extend"})
    assert answer.context["form"].errors == {"term_ends_on": ["Enter the new last day of the term"]}
    answer = client.post(decide, {"choice": "extend"} | date_boxes("term_ends_on", TODAY))
    assert answer.context["form"].errors == {"term_ends_on": ["The new last day must be after 29 July 2026"]}
    assert client.post(decide, {"choice": "recruit"}).url == page("succession_detail", plan.pk)
    assert SuccessionPlan.objects.get(pk=plan.pk).choice == SuccessionChoice.RECRUIT
    words = text_of(client.get(page("succession_detail", plan.pk)))
    assert "Recruit a successor" in words
    assert "Decide what happens" not in words
    assert "Nothing has to be decided." in text_of(client.get(page("succession_list"), {"show": "open"}))


def test_a_list_without_terms_and_one_that_is_over(client, trust):
    client.force_login(trust.lead)
    assert "No term ends in the next 6 months." in text_of(client.get(page("succession_list")))
    make_plan(trust.partner, TODAY - DAY)
    words = text_of(client.get(page("succession_list")))
    assert "It is over" in words


def test_the_export_has_this_trust_s_rows_as_shown(client, trust):
    make_plan(trust.partner)
    make_plan(trust.stranger)
    other = factories.make_partner(
        trust.organisation, user=factories.make_user("Ann Before"), lead=trust.lead, term_ends_on=TODAY + DAY
    )
    client.force_login(trust.lead)

    def rows(**asked):
        answer = client.get(page("succession_list"), asked | {"export": "csv"})
        return answer.content.decode("utf-8-sig").strip().splitlines()[1:]

    lead = trust.lead.name
    assert rows() == [
        f"Ann Before,2026-04-01,Active,,,{lead}", f"Pat Example,2026-07-29,Active,2026-04-29,,{lead}",
    ]  # fmt: skip
    services.decide_succession(
        plan_id=SuccessionPlan.objects.get(partner=trust.partner).pk, choice=SuccessionChoice.END, term_ends_on=None,
        by=trust.lead, at=NOW,
    )  # fmt: skip
    assert rows(show="open") == [f"Ann Before,2026-04-01,Active,,,{lead}"]
    assert other.lead == trust.lead


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_the_same_queries_however_long(client, trust, rows, django_assert_num_queries):
    for _ in range(rows):
        factories.make_partner(trust.organisation, lead=trust.lead, term_ends_on=TODAY + DAY)
    services.open_succession_plans(at=NOW)
    client.force_login(trust.lead)
    # session, user, memberships, unread; permission; count, rows, plans
    with django_assert_num_queries(8):
        assert client.get(page("succession_list")).status_code == 200


def test_a_leaver_still_opens_their_own_page(client, trust):
    partners.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("term_detail", trust.partner.pk)))
    assert "Left on" in words
    assert "Write a handover pack" in words
    assert "What you can do" not in words
    assert client.get(page("pause_create", trust.partner.pk)).status_code == 403

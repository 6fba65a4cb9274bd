"""Staff follow claims: the organisation's list, replies to steps, and answers to partners who ask."""

from datetime import date

import pytest
import time_machine

from expenses import services
from expenses.enums import LineAction, StepKind
from expenses.models import Escalation, UpdateRequest
from psp_portal.accounts.enums import Role
from tests import factories
from tests.expenses.pages import errors_of, page, signed_in, words_of
from tests.expenses.world import make_world

LATER = 50


@pytest.fixture(autouse=True)
def now(world):
    """Stop the clock fifty days on: claims of the world's own day are overdue."""
    with time_machine.travel(world.later(days=LATER), tick=False):
        yield


# --- the organisation's claims -------------------------------------------------------------
def listed(client, **query) -> str:
    response = client.get(page("claim_overview"), query)
    assert response.status_code == 200
    return words_of(response)


def test_claim_overview_shows_who_has_each_claim_since_when_and_how_high_it_has_climbed(world):
    claim = world.sent()
    services.escalate_overdue_claims(at=world.later(days=LATER))
    claim.refresh_from_db()
    words = listed(signed_in(world.lead))
    last = claim.escalations.order_by("number").last()
    assert claim.steps_written >= 1
    assert (
        f"{claim.reference} {world.person.name} {world.committee.name}, 8 September 2026 "
        "Waiting for a decision Overdue "
        f"{claim.waiting_on.name} since 15 September 2026, due" in words
    )
    assert f" {LATER} {last.number}: {StepKind(last.kind).label}" in words


def test_claim_overview_groups_claims_and_puts_the_longest_waiting_first(world):
    paid = world.paid()
    old, new = world.sent(), world.sent(at=world.later(days=LATER - 1))
    client = signed_in(world.lead)

    def references(show: str) -> list[str]:
        words = listed(client, show=show)
        shown = [claim.reference for claim in (paid, old, new) if claim.reference in words]
        return sorted(shown, key=words.index)

    assert references("open") == [old.reference, new.reference]
    assert references("overdue") == [old.reference]
    assert references("paid") == [paid.reference]
    assert set(references("all")) == {paid.reference, old.reference, new.reference}
    assert references("nonsense") == references("open") == references("")
    assert "Nobody: settled on 15 September 2026" in listed(client, show="paid")


@pytest.mark.parametrize("form", ["{reference}", "{lower}", "{number}", " {reference} "])
def test_claim_overview_finds_a_reference_however_it_is_written(world, form):
    wanted, other = world.sent(), world.sent()
    asked = form.format(reference=wanted.reference, lower=wanted.reference.lower(), number=wanted.number)
    words = listed(signed_in(world.lead), show="all", q=asked)
    assert wanted.reference in words
    assert other.reference not in words


def test_claim_overview_finds_a_name_and_says_when_nothing_matches(world):
    claim = world.sent()
    client = signed_in(world.finance_lead)
    assert claim.reference in listed(client, q=world.person.name[2:].upper())
    assert "No claim matches." in listed(client, q="Nobody of this name")
    assert "No claim matches." in listed(client, q="999999999")
    assert "No claim matches." in listed(client, q="c'; drop table --")


def test_claim_overview_leaves_out_drafts_and_other_organisations(world):
    draft, theirs = world.draft(), make_world().sent()
    words = listed(signed_in(world.lead), show="all")
    assert draft.reference not in words
    assert theirs.reference not in words


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lead", 200), ("approver", 200), ("finance_lead", 200), ("executive", 200), ("auditor", 200),
        ("requester", 403), ("person", 403),
    ],
)  # fmt: skip
def test_claim_overview_is_for_staff_who_see_claims(world, who, status):
    assert signed_in(getattr(world, who)).get(page("claim_overview")).status_code == status


@pytest.mark.parametrize("rows", [1, 30])
def test_claim_overview_takes_the_same_queries_for_one_row_and_many(world, rows, django_assert_num_queries):
    world.many(rows)
    client = signed_in(world.lead)
    client.get(page("claim_overview"))
    with django_assert_num_queries(7):
        response = client.get(page("claim_overview"))
    assert words_of(response).count("Overdue ") - 1 == min(rows, 25), "the choice, and each row"


# --- a step's reply -----------------------------------------------------------------------
@pytest.fixture
def step(world) -> Escalation:
    """The highest step that an overdue claim has climbed."""
    claim = world.sent()
    services.escalate_overdue_claims(at=world.later(days=LATER - 1))
    return claim.escalations.select_related("responsible").order_by("number").last()


def day(text: str) -> dict[str, str]:
    """Return what a browser sends for a promised day."""
    year, month, number = text.split("-")
    return {"promised_on_0": number, "promised_on_1": month, "promised_on_2": year}


def reply_page(step) -> str:
    return page("escalation_reply", escalation_id=step.pk)


def test_escalation_reply_shows_the_claim_and_the_ladder_and_sends_the_reply_once(world, step):
    client = signed_in(step.responsible)
    shown = client.get(reply_page(step))
    words = words_of(shown)
    assert "What will happen?" in words
    assert "It must be on or before 4 December 2026." in words
    assert f"Step {step.number}: {step.get_kind_display()}" in words
    assert f"Who answers for it {step.responsible.name}" in words
    assert "Step 1: Programme lead is reminded" in words
    assert f"went to {world.lead.name}" in words
    assert shown.content.decode().count("<h1") == 1

    response = client.post(reply_page(step), {"reply": "Finance pays it on Friday.", **day("2026-11-06")})
    assert response.status_code == 302
    assert response.url == page("claim_detail", claim_id=step.claim_id)
    assert "Reply sent to the partner" in words_of(client.get(response.url))
    step.refresh_from_db()
    assert (step.reply, step.replied_by, step.promised_on) == (
        "Finance pays it on Friday.", step.responsible, date(2026, 11, 6),
    )  # fmt: skip

    again = client.post(reply_page(step), {"reply": "Twice", **day("2026-11-06")})
    assert again.status_code == 200
    assert errors_of(again) == [("", "This step has been replied to already.")]
    assert "Finance pays it on Friday." in words_of(again)
    assert "They promised 6 November 2026." in words_of(again)
    assert "What you wrote has not been sent: “Twice”" in words_of(again)
    assert again.content.decode().count("<h1") == 1
    step.refresh_from_db()
    assert step.reply == "Finance pays it on Friday."


def test_escalation_reply_needs_words_but_not_too_many(step):
    client = signed_in(step.responsible)
    empty = client.post(reply_page(step), {"reply": "  "})
    assert errors_of(empty) == [
        ("#id_reply", "Write what will happen"), ("#id_promised_on_0", "Enter the day you promise"),
    ]  # fmt: skip
    long = client.post(reply_page(step), {"reply": "x" * 501, **day("2026-11-06")})
    assert errors_of(long) == [("#id_reply", "Your reply must be 500 characters or fewer")]
    assert "x" * 501 in long.content.decode()


@pytest.mark.parametrize(
    ("promised", "words"),
    [
        ("2026-11-03", "The day you promise must be on or after 4 November 2026"),
        ("2026-12-05", "The day you promise must be on or before 4 December 2026"),
    ],
)
def test_escalation_reply_takes_a_day_from_today_to_as_long_as_a_claim_may_take(step, promised, words):
    response = signed_in(step.responsible).post(reply_page(step), {"reply": "Soon", **day(promised)})
    assert errors_of(response) == [("#id_promised_on_0", words)]
    assert "Soon" in words_of(response)
    assert f'value="{promised[-2:]}"' in response.content.decode()


def test_escalation_reply_says_when_none_is_needed_any_more(world, step):
    claim = step.claim
    world.decide(claim, LineAction.REFUSE, at=world.later(days=LATER))
    response = signed_in(step.responsible).get(reply_page(step))
    assert "No reply to this step is needed any more." in words_of(response)
    assert "Send reply" not in words_of(response)


def test_a_reply_from_the_top_is_for_whoever_it_went_to(world, step):
    for outsider in (world.auditor, world.deputy, world.person, world.approver, world.lead):
        client = signed_in(outsider)
        assert client.get(reply_page(step)).status_code == 403
        response = client.post(reply_page(step), {"reply": "Mine", **day("2026-11-06")})
        assert response.status_code == 403
        assert "Only the person this went to, or who answers for the claim now, can reply." in words_of(response)
    assert signed_in(step.responsible).get(reply_page(step)).status_code == 200
    assert signed_in(factories.make_member(Role.EXECUTIVE)).get(reply_page(step)).status_code == 404
    step.refresh_from_db()
    assert step.replied_at is None


def test_a_reply_to_an_earlier_step_is_for_whoever_has_the_claim_and_the_lead_too(world, step):
    first = step.claim.escalations.get(number=1)
    response = signed_in(world.auditor).post(reply_page(first), {"reply": "Mine", **day("2026-11-06")})
    assert response.status_code == 403
    assert "Only the person this went to, or who has the claim now, can reply." in words_of(response)
    for person in (world.lead, world.approver):
        assert signed_in(person).get(reply_page(first)).status_code == 200


def test_escalation_reply_asks_who_it_is(client, step):
    assert client.get(reply_page(step)).status_code == 302


# --- an update ----------------------------------------------------------------------------
@pytest.fixture
def asked(world) -> UpdateRequest:
    """A partner asks how their claim stands."""
    claim = world.sent(with_parking=True)
    world.decide(claim, LineAction.APPROVE, LineAction.APPROVE, LineAction.RETURN)
    return services.ask_for_update(
        claim_id=claim.pk, question="Is the parking a problem?", by=world.person, at=world.later(days=LATER - 2)
    )


def answer_page(asked) -> str:
    return page("update_answer", update_id=asked.pk)


def test_update_answer_shows_the_question_and_sends_the_answer_once(world, asked):
    client = signed_in(asked.asked_of)
    words = words_of(client.get(answer_page(asked)))
    assert f"{world.person.name} asks about claim {asked.claim.reference}" in words
    assert "Is the parking a problem?" in words
    response = client.post(answer_page(asked), {"answer": "Send the receipt and it is paid on Friday."})
    assert response.status_code == 302
    assert response.url == page("claim_detail", claim_id=asked.claim_id)
    asked.refresh_from_db()
    assert (asked.answer, asked.answered_by) == ("Send the receipt and it is paid on Friday.", asked.asked_of)

    again = client.post(answer_page(asked), {"answer": "Twice"})
    assert errors_of(again) == [("", "This has been answered already.")]
    assert "What you wrote has not been sent: “Twice”" in words_of(again)
    assert "This has been answered" in words_of(client.get(answer_page(asked)))


def test_update_answer_needs_words(asked):
    response = signed_in(asked.asked_of).post(answer_page(asked), {})
    assert errors_of(response) == [("#id_answer", "Write your answer")]


def test_update_answer_is_for_whoever_was_asked_and_the_lead(world, asked):
    for outsider in {world.auditor, world.deputy, world.executive, world.person} - {asked.asked_of}:
        client = signed_in(outsider)
        assert client.get(answer_page(asked)).status_code == 403
        assert client.post(answer_page(asked), {"answer": "Mine"}).status_code == 403
    assert signed_in(world.lead).get(answer_page(asked)).status_code == 200
    assert signed_in(factories.make_member(Role.PROGRAMME_LEAD)).get(answer_page(asked)).status_code == 404
    asked.refresh_from_db()
    assert asked.answered_at is None

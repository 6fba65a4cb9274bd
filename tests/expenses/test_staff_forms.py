"""What the staff's forms about claims take, and how they say no. No database."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict

from expenses.enums import LineAction
from expenses.forms.deciding import AppealDecideForm, BulkApproveForm, ClaimDecideForm, LineAsked
from expenses.forms.escalation import ClaimOverviewForm, EscalationReplyForm, UpdateAnswerForm
from expenses.forms.payments import RunCreateForm, RunLineFailForm, RunSettleForm

PLAIN = LineAsked(pk=uuid4(), position=1, version="v1", is_flagged=False, is_pending=True)
FLAGGED = LineAsked(pk=uuid4(), position=2, version="v1", is_flagged=True, is_pending=True)
DONE = LineAsked(pk=uuid4(), position=3, version="v1", is_flagged=False, is_pending=False)


def decide(*answers: tuple[LineAsked, str, str], version: str = "v1") -> ClaimDecideForm:
    data = {}
    for line, action, reason in answers:
        data |= {f"action_{line.pk}": action, f"reason_{line.pk}": reason, f"seen_{line.pk}": version}
    return ClaimDecideForm(data, lines=[PLAIN, FLAGGED, DONE])


# --- deciding -----------------------------------------------------------------------------
def test_decisions_are_those_that_were_made_in_the_order_of_the_lines():
    form = decide((FLAGGED, "approve", " Agreed by telephone "), (PLAIN, "approve", ""))
    assert form.is_valid()
    assert form.cleaned_data["decisions"] == [
        (PLAIN.pk, LineAction.APPROVE, ""),
        (FLAGGED.pk, LineAction.APPROVE, "Agreed by telephone"),
    ]


@pytest.mark.parametrize(
    ("answer", "field", "message"),
    [
        ((PLAIN, "refuse", ""), "reason", "Say why you do not approve line 1"),
        ((PLAIN, "return", "  "), "reason", "Write your question about line 1"),
        ((FLAGGED, "approve", ""), "reason", "Say why you approve line 2 although it is flagged"),
        ((PLAIN, "", "Hm"), "action", "Select a decision for line 1"),
        ((PLAIN, "refuse", "x" * 501), "reason", "What you write about line 1 must be 500 characters or fewer"),
    ],
)
def test_each_line_says_what_it_lacks(answer, field, message):
    assert decide(answer).errors == {f"{field}_{answer[0].pk}": [message]}


def test_a_decision_that_does_not_exist_is_refused():
    assert set(decide((PLAIN, "pay", "")).errors) == {f"action_{PLAIN.pk}"}


def test_nothing_decided_is_said_at_the_first_line():
    assert decide().errors == {f"action_{PLAIN.pk}": ["Decide at least one line"]}


def test_nothing_decided_where_nothing_can_be_is_said_of_the_page():
    form = ClaimDecideForm({}, lines=[DONE])
    assert form.errors == {"__all__": ["Decide at least one line"]}


def test_a_line_that_changed_or_was_decided_meanwhile_is_not_decided_unseen():
    changed = decide((PLAIN, "approve", ""), version="v0")
    assert changed.errors == {
        f"action_{PLAIN.pk}": ["Line 1 has changed since you opened the page. Check it, then save again"]
    }
    unseen = ClaimDecideForm({f"action_{PLAIN.pk}": "approve"}, lines=[PLAIN])
    assert set(unseen.errors) == {f"action_{PLAIN.pk}"}
    decided = decide((PLAIN, "approve", ""), (DONE, "approve", ""))
    (message,) = decided.errors["__all__"]
    assert message.startswith("Line 3 has been decided by somebody else, or changed, since you opened the page.")


def test_no_decision_is_chosen_beforehand():
    form = ClaimDecideForm(lines=[PLAIN])
    assert form[f"action_{PLAIN.pk}"].value() is None


# --- many at once -------------------------------------------------------------------------
def posted(**values: list[str]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, chosen in values.items():
        data.setlist(name, chosen)
    return data


def test_bulk_takes_the_ticks_or_the_whole_page():
    first, second = uuid4(), uuid4()
    page = [f"{first}@1.0", f"{second}@2.5"]
    ticked = BulkApproveForm(posted(claims=page[1:], on_page=page))
    assert ticked.is_valid()
    assert ticked.cleaned_data["claims"] == {second: "2.5"}
    every = BulkApproveForm(posted(on_page=page, every=["yes"]))
    assert every.is_valid()
    assert every.cleaned_data["claims"] == {first: "1.0", second: "2.5"}


def test_bulk_without_a_tick_says_so():
    form = BulkApproveForm(posted(on_page=[f"{uuid4()}@1.0"]))
    assert form.errors == {"claims": ["Tick at least one claim to approve"]}


def test_bulk_refuses_what_no_page_sends():
    form = BulkApproveForm(posted(claims=["1; drop table"]))
    assert form.errors == {"claims": ["This page was out of date. Look again, then send it"]}


def test_appeal_needs_a_decision_and_a_reason():
    assert AppealDecideForm({}).errors == {
        "allow": ["Select what you decide"], "reason": ["Say why you decide this way"],
    }  # fmt: skip
    for answer, allow in (("yes", True), ("no", False)):
        form = AppealDecideForm({"allow": answer, "reason": "Because"})
        assert form.is_valid()
        assert form.cleaned_data == {"allow": allow, "reason": "Because"}


# --- following ----------------------------------------------------------------------------
@pytest.mark.parametrize(("data", "show"), [({}, "open"), ({"show": ""}, "open"), ({"show": "paid"}, "paid")])
def test_overview_shows_what_is_open_unless_asked(data, show):
    form = ClaimOverviewForm(data)
    assert form.is_valid()
    assert form.cleaned_data["show"] == show


def reply(words: str, *promised: str) -> EscalationReplyForm:
    boxes = {f"promised_on_{box}": typed for box, typed in enumerate(promised)}
    return EscalationReplyForm({"reply": words, **boxes}, today=date(2026, 9, 15), latest=date(2026, 10, 15))


def test_replies_need_words_and_take_500_characters():
    assert reply("x" * 500, "15", "9", "2026").is_valid()
    assert reply("x" * 501, "15", "9", "2026").errors == {"reply": ["Your reply must be 500 characters or fewer"]}
    assert reply("\n", "15", "9", "2026").errors == {"reply": ["Write what will happen"]}
    assert UpdateAnswerForm({"answer": "x" * 501}).errors == {"answer": ["Your answer must be 500 characters or fewer"]}
    assert UpdateAnswerForm({}).errors == {"answer": ["Write your answer"]}


@pytest.mark.parametrize(
    ("promised", "problems"),
    [
        (("15", "9", "2026"), []),
        (("15", "10", "2026"), []),
        (("14", "9", "2026"), ["The day you promise must be on or after 15 September 2026"]),
        (("16", "10", "2026"), ["The day you promise must be on or before 15 October 2026"]),
        ((), ["Enter the day you promise"]),
    ],
)
def test_a_reply_promises_a_day_from_today_to_the_latest(promised, problems):
    assert reply("Soon", *promised).errors.get("promised_on", []) == problems


# --- paying -------------------------------------------------------------------------------
OLD_PAGE = "This page was out of date. Look again, then send it"


def test_lines_to_pay_are_ids_each_once():
    line = str(uuid4())
    seen = {"shown": [line], "seen_lines": ["2"], "seen_total": ["88.53"]}
    form = RunCreateForm(posted(lines=[line, line], **seen))
    assert form.is_valid()
    assert form.cleaned_data == {
        "lines": [UUID(line)], "shown": [UUID(line)], "seen_lines": 2, "seen_total": Decimal("88.53"), "step": "make",
    }  # fmt: skip
    assert RunCreateForm(posted(lines=["x"], **seen)).errors == {"lines": [OLD_PAGE]}
    assert RunCreateForm(posted(**seen)).is_valid(), "what was ticked on other pages counts"
    assert RunCreateForm(posted(lines=[line])).errors == {NON_FIELD_ERRORS: [OLD_PAGE]}


def test_lines_that_are_paid_are_ids_each_once():
    line = str(uuid4())
    day = {"paid_on_0": ["17"], "paid_on_1": ["9"], "paid_on_2": ["2026"]}
    form = RunSettleForm(posted(lines=[line, line], **day))
    assert form.is_valid()
    assert (form.cleaned_data["lines"], form.cleaned_data["paid_on"]) == ([UUID(line)], date(2026, 9, 17))
    nothing = ["Tick at least one line that is paid"]
    assert RunSettleForm(posted(lines=["x"], **day)).errors == {"lines": [OLD_PAGE]}
    assert RunSettleForm(posted(**day)).errors == {"lines": nothing}
    assert RunSettleForm(posted()).errors == {"lines": nothing, "paid_on": ["Enter the day it was paid"]}
    assert RunSettleForm(posted(scope=["all"], **day)).is_valid()


def test_a_failure_needs_a_reason():
    assert RunLineFailForm({"reason": " "}).errors == {"reason": ["Say why the payment failed"]}
    assert RunLineFailForm({"reason": "x" * 200}).is_valid()
    assert not RunLineFailForm({"reason": "x" * 201}).is_valid()

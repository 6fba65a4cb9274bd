from datetime import date, timedelta

import pytest

from partners.enums import PartnerStatus
from partners.enums.induction import ItemKind, ItemOwner, ItemState
from partners.policies import induction as policies
from psp_portal.calendar_england import bank_holidays
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

TODAY = date(2026, 11, 24)
HOLIDAYS = bank_holidays([2026, 2027])


# --- the template ---------------------------------------------------------------------------
def facts(**change):
    said = {"title": "Pack", "owner": ItemOwner.LEAD, "has_colleague": False, "colleague_title": "", "due_days": 7}
    return said | change


@pytest.mark.parametrize(
    "change",
    [
        {}, {"due_days": 0}, {"due_days": 365},
        {"owner": ItemOwner.COLLEAGUE, "has_colleague": True},
        {"owner": ItemOwner.COLLEAGUE, "colleague_title": "Head of volunteering"},
    ],
)  # fmt: skip
def test_a_line_that_says_what_who_and_when_is_taken(change):
    policies.check_template_item(**facts(**change))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"owner": ItemOwner.COLLEAGUE, "colleague_title": " "}, "colleague_id"),
        ({"due_days": -1}, "due_days"), ({"due_days": 366}, "due_days"), ({"due_days": None}, "due_days"),
    ],
)  # fmt: skip
def test_a_line_that_lacks_something_is_refused_beside_its_field(change, field):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_template_item(**facts(**change))
    assert refusal.value.field == field


# --- one thing of a list --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
        (date(2026, 11, 24), 7, date(2026, 12, 1)),
        # A Saturday, and Christmas with the week-end and the substitute day after it.
        (date(2026, 11, 24), 4, date(2026, 11, 30)),
        (date(2026, 11, 24), 31, date(2026, 12, 29)),
    ],
)
def test_due_on_the_day_or_the_next_working_day(start, days, due):
    assert policies.due_on(start, days, HOLIDAYS) == due


@pytest.mark.parametrize(
    ("is_closed", "reason", "days", "state"),
    [
        (True, "", -3, ItemState.DONE), (True, "Knows it", -3, ItemState.NOT_NEEDED),
        (False, "", -1, ItemState.OVERDUE), (False, "", 0, ItemState.TODO), (False, "", 9, ItemState.TODO),
    ],
)  # fmt: skip
def test_item_state(is_closed, reason, days, state):
    due = TODAY + timedelta(days=days)
    assert policies.item_state(is_closed=is_closed, not_needed_because=reason, due=due, today=TODAY) == state


@pytest.mark.parametrize(
    ("days", "last", "is_due"),
    [
        (4, None, False), (3, None, True), (0, None, True), (2, 3, False), (0, 3, False),
        # Late: at once, also for somebody who was reminded before, and then every week.
        (-1, None, True), (-1, 3, True), (-1, 0, True), (-2, -1, False), (-7, -1, False), (-8, -1, True),
        (-30, -8, True),
    ],
)  # fmt: skip
def test_reminder_comes_before_after_and_then_weekly(days, last, is_due):
    due = TODAY
    today = due - timedelta(days=days)
    last_on = None if last is None else due - timedelta(days=last)
    assert policies.reminder_due(due, today=today, last=last_on) is is_due


def test_day_by_day_reminders_come_once_before_and_weekly_after():
    last, sent = None, []
    for day in range(-10, 20):
        today = TODAY + timedelta(days=day)
        if policies.reminder_due(TODAY, today=today, last=last):
            last = today
            sent.append(day)
    assert sent == [-3, 1, 8, 15]


def test_progress_leaves_out_what_is_not_needed():
    states = [ItemState.DONE, ItemState.DONE, ItemState.NOT_NEEDED, ItemState.TODO, ItemState.OVERDUE]
    assert str(policies.progress(states)) == "2 of 4 done"


# --- what may be done when ------------------------------------------------------------------
@pytest.mark.parametrize("status", PartnerStatus)
def test_an_induction_begins_at_two_stages(status):
    if status in (PartnerStatus.INDUCTION, PartnerStatus.ACTIVE):
        policies.check_can_begin(status)
        return
    with pytest.raises(TransitionNotAllowed, match="checks" if status == PartnerStatus.CHECKS else "break"):
        policies.check_can_begin(status)


def test_nothing_is_closed_twice_nor_opened_when_open_or_finished():
    policies.check_is_open(is_closed=False)
    policies.check_can_reopen(is_closed=True, is_finished=False)
    with pytest.raises(TransitionNotAllowed, match="already"):
        policies.check_is_open(is_closed=True)
    with pytest.raises(TransitionNotAllowed, match="not done yet"):
        policies.check_can_reopen(is_closed=False, is_finished=False)
    with pytest.raises(TransitionNotAllowed, match="finished"):
        policies.check_can_reopen(is_closed=True, is_finished=True)


def test_an_agreement_is_not_ticked():
    policies.check_can_be_ticked(ItemKind.TASK)
    with pytest.raises(RuleBroken, match="both sides"):
        policies.check_can_be_ticked(ItemKind.AGREEMENT)


def test_words_that_must_be_there():
    policies.check_reason("Knows it")
    policies.check_agreement("We answer")
    policies.check_note("Ask early")
    for check, field in (
        (policies.check_reason, "reason"), (policies.check_agreement, "text"), (policies.check_note, "text")
    ):  # fmt: skip
        with pytest.raises(RuleBroken) as refusal:
            check(" \n")
        assert refusal.value.field == field


def test_agreement_is_there_open_and_read():
    policies.check_agreement_is_open(is_there=True, is_closed=False)
    policies.check_revision(2, 2)
    with pytest.raises(RuleBroken, match="no working agreement"):
        policies.check_agreement_is_open(is_there=False, is_closed=False)
    with pytest.raises(TransitionNotAllowed, match="closed"):
        policies.check_agreement_is_open(is_there=True, is_closed=True)
    with pytest.raises(RuleBroken, match="has changed since"):
        policies.check_revision(1, 2)


@pytest.mark.parametrize("status", PartnerStatus)
def test_notes_are_written_between_the_first_and_the_last_day(status):
    if status in (PartnerStatus.CHECKS, PartnerStatus.LEFT):
        with pytest.raises(TransitionNotAllowed):
            policies.check_can_write_note(status)
    else:
        policies.check_can_write_note(status)


def test_what_is_hidden_is_not_hidden_again_and_the_other_way_round():
    policies.check_can_hide(is_hidden=False)
    policies.check_can_show_again(is_hidden=True)
    with pytest.raises(TransitionNotAllowed):
        policies.check_can_hide(is_hidden=True)
    with pytest.raises(TransitionNotAllowed):
        policies.check_can_show_again(is_hidden=False)

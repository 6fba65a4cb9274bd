"""The rules of access needs; no database."""

from datetime import date

import pytest

from partners.enums.access import NeedKind, NeedStatus, Sharing
from partners.policies import access as policies
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

TODAY = date(2026, 4, 17)


def field_of(check, *args, **kwargs):
    with pytest.raises(RuleBroken) as refused:
        check(*args, **kwargs)
    return refused.value.field


def test_the_database_lets_these_moves_pass():
    assert policies.moves() == [("identified", "ended"), ("identified", "recorded"), ("recorded", "ended")]


@pytest.mark.parametrize(
    ("check", "passes"),
    [
        (policies.check_is_identified, {NeedStatus.IDENTIFIED}),
        (policies.check_is_recorded, {NeedStatus.RECORDED}),
        (policies.check_can_end, {NeedStatus.IDENTIFIED, NeedStatus.RECORDED}),
    ],
)
@pytest.mark.parametrize("status", list(NeedStatus))
def test_what_can_be_done_in_each_status(check, passes, status):
    if status in passes:
        check(status)
    else:
        with pytest.raises(TransitionNotAllowed):
            check(status)


@pytest.mark.parametrize("kind", list(NeedKind))
def test_a_need_says_what_is_needed(kind):
    size = 18 if kind == NeedKind.LARGE_PRINT else None
    policies.check_need(kind, detail="In words", point_size=size)
    if kind in policies.SPEAKS_FOR_ITSELF:
        policies.check_need(kind, detail="", point_size=size)
    else:
        assert field_of(policies.check_need, kind, detail="  ", point_size=size) == "detail"


def test_kinds_that_speak_for_themselves_are_not_those_that_must_be_told():
    told = {NeedKind.LANGUAGE, NeedKind.CONTACT, NeedKind.SUPPORT, NeedKind.ENVIRONMENT, NeedKind.OTHER}
    assert set(NeedKind) - policies.SPEAKS_FOR_ITSELF == told


@pytest.mark.parametrize("size", [None, 13, 73])
def test_large_print_has_a_size(size):
    assert field_of(policies.check_need, NeedKind.LARGE_PRINT, detail="", point_size=size) == "point_size"


@pytest.mark.parametrize("size", [14, 72])
def test_sizes_that_are_large(size):
    policies.check_need(NeedKind.LARGE_PRINT, detail="", point_size=size)


def test_nothing_else_has_a_size_and_words_have_an_end():
    assert field_of(policies.check_need, NeedKind.BSL, detail="", point_size=18) == "point_size"
    policies.check_need(NeedKind.BSL, detail="x" * 500, point_size=None)
    assert field_of(policies.check_need, NeedKind.BSL, detail="x" * 501, point_size=None) == "detail"


def test_only_what_is_confirmed_is_shared():
    policies.check_can_share(Sharing.LEAD, is_confirmed=False)
    policies.check_can_share(Sharing.ARRANGERS, is_confirmed=True)
    with pytest.raises(RuleBroken):
        policies.check_can_share(Sharing.ARRANGERS, is_confirmed=False)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"occasion": " "}, "occasion"), ({"on": date(2026, 4, 18)}, "on"), ({"was_met": False, "how": " "}, "how")],
)
def test_an_entry_says_at_what_when_and_why_not(change, field):
    said = {"occasion": "Committee", "on": TODAY, "was_met": True, "how": "", "today": TODAY}
    policies.check_met(**said)
    policies.check_met(**said | {"was_met": False, "how": "Forgotten"})
    assert field_of(policies.check_met, **said | change) == field


def test_a_review_is_due_after_some_months():
    assert policies.review_due(date(2026, 2, 28), months=12) == date(2027, 2, 28)
    assert policies.review_due(date(2026, 8, 31), months=6) == date(2027, 2, 28)
    for months in (1, 36):
        policies.check_review_months(months)
    for months in (0, 37):
        assert field_of(policies.check_review_months, months) == "review_months"

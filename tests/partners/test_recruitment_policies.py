"""The rules of recruitment, to the last branch."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.enums.recruitment import ApplicationMove as M
from partners.enums.recruitment import ApplicationStatus as S
from partners.enums.recruitment import ApplicationStep, LetterKind, Stage, VacancyStatus
from partners.policies.recruitment import applications, states, vacancies, words
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

TODAY = date(2026, 3, 2)
PERIODS = applications.Periods(answer_working_days=10, unsent_days=60, remind_days_before=7, keep_months=12)


# --- states -----------------------------------------------------------------------------------
def test_the_table_of_moves_is_whole():
    assert states.TRANSITIONS.keys() == set(M)
    assert states.moves() == [
        ("chat", "interview"), ("chat", "not_this_time"), ("chat", "offered"), ("chat", "withdrawn"),
        ("interview", "not_this_time"), ("interview", "offered"), ("interview", "withdrawn"),
        ("offered", "appointed"), ("offered", "not_this_time"), ("offered", "withdrawn"),
        ("sent", "chat"), ("sent", "interview"), ("sent", "not_this_time"), ("sent", "shortlisted"),
        ("sent", "withdrawn"),
        ("shortlisted", "chat"), ("shortlisted", "interview"), ("shortlisted", "not_this_time"),
        ("shortlisted", "offered"), ("shortlisted", "withdrawn"),
        ("started", "expired"), ("started", "sent"), ("started", "withdrawn"),
    ]  # fmt: skip


@pytest.mark.parametrize("status", sorted(states.OVER | {S.APPOINTED}))
def test_nothing_follows_what_is_over(status):
    assert [move for move in M if states.can(status, move)] == []
    with pytest.raises(TransitionNotAllowed):
        states.next_status(status, M.SEND)


def test_a_move_leads_where_the_table_says():
    assert states.next_status(S.SENT, M.SHORTLIST) == S.SHORTLISTED


def test_why_a_move_cannot_be_made_is_said():
    with pytest.raises(TransitionNotAllowed, match=r"^This application has not been sent yet\.$"):
        states.next_status(S.STARTED, M.SHORTLIST)


def test_each_status_has_its_words():
    assert set(words.NEXT_STEPS) == set(S)
    assert set(words.DEFAULT_LETTERS) == set(LetterKind) == set(states.DECISIONS)


@pytest.mark.parametrize(
    ("stage", "move", "reached"),
    [
        (Stage.STARTED, M.SEND, Stage.SENT),
        (Stage.SENT, M.CHAT, Stage.SHORTLISTED),
        (Stage.SHORTLISTED, M.INTERVIEW, Stage.INTERVIEWED),
        (Stage.INTERVIEWED, M.OFFER, Stage.INTERVIEWED),
        (Stage.SHORTLISTED, M.OFFER, Stage.SHORTLISTED),
        (Stage.INTERVIEWED, M.ACCEPT, Stage.APPOINTED),
        (Stage.SENT, M.NOT_THIS_TIME, Stage.SENT),
        (Stage.STARTED, M.WITHDRAW, Stage.STARTED),
        (Stage.STARTED, M.EXPIRE, Stage.STARTED),
    ],
)
def test_how_far_somebody_came_never_goes_back(stage, move, reached):
    assert states.furthest(stage, move) == reached


@pytest.mark.parametrize(
    ("status", "hides", "shortlisted", "hidden"),
    [
        (S.SENT, True, False, True),
        (S.SENT, False, False, False),
        (S.SHORTLISTED, True, True, False),
        (S.WITHDRAWN, True, False, True),
        (S.WITHDRAWN, True, True, False),
        (S.NOT_THIS_TIME, True, False, False),
    ],
)
def test_names_come_back_once_it_is_decided(status, hides, shortlisted, hidden):
    assert states.hides_name(status, hides_names=hides, was_shortlisted=shortlisted) is hidden


# --- vacancies --------------------------------------------------------------------------------
@pytest.mark.parametrize(("typed", "slug"), [(" Ward-9 ", "ward-9"), ("abc", "abc"), ("a" * 40, "a" * 40)])
def test_an_address_is_in_small_letters(typed, slug):
    assert vacancies.clean_slug(typed) == slug


@pytest.mark.parametrize(
    "typed", ["", "ab", "a" * 41, "two words", "-ward", "ward-", "w--9", "wård", "ward/9", "a_b_c"]
)
def test_an_address_that_nobody_could_dictate_is_refused(typed):
    with pytest.raises(
        RuleBroken, match="^Use 3 to 40 letters and numbers, with single dashes between them$"
    ) as broken:
        vacancies.clean_slug(typed)
    assert broken.value.field == "slug"


def test_a_code_may_be_shorter():
    assert vacancies.clean_slug("GP", field="code", shortest=2) == "gp"
    with pytest.raises(RuleBroken) as broken:
        vacancies.clean_slug("g", field="code", shortest=2)
    assert broken.value.field == "code"


def test_a_vacancy_may_close_on_the_day_it_opens_and_not_before():
    vacancies.check_days(TODAY, TODAY)
    with pytest.raises(RuleBroken, match="^The last day must be on or after the first day, 2 March 2026$"):
        vacancies.check_days(TODAY, date(2026, 3, 1))


def test_what_is_open_or_over_cannot_be_opened():
    vacancies.check_can_open(VacancyStatus.CLOSED, closes_on=TODAY, today=TODAY)
    with pytest.raises(RuleBroken, match=r"^This vacancy is open already\.$"):
        vacancies.check_can_open(VacancyStatus.OPEN, closes_on=TODAY, today=TODAY)
    with pytest.raises(RuleBroken, match=r"^The last day was 1 March 2026\. Change it first\.$"):
        vacancies.check_can_open(VacancyStatus.DRAFT, closes_on=date(2026, 3, 1), today=TODAY)


def test_only_what_is_open_can_be_closed():
    vacancies.check_can_close(VacancyStatus.OPEN)
    with pytest.raises(RuleBroken, match=r"^This vacancy is not open\.$"):
        vacancies.check_can_close(VacancyStatus.DRAFT)


@pytest.mark.parametrize(
    ("status", "opens_on", "closes_on", "taking"),
    [
        (VacancyStatus.OPEN, TODAY, TODAY, True),
        (VacancyStatus.CLOSED, TODAY, TODAY, False),
        (VacancyStatus.OPEN, date(2026, 3, 3), date(2026, 3, 9), False),
        (VacancyStatus.OPEN, date(2026, 2, 1), date(2026, 3, 1), False),
    ],
)
def test_applications_are_taken_between_the_days(status, opens_on, closes_on, taking):
    assert vacancies.is_taking(status, opens_on=opens_on, closes_on=closes_on, today=TODAY) is taking
    if taking:
        vacancies.check_is_taking(status, opens_on=opens_on, closes_on=closes_on, today=TODAY)
    else:
        with pytest.raises(RuleBroken, match=r"^This role is not open for applications now\.$"):
            vacancies.check_is_taking(status, opens_on=opens_on, closes_on=closes_on, today=TODAY)


def test_criteria_stand_still_once_somebody_is_scored():
    vacancies.check_criteria_can_change(scores=0)
    with pytest.raises(RuleBroken):
        vacancies.check_criteria_can_change(scores=1)


def test_a_time_that_has_passed_is_not_offered():
    now = datetime(2026, 3, 2, 9, tzinfo=LONDON)
    vacancies.check_time(datetime(2026, 3, 2, 9, 1, tzinfo=LONDON), at=now)
    with pytest.raises(RuleBroken, match="^The time must be in the future$"):
        vacancies.check_time(now, at=now)


# --- applications -----------------------------------------------------------------------------
def test_two_answers_are_needed():
    assert applications.missing({}) == [ApplicationStep.REASONS, ApplicationStep.EXPERIENCE]
    assert applications.missing({"reasons": "  ", "experience": "x"}) == [ApplicationStep.REASONS]
    applications.check_can_send({"reasons": "x", "experience": "y"})
    with pytest.raises(RuleBroken, match="^Before you send it, answer: what you would bring$"):
        applications.check_can_send({"reasons": "x"})


@pytest.mark.parametrize(("points", "is_fine"), [(-1, False), (0, True), (3, True), (4, False)])
def test_points_are_on_the_scale(points, is_fine):
    if is_fine:
        applications.check_score(points)
    else:
        with pytest.raises(RuleBroken, match="^Points must be from 0 to 3$"):
            applications.check_score(points)


def test_each_criterion_is_scored():
    applications.check_scored_all([1, 2], [2, 1])
    for wrong in ([1], [1, 2, 3]):
        with pytest.raises(RuleBroken, match="^Give points for each of the criteria$"):
            applications.check_scored_all(wrong, [1, 2])


def test_a_reference_has_six_letters_that_are_not_mistaken_for_one_another():
    assert applications.reference_of(0) == "AAAAAA"
    assert applications.reference_of(29**2 + 2 * 29 + 1) == "BCBAAA"
    assert {len(applications.reference_of(number)) for number in (1, 2**64 - 1)} == {6}


def test_a_letter_is_filled_in_and_other_braces_stay():
    filled = applications.fill_in("{name} {role} {organisation} {x} {", name="A", role="B", organisation="C")
    assert filled == "A B C {x} {"


@pytest.mark.parametrize(
    ("status", "expected"),
    [(S.SENT, date(2026, 3, 16)), (S.INTERVIEW, date(2026, 3, 16)), (S.OFFERED, None), (S.STARTED, None)],
)
def test_by_when_an_applicant_hears(status, expected):
    assert applications.next_step_due(status, today=TODAY, periods=PERIODS, holidays=frozenset()) == expected


def test_when_what_was_begun_is_reminded_of_and_goes():
    started = datetime(2026, 3, 2, 23, 30, tzinfo=LONDON)
    assert applications.reminds_on(started, PERIODS) == date(2026, 4, 24)
    assert applications.unsent_until(started, PERIODS) == date(2026, 5, 1)
    assert applications.reminds_on(started, applications.Periods(10, 5, 5, 12)) == date(2026, 3, 3)


def test_what_came_to_nothing_goes_a_year_later():
    assert applications.erased_on(datetime(2026, 2, 28, 9, tzinfo=LONDON), PERIODS) == date(2027, 2, 28)


def test_the_reminder_comes_before_the_end():
    applications.check_periods(PERIODS)
    with pytest.raises(RuleBroken, match="^The reminder must come before the application is removed$"):
        applications.check_periods(applications.Periods(10, 7, 7, 12))


@pytest.mark.parametrize(
    ("status", "chosen_on", "has_times", "label"),
    [
        (S.SENT, None, False, "Shortlist application"),
        (S.SHORTLISTED, None, False, "Say what comes next for application"),
        (S.CHAT, None, False, "Offer times for application"),
        (S.CHAT, None, True, ""),
        (S.INTERVIEW, TODAY, True, ""),
        (S.INTERVIEW, date(2026, 3, 1), True, "Decide after the talk about application"),
    ],
)
def test_what_waits_for_the_staff(status, chosen_on, has_times, label):
    assert applications.what_waits(status, chosen_on=chosen_on, has_times=has_times, today=TODAY) == label


# --- counting ---------------------------------------------------------------------------------
def counts(started=0, sent=0, shortlisted=0, interviewed=0, appointed=0):
    return {"started": started, "sent": sent, "shortlisted": shortlisted, "interviewed": interviewed,
            "appointed": appointed}  # fmt: skip


def numbers(row):
    return [row.reached[stage] for stage in Stage]


def test_rates_are_of_those_who_came_at_least_so_far():
    labels = ["Poster", "Radio"]
    table = applications.tables_of({"Poster": counts(10, 20, 30, 40, 50), "Radio": counts(9, 9, 9, 9, 9)}, labels)
    poster, radio, together = applications.rates_of(table, labels)
    assert numbers(poster) == [150, 140, 120, 90, 50]
    assert numbers(radio) == [45, 36, 27, 18, 9]
    assert (together.label, numbers(together)) == ("All together", [195, 176, 147, 108, 59])
    assert [poster.share(stage) for stage in Stage] == [100, 93, 80, 60, 33]


def test_a_number_that_rests_on_one_left_out_is_left_out():
    labels = ["Poster", "Radio", "Web"]
    table = applications.tables_of(
        {"Poster": counts(10, 20, 30, 40, 2), "Radio": counts(9, 9, 9, 9, 9), "Web": counts(8, 8, 8, 8, 8)}, labels
    )
    poster, _radio, web, _together = applications.rates_of(table, labels)
    # Two appointed are left out, and those who came to an interview and no further, from whom they would follow. How
    # many came to an interview at least follows from the whole and from those who did not.
    assert numbers(poster) == [102, 92, 72, 42, None]
    assert poster.share(Stage.APPOINTED) is None
    assert numbers(web) == [40, 32, 24, 16, None]


def test_nobody_is_no_share():
    row = applications.ChannelRates("Poster", dict.fromkeys(Stage, 0))
    assert row.share(Stage.SENT) is None


def test_over_all_a_number_is_left_out_where_a_vacancy_leaves_it_out():
    first = [
        applications.ChannelRates("Poster", dict.fromkeys(Stage, 10)),
        applications.ChannelRates("All together", dict.fromkeys(Stage, 10)),
    ]
    second = [
        applications.ChannelRates("Poster", dict.fromkeys(Stage, 7) | {Stage.SENT: None}),
        applications.ChannelRates("Radio", dict.fromkeys(Stage, 6)),
        applications.ChannelRates("All together", dict.fromkeys(Stage, 13)),
    ]
    poster, radio, together = applications.rates_over_all([first, second])
    assert numbers(poster) == [17, None, 17, 17, 17]
    assert (radio.label, numbers(radio)) == ("Radio", [6, 6, 6, 6, 6])
    assert (together.label, numbers(together)) == ("All together", [23, 23, 23, 23, 23])
    assert applications.rates_over_all([]) == []


# --- unnamed words ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("I am Ada Okoro.", "I am [left out]."),
        ("ada's mother, Mrs OKORO", "[left out]'s mother, Mrs [left out]"),
        ("Adaptable, in Canada", "Adaptable, in Canada"),
        ("Write to ada.o@example.org, please", "Write to [left out], please"),
        ("Call 01632 960001 or +44 7700 900982", "Call [left out] or [left out]"),
        ("I am 67 and had 3 operations in 2019", "I am 67 and had 3 operations in 2019"),
    ],
)
def test_words_name_nobody(text, shown):
    assert words.without_who(text, name="Ada Okoro") == shown


def test_short_parts_and_odd_names_are_dealt_with():
    assert words.without_who("Al O'Brien-Smith", name="Al O'Brien-Smith") == "[left out]"
    assert words.without_who("Al met a Smith", name="Al O'Brien-Smith") == "Al met a [left out]"
    assert words.without_who("Nobody", name="") == "Nobody"


furthest = st.lists(st.one_of(st.integers(0, 6), st.integers(0, 40)), min_size=5, max_size=5)


@given(st.lists(furthest, min_size=1, max_size=4))
def test_no_rate_is_of_fewer_than_five(rows):
    labels = [f"Channel {place}" for place in range(len(rows))]
    table = applications.tables_of(
        {label: dict(zip(Stage, row, strict=True)) for label, row in zip(labels, rows, strict=True)}, labels
    )
    whole = applications.rates_of(applications.suppress(rows, least=0), labels)
    for printed, true in zip(applications.rates_of(table, labels), whole, strict=True):
        for stage in Stage:
            assert printed.reached[stage] in (None, true.reached[stage])
            assert printed.reached[stage] is None or printed.reached[stage] >= 5

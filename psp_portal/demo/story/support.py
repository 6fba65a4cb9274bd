"""How partners are looked after: talks, a mentor, an annual review, and what two of them keep for themselves."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from partners.enums.support import CheckInItem, PlanItem, TalkKind
from partners.services import support as services
from psp_portal.dates import local_date
from psp_portal.demo.story.setting import LEADS
from psp_portal.demo.story.stage import Stage

if TYPE_CHECKING:
    from partners.models.support import AnnualReview, Mentoring, OneToOne

LEAD = LEADS["marshvale"]

# Who, days ago (below nought: still to come), what, and the notes that both agree.
TALKS = (
    ("priya", 95, TalkKind.ONE_TO_ONE, "Priya will ask for papers a week ahead. Joanne speaks to the secretary."),
    ("desmond", 61, TalkKind.ONE_TO_ONE, "The cancelled meetings are the worst of it. We look at it again in June."),
    ("margaret", 40, TalkKind.CHECK_IN, "A taxi is agreed. Margaret sits near the door."),
    ("priya", 9, TalkKind.DEBRIEF, "We talked about the review of the two deaths. No papers of that kind alone again."),
    ("kwame", -6, TalkKind.ONE_TO_ONE, ""),
    ("aisha", -12, TalkKind.CHECK_IN, ""),
)
CANCELLED_TALK = ("eleri", 20, "I am ill. Let us find another day.")
MENTORED, MENTOR, MENTOR_SINCE = "lin", "margaret", 50
ASKED_TO_MENTOR = ("kwame", "desmond", 5)
REVIEWED, REVIEW_AGO = "desmond", 45
REVIEW_WAITS, REVIEW_WAITS_SINCE = "margaret", 12


def plan_support(stage: Stage) -> None:
    """Plan the trust's own settings, talks, mentors, reviews, and what is private."""
    stage.plan(stage.in_office(425, 15), partial(_set, stage))
    for who, ago, kind, notes in TALKS:
        planned = max(ago + 10, 3)
        stage.plan(stage.in_office(planned, 11), partial(_plan_talk, stage, who, ago, kind, notes, ""))
    who, ago, reason = CANCELLED_TALK
    stage.plan(stage.in_office(ago + 8, 11), partial(_plan_talk, stage, who, ago - 1, TalkKind.ONE_TO_ONE, "", reason))
    stage.plan(stage.in_office(MENTOR_SINCE, 12), partial(_propose, stage, MENTORED, MENTOR))
    stage.plan(stage.in_office(ASKED_TO_MENTOR[2], 12), partial(_propose, stage, *ASKED_TO_MENTOR[:2]))
    stage.plan(stage.in_office(REVIEW_AGO, 9), partial(_review, stage, REVIEWED))
    stage.plan(stage.in_office(REVIEW_WAITS_SINCE, 9), partial(_review, stage, REVIEW_WAITS))
    stage.plan(stage.at(70, 20), partial(_write_plan, stage))
    stage.plan(stage.at(8, 20), partial(_keep_private, stage))
    stage.plan(stage.at(3, 10, 40), _ask_how_they_are)


def _set(stage: Stage, at: datetime) -> None:
    services.change_support_settings(
        organisation_id=stage.organisations["marshvale"].pk,
        ask_after_days=3,
        review_months=12,
        who_to_talk_to="Staff wellbeing service, Alder House, 01632 960180, Monday to Friday.\n"
        "Chaplaincy, of all faiths and none: ask at any reception.",
        by=stage.people[LEAD],
        at=at,
    )


# --- talks --------------------------------------------------------------------------------
def _plan_talk(stage: Stage, who: str, ago: int, kind: TalkKind, notes: str, reason: str, at: datetime) -> None:
    talk = services.plan_talk(
        partner_id=stage.partners[who].pk,
        with_id=stage.people[LEAD].pk,
        kind=kind,
        starts_at=stage.at(ago, 14),
        minutes=60,
        place="Alder House, room 2",
        online_link="",
        by=stage.people[LEAD],
        at=at,
    )
    if reason:
        stage.plan(stage.at(ago + 1, 18), partial(_cancel, stage, who, talk, reason))
    elif ago > 0:
        stage.plan(stage.in_office(ago - 1, 16), partial(_hold, stage, who, talk, notes, ago > 30))


def _cancel(stage: Stage, who: str, talk: "OneToOne", reason: str, at: datetime) -> None:
    services.cancel_talk(talk_id=talk.pk, reason=reason, by=stage.people[who], at=at)


def _hold(stage: Stage, who: str, talk: "OneToOne", notes: str, is_agreed: bool, at: datetime) -> None:
    lead = stage.people[LEAD]
    if talk.starts_at > at:
        at = talk.starts_at + timedelta(hours=3)
    services.hold_talk(talk_id=talk.pk, by=lead, at=at)
    services.write_shared_notes(talk_id=talk.pk, text=notes, seen=0, by=lead, at=at)
    services.agree_notes(talk_id=talk.pk, seen=1, by=lead, at=at)
    # Priya has the notes of the last talk still to read.
    if is_agreed:
        services.agree_notes(talk_id=talk.pk, seen=1, by=stage.people[who], at=at + timedelta(hours=4))


# --- mentors ------------------------------------------------------------------------------
def _propose(stage: Stage, who: str, mentor: str, at: datetime) -> None:
    pairing = services.propose_mentor(
        partner_id=stage.partners[who].pk, mentor_id=stage.people[mentor].pk, by=stage.people[LEAD], at=at
    )
    if who == MENTORED:
        stage.plan(at + timedelta(days=1), partial(_accept, stage, pairing, who))
        stage.plan(at + timedelta(days=2), partial(_accept, stage, pairing, mentor))


def _accept(stage: Stage, pairing: "Mentoring", who: str, at: datetime) -> None:
    services.answer_mentoring(mentoring_id=pairing.pk, says_yes=True, by=stage.people[who], at=at)


# --- reviews ------------------------------------------------------------------------------
def _review(stage: Stage, who: str, at: datetime) -> None:
    review = services.open_review(partner_id=stage.partners[who].pk, by=stage.people[LEAD], at=at)
    stage.plan(at + timedelta(days=4), partial(_answer_review, stage, who, review))


def _answer_review(stage: Stage, who: str, review: "AnnualReview", at: datetime) -> None:
    services.save_answers(
        review_id=review.pk,
        answers={1: "The flow group changed how it counts waits.", 3: "Cancelled meetings, nearly half of them."},
        is_sending=True,
        by=stage.people[who],
        at=at,
    )
    if who != REVIEWED:
        return
    lead = stage.people[LEAD]
    services.save_answers(
        review_id=review.pk,
        answers={1: "He sees what a long wait is to a family.", 3: "Tell him earlier when a meeting is off."},
        is_sending=True,
        by=lead,
        at=at + timedelta(days=2),
    )
    services.write_points(
        review_id=review.pk,
        agreed_points="Meetings are cancelled with a week's notice, or Joanne is told why not.",
        development_plan="A morning with the site coordinator. Reading statistics in the spring.",
        seen=0,
        by=lead,
        at=at + timedelta(days=6),
    )
    for side in (lead, stage.people[who]):
        services.agree_points(review_id=review.pk, seen=1, by=side, at=at + timedelta(days=7))


# --- what is private -----------------------------------------------------------------------
def _write_plan(stage: Stage, at: datetime) -> None:
    services.save_wellbeing_plan(
        partner_id=stage.partners["margaret"].pk,
        items={
            PlanItem.WELL: "A break after an hour, and a seat near the door.",
            PlanItem.SIGNS: "I go quiet.",
            PlanItem.CALL: "My daughter. Joanne has her number.",
        },
        is_shared=True,
        by=stage.people["margaret"],
        at=at,
    )
    services.make_check_in(
        partner_id=stage.partners["margaret"].pk,
        items={CheckInItem.MOOD: "Better than in the spring.", CheckInItem.LOAD: "Two committees are enough."},
        shared={CheckInItem.LOAD},
        by=stage.people["margaret"],
        at=at,
    )


def _keep_private(stage: Stage, at: datetime) -> None:
    services.mark_hard(
        partner_id=stage.partners["priya"].pk,
        about="The review of the two deaths. One was so like my brother's.",
        happened_on=local_date(at),
        by=stage.people["priya"],
        at=at,
    )


def _ask_how_they_are(at: datetime) -> None:
    services.ask_how_they_are(at=at)

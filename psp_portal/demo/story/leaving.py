"""Terms that change and end, a pause, and two partners who go: one has left with a claim unpaid, one is leaving."""

from datetime import datetime, timedelta
from functools import partial

from partners import services as partners
from partners.enums.leaving import ExitSharing, LeavingReason, PackSection, PauseReason
from partners.services import leaving as services
from psp_portal.dates import local_date
from psp_portal.demo.story.setting import LEADS, LEAVING_PARTNER, PARTNER_LEFT_AGO
from psp_portal.demo.story.stage import Stage
from psp_portal.people.queries.handover import what_the_portal_knows

LEAD = LEADS["marshvale"]
# Colin's term is shortened, so that it ends soon; what happens then is open.
SHORTENED, SHORTENED_AGO, ENDS_AHEAD = "colin", 45, 100
PAUSED, PAUSED_AGO, BACK_AHEAD = "eleri", 4, 50
# Tomasz said some weeks before that he would go, and has written down what Margaret should know.
SAID_AGO, WROTE_AGO, HEIR = 62, 44, "margaret"
# Aisha goes in three weeks, with claims that are not settled.
GOES, GOES_SAID_AGO, GOES_AHEAD, GOES_WROTE_AGO = "aisha", 8, 21, 2
# Every how many days of the story the clock looks at terms.
CLOCK_DAYS = range(175, -1, -7)

TOMASZ_SAYS = {
    1: "The new form for transfers. Nobody reads out the old one any more.",
    2: "Two meetings were moved on the day before. I had taken leave from work for both.",
    5: "Pay the first claim within the month. It is what people talk about.",
}
TOMASZ_ADVICE = (
    "Read the summary first and the tables last. The secretary answers the telephone before ten. "
    "Say in the meeting when you have not understood: half the room has not either."
)
AISHA_ADVICE = "Ask for Word files with headings a week before, every time."


def plan_leaving(stage: Stage) -> None:
    """Plan who changes, pauses and goes, and what the clock makes of it."""
    for ago in CLOCK_DAYS:
        stage.plan(stage.at(ago, 7, 5), _look_at_terms)
    stage.plan(stage.in_office(SHORTENED_AGO, 14), partial(_shorten, stage))
    stage.plan(stage.at(SAID_AGO, 20), partial(_say, stage, LEAVING_PARTNER, -(PARTNER_LEFT_AGO - 1)))
    stage.plan(stage.at(WROTE_AGO, 20), partial(_write, stage, LEAVING_PARTNER, TOMASZ_ADVICE, HEIR))
    stage.plan(stage.at(WROTE_AGO, 21), partial(_tell, stage))
    stage.plan(stage.at(GOES_SAID_AGO, 19), partial(_say, stage, GOES, GOES_AHEAD))
    stage.plan(stage.at(GOES_WROTE_AGO, 19), partial(_write, stage, GOES, AISHA_ADVICE, ""))
    stage.plan(stage.at(PAUSED_AGO, 18), partial(_pause, stage))


def _look_at_terms(at: datetime) -> None:
    services.open_succession_plans(at=at)


def _shorten(stage: Stage, at: datetime) -> None:
    partners.change_term(
        partner_id=stage.partners[SHORTENED].pk,
        term_ends_on=stage.day(-ENDS_AHEAD),
        reason="Colin has asked to stop before he moves to his daughter.",
        by=stage.people[LEAD],
        at=at,
    )


def _say(stage: Stage, who: str, ahead: int, at: datetime) -> None:
    services.announce_leaving(
        partner_id=stage.partners[who].pk,
        last_day=stage.day(-ahead),
        reason=LeavingReason.TIME,
        by=stage.people[who],
        at=at,
    )


def _write(stage: Stage, who: str, advice: str, heir: str, at: datetime) -> None:
    """Begin a pack from what the portal knows, add what it cannot know, and publish it to whoever follows."""
    partner, by = stage.partners[who], stage.people[who]
    services.start_pack(partner_id=partner.pk, texts=what_the_portal_knows(partner, at=at), by=by, at=at)
    services.save_pack(partner_id=partner.pk, texts={PackSection.ADVICE: advice}, by=by, at=at)
    if heir:
        services.publish_pack(partner_id=partner.pk, successor_id=stage.partners[heir].pk, by=by, at=at)


def _tell(stage: Stage, at: datetime) -> None:
    services.answer_exit(
        partner_id=stage.partners[LEAVING_PARTNER].pk,
        answers=TOMASZ_SAYS,
        sharing=ExitSharing.LEAD,
        by=stage.people[LEAVING_PARTNER],
        at=at,
    )


def _pause(stage: Stage, at: datetime) -> None:
    services.pause(
        partner_id=stage.partners[PAUSED].pk,
        starts_on=local_date(at),
        expected_back_on=local_date(at) + timedelta(days=BACK_AHEAD),
        reason=PauseReason.CARING,
        by=stage.people[PAUSED],
        at=at,
    )

"""How long records are kept: what the trust has confirmed, what it holds back, what was removed and what will be."""

from datetime import datetime
from functools import partial

from psp_portal.demo.story.setting import LEADS
from psp_portal.demo.story.stage import Stage
from psp_portal.retention import services
from psp_portal.retention.enums import PeriodUnit
from psp_portal.retention.policies import Period

PLACE = "marshvale"
POLICY = "Records policy 4.2, board of June 2025"
# What Marsh Vale's lead has confirmed, by kind; the rest waits to be confirmed. The partner who left 40 days ago
# has lost the usual journey since, and the telephone number is about to go.
CONFIRMED = (
    ("journey", Period(30, PeriodUnit.DAYS)),
    ("telephone", Period(42, PeriodUnit.DAYS)),
    ("bank_details", Period(90, PeriodUnit.DAYS)),
    ("claim", Period(72, PeriodUnit.MONTHS)),
    ("account", Period(72, PeriodUnit.MONTHS)),
)
CONFIRMED_AGO, NOTICE = 120, 7
HELD, HELD_AGO = "margaret", 25
# The evenings on which something comes to be planned, and the night in which it is done.
PLANNED_AGO, DONE_AGO = (16, 4), 9


def plan_retention(stage: Stage) -> None:
    """Plan what the lead confirms and holds back, and what the clock removes."""
    stage.plan(stage.in_office(CONFIRMED_AGO, 15), partial(_confirm, stage))
    stage.plan(stage.in_office(HELD_AGO, 10), partial(_hold, stage))
    for ago in PLANNED_AGO:
        stage.plan(stage.at(ago, 18, 30), _plan)
    stage.plan(stage.at(DONE_AGO, 1, 15), _carry_out)


def _confirm(stage: Stage, at: datetime) -> None:
    place, lead = stage.organisations[PLACE].pk, stage.people[LEADS[PLACE]]
    services.change_notice(organisation_id=place, notice_days=NOTICE, by=lead, at=at)
    for kind, period in CONFIRMED:
        services.set_rule(organisation_id=place, kind=kind, period=period, source=POLICY, seen=0, by=lead, at=at)


def _hold(stage: Stage, at: datetime) -> None:
    services.set_hold(
        organisation_id=stage.organisations[PLACE].pk,
        person_id=stage.people[HELD].pk,
        reason="A complaint about a late payment is with the ombudsman.",
        by=stage.people[LEADS[PLACE]],
        at=at,
    )


def _plan(at: datetime) -> None:
    services.plan_runs(at=at)


def _carry_out(at: datetime) -> None:
    services.carry_out_runs(at=at)

"""What happens beside claims: what is agreed before a journey, changed rates, a list of old claims, the bank's side."""

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from expenses import queries, services
from expenses.enums import BacsDays, LineKind, RunPart
from expenses.queries import rate_card_of
from partners.enums import Vehicle
from psp_portal.dates import local_date
from psp_portal.demo.story.setting import FINANCE_LEADS, LEADS
from psp_portal.demo.story.stage import Stage

if TYPE_CHECKING:
    from expenses.models import PriorApproval


@dataclass(frozen=True)
class Asking:
    """Something a partner asks for before a journey, in days before the day of loading; one ahead is below nought.

    Without an answer it still waits. With ``agrees``, ``limit`` is the most in pounds that will be paid.
    """

    who: str
    ago: int
    on: int
    kind: LineKind
    expected: str
    why: str
    answered: int | None = None
    agrees: bool = False
    limit: str = ""
    note: str = ""


ASKINGS = (
    Asking("aisha", 45, 26, LineKind.OVERNIGHT, "90.00", "The safety conference begins at nine in the morning.",
           40, True, "95.00", "Yes, please do."),
    Asking("desmond", 12, -6, LineKind.OVERNIGHT, "92.00", "The training ends at eight in the evening.", 7, True),
    Asking("eleri", 30, 20, LineKind.REPLACEMENT_CARE, "48.00", "Somebody to be with my mother during the meeting.",
           26, note="The council pays for her carer on Wednesdays. Ask again if that falls through."),
    Asking("kwame", 2, -5, LineKind.TAXI, "24.00", "The bus does not run on the day of the meeting."),
)  # fmt: skip

# Margaret cannot use the steps at the station; it runs out soon, and she and her lead have been told.
STANDING_FOR, STANDING_SINCE, STANDING_AHEAD = "margaret", 120, 25

# Thornbeck pays more for a mile, from a day that is past: what it owes for journeys since then is offered.
MORE_A_MILE, MORE_SINCE, MORE_TOLD, MORE_TAKEN = Decimal("0.58"), 190, 15, 10
TAKES_THEM = "ruth"

# What Thornbeck's own spreadsheet had: who, days since the day, since it was claimed, for what, and how much.
OLD_CLAIMS = (
    ("dev", 96, 92, "Train", "18.40"),
    ("dev", 96, 92, "Lunch", "4.80"),
    ("ruth", 58, 51, "Parking", "3.00"),
)
BROUGHT_IN = 6

# Desmond earns elsewhere, and has set himself a limit that nobody else sees.
PLANS, LIMIT = "desmond", Decimal("195.50")


def plan_agreements(stage: Stage) -> None:
    """Plan what is asked for and agreed, the change of rates, the list of old claims, and how the trust pays."""
    stage.plan(stage.at(420, 11), partial(_tell_how_to_pay, stage))
    stage.plan(stage.in_office(STANDING_SINCE, 11), partial(_agree_standing, stage))
    for asking in ASKINGS:
        stage.plan(stage.at(asking.ago, 18), partial(_ask, stage, asking))
    stage.plan(stage.in_office(MORE_TOLD, 11), partial(_pay_more_a_mile, stage))
    stage.plan(stage.at(MORE_TAKEN, 19), partial(_take_what_is_offered, stage))
    stage.plan(stage.in_office(BROUGHT_IN, 11), partial(_bring_in, stage))
    stage.plan(stage.at(30, 21), partial(_plan_earnings, stage))


def _tell_how_to_pay(stage: Stage, at: datetime) -> None:
    services.change_payment_settings(
        organisation_id=stage.organisations["marshvale"].pk,
        account=services.PayingAccount("123456", "MARSH VALE HOSPITALS", "000001", "12345679"),
        bacs_covers=RunPart.EXPENSES,
        bacs_days=BacsDays.SINGLE,
        by=stage.people[FINANCE_LEADS["marshvale"]],
        at=at,
    )


# --- agreed beforehand --------------------------------------------------------------------
def _agree_standing(stage: Stage, at: datetime) -> None:
    services.record_standing_approval(
        partner_id=stage.partners[STANDING_FOR].pk,
        organisation_id=stage.organisations["marshvale"].pk,
        standing=services.Standing(
            frozenset({LineKind.TAXI}), False, "Cannot manage the steps at the station", at.date(),
            stage.day(-STANDING_AHEAD), Decimal("20.00"),
        ),
        by=stage.people[LEADS["marshvale"]],
        at=at,
    )  # fmt: skip


def _ask(stage: Stage, asking: Asking, at: datetime) -> None:
    on = stage.day(asking.on)
    asked = services.ask_for_approval(
        partner_id=stage.partners[asking.who].pk,
        assignment_id=next(iter(stage.assignments[asking.who].values())).pk,
        request=services.Request(asking.kind, on, on, Decimal(asking.expected), asking.why),
        by=stage.people[asking.who],
        at=at,
    )
    if asking.answered is not None:
        stage.plan(stage.in_office(asking.answered, 14), partial(_answer, asking, asked))


def _answer(asking: Asking, asked: "PriorApproval", at: datetime) -> None:
    asked.refresh_from_db()
    services.answer_approval(
        approval_id=asked.pk,
        agrees=asking.agrees,
        limit=Decimal(asking.limit) if asking.limit else None,
        note=asking.note,
        by=asked.waiting_on,
        at=at,
    )


# --- rates --------------------------------------------------------------------------------
def _pay_more_a_mile(stage: Stage, at: datetime) -> None:
    thornbeck = stage.organisations["thornbeck"]
    card = rate_card_of(thornbeck.pk)
    services.follow_mileage_rate(
        card_id=card.pk,
        vehicle=Vehicle.CAR,
        valid_from=stage.day(MORE_SINCE),
        bands=[services.Band(None, MORE_A_MILE)],
        passenger=Decimal("0.05"),
        source="Thornbeck's board",
        by=stage.people[FINANCE_LEADS["thornbeck"]],
        at=at,
        backdated=True,
    )


def _take_what_is_offered(stage: Stage, at: datetime) -> None:
    user = stage.people[TAKES_THEM]
    offered = queries.top_ups_offered_to(user)
    services.accept_top_ups(top_up_ids=[each.pk for each in offered], by=user, at=at)


# --- what was there before the portal -----------------------------------------------------
def _bring_in(stage: Stage, at: datetime) -> None:
    def day(ago: int) -> date:
        return local_date(at) - timedelta(days=ago)

    rows = ["Email,Name,Date,Date claimed,Kind,Amount"]
    for who, ago, claimed, kind, amount in OLD_CLAIMS:
        user = stage.people[who]
        rows.append(f"{user.email},{user.name},{day(ago):%d/%m/%Y},{day(claimed):%d/%m/%Y},{kind},{amount}")
    by = stage.people[FINANCE_LEADS["thornbeck"]]
    draft = services.upload_backlog(
        organisation_id=stage.organisations["thornbeck"].pk,
        upload=io.BytesIO("\n".join(rows).encode()),
        file_name="unpaid claims.csv",
        by=by,
        at=at,
    )
    services.import_backlog(draft_id=draft.pk, by=by, at=at)


def _plan_earnings(stage: Stage, at: datetime) -> None:
    services.save_plan(weekly=LIMIT, four_weekly=None, week_starts=0, by=stage.people[PLANS])

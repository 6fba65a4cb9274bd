"""What partners need, with whom they share it, and whether it was there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from partners.enums.access import NeedKind, Sharing
from partners.services import access as services
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Format
from psp_portal.dates import local_date
from psp_portal.demo.story.setting import LEADS
from psp_portal.demo.story.stage import Stage


@dataclass(frozen=True)
class Need:
    """Something a partner needs: how many days ago it was written down, by whom, and whether they share it."""

    partner: str
    ago: int
    kind: NeedKind
    detail: str = ""
    point_size: int | None = None
    is_shared: bool = True
    by_lead: bool = False
    is_confirmed: bool = True


NEEDS = (
    # Long enough ago that they are to be gone through.
    Need("eleri", 400, NeedKind.LARGE_PRINT, "On pale yellow paper, please.", 20),
    Need("eleri", 400, NeedKind.SUPPORT, "My son Owain comes with me and types for me. He needs a chair beside mine."),
    Need("aisha", 300, NeedKind.SCREEN_READER, "Word files with headings. No pictures of text."),
    Need("desmond", 200, NeedKind.ENVIRONMENT, "A hearing loop, switched on, and people who speak one at a time.",
         by_lead=True),
    Need("margaret", 150, NeedKind.CONTACT, "By telephone, after 10am. I do not read emails every day.",
         is_shared=False),
    Need("colin", 6, NeedKind.ENVIRONMENT, "A break every 45 minutes.", by_lead=True, is_confirmed=False),
    Need("ruth", 180, NeedKind.BSL, "For every meeting, booked three weeks ahead."),
)  # fmt: skip

# Said in conversation, and not written down yet.
MENTIONED, MENTIONED_AGO = ("kwame", "I cannot always manage stairs. It depends on the day."), 8
# By partner: whether it was in place, how many days ago, at what, and how or why not.
MET = {
    "eleri": ((True, 70, "Safety Training Panel", "Papers printed at 20 point and posted a week before."),
              (False, 28, "Safety Training Panel", "The printer had white paper only. Yellow has been ordered.")),
    "desmond": ((True, 40, "Patient Safety Committee", "The loop of the board room was tested beforehand."),),
}  # fmt: skip
READERS = (("joanne.tierney", "eleri", 30), ("callum.adeyinka", "desmond", 21), ("joanne.tierney", "desmond", 12))
FORMATS = {"eleri": (Format.LARGE_TEXT, Format.NO_PDF), "aisha": (Format.PLAIN_EMAIL, Format.NO_PDF)}
# For so many days the clock has asked, on Mondays: each need is asked of once, whenever it does.
CLOCK_DAYS = 60


def plan_access(stage: Stage) -> None:
    """Plan what partners need and how it went, who read it, and what the clock asks."""
    for need in NEEDS:
        stage.plan(stage.at(need.ago, 15), partial(_write_down, stage, need))
    stage.plan(stage.in_office(MENTIONED_AGO, 15), partial(_mention, stage))
    for key, occasions in MET.items():
        for occasion in occasions:
            stage.plan(stage.in_office(occasion[1], 16), partial(_meet, stage, key, *occasion))
    for reader, key, ago in READERS:
        stage.plan(stage.in_office(ago, 11), partial(_read, stage, reader, key))
    for key, formats in FORMATS.items():
        stage.plan(stage.at(120, 21), partial(_choose, stage, key, formats))
    for ago in range(CLOCK_DAYS, -1, -1):
        if stage.day(ago).weekday() == 0:
            stage.plan(stage.at(ago, 7), lambda at: services.remind_of_reviews(at=at))


def _write_down(stage: Stage, need: Need, at: datetime) -> None:
    partner = stage.partners[need.partner]
    written = services.record_need(
        partner_id=partner.pk, kind=need.kind, detail=need.detail, point_size=need.point_size,
        by=partner.lead if need.by_lead else partner.user, at=at,
    )  # fmt: skip
    evening = at + timedelta(hours=4)
    if need.by_lead and need.is_confirmed:
        services.confirm_need(need_id=written.pk, by=partner.user, at=evening)
    if need.is_shared and need.is_confirmed:
        services.share_need(need_id=written.pk, sharing=Sharing.ARRANGERS, by=partner.user, at=evening)
    stage.needs.setdefault(need.partner, written.pk)


def _mention(stage: Stage, at: datetime) -> None:
    key, words = MENTIONED
    lead = stage.people[LEADS["marshvale"]]
    services.take_over_needs(partner_id=stage.partners[key].pk, wanted=words, by=lead, at=at)


def _meet(stage: Stage, key: str, was_met: bool, ago: int, occasion: str, how: str, at: datetime) -> None:
    services.record_met(
        need_id=stage.needs[key], occasion=occasion, on=local_date(at), was_met=was_met, how=how,
        by=stage.people[LEADS["marshvale"]], at=at,
    )  # fmt: skip


def _read(stage: Stage, reader: str, key: str, at: datetime) -> None:
    services.read_needs(partner_id=stage.partners[key].pk, by=stage.people[reader], at=at)


def _choose(stage: Stage, key: str, formats: tuple[Format, ...], at: datetime) -> None:
    accounts.save_formats(formats=formats, by=stage.people[key], at=at)

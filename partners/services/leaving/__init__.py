"""Writes about terms, pauses and leaving; one function for each thing a person, or the clock, can do."""

from partners.services.leaving.departures import (
    announce_leaving,
    answer_exit,
    decline_exit,
    let_leavers_go,
    stay_after_all,
)
from partners.services.leaving.handover import publish_pack, save_pack, start_pack
from partners.services.leaving.pauses import begin_pauses, come_back, pause
from partners.services.leaving.succession import decide_succession, open_succession_plans, write_notes

__all__ = [
    "announce_leaving",
    "answer_exit",
    "begin_pauses",
    "come_back",
    "decide_succession",
    "decline_exit",
    "let_leavers_go",
    "open_succession_plans",
    "pause",
    "publish_pack",
    "save_pack",
    "start_pack",
    "stay_after_all",
    "write_notes",
]

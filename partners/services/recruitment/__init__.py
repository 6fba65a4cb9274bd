"""Writes about recruitment, from the vacancy to the appointment; one function for each thing somebody can do."""

from partners.services.recruitment.applications import (
    APPLICANT,
    answer_step,
    change_contact,
    enter_application,
    send_application,
    send_link_again,
    start_application,
    withdraw_application,
)
from partners.services.recruitment.clock import expire_applications, remind_unsent
from partners.services.recruitment.decisions import decide, offer_role, score_application
from partners.services.recruitment.joining import accept_offer
from partners.services.recruitment.talks import choose_time, drop_time, offer_time, refuse_times
from partners.services.recruitment.vacancies import (
    add_channel,
    add_criterion,
    change_letter,
    change_settings,
    change_vacancy,
    close_vacancy,
    create_vacancy,
    open_vacancy,
    remove_criterion,
)

__all__ = [
    "APPLICANT",
    "accept_offer",
    "add_channel",
    "add_criterion",
    "answer_step",
    "change_contact",
    "change_letter",
    "change_settings",
    "change_vacancy",
    "choose_time",
    "close_vacancy",
    "create_vacancy",
    "decide",
    "drop_time",
    "enter_application",
    "expire_applications",
    "offer_role",
    "offer_time",
    "open_vacancy",
    "refuse_times",
    "remind_unsent",
    "remove_criterion",
    "score_application",
    "send_application",
    "send_link_again",
    "start_application",
    "withdraw_application",
]

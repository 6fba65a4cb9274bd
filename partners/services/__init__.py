"""Writes about partners; one function for each thing a person, or the clock, can do. What other apps call."""

from partners.services.appointments import (
    appoint_partner,
    change_term,
    end_appointment,
    record_telephone,
    save_usual_journey,
)

__all__ = [
    "appoint_partner",
    "change_term",
    "end_appointment",
    "record_telephone",
    "save_usual_journey",
]

"""Reads partners; every function starts from a user or an organisation. Here stands what other apps ask."""

from partners.queries.appointments import (
    appointments,
    appointments_of,
    leads_of,
    partners_found,
    partners_looked_after_by,
    partners_of,
    partners_visible_to,
    people_to_appoint_at,
    serving_partners,
    stages_of,
    telephone_numbers_of,
    telephone_of,
)

__all__ = [
    "appointments",
    "appointments_of",
    "leads_of",
    "partners_found",
    "partners_looked_after_by",
    "partners_of",
    "partners_visible_to",
    "people_to_appoint_at",
    "serving_partners",
    "stages_of",
    "telephone_numbers_of",
    "telephone_of",
]

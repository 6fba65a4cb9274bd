"""A person's appointment at an organisation, from the first enquiry to the handover: a module for each part."""

from partners.models import (
    access,
    agreements,
    capacity,
    checks,
    diversity,
    imports,
    induction,
    interests,
    leaving,
    questions,
    recruitment,
    support,
    training,
)
from partners.models.appointments import Partner, PartnerQuerySet, TelephoneNumber, UsualJourney

__all__ = [
    "Partner",
    "PartnerQuerySet",
    "TelephoneNumber",
    "UsualJourney",
    "access",
    "agreements",
    "capacity",
    "checks",
    "diversity",
    "imports",
    "induction",
    "interests",
    "leaving",
    "questions",
    "recruitment",
    "support",
    "training",
]

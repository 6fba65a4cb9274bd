"""The words of partners' time and interests, as choices."""

from django.db.models import TextChoices


class CapacityUnit(TextChoices):
    """In what the time of a month is agreed."""

    HOURS = "hours", "Hours a month"
    DAYS = "days", "Days a month"


class CapacityStatus(TextChoices):
    """Where an agreement about a partner's time stands."""

    PROPOSED = "proposed", "Waiting for an answer"
    AGREED = "agreed", "Agreed"
    NOT_AGREED = "not_agreed", "Not agreed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class PartOfDay(TextChoices):
    """When on a day a partner can usually take part."""

    MORNING = "morning", "Morning"
    AFTERNOON = "afternoon", "Afternoon"
    EVENING = "evening", "Early evening"


class Audience(TextChoices):
    """Who may read what a partner has lived through: the partner's own choice."""

    LEAD = "lead", "Only the programme lead"
    MATCHING = "matching", "Every programme lead here"

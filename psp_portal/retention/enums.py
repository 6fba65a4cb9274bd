"""The words of retention, as choices."""

from django.db.models import TextChoices


class PeriodUnit(TextChoices):
    """What a period is counted in."""

    DAYS = "days", "Days"
    MONTHS = "months", "Months"


class Kept(TextChoices):
    """Why a row whose time is over is kept all the same."""

    NO = "", "Will be removed"
    HELD = "held", "Held back"
    NOT_CONFIRMED = "not_confirmed", "Period not confirmed"

"""The words of checks, as choices. Nothing a check found has a word here but its outcome (docs/adr/0020)."""

from django.db.models import TextChoices


class CheckKind(TextChoices):
    """What is checked before somebody begins (domain.md 11.2)."""

    IDENTITY = "identity", "Identity"
    REFERENCES = "references", "References"
    DBS = "dbs", "DBS check"
    HEALTH = "health", "Occupational health"


class CheckOutcome(TextChoices):
    """What came of a check; all that is kept of it."""

    WAITING = "waiting", "Waiting to be checked"
    CLEARED = "cleared", "Cleared"
    CONDITIONS = "conditions", "Cleared with conditions"
    NOT_CLEARED = "not_cleared", "Not cleared"


class CheckShown(TextChoices):
    """What a list of checks may be narrowed to."""

    WAITING = "waiting", "Checks that wait"
    NOT_CLEARED = "not_cleared", "Checks that were not cleared"
    WITHIN_90 = "90", "Run out in the next 90 days"
    WITHIN_60 = "60", "Run out in the next 60 days"
    WITHIN_30 = "30", "Run out in the next 30 days"
    EXPIRED = "expired", "Have run out"


class DbsLevel(TextChoices):
    """The levels of a check by the Disclosure and Barring Service."""

    BASIC = "basic", "Basic"
    STANDARD = "standard", "Standard"
    ENHANCED = "enhanced", "Enhanced"
    BARRED = "barred", "Enhanced with barred lists"


class DbsReason(TextChoices):
    """Why a role may be checked at a level: to ask for more than the law allows is unlawful (domain.md 1, S59)."""

    NONE = "none", "No access to patients"
    ACCESS = "access", "Access to patients in normal duties"
    WORK = "work", "Work with adults or children that may be checked"
    REGULATED = "regulated", "Regulated activity with adults or children"

"""The words of committees and their meetings, as choices."""

from django.db.models import TextChoices


class CommitteeKind(TextChoices):
    """Any body a partner is assigned to (the framework's five role families, domain.md 1)."""

    COMMITTEE = "committee", "Committee"
    PROJECT = "project", "Improvement project"
    BOARD = "board", "Board"
    TRAINING = "training", "Training panel"
    OVERSIGHT = "oversight", "Oversight group"


class MeetingStatus(TextChoices):
    PLANNED = "planned", "Planned"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


class AttendanceKind(TextChoices):
    ATTENDED = "attended", "Attended"
    APOLOGIES = "apologies", "Sent apologies"

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


class CommitteeAction(TextChoices):
    """What can be done about a committee; the value is the name of its page."""

    ASSIGN = "committees:assignment_create", "Add a partner"
    SCHEDULE = "committees:meeting_create", "Add a meeting"


class AssignmentAction(TextChoices):
    """What can be done about an assignment; the value is the name of its page."""

    CHANGE_BUDGET = "committees:assignment_edit", "Change who pays"
    NAME_ESCORT = "committees:escort_edit", "Name who goes along to the first meeting"
    END = "committees:assignment_end", "End the assignment"


class MeetingAction(TextChoices):
    """What can be done about a meeting; the value is the name of its page."""

    HOLD = "committees:meeting_hold", "Record how long it was"
    WARN = "committees:warning_edit", "Say what may be hard to hear"
    CANCEL = "committees:meeting_cancel", "Cancel the meeting"

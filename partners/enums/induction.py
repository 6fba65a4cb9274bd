"""The words of inductions, as choices."""

from django.db.models import TextChoices


class ItemOwner(TextChoices):
    """Who sees to one thing of an induction."""

    PARTNER = "partner", "The partner"
    LEAD = "lead", "The programme lead"
    COLLEAGUE = "colleague", "Somebody else at the organisation"


class ItemKind(TextChoices):
    """What one thing of an induction is: two kinds have something of their own on their page."""

    TASK = "task", "Something to do"
    AGREEMENT = "agreement", "Working agreement"
    FIRST_MEETING = "meeting", "First meeting, with somebody beside them"


class ItemState(TextChoices):
    """How one thing of an induction stands on a day."""

    TODO = "todo", "Not yet started"
    OVERDUE = "overdue", "Overdue"
    DONE = "done", "Done"
    NOT_NEEDED = "not_needed", "Not needed"


class ItemMove(TextChoices):
    """Where a line of the template goes."""

    UP = "up", "Move up"
    DOWN = "down", "Move down"


class InductionShown(TextChoices):
    """Which inductions, or things of inductions, a list shows."""

    RUNNING = "running", "Still to do"
    OVERDUE = "overdue", "Overdue"
    ALL = "all", "All, finished ones too"

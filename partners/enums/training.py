"""The words of training and development, as choices."""

from django.db.models import IntegerChoices, TextChoices


class SyllabusLevel(IntegerChoices):
    """The levels of the national patient safety syllabus (domain.md 1)."""

    ESSENTIALS = 1, "Level 1: essentials"
    ACCESS = 2, "Level 2: access to practice"
    THREE = 3, "Level 3"
    FOUR = 4, "Level 4"
    FIVE = 5, "Level 5"


class TrainingState(TextChoices):
    """How a partner stands with a course on a day."""

    EXPIRED = "expired", "Expired"
    DUE = "due", "Due"
    ENDING = "ending", "Runs out soon"
    DONE = "done", "Done"


class DevelopmentKind(TextChoices):
    """What a partner may ask for to grow in the role."""

    COURSE = "course", "A course"
    SHADOWING = "shadowing", "Shadowing somebody"
    VISIT = "visit", "A visit"
    COACHING = "coaching", "Coaching"
    EVENT = "event", "A conference or event"
    OTHER = "other", "Something else"


class RequestStatus(TextChoices):
    """Where a partner's request for development stands."""

    ASKED = "asked", "Waiting for an answer"
    AGREED = "agreed", "Agreed"
    NOT_AGREED = "not_agreed", "Not agreed"
    DONE = "done", "Done"
    WITHDRAWN = "withdrawn", "Withdrawn"


class RequestMove(TextChoices):
    """What changes the status of a request."""

    AGREE = "agree", "Agree"
    REFUSE = "refuse", "Do not agree"
    FINISH = "finish", "Say that it is done"
    WITHDRAW = "withdraw", "Withdraw"


class RequestAction(TextChoices):
    """What can be done about a request; the value is the name of its page."""

    DECIDE = "training:request_decide", "Answer the request"
    FINISH = "training:request_finish", "Say that it has been done"
    WITHDRAW = "training:request_withdraw", "Withdraw the request"

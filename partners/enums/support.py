"""The words of support, as choices."""

from django.db.models import TextChoices


class TalkKind(TextChoices):
    """What two people meet for."""

    ONE_TO_ONE = "one_to_one", "One to one"
    CHECK_IN = "check_in", "Check-in"
    DEBRIEF = "debrief", "Debrief"


class TalkStatus(TextChoices):
    PLANNED = "planned", "Planned"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


class TalkAction(TextChoices):
    """What can be done about a talk; the value is the name of its page."""

    HOLD = "support:talk_hold", "Say that it took place"
    EDIT_NOTES = "support:notes_edit", "Write the shared notes"
    EDIT_PRIVATE_NOTE = "support:note_edit", "Write a note only for yourself"
    CANCEL = "support:talk_cancel", "Cancel it"


class CheckInItem(TextChoices):
    """What a wellbeing check-in asks; each is answered, and shared, on its own."""

    MOOD = "mood", "How you are doing in the role"
    LOAD = "load", "How much there is to do"
    HEARD = "heard", "Whether you feel heard"
    HARD = "hard", "Anything that was hard"
    NEED = "need", "What would help"


class PlanItem(TextChoices):
    """What a wellbeing plan holds."""

    WELL = "well", "What keeps me well in the role"
    SIGNS = "signs", "Signs that it is getting too much"
    HELPS = "helps", "What others can do that helps"
    CALL = "call", "Whom to call"


class MentoringStatus(TextChoices):
    PROPOSED = "proposed", "Proposed"
    RUNNING = "running", "Under way"
    DECLINED = "declined", "Declined"
    ENDED = "ended", "Ended"


class ReviewSide(TextChoices):
    """Whose questions they are in an annual review."""

    PARTNER = "partner", "Partner, on the role and the organisation"
    LEAD = "lead", "Lead, on the partner"


class ReviewStatus(TextChoices):
    OPEN = "open", "Being written"
    TALKING = "talking", "To be agreed"
    CLOSED = "closed", "Agreed by both"

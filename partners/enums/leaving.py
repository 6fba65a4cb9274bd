"""The words of terms, pauses and leaving, as choices."""

from django.db.models import TextChoices


class PauseReason(TextChoices):
    """Why somebody pauses, in kinds: never what is the matter with them."""

    HEALTH = "health", "Health"
    CARING = "caring", "Caring for somebody"
    WORK = "work", "Work or study"
    PRIVATE = "private", "A private reason"
    ORGANISATION = "organisation", "A reason of the organisation"


class LeavingReason(TextChoices):
    """Why somebody leaves, in kinds, so that leavers and reasons can be counted (domain.md 8)."""

    TERM_OVER = "term_over", "The term is over"
    TIME = "time", "Not enough time any more"
    HEALTH = "health", "Health"
    MOVING = "moving", "Moving away"
    ANOTHER_ROLE = "another_role", "Another role"
    NOT_AS_PROMISED = "not_promised", "The role was not what was promised"
    NOT_SAID = "not_said", "Not said"


class SuccessionStatus(TextChoices):
    """Whether it is known what happens when a term ends."""

    OPEN = "open", "To be decided"
    DECIDED = "decided", "Decided"


class SuccessionChoice(TextChoices):
    """What happens when a term ends."""

    EXTEND = "extend", "Extend the term"
    RECRUIT = "recruit", "Recruit a successor"
    END = "end", "Let the place end"


class ExitStatus(TextChoices):
    """Where an exit conversation stands. It is offered, never asked for."""

    OFFERED = "offered", "Offered"
    ANSWERED = "answered", "Answered"
    DECLINED = "declined", "Declined"


class ExitSharing(TextChoices):
    """Who reads what somebody says when they leave."""

    LEAD = "lead", "My programme lead"
    LEADS = "leads", "All programme leads here"
    NOBODY = "nobody", "Nobody"


class PackStatus(TextChoices):
    """Whether others can read a handover pack."""

    WRITING = "writing", "Being written"
    PUBLISHED = "published", "Published"


class PackSection(TextChoices):
    """The parts of a handover pack, in the order in which they are read."""

    COMMITTEES = "committees", "Committees and groups"
    DONE = "done", "What has been done"
    CONTACTS = "contacts", "Who to know"
    PROMISES = "promises", "Open promises"
    ADVICE = "advice", "What I wish I had known"

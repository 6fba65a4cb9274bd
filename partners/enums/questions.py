"""The words of questions that partners ask, as choices."""

from django.db.models import TextChoices


class AskedRole(TextChoices):
    """To which role a partner can write; the values are those of ``accounts.enums.Role``."""

    PROGRAMME_LEAD = "programme_lead", "Programme lead"
    FINANCE = "finance", "Finance"
    REQUESTER = "requester", "Safety team"
    EXECUTIVE = "executive", "Executive"


class QuestionStatus(TextChoices):
    """Where a question stands."""

    WAITING = "waiting", "Waiting for an answer"
    ANSWERED = "answered", "Answered, for the partner to confirm"
    NO_REPLY = "no_reply", "No reply needed"
    CLOSED = "closed", "Question closed"


class QuestionMove(TextChoices):
    """What changes the status of a question."""

    ANSWER = "answer", "Answer the question"
    REOPEN = "reopen", "Say that it is not answered"
    SAY_NO_REPLY = "say_no_reply", "Say that no reply is needed"
    CONFIRM = "confirm", "Say that it is settled"
    LAPSE = "lapse", "Close what needs no reply"


class EntryKind(TextChoices):
    """What stands in the story of a question."""

    ASKED = "asked", "Asked"
    ADDED = "added", "Added by the partner"
    UPDATED = "updated", "How it stands"
    ANSWERED = "answered", "Answer"
    REOPENED = "reopened", "Not answered yet"
    NO_REPLY = "no_reply", "Said that no reply is needed"
    HANDED_OVER = "handed_over", "Handed to somebody else"
    ASKED_AGAIN = "asked_again", "Partner asked whether it is settled"
    CLOSED = "closed", "Closed"


class QuestionStepKind(TextChoices):
    """Whom a step of a question's ladder reaches."""

    OWNER = "owner", "Reminder to whoever has it"
    OWNER_AND_DEPUTY = "owner_and_deputy", "Reminder to whoever has it and their deputy"
    MANAGER = "manager", "The lead’s manager is told"
    EXECUTIVE = "executive", "The executive is told"


class QuestionAction(TextChoices):
    """What can be done about a question; the value is the name of its page."""

    REPLY = "questions:reply_create", "Reply"
    HAND_OVER = "questions:question_pass", "Hand it over"
    NO_REPLY = "questions:no_reply_create", "Say that it needs no reply"
    CLOSE = "questions:question_close", "Say that your question is settled"
    REOPEN = "questions:question_reopen", "Say that it does not answer your question"
    ADD = "questions:addition_create", "Write more"

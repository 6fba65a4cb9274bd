"""The words of recruitment, as choices."""

from django.db.models import TextChoices


class VacancyStatus(TextChoices):
    """Where a vacancy stands."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open for applications"
    CLOSED = "closed", "Closed to applications"


class ApplicationStatus(TextChoices):
    """Where an application stands."""

    STARTED = "started", "Started, not sent"
    SENT = "sent", "Application sent"
    SHORTLISTED = "shortlisted", "Shortlisted"
    CHAT = "chat", "Invited to a chat"
    INTERVIEW = "interview", "Invited to an interview"
    OFFERED = "offered", "Role offered"
    APPOINTED = "appointed", "Appointed"
    NOT_THIS_TIME = "not_this_time", "Not this time"
    WITHDRAWN = "withdrawn", "Application withdrawn"
    EXPIRED = "expired", "Expired, never sent"


class ApplicationMove(TextChoices):
    """What moves an application on."""

    SEND = "send", "Send the application"
    SHORTLIST = "shortlist", "Shortlist"
    CHAT = "chat", "Invite to an informal chat"
    INTERVIEW = "interview", "Invite to an interview"
    OFFER = "offer", "Offer the role"
    ACCEPT = "accept", "Accept the role"
    NOT_THIS_TIME = "not_this_time", "Say not this time"
    WITHDRAW = "withdraw", "Withdraw the application"
    EXPIRE = "expire", "Expire"


class ApplicationStep(TextChoices):
    """The questions of an application, in their order; the value is part of the page's address."""

    REASONS = "reasons", "Why you would like to do this"
    EXPERIENCE = "experience", "What you would bring"
    INTERESTS = "interests", "What you are interested in"
    NEEDS = "needs", "What you need to take part"
    TELEPHONE = "telephone", "Your telephone number"
    HEARD = "heard", "Where you heard of it"


class ReplyFormat(TextChoices):
    """How an applicant would like to hear from the organisation."""

    EMAIL = "email", "Email"
    LARGE_PRINT = "large_print", "Large print"
    EASY_READ = "easy_read", "Easy Read"
    TELEPHONE = "telephone", "By telephone"


class TalkKind(TextChoices):
    """What a time is offered for."""

    CHAT = "chat", "Informal chat"
    INTERVIEW = "interview", "Interview"


class TalkMode(TextChoices):
    """How people meet for a chat or an interview."""

    IN_PERSON = "in_person", "In person"
    TELEPHONE = "telephone", "On the telephone"
    ONLINE = "online", "Online, by video"


class LetterKind(TextChoices):
    """The letters that tell an applicant what was decided; the value is that of the move that it goes with."""

    SHORTLIST = "shortlist", "Shortlisted letter"
    CHAT = "chat", "Invitation to an informal chat"
    INTERVIEW = "interview", "Invitation to an interview"
    OFFER = "offer", "Offer letter"
    NOT_THIS_TIME = "not_this_time", "Not this time letter"


class Stage(TextChoices):
    """How far an application came, for counting by channel."""

    STARTED = "started", "Started"
    SENT = "sent", "Sent in"
    SHORTLISTED = "shortlisted", "Shortlisted or further"
    INTERVIEWED = "interviewed", "Interview or further"
    APPOINTED = "appointed", "Appointed in the end"

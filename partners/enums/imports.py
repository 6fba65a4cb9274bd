"""The words of bringing in a trust's own list of partners, as choices."""

from django.db.models import TextChoices


class ImportColumn(TextChoices):
    """What a column of a trust's own list of partners holds."""

    EMAIL = "email", "Email address"
    NAME = "name", "Full name"
    FIRST_NAME = "first_name", "First name"
    LAST_NAME = "last_name", "Last name"
    TELEPHONE = "telephone", "Telephone"
    ORGANISATION = "organisation", "Organisation code"
    STARTS_ON = "starts_on", "First day of the term"
    TERM_ENDS_ON = "term_ends_on", "Last day of the term"
    PAID = "is_paid", "Paid or unpaid"
    CATEGORY = "role_category", "Role category"
    LEAD = "lead", "Lead's email address"
    STATUS = "status", "Status in the list"
    LEFT_ON = "left_on", "Day they left"


class ImportOutcome(TextChoices):
    """What bringing a list in does with one of its rows."""

    INVITE = "invite", "Invited, and appointed when they accept"
    APPOINT = "appoint", "Appointed now"
    UPDATE = "update", "Changed to what the list says"
    LEAVE = "leave", "Left as it is"
    SAME = "same", "Nothing to change"
    TOGETHER = "together", "Part of another row"


class ImportChoice(TextChoices):
    """What somebody chooses for a row that could be two things."""

    UPDATE = "update", "Change it to what the list says"
    LEAVE = "leave", "Leave it as it is"
    NEW = "new", "Invite them"

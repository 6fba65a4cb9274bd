"""Roles, posts and kinds of organisation, as choices."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What somebody is at one organisation (product.md, Who uses it)."""

    PARTNER = "partner", "Partner"
    PROGRAMME_LEAD = "programme_lead", "Programme lead"
    REQUESTER = "requester", "Requester"
    APPROVER = "approver", "Approver"
    FINANCE = "finance", "Finance"
    EXECUTIVE = "executive", "Executive"
    AUDITOR = "auditor", "Auditor"
    HELPER = "helper", "Helper"


# A helper is named by a partner, and prepares that partner's claims: nothing of the organisation is theirs.
STAFF_ROLES = frozenset(Role) - {Role.PARTNER, Role.HELPER}


class Post(TextChoices):
    """The named people of an organisation whom the ladder climbs, lowest first."""

    PROGRAMME_LEAD = "programme_lead", "Lead for Patient Safety Partners"
    FINANCE_LEAD = "finance_lead", "Finance lead"
    EXECUTIVE_LEAD = "executive_lead", "Executive lead"
    CHIEF_EXECUTIVE = "chief_executive", "Chief executive's office"


POST_ROLES = {
    Post.PROGRAMME_LEAD: Role.PROGRAMME_LEAD,
    Post.FINANCE_LEAD: Role.FINANCE,
    Post.EXECUTIVE_LEAD: Role.EXECUTIVE,
    Post.CHIEF_EXECUTIVE: Role.EXECUTIVE,
}


class OrganisationKind(TextChoices):
    TRUST = "trust", "NHS trust"
    INTEGRATED_CARE_BOARD = "icb", "Integrated care board"
    OTHER = "other", "Other NHS body"


class Format(TextChoices):
    """How somebody wants the portal's pages and e-mails to reach them."""

    LARGE_TEXT = "large_text", "Large text"
    PLAIN_EMAIL = "plain_email", "Plain emails"
    NO_PDF = "no_pdf", "No PDFs"


class ShutOutStatus(TextChoices):
    """Where it stands that somebody is to be shut out. Confirmed lasts for one transaction, in which it is done."""

    ASKED = "asked", "Waiting for a second person"
    CONFIRMED = "confirmed", "Confirmed by a second person"
    DONE = "done", "Shut out"
    REFUSED = "refused", "Not shut out"

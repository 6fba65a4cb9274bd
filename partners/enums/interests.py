"""The words of declared interests, as choices."""

from django.db.models import TextChoices


class InterestKind(TextChoices):
    """The four types of NHS England's guidance on conflicts of interest (domain.md 1, S60)."""

    FINANCIAL = "financial", "Financial interest"
    PROFESSIONAL = "professional", "Non-financial professional interest"
    PERSONAL = "personal", "Non-financial personal interest"
    INDIRECT = "indirect", "Indirect interest"


class DeclarationState(TextChoices):
    """How a partner stands with the yearly declaration on a day."""

    NEVER = "never", "Never declared"
    OVERDUE = "overdue", "Due for review"
    DECLARED = "declared", "Declared"


class DeclarationShown(TextChoices):
    """What a list of declarations may be narrowed to beside one state."""

    DUE = "due", "Never declared, or due for review"

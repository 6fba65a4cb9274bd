"""The words of agreements, as choices."""

from django.db.models import TextChoices


class AgreementKind(TextChoices):
    """What partner and organisation agree in writing (domain.md 11.2)."""

    INVOLVEMENT = "involvement", "Involvement agreement"
    CONFIDENTIALITY = "confidentiality", "Confidentiality agreement"
    INFORMATION = "information", "Information governance agreement"
    CONDUCT = "conduct", "Code of conduct"
    INTERESTS = "interests", "Agreement to declare interests"
    IMAGES = "images", "Consent to pictures of you"


class AgreementState(TextChoices):
    """How a partner stands with the version of an agreement that is in force."""

    SIGN = "sign", "To be signed"
    SIGN_AGAIN = "sign_again", "To be signed again"
    COUNTERSIGN = "countersign", "Waiting for the second signature"
    COMPLETE = "complete", "Signed by both"
    GIVEN = "given", "Consent given"
    DECLINED = "declined", "Consent not given"
    WITHDRAWN = "withdrawn", "Consent withdrawn"


class AgreementShown(TextChoices):
    """What a list of who has signed what may be narrowed to beside one state."""

    UNSIGNED = "unsigned", "To be signed, for the first time or again"

"""The words of equality monitoring, as choices. The questions and their answers stand in ``partners.policies``."""

from django.db.models import TextChoices


class DiversityStage(TextChoices):
    """How far somebody who answered has come. Each person is in one of them, and is counted in no other."""

    APPLIED = "applied", "Applied"
    SHORTLISTED = "shortlisted", "Shortlisted"
    INTERVIEWED = "interviewed", "Interviewed"
    APPOINTED = "appointed", "Appointed"
    SERVING = "serving", "Serving"

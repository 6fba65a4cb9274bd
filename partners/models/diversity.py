"""What people say for equality monitoring: apart from everything else, and leading to nobody.

An answer has no person, no time and no history. Its key is worked out from whose it is and a secret of the settings
(``partners.policies.diversity.key_of``), another one for each question, so that neither a join nor a reader of the
table finds out whose it is, or which answers belong together.
"""

import uuid

import pghistory
from django.db import models
from django.db.models import Q

from partners.enums.diversity import DiversityStage
from partners.policies.diversity import LEAST_COUNT
from psp_portal.audit.triggers import actor_required, append_only

_FIRST_MONTHS = (1, 4, 7, 10)


@pghistory.track()
class DiversitySettings(models.Model):
    """Whether an organisation asks, and which set of questions: a lead has confirmed them, and the policy behind them.

    ``counted_until`` is the first day of the last quarter whose end has been dealt with.
    """

    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="diversity_settings"
    )
    is_asked = models.BooleanField()
    version = models.PositiveSmallIntegerField()
    counted_until = models.DateField(null=True)

    class Meta:
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"Equality questions at {self.organisation_id}"


class DiversityAnswer(models.Model):
    """One answer of somebody to one question. No history is kept of it, and it goes when they say so.

    ``answered_in`` is the first day of the quarter in which it was given. ``is_final``: the stage changes no more.
    ``counted_in`` is the quarter in whose table it is, after which it is in no other.
    """

    key = models.CharField(max_length=64, primary_key=True)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=20)
    choice = models.CharField(max_length=20)
    stage = models.CharField(max_length=12, choices=DiversityStage)
    is_final = models.BooleanField()
    answered_in = models.DateField()
    counted_in = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=r"^[0-9a-f]{64}$"), name="diversity_answer_key_is_a_hash"),
            models.CheckConstraint(condition=Q(stage__in=DiversityStage.values), name="diversity_answer_stage_known"),
            models.CheckConstraint(condition=~Q(choice=""), name="diversity_answer_is_one"),
            models.CheckConstraint(
                condition=Q(answered_in__day=1, answered_in__month__in=_FIRST_MONTHS),
                name="diversity_answer_tells_no_day",
            ),
            models.CheckConstraint(
                condition=Q(counted_in__isnull=True)
                | Q(is_final=True, counted_in__day=1, counted_in__month__in=_FIRST_MONTHS),
                name="diversity_answer_counted_when_final",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "question"], name="diversity_answer_by_question")]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"An answer about {self.question}"


class DiversityTotal(models.Model):
    """One number of a table of totals as it is printed, for ever: never one under five, None where it is left out.

    An empty ``choice`` or ``stage`` stands for the total over all of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    quarter = models.DateField()
    question = models.CharField(max_length=20)
    choice = models.CharField(max_length=20, blank=True)
    stage = models.CharField(max_length=12, choices=DiversityStage, blank=True)
    count = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "version", "quarter", "question", "choice", "stage"],
                name="diversity_total_once",
            ),
            models.CheckConstraint(
                condition=Q(count__isnull=True) | Q(count__gte=LEAST_COUNT), name="diversity_total_is_not_small"
            ),
        ]
        triggers = [actor_required(), append_only()]

    def __str__(self) -> str:
        return f"{self.question} {self.choice} {self.stage}: {self.count}"

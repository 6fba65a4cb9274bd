"""A vacancy, how people hear of it, and their applications up to the appointment."""

import uuid
from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from partners.enums import RoleCategory
from partners.enums.recruitment import (
    ApplicationStatus,
    ApplicationStep,
    LetterKind,
    ReplyFormat,
    Stage,
    TalkKind,
    TalkMode,
    VacancyStatus,
)
from partners.policies.recruitment import states
from partners.policies.recruitment.applications import HIGHEST_SCORE, LOWEST_SCORE, Periods
from psp_portal.audit.triggers import actor_required

# What an applicant says about themselves. It has no place in a history: what is removed must be gone.
PERSONAL = (
    "name", "email", "telephone", "reasons", "experience", "interests", "needs", "heard", "times_note",
)  # fmt: skip


@pghistory.track()
class RecruitmentSettings(models.Model):
    """How long an organisation takes and keeps things; no paper says so, so each has its own (domain.md 11.6)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="recruitment_settings"
    )
    answer_working_days = models.PositiveSmallIntegerField(default=10)
    unsent_days = models.PositiveSmallIntegerField(default=60)
    remind_days_before = models.PositiveSmallIntegerField(default=7)
    keep_months = models.PositiveSmallIntegerField(default=12)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_working_days__range=(1, 60)), name="recruitment_settings_answers_in_time"
            ),
            models.CheckConstraint(
                condition=Q(unsent_days__range=(7, 365), remind_days_before__gte=1)
                & Q(remind_days_before__lt=F("unsent_days")),
                name="recruitment_settings_reminds_before_the_end",
            ),
            models.CheckConstraint(condition=Q(keep_months__range=(1, 36)), name="recruitment_settings_keeps_months"),
        ]
        triggers: ClassVar = [actor_required()]

    def __str__(self) -> str:
        return f"How {self.organisation_id} recruits"

    @property
    def periods(self) -> Periods:
        """The settings as the rules take them."""
        return Periods(self.answer_working_days, self.unsent_days, self.remind_days_before, self.keep_months)


@pghistory.track()
class LetterTemplate(models.Model):
    """An organisation's own words for a letter to applicants, in the place of the portal's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="recruitment_letters"
    )
    kind = models.CharField(max_length=15, choices=LetterKind)
    words = models.TextField(max_length=4000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind"], name="letter_template_once"),
            models.CheckConstraint(condition=Q(kind__in=LetterKind.values), name="letter_template_kind_known"),
            models.CheckConstraint(condition=~Q(words=""), name="letter_template_has_words"),
        ]
        triggers: ClassVar = [actor_required()]

    def __str__(self) -> str:
        return f"{self.kind} of {self.organisation_id}"


@pghistory.track()
class Vacancy(models.Model):
    """A role that an organisation looks for somebody for, with a public page of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="vacancies")
    # The last part of its plain address. It is spoken and printed, so it is one in the whole portal.
    slug = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    purpose = models.TextField(max_length=2000)
    tasks = models.TextField(max_length=3000)
    time_asked = models.CharField(max_length=300)
    is_paid = models.BooleanField()
    contact = models.CharField(max_length=300)
    opens_on = models.DateField()
    closes_on = models.DateField()
    hides_names = models.BooleanField(default=True)
    status = models.CharField(max_length=10, choices=VacancyStatus, default=VacancyStatus.DRAFT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="vacancy_slug_unique"),
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="vacancy_slug_form"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="vacancy_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(status__in=VacancyStatus.values), name="vacancy_status_known"),
        ]
        indexes = [models.Index(fields=["organisation", "status"], name="vacancy_by_organisation")]
        triggers: ClassVar = [actor_required(), pgtrigger.Protect(name="vacancy_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.title} ({self.slug})"


@pghistory.track()
class Channel(models.Model):
    """A way by which people hear of a vacancy, with a code of its own in the address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="channels")
    code = models.CharField(max_length=20)
    label = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vacancy", "code"], name="channel_code_unique"),
            models.UniqueConstraint(Lower("label"), "vacancy", name="channel_label_unique"),
        ]
        triggers: ClassVar = [actor_required()]

    def __str__(self) -> str:
        return f"{self.label} ({self.code})"


@pghistory.track()
class Criterion(models.Model):
    """What an application is measured by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)
    is_essential = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vacancy", "position"], name="criterion_position_unique")]
        triggers: ClassVar = [actor_required()]

    def __str__(self) -> str:
        return self.words


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Filters that read as people speak of applications."""

    def in_hand(self) -> "ApplicationQuerySet":
        """Keep those that the staff may see: what is not sent yet is the applicant's own."""
        return self.exclude(status__in=(ApplicationStatus.STARTED, ApplicationStatus.EXPIRED)).filter(
            sent_at__isnull=False
        )

    def live(self) -> "ApplicationQuerySet":
        return self.filter(status__in=states.LIVE)


@pghistory.track(exclude=list(PERSONAL))
class Application(models.Model):
    """Somebody's application for a vacancy. ``entered_by`` is the member of staff who wrote it down for them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="applications")
    reference = models.CharField(max_length=6)
    status = models.CharField(max_length=15, choices=ApplicationStatus, default=ApplicationStatus.STARTED)
    furthest = models.CharField(max_length=12, choices=Stage, default=Stage.STARTED)
    # Where they came from by the address, and what they said themselves.
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="applications")
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    reasons = models.TextField(max_length=3000, blank=True)
    experience = models.TextField(max_length=3000, blank=True)
    interests = models.TextField(max_length=2000, blank=True)
    needs = models.TextField(max_length=2000, blank=True)
    heard = models.CharField(max_length=200, blank=True)
    reply_format = models.CharField(max_length=12, choices=ReplyFormat, default=ReplyFormat.EMAIL)
    steps_done = ArrayField(models.CharField(max_length=10, choices=ApplicationStep), default=list, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    status_since = models.DateTimeField()
    next_by = models.DateField(null=True)
    # The applicant can come to none of the times that were offered, and says why or when they could.
    times_note = models.CharField(max_length=500, blank=True)
    times_asked_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    partner = models.OneToOneField("partners.Partner", on_delete=models.PROTECT, null=True, related_name="application")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vacancy", "reference"], name="application_reference_unique"),
            models.UniqueConstraint(
                Lower("email"),
                "vacancy",
                condition=~Q(email="") & ~Q(status__in=["withdrawn", "expired"]),
                name="application_once_for_an_address",
            ),
            models.CheckConstraint(condition=Q(status__in=ApplicationStatus.values), name="application_status_known"),
            models.CheckConstraint(condition=Q(furthest__in=Stage.values), name="application_furthest_known"),
            models.CheckConstraint(condition=Q(reply_format__in=ReplyFormat.values), name="application_format_known"),
            models.CheckConstraint(
                condition=Q(status__in=["started", "withdrawn", "expired"]) | Q(sent_at__isnull=False),
                name="application_sent_at_when_sent",
            ),
            models.CheckConstraint(
                condition=Q(status="appointed", partner__isnull=False)
                | (~Q(status="appointed") & Q(partner__isnull=True)),
                name="application_appointed_has_partner",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(status__in=sorted(states.OVER), **dict.fromkeys(PERSONAL, "")),
                name="application_erased_holds_nobody",
            ),
            models.CheckConstraint(condition=Q(erased_at__isnull=False) | ~Q(name=""), name="application_has_name"),
        ]
        indexes = [models.Index(fields=["vacancy", "status"], name="application_by_vacancy")]
        triggers: ClassVar = [
            actor_required(),
            pgtrigger.FSM(name="application_moves", field="status", transitions=states.moves()),
            pgtrigger.Protect(name="application_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Application {self.reference}"

    @property
    def hides_name(self) -> bool:
        """Whether the staff's pages must not show who it is."""
        return states.hides_name(
            self.status,
            hides_names=self.vacancy.hides_names,
            was_shortlisted=self.furthest not in (Stage.STARTED, Stage.SENT),
        )

    @property
    def shown_name(self) -> str:
        """Who it is, as far as the staff may see it."""
        return f"Applicant {self.reference}" if self.hides_name or not self.name else self.name


class ApplicationKey(models.Model):
    """The hash of a key that an e-mail to the applicant carries in its link. No key is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="keys")
    key_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        triggers: ClassVar = [actor_required()]

    def __str__(self) -> str:
        return f"A key to {self.application_id}"


@pghistory.track(exclude=["note"])
class Score(models.Model):
    """What one member of the panel gives an application for one criterion."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    scorer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "criterion", "scorer"], name="score_once"),
            models.CheckConstraint(condition=Q(points__range=(LOWEST_SCORE, HIGHEST_SCORE)), name="score_on_the_scale"),
        ]
        triggers: ClassVar = [actor_required()]

    def __str__(self) -> str:
        return f"{self.points} for {self.application_id}"


@pghistory.track(exclude=["place"])
class TalkTime(models.Model):
    """A time that is offered for a chat or an interview. The applicant chooses one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="times")
    kind = models.CharField(max_length=10, choices=TalkKind)
    starts_at = models.DateTimeField()
    mode = models.CharField(max_length=10, choices=TalkMode)
    place = models.CharField(max_length=300)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    chosen_at = models.DateTimeField(null=True)
    # Not chosen, and not to be had any more.
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TalkKind.values), name="talk_time_kind_known"),
            models.CheckConstraint(condition=Q(mode__in=TalkMode.values), name="talk_time_mode_known"),
            models.UniqueConstraint(
                fields=["application", "kind"],
                condition=Q(chosen_at__isnull=False, dropped_at__isnull=True),
                name="talk_time_one_chosen",
            ),
            models.UniqueConstraint(
                fields=["application", "kind", "starts_at"],
                condition=Q(dropped_at__isnull=True),
                name="talk_time_offered_once",
            ),
        ]
        triggers: ClassVar = [actor_required()]

    def __str__(self) -> str:
        return f"{self.kind} with {self.application_id} at {self.starts_at:%Y-%m-%d %H:%M}"


@pghistory.track(exclude=["words"])
class Letter(models.Model):
    """What an applicant was told, as it was sent: the words stand on their own page, the e-mail only says so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=15, choices=LetterKind)
    words = models.TextField(max_length=4000)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=LetterKind.values), name="letter_kind_known")]
        triggers: ClassVar = [actor_required()]

    def __str__(self) -> str:
        return f"{self.kind} to {self.application_id}"


@pghistory.track()
class Offer(models.Model):
    """The appointment that is offered: what ``appoint_partner`` asks, so that nothing is typed twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="offer")
    role_category = models.PositiveSmallIntegerField(choices=RoleCategory)
    is_paid = models.BooleanField()
    starts_on = models.DateField()
    term_ends_on = models.DateField()
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(term_ends_on__gte=F("starts_on")), name="offer_term_ends_after_start"),
            models.CheckConstraint(condition=Q(role_category__in=RoleCategory.values), name="offer_category_known"),
        ]
        triggers: ClassVar = [actor_required()]

    def __str__(self) -> str:
        return f"Offer to {self.application_id}"

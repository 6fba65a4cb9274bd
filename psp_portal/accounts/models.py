"""People, organisations, and who holds what role and post where and when."""

import uuid
from datetime import date, timedelta

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from psp_portal.accounts.enums import Format, OrganisationKind, Post, Role, ShutOutStatus
from psp_portal.audit.triggers import actor_required


class UserManager(BaseUserManager["User"]):
    """What Django and allauth ask of the manager of a user without a user name."""

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


# The moment of the last sign-in is no change to the person; a password's hash has no place in a history.
@pghistory.track(exclude=["last_login", "password"])
class User(AbstractBaseUser):
    """A person who can sign in. Knows nothing of what they may do: that is Membership's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    telephone = models.CharField(max_length=30, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # On the person's own row, because every page reads that and no page should read more to know how to look.
    formats = ArrayField(models.CharField(max_length=12, choices=Format), default=list, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.CheckConstraint(condition=~Q(email=""), name="user_has_email"),
            models.CheckConstraint(condition=Q(formats__contained_by=Format.values), name="user_formats_known"),
        ]
        triggers = [
            pgtrigger.Protect(name="user_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        """Return the name people are shown."""
        return self.name or self.email

    @property
    def wants_large_text(self) -> bool:
        return Format.LARGE_TEXT in self.formats

    @property
    def wants_plain_email(self) -> bool:
        return Format.PLAIN_EMAIL in self.formats

    @property
    def wants_no_pdf(self) -> bool:
        return Format.NO_PDF in self.formats


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Filters that read as people speak of organisations."""

    def open(self) -> "OrganisationQuerySet":
        return self.filter(closed_on__isnull=True)


@pghistory.track()
class Organisation(models.Model):
    """An NHS body with an ODS code."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ods_code = models.CharField(max_length=8)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=OrganisationKind, default=OrganisationKind.TRUST)
    postcode = models.CharField(max_length=8, blank=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ods_code"], name="organisation_ods_code_unique"),
            # 3 characters for most trusts, 5 for codes made since April 2020 (domain.md 10).
            models.CheckConstraint(condition=Q(ods_code__regex=r"^[A-Z0-9]{3,8}$"), name="organisation_ods_code_form"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(opened_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="organisation_closes_after_it_opens",
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.name} ({self.ods_code})"

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class DatedQuerySet(models.QuerySet):
    """Filters for rows that hold from one day to another."""

    def on(self, today: date) -> "DatedQuerySet":
        return self.in_force_from(today).filter(starts_on__lte=today)

    def in_force_from(self, day: date) -> "DatedQuerySet":
        """Rows that hold on the day or on a later one."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def end_before(self, day: date) -> None:
        """Let no row hold on the day or later: give it the day before as its last, or remove it if it starts later."""
        self.filter(starts_on__gte=day).delete()
        self.in_force_from(day).update(ends_on=day - timedelta(days=1))


@pghistory.track()
class Membership(models.Model):
    """A role that somebody holds at an organisation, from a day until a day (both included)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ends_on__isnull=True),
                name="membership_open_once",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "role"], name="membership_by_role")]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} at {self.organisation_id} from {self.starts_on}"


@pghistory.track()
class PostHolding(models.Model):
    """Who holds one of the organisation's named posts, from a day until a day (both included)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="post_holdings")
    post = models.CharField(max_length=20, choices=Post)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="post_holdings")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(post__in=Post.values), name="post_holding_post_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="post_holding_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["organisation", "post"], condition=Q(ends_on__isnull=True), name="post_holding_one_at_a_time"
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.post} at {self.organisation_id} from {self.starts_on}"


@pghistory.track()
class Absence(models.Model):
    """Days on which somebody is away (both included), and who stands in for them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="absences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="absences")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="stands_in")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    # Empty when the portal itself did.
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="absence_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("user")), name="absence_deputy_is_another_person"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "starts_on"], name="absence_by_organisation")]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.user_id} away from {self.organisation_id} from {self.starts_on}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Filters that read as people speak of invitations."""

    def open(self) -> "InvitationQuerySet":
        return self.filter(accepted_at__isnull=True, lapsed_at__isnull=True)


@pghistory.track(exclude=["token_hash"])
class Invitation(models.Model):
    """An e-mail to somebody that lets them make an account with a role. Only the hash of its key is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=20, choices=Role)
    token_hash = models.CharField(max_length=64)
    # Empty when the portal itself did: an organisation's first lead is invited by a command.
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="invitations_accepted"
    )
    lapsed_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="invitation_token_unique"),
            models.UniqueConstraint(
                Lower("email"), "organisation", "role",
                condition=Q(accepted_at__isnull=True, lapsed_at__isnull=True),
                name="invitation_open_once",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_both_accepted_set",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(lapsed_at__isnull=True), name="invitation_accepted_or_lapsed"
            ),
        ]  # fmt: skip
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.email} invited to {self.organisation_id} as {self.role}"


# The words stand on the row as long as the account does; the history keeps who did what and when.
@pghistory.track(exclude=["reason", "turn_to", "answer"])
class ShutOut(models.Model):
    """That somebody is to lose their roles and access while money is owed or a question is open.

    One person asks with a reason and another confirms. Triggers on accounts and roles (expenses, migration 0010) let
    the account be closed, or a partner's role end, only while a row of the person is confirmed and they have been told.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shut_outs")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="shut_outs")
    status = models.CharField(max_length=10, choices=ShutOutStatus, default=ShutOutStatus.ASKED)
    reason = models.CharField(max_length=1000)
    turn_to = models.CharField(max_length=500, help_text="Who the person can turn to, and how")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # Why it was refused.
    answer = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ShutOutStatus.values), name="shut_out_status_known"),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(turn_to=""), name="shut_out_says_why_and_who_to_turn_to"
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("user")), name="shut_out_asked_by_another"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("user")), name="shut_out_decided_by_another"
            ),
            models.CheckConstraint(
                condition=Q(status=ShutOutStatus.ASKED, decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(status=ShutOutStatus.ASKED) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="shut_out_decided_by_somebody",
            ),
            # The rule of two. Whoever asked may take it back.
            models.CheckConstraint(
                condition=~Q(status__in=[ShutOutStatus.CONFIRMED, ShutOutStatus.DONE])
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")),
                name="shut_out_needs_two_people",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(status__in=[ShutOutStatus.ASKED, ShutOutStatus.CONFIRMED]),
                name="shut_out_asked_once",
            ),
        ]
        triggers = [
            actor_required(),
            pgtrigger.Protect(name="shut_out_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="shut_out_begins_asked",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__status__df=ShutOutStatus.ASKED),
            ),
            pgtrigger.FSM(
                name="shut_out_moves",
                field="status",
                transitions=[("asked", "confirmed"), ("asked", "refused"), ("confirmed", "done")],
            ),
            pgtrigger.ReadOnly(
                name="shut_out_stays_as_asked",
                fields=["user", "organisation", "reason", "turn_to", "asked_by", "asked_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} to be shut out of {self.organisation_id}"

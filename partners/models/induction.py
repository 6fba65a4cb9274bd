"""How a partner settles in: the organisation's template, each partner's own list, and notes for those who come next."""

import uuid

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from partners.enums import RoleCategory
from partners.enums.induction import ItemKind, ItemOwner
from partners.policies import induction as policies
from psp_portal.audit.triggers import actor_required

USER = settings.AUTH_USER_MODEL


class _Line(models.Model):
    """What a line of the template and one of a partner's list have in common: the list is a copy (docs/adr/0034)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150)
    explanation = models.CharField(max_length=1000, blank=True)
    kind = models.CharField(max_length=10, choices=ItemKind, default=ItemKind.TASK)
    owner = models.CharField(max_length=10, choices=ItemOwner)
    # Somebody with an account, or in words whoever holds a job there: of the second the partner's lead takes care.
    colleague = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    colleague_title = models.CharField(max_length=100, blank=True)
    is_required = models.BooleanField(default=True)

    class Meta:
        abstract = True

    @property
    def owner_words(self) -> str:
        """Who does it, in words."""
        if self.owner != ItemOwner.COLLEAGUE:
            return ItemOwner(self.owner).label
        named = self.colleague.name if self.colleague else ""
        return f"{named}, {self.colleague_title}" if named and self.colleague_title else named or self.colleague_title


def _line_constraints(table: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(condition=~Q(title=""), name=f"{table}_has_title"),
        models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name=f"{table}_kind_known"),
        models.CheckConstraint(
            condition=Q(owner__in=[ItemOwner.PARTNER, ItemOwner.LEAD], colleague__isnull=True, colleague_title="")
            | Q(owner=ItemOwner.COLLEAGUE) & (Q(colleague__isnull=False) | ~Q(colleague_title="")),
            name=f"{table}_has_owner",
        ),
    ]


@pghistory.track()
class TemplateItem(_Line):
    """One line of an organisation's template: what every new partner's list is made from."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="induction_items")
    due_days = models.PositiveSmallIntegerField(help_text="Days after the start")
    # Empty for every partner.
    asked_of = ArrayField(models.PositiveSmallIntegerField(choices=RoleCategory), default=list, blank=True)

    class Meta:
        constraints = [
            *_line_constraints("template_item"),
            models.CheckConstraint(condition=Q(due_days__lte=policies.MOST_DAYS), name="template_item_due_in_a_year"),
            models.CheckConstraint(
                condition=Q(asked_of__contained_by=RoleCategory.values), name="template_item_asked_of_known"
            ),
            # Deferred: two lines that change places have the same one for a moment.
            models.UniqueConstraint(
                fields=["organisation", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="template_item_place_taken_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind"], condition=~Q(kind=ItemKind.TASK), name="template_item_kind_once"
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return self.title

    @property
    def asked_of_words(self) -> str:
        """Of whom it is asked, in words."""
        return ", ".join(RoleCategory(each).label for each in self.asked_of) or "Every new partner"


# The words of the agreement are for the two sides: not even their history is kept.
@pghistory.track(exclude=["agreement"])
class Induction(models.Model):
    """One partner's induction, with the working agreement that both sides write."""

    partner = models.OneToOneField(
        "partners.Partner", on_delete=models.PROTECT, primary_key=True, related_name="induction"
    )
    begun_at = models.DateTimeField()
    # Days are counted from here: the first day of the role, or the day the list was made when that is later.
    counts_from = models.DateField()
    finished_at = models.DateTimeField(null=True)

    agreement = models.TextField(max_length=5000, blank=True)
    # Counts the changes: each side agrees to what it has read.
    agreement_revision = models.PositiveSmallIntegerField(default=0)
    partner_agreed_at = models.DateTimeField(null=True)
    lead_agreed_at = models.DateTimeField(null=True)
    lead_agreed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lead_agreed_at__isnull=True, lead_agreed_by__isnull=True)
                | Q(lead_agreed_at__isnull=False, lead_agreed_by__isnull=False),
                name="induction_lead_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(agreement="") | Q(partner_agreed_at__isnull=True, lead_agreed_at__isnull=True),
                name="induction_agreed_to_some_words",
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"The induction of {self.partner_id}"


@pghistory.track(exclude=["reminded_on"])
class InductionItem(_Line):
    """One thing of a partner's list, copied from the template on the day the induction began."""

    induction = models.ForeignKey(Induction, on_delete=models.PROTECT, related_name="items")
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    # Closed with a reason it is not needed, without one it is done.
    not_needed_because = models.CharField(max_length=500, blank=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        constraints = [
            *_line_constraints("induction_item"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, not_needed_because="")
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="induction_item_closed_by_somebody",
            ),
            models.UniqueConstraint(fields=["induction", "position"], name="induction_item_place_taken_once"),
            models.UniqueConstraint(
                fields=["induction", "kind"], condition=~Q(kind=ItemKind.TASK), name="induction_item_kind_once"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="induction_item_open", condition=Q(closed_at__isnull=True)),
            models.Index(fields=["colleague"], name="induction_item_of_colleague", condition=Q(closed_at__isnull=True)),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return self.title


class NewcomerNote(models.Model):
    """What a partner wishes they had known, for those who come next.

    It has no history and names no actor: staff read histories, and whether the writer is named is the writer's choice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    # A committee or project, in the writer's words; empty for the organisation as a whole.
    about = models.CharField(max_length=150, blank=True)
    text = models.TextField(max_length=2000)
    shows_name = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    hidden_because = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="newcomer_note_says_something"),
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True, hidden_by__isnull=True, hidden_because="")
                | Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_because=""),
                name="newcomer_note_hidden_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["partner", "-written_at"], name="newcomer_note_of_partner")]

    def __str__(self) -> str:
        return "A note for newcomers"

    @property
    def writer_words(self) -> str:
        """Who wrote it, as far as they want it to be known."""
        return self.partner.user.name if self.shows_name else "A partner who does not give their name"

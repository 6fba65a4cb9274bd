"""Carers and helpers: people whom a partner lets prepare claims for them."""

import uuid
from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from psp_portal.audit.triggers import actor_required


@pghistory.track()
class Helper(models.Model):
    """A carer or helper whom a partner has named, until the partner ends it.

    Whoever had an account in this role already is ``user``; anybody else is whoever accepts ``invitation``: so nobody
    has to remember to write it down when they come.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="helpers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="helps")
    invitation = models.ForeignKey(
        "accounts.Invitation", on_delete=models.PROTECT, null=True, related_name="helpers_invited"
    )
    email = models.EmailField()
    name = models.CharField(max_length=150)
    relation = models.CharField(max_length=100, help_text="In the partner's own words: my sister, my support worker.")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("partner"), Lower("email"), condition=Q(ended_at__isnull=True), name="helper_named_once"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(invitation__isnull=False), name="helper_is_somebody"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="helper_both_ended_set",
            ),
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.email} helps {self.partner_id}"

    @property
    def person(self) -> Any:
        """Whoever helps, once they have an account in the role; ``invitation__accepted_by`` should be loaded."""
        return self.invitation.accepted_by if self.user is None and self.invitation else self.user

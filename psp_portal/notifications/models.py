"""The outbox: a message is a row before it is an e-mail, so that none is lost and none is sent twice."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class MessageQuerySet(models.QuerySet["Message"]):
    """Filters that read as people speak of messages."""

    def unread(self) -> "MessageQuerySet":
        return self.filter(read_at__isnull=True)

    def unsent(self) -> "MessageQuerySet":
        return self.filter(sent_at__isnull=True, given_up_at__isnull=True, handed_over_at__isnull=True)

    def in_doubt(self) -> "MessageQuerySet":
        return self.filter(sent_at__isnull=True, handed_over_at__isnull=False)


class Message(models.Model):
    """Something one person is told: shown in the portal at once, and e-mailed after the transaction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dedupe_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=80)
    # Somebody who is being invited has no account yet: the message goes to the address alone.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="messages"
    )
    # Set only when the e-mail must go somewhere else than the person's address of the moment (an old contact).
    address = models.EmailField(blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    # Set just before the mail server may first take it as its own; without ``sent_at`` the message is in doubt.
    handed_over_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    given_up_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key"], name="message_dedupe_key_unique"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(given_up_at__isnull=True), name="message_sent_or_given_up"
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | ~Q(address=""), name="message_has_person_or_address"
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="message_inbox"),
            models.Index(fields=["recipient"], name="message_unread", condition=Q(read_at__isnull=True)),
            models.Index(
                fields=["next_try_at"],
                name="message_unsent",
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True, handed_over_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient_id} ({self.dedupe_key})"

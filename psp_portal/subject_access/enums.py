"""Where a request for a copy of somebody's records stands, as choices."""

from django.db.models import TextChoices


class RequestStatus(TextChoices):
    """Where a request stands."""

    RECEIVED = "received", "Identity to be checked"
    READY = "ready", "File ready"
    ANSWERED = "answered", "File collected"
    CLOSED = "closed", "Closed without a file"

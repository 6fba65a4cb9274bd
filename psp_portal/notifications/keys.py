"""Secret links: the outbox says where the key goes, and only the e-mail has it. The database never holds a key."""

from django.utils.crypto import salted_hmac

# What stands for the key in a message's link until the e-mail is written.
PLACEHOLDER = "key-in-the-e-mail"


def key_for(dedupe_key: str) -> str:
    """Return the key of the one message with this ``dedupe_key``: 64 letters and numbers nobody can guess."""
    return salted_hmac("psp_portal.notifications.keys", dedupe_key, algorithm="sha256").hexdigest()

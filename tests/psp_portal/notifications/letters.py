"""Letters to send in tests."""

from datetime import datetime

from psp_portal.dates import LONDON
from psp_portal.notifications.outbox import Letter

AT = datetime(2026, 3, 2, 9, 0, tzinfo=LONDON)


def letter_to(user, key: str = "tests.hello:1", **options) -> Letter:
    """Return a letter with nothing in particular in it."""
    options.setdefault("context", {"name": "Pat", "organisation": "Hillside", "service": "the portal"})
    return Letter(
        kind="tests.hello.send",
        recipient_id=user.pk if user else None,
        subject="Hello",
        template="accounts/email/invitation.txt",
        dedupe_key=key,
        **options,
    )

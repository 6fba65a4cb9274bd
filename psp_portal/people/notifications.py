"""Who is told that two accounts became one."""

from datetime import datetime

from psp_portal.notifications.outbox import Letter, queue
from psp_portal.people.models import JoinedRecord


def records_joined(joined: JoinedRecord, *, old_address: str, at: datetime) -> None:
    """Tell the person at both addresses: whoever did not know of it must hear of it."""
    queue(
        [
            Letter(
                kind="people.record.join",
                recipient_id=joined.kept_id,
                address=address,
                subject="Your two accounts are one now",
                template="people/email/records_joined.txt",
                dedupe_key=f"people.record.join:{joined.pk}:{which}",
                context={"person": joined.kept, "by": joined.joined_by, "old_address": old_address},
            )
            for which, address in (("kept", ""), ("gone", old_address))
        ],
        at=at,
    )

"""Who is told that somebody is to be shut out, or has been, or that two accounts became one, in which words."""

from datetime import datetime

from django.urls import reverse

from psp_portal.accounts.models import ShutOut
from psp_portal.dates import local_date
from psp_portal.notifications.outbox import Letter, queue
from psp_portal.people.models import JoinedRecord
from psp_portal.people.queries.shutting_out import second_people


def shut_out_asked(shut_out: ShutOut, *, at: datetime) -> None:
    """Tell everybody who can be the second person."""
    queue(
        [
            Letter(
                kind="people.shut_out.ask",
                recipient_id=person.pk,
                subject="Somebody is to lose their access: a second person is needed",
                template="people/email/shut_out_asked.txt",
                dedupe_key=f"people.shut_out.ask:{shut_out.pk}:{person.pk}",
                link=reverse("people:shut_out_detail", args=[shut_out.pk]),
                context={"shut_out": shut_out, "person": person},
            )
            for person in second_people(shut_out, today=local_date(at))
        ],
        at=at,
    )


def shut_out_done(shut_out: ShutOut, *, keeps_account: bool, at: datetime) -> None:
    """Tell the person, in plain words, that their access has ended, why, and who they can turn to.

    The database lets it happen only once this letter is written: its key is what the triggers look for.
    """
    queue(
        [
            Letter(
                kind="people.shut_out.done",
                recipient_id=shut_out.user_id,
                subject=f"Your access has ended at {shut_out.organisation.name}",
                template="people/email/shut_out_done.txt",
                dedupe_key=f"people.shut_out.done:{shut_out.pk}",
                context={"shut_out": shut_out, "keeps_account": keeps_account},
            )
        ],
        at=at,
    )


def shut_out_refused(shut_out: ShutOut, *, at: datetime) -> None:
    """Tell whoever asked that it does not happen, and why; nobody is told of their own decision."""
    if shut_out.decided_by_id == shut_out.asked_by_id:
        return
    queue(
        [
            Letter(
                kind="people.shut_out.refuse",
                recipient_id=shut_out.asked_by_id,
                subject="Somebody keeps their access",
                template="people/email/shut_out_refused.txt",
                dedupe_key=f"people.shut_out.refuse:{shut_out.pk}",
                link=reverse("people:shut_out_detail", args=[shut_out.pk]),
                context={"shut_out": shut_out},
            )
        ],
        at=at,
    )


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

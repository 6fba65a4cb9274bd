"""Who is told of bank details."""

from datetime import datetime

from django.urls import reverse

from expenses.models import BankDetails
from psp_portal.notifications.outbox import Letter, queue


def bank_details_changed(details: BankDetails, *, is_first: bool, at: datetime) -> None:
    """Tell the person, at the address held from before, that bank details were given or changed."""
    queue(
        [
            Letter(
                kind="expenses.bank_details.change",
                recipient_id=details.user_id,
                address=details.user.email,
                subject="Your bank details were added" if is_first else "Your bank details were changed",
                template="expenses/email/bank_details_changed.txt",
                dedupe_key=f"expenses.bank_details.change:{details.pk}",
                link=reverse("expenses:bank_details_detail"),
                context={"is_first": is_first},
            )
        ],
        at=at,
    )

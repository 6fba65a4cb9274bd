"""Celery to one service."""

from celery import shared_task
from django.utils import timezone

from expenses import services


@shared_task
def escalate_overdue_claims() -> None:
    """Write the steps of the ladder that are due, and hand over what is with people who are away or gone."""
    services.escalate_overdue_claims(at=timezone.now())


@shared_task
def let_refusals_stand() -> None:
    """Make refusals final whose time for an appeal has passed."""
    services.let_refusals_stand(at=timezone.now())


@shared_task
def drop_originals() -> None:
    """Delete the originals of receipts that organisations no longer keep."""
    services.drop_originals(at=timezone.now())


@shared_task
def remind_of_held_lines() -> None:
    """Remind partners, once each, of what is missing on held lines and was due."""
    services.remind_of_held_lines(at=timezone.now())


@shared_task
def remind_of_questions() -> None:
    """Remind partners, once for each day that was asked for, of claims that wait for their answer."""
    services.remind_of_questions(at=timezone.now())


@shared_task
def remind_claims_awaiting_decision() -> None:
    """Remind approvers of late decisions."""
    services.remind_claims_awaiting_decision(at=timezone.now())


@shared_task
def remind_of_approvals() -> None:
    """Hand on requests made before a journey whose person is away, remind of those overdue, warn of what runs out."""
    at = timezone.now()
    services.remind_of_approvals(at=at)
    services.warn_of_expiry(at=at)


@shared_task
def remind_of_replies() -> None:
    """Remind whoever owes a reply to a step of the ladder, or an update to a partner."""
    services.remind_of_replies(at=timezone.now())


@shared_task
def send_overdue_digests() -> None:
    """Tell each payer's lead and finance how many claims are late."""
    services.send_overdue_digests(at=timezone.now())


@shared_task
def ask_for_first_calls() -> None:
    """Have finance call about first bank details that a trust where their person now serves wants checked."""
    services.ask_for_first_calls(at=timezone.now())


@shared_task
def reconcile_payments() -> None:
    """Prove that claims, run lines, files and payments agree, and tell finance where they do not."""
    services.reconcile_payments(at=timezone.now())


@shared_task
def forget_result_uploads() -> None:
    """Delete the bank's files that were uploaded and never taken in."""
    services.forget_result_uploads(at=timezone.now())


@shared_task
def remind_unclaimed_meetings() -> None:
    """Remind partners of meetings they have not claimed for, before the time to claim ends."""
    services.remind_unclaimed_meetings(at=timezone.now())


@shared_task
def remove_old_lists() -> None:
    """Delete lists of earlier claims that nobody has brought in."""
    services.remove_old_lists(at=timezone.now())


@shared_task
def end_settled_roles() -> None:
    """End the role of partners who left long ago, once their claims and questions are settled."""
    services.end_settled_roles(at=timezone.now())

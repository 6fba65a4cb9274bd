"""Warns of what runs out, whatever it is: a row with ``expires_on`` and the steps ``warned`` of already."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from partners.policies.expiry import warning_due
from psp_portal.audit.context import SystemActor, acting_as
from psp_portal.dates import local_date


def warn_of_ends(rows: QuerySet, *, tell: Callable[..., None], by: SystemActor, action: str, at: datetime) -> int:
    """Let ``tell`` (row, days=, at=) warn of rows that run out in 90, 60 and 30 days, once each; return how many.

    After days down only the step that is nearest is told. Each row is a transaction of its own.
    """
    today, count = local_date(at), 0
    for found in rows:
        with acting_as(by, action), transaction.atomic():
            row = type(found)._default_manager.select_for_update().get(pk=found.pk)
            days = warning_due(found.expires_on, today=today, told=row.warned)
            if days is None:
                continue
            row.warned = [*row.warned, days]
            row.save(update_fields=["warned"])
            tell(found, days=days, at=at)
            count += 1
    return count

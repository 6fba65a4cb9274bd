"""What waits for a person, from every app. Reads only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from psp_portal.accounts.enums import STAFF_ROLES, Role


@dataclass(frozen=True)
class FirstPage:
    """What the first page shows. ``waiting`` is oldest first, each with the days it has waited."""

    waiting: list[Any]
    ahead: list[Any]
    is_partner: bool
    is_staff: bool


def first_page(user, roles: Collection[Role], *, today: date) -> FirstPage:
    """Return what waits for somebody and what lies ahead of them, across all their organisations."""
    return FirstPage(waiting=[], ahead=[], is_partner=Role.PARTNER in roles, is_staff=bool(set(roles) & STAFF_ROLES))

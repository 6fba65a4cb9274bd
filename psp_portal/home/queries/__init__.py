"""What waits for a person and whom they wait for, from every app; and the figures of a programme. Reads only."""

from psp_portal.home.queries.figures import Figure, figures_of
from psp_portal.home.queries.first_page import FirstPage, first_page
from psp_portal.home.queries.waiting import AwaitedItem, Item, awaited_by, waiting_for

__all__ = [
    "AwaitedItem",
    "Figure",
    "FirstPage",
    "Item",
    "awaited_by",
    "figures_of",
    "first_page",
    "waiting_for",
]

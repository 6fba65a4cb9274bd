"""Where everything about a person is: one table with every model of the portal.

A new model joins in with one line in the module of its part: ``About("partners.Thing", "partner__user", "Section")``
(see ``registry.about``), or ``Nothing("partners.Thing", "why it is about nobody")``. A part that is not here yet adds a
module with ``ENTRIES`` and names it in ``_PARTS``. A test fails for a model in neither, so nothing new is forgotten.
Histories need no line: that of each model is given with it. Nor do fields that say who did something: wherever an
account is named and not as the one it is about, the file says so in a part of its own.
"""

from psp_portal.subject_access.registry import (
    accounts,
    committees,
    expenses,
    partners,
    records,
    recruitment,
    serving,
)
from psp_portal.subject_access.registry.about import About, Nothing, Subject

_PARTS = (accounts, recruitment, partners, serving, committees, expenses, records)
_ALL: tuple[About | Nothing, ...] = tuple(entry for part in _PARTS for entry in part.ENTRIES)

ABOUT: dict[str, About] = {entry.model: entry for entry in _ALL if isinstance(entry, About)}
NOTHING: dict[str, Nothing] = {entry.model: entry for entry in _ALL if isinstance(entry, Nothing)}

__all__ = ["ABOUT", "NOTHING", "About", "Nothing", "Subject"]

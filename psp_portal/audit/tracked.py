"""Which models keep a history, and where it stands."""

from functools import cache
from typing import Any

from django.apps import apps


@cache
def tracked_models() -> dict[str, tuple[Any, Any]]:
    """Return each tracked model and its history's, by the model's label."""
    histories = [(getattr(model, "pgh_tracked_model", None), model) for model in apps.get_models()]
    return {tracked._meta.label: (tracked, model) for tracked, model in histories if tracked and model._meta.managed}

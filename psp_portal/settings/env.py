"""Reads settings from the environment. Every name read here stands in .env.example."""

import os

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """Return the variable's text without outer spaces; an empty one counts as not given."""
    return os.environ.get(name, "").strip() or default


def integer(name: str, default: int) -> int:
    """Return the variable as a whole number. Raises ImproperlyConfigured, naming it, when it is none."""
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def flag(name: str, default: bool = False) -> bool:
    """Return the variable as yes or no. Raises ImproperlyConfigured, naming it, on any other word."""
    value = text(name).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value:
        raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")
    return default


def listing(name: str, default: str = "") -> list[str]:
    """Return the variable's comma-separated items."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def require(*names: str) -> None:
    """Raise ImproperlyConfigured that names every variable of these that is not given."""
    missing = [name for name in names if not text(name)]
    if missing:
        raise ImproperlyConfigured(f"Set these before the portal can start: {', '.join(missing)}.")

"""What the header of every page shows."""

from django.http import HttpRequest


def header(request: HttpRequest) -> dict:
    """Return the header's context."""
    return {}

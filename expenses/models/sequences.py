"""Numbers that people quote: each from a sequence of the database, so that no two claims share one."""

from django.db.models import Func, Value


def next_in(sequence: str) -> Func:
    """Return the expression for the next number of a sequence."""
    return Func(Value(sequence), function="nextval")

"""Who is acting, and what they are doing: put where the database's history triggers find it.

Every service names its action with ``audited``; a page's actor comes from ``AuditMiddleware``; jobs and commands
act as a ``SystemActor``. A write to a tracked table with no actor in force is refused by the database (``triggers``).
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, TypeVar

import pghistory
from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
R = TypeVar("R")

_action_in_force: ContextVar[str] = ContextVar("action_in_force", default="")


class Actor(Protocol):
    """Whoever acts: a user, or the system under the name of a job."""

    @property
    def pk(self) -> Any: ...

    def get_full_name(self) -> str: ...


@dataclass(frozen=True)
class SystemActor:
    """The portal itself, acting under the name of a job or command."""

    name: str
    pk: None = None

    def get_full_name(self) -> str:
        return "The portal"


@contextmanager
def acting_as(actor: Actor, action: str) -> Iterator[None]:
    """Record ``actor`` and ``action`` with everything written inside; an outer action keeps its name."""
    if _action_in_force.get():
        yield
        return
    identity = f"system:{actor.name}" if isinstance(actor, SystemActor) else str(actor.pk)
    token = _action_in_force.set(action)
    try:
        with pghistory.context(actor=identity, actor_name=actor.get_full_name(), action=action):
            yield
    finally:
        _action_in_force.reset(token)


def audited(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a service record ``action`` (``app.noun.verb``) by its keyword argument ``by``."""

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(service)
        def with_actor(*args: P.args, **kwargs: P.kwargs) -> R:
            with acting_as(kwargs["by"], action):  # type: ignore[arg-type]  # a service without ``by`` is a bug
                return service(*args, **kwargs)

        return with_actor

    return decorate


class AuditMiddleware:
    """Puts the person and the page into the audit context of every request that may write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        with pghistory.context(
            actor=str(user.pk) if user.is_authenticated else "anonymous",
            actor_name=user.get_full_name() if user.is_authenticated else "Somebody not signed in",
            action="page",
            page=request.path,
        ):
            return self.get_response(request)

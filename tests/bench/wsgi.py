"""The measured server: the portal, and with ``X-Bench-Plain`` the same addresses without the portal's middleware.

Each answer says in its headers how long it took to make and how many queries it needed.
"""

import os
from time import perf_counter
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import override_settings

PORTAL = get_wsgi_application()
# What a page needs to know its user, and nothing else.
with override_settings(
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ]
):
    PLAIN = type(PORTAL)()


class Counter:
    """Counts the queries of one request."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        self.queries += 1
        return execute(*arguments)


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer as the portal does. Django has made the whole page by the time it begins to answer."""
    counter = Counter()

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        took = (perf_counter() - begun) * 1000
        return start_response(
            status, [*headers, ("X-Bench-Ms", f"{took:.4f}"), ("X-Bench-Queries", str(counter.queries))], exc_info
        )

    answer = PLAIN if "HTTP_X_BENCH_PLAIN" in environ else PORTAL
    with connection.execute_wrapper(counter):
        begun = perf_counter()
        return answer(environ, start)

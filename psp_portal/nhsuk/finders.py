"""Finds the few files of nhsuk-frontend that pages load; everything else in the package stays unpublished."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import utils
from django.contrib.staticfiles.finders import BaseFinder
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage

# Source maps come too: the manifest storage refuses a file that names a map it cannot find.
STYLE_AND_SCRIPT = (
    "nhsuk-frontend.min.css",
    "nhsuk-frontend.min.css.map",
    "nhsuk-frontend.min.js",
    "nhsuk-frontend.min.js.map",
)
# The style sheet names these by the absolute address /assets/images/…. The package's favicons are the NHS logo,
# which a local service must not use alone, so they are left out.
ICONS = "nhsuk-icon-*.svg"


class _PrefixedStorage(FileSystemStorage):
    """A folder whose files are published under a prefix; collectstatic reads ``prefix``."""

    def __init__(self, location: Path, prefix: str) -> None:
        super().__init__(location=location)
        self.prefix = prefix


class NHSFrontendFinder(BaseFinder):
    """Publishes the style sheet and script under ``nhsuk/`` and the icons under ``images/``."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        dist = Path(settings.BASE_DIR) / "node_modules" / "nhsuk-frontend" / "dist" / "nhsuk"
        self.sources = (
            (_PrefixedStorage(dist, "nhsuk"), STYLE_AND_SCRIPT),
            (_PrefixedStorage(dist / "assets" / "images", "images"), (ICONS,)),
        )

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the absolute path of a published file, or an empty list when it is not one of ours."""
        for storage, allowed in self.sources:
            folder, _, name = path.partition("/")
            if folder == storage.prefix and _is_allowed(name, allowed) and storage.exists(name):
                found = storage.path(name)
                return [found] if find_all else found
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, _PrefixedStorage]]:
        """Yield each published file with its storage.

        Raises ImproperlyConfigured when the npm package is not there: a portal without its style sheet
        must not be published by accident.
        """
        for storage, allowed in self.sources:
            if not Path(storage.location).is_dir():
                raise ImproperlyConfigured("nhsuk-frontend is not installed: run npm ci --ignore-scripts first.")
            for name in sorted(storage.listdir("")[1]):
                if _is_allowed(name, allowed) and not utils.matches_patterns(name, list(ignore_patterns or [])):
                    yield name, storage


def _is_allowed(name: str, allowed: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in allowed)

"""The names line up, and the rules of the house that no other tool checks hold."""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.models import Choices
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parents[1]
PACKAGES = ("psp_portal", "partners", "committees", "network", "expenses")
CODE = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
# These answer machines, not people, with JSON; or send a file.
WITHOUT_TEMPLATE = {
    "health:alive_detail",
    "health:ready_detail",
    "expenses:board_report_export",
    "expenses:claim_ladder_download",
    "subject_access:file_download",
}


# --- addresses, views, templates -----------------------------------------------------------
def our_pages() -> Iterator[tuple[str, URLPattern]]:
    """Return (full name, pattern) of every address whose view is ours."""

    def walk(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, URLPattern]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                inner = ":".join(filter(None, [namespace, entry.namespace]))
                yield from walk(entry, inner)
            elif entry.callback.__module__.split(".")[0] in PACKAGES:
                yield f"{namespace}:{entry.name}" if namespace else str(entry.name), entry

    return walk(get_resolver(), "")


PAGES = dict(our_pages())


def view_class(pattern: URLPattern) -> type | None:
    return getattr(pattern.callback, "view_class", None)


def test_our_pages_are_found():
    assert {"health:alive_detail", "health:ready_detail"} <= PAGES.keys()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_url_name_view_and_template_agree(name):
    view = view_class(PAGES[name])
    assert view is not None, f"{name} is not answered by a view class"
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*:[a-z]+(_[a-z]+)+", name), "a URL's name is <app>:<noun>_<verb>"
    app, page = name.split(":")
    assert view.__name__ == "".join(word.capitalize() for word in page.split("_")) + "View"
    assert app in view.__module__.split("."), "a view lives in the app its URL's name says"
    template = None if name in WITHOUT_TEMPLATE else getattr(view, "template_name", None)
    if template is None:
        assert name in WITHOUT_TEMPLATE or not hasattr(view, "template_name"), f"{name} has no template"
    else:
        assert template == f"{app}/{page}.html"
        assert (ROOT / "templates" / template).exists()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_form_is_named_after_its_page(name):
    form = getattr(view_class(PAGES[name]), "form_class", None)
    # A page without questions of its own uses the empty form of the platform.
    if form is not None and form.__module__.split(".")[-1].startswith("forms"):
        assert form.__name__ == view_class(PAGES[name]).__name__.removesuffix("View") + "Form"


# --- files ---------------------------------------------------------------------------------
def test_there_are_no_drawers():
    drawers = {"utils", "helpers", "common", "managers", "signals", "constants", "misc"}
    assert [str(path.relative_to(ROOT)) for path in CODE if drawers & {path.stem, *path.parts}] == []


def test_there_is_no_admin():
    assert [str(path.relative_to(ROOT)) for path in CODE if path.stem == "admin"] == []
    assert not re.search(r"django\.contrib\.admin\b", (ROOT / "psp_portal/settings/base.py").read_text())


def test_each_module_says_what_it_is():
    silent = [
        str(path.relative_to(ROOT))
        for path in CODE
        if "migrations" not in path.parts and path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_nothing_hangs_on_signals_or_save():
    """Django's signals and ``save()`` overrides hide what happens (architecture: one way)."""
    hidden = re.compile(r"def save\(self|post_save|pre_save|m2m_changed|@receiver|ignore_imports")
    assert [str(path.relative_to(ROOT)) for path in CODE if hidden.search(path.read_text())] == []


# --- the clock -----------------------------------------------------------------------------
def test_only_the_edge_reads_the_clock():
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "TID" in ruff["select"]
    assert {"django.utils.timezone.now", "datetime.datetime.now", "datetime.date.today"} <= set(
        ruff["flake8-tidy-imports"]["banned-api"]
    )
    let_off = {path for path, rules in ruff["per-file-ignores"].items() if "TID251" in rules}
    assert let_off == {"**/views.py", "**/views/**", "**/tasks.py", "**/tasks/**", "**/management/**", "tests/**"}


# --- words ---------------------------------------------------------------------------------
def enums() -> Iterator[type[Choices]]:
    for path in CODE:
        if path.stem == "enums" or "enums" in path.parent.parts:
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for thing in vars(module).values():
                if isinstance(thing, type) and issubclass(thing, Choices) and thing.__module__ == module.__name__:
                    yield thing


def glossary() -> list[tuple[str, str]]:
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)
    return [(word, meaning) for word, meaning in rows if word != "Word" and not word.startswith("---")]


def test_every_label_is_in_the_glossary():
    words = {word for word, _meaning in glossary()}
    labels = {str(label): enum.__qualname__ for enum in enums() for label in enum.labels}
    assert labels, "no enums were found"
    assert {label: enum for label, enum in labels.items() if label not in words} == {}


def test_the_glossary_explains_each_word_once():
    words = [word for word, _meaning in glossary()]
    assert sorted({word for word in words if words.count(word) > 1}) == []
    assert [word for word, meaning in glossary() if not meaning.endswith(".")] == []


# --- settings ------------------------------------------------------------------------------
def settings_read() -> set[str]:
    """Return the name of each environment variable that the settings read through ``env``."""
    names = set()
    for path in (ROOT / "psp_portal/settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "env"
            ):
                values = node.args if node.func.attr == "require" else node.args[:1]
                names |= {value.value for value in values if isinstance(value, ast.Constant)}
    return names


def settings_explained() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_every_setting_is_in_the_example():
    # Django reads the first, docker-compose.yml the second; the settings read all others.
    read_elsewhere = {"DJANGO_SETTINGS_MODULE", "POSTGRES_PASSWORD"}
    assert settings_read() | read_elsewhere == settings_explained()


def test_nobody_else_reads_the_environment():
    """Settings come through ``env``; only what runs before or beside Django looks for itself."""
    allowed = {
        "psp_portal/settings/env.py", "psp_portal/embedded.py", "psp_portal/health/probe.py", "psp_portal/celery.py",
        "psp_portal/wsgi.py", "psp_portal/asgi.py", "psp_portal/demo/management/commands/serve_demo.py",
    }  # fmt: skip
    readers = {str(path.relative_to(ROOT)) for path in CODE if re.search(r"os\.(environ|getenv)", path.read_text())}
    assert readers - allowed == set()

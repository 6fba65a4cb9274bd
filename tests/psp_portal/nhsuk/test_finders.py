"""Only what pages load of nhsuk-frontend is published."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders, storage
from django.core.exceptions import ImproperlyConfigured

from psp_portal.nhsuk.finders import NHSFrontendFinder


def test_list_is_the_style_sheet_the_script_and_the_icons() -> None:
    published = {f"{store.prefix}/{name}" for name, store in NHSFrontendFinder().list([])}
    icons = {name for name in published if name.startswith("images/")}
    assert published - icons == {
        "nhsuk/nhsuk-frontend.min.css",
        "nhsuk/nhsuk-frontend.min.css.map",
        "nhsuk/nhsuk-frontend.min.js",
        "nhsuk/nhsuk-frontend.min.js.map",
    }
    assert {"images/nhsuk-icon-cross.svg", "images/nhsuk-icon-arrow-up.svg"} <= icons
    assert all(name.startswith("images/nhsuk-icon-") and name.endswith(".svg") for name in icons)


def test_list_leaves_out_what_it_is_told_to() -> None:
    assert not [name for name, _ in NHSFrontendFinder().list(["*.map"]) if name.endswith(".map")]


def test_find_gives_the_file_of_a_published_name_only() -> None:
    finder = NHSFrontendFinder()
    assert Path(finder.find("nhsuk/nhsuk-frontend.min.css")).is_file()
    assert [Path(path).name for path in finder.find("images/nhsuk-icon-cross.svg", find_all=True)] == [
        "nhsuk-icon-cross.svg"
    ]
    for hidden in ("nhsuk/nhsuk-frontend.css", "images/favicon.svg", "nhsuk/../../package.json", "nhsuk/index.scss"):
        assert finder.find(hidden) == []


def test_find_is_reached_through_the_settings() -> None:
    for name in ("nhsuk/nhsuk-frontend.min.js", "psp/psp.css", "mfa/js/webauthn.js", "account/js/onload.js"):
        assert finders.find(name), name


def test_list_without_the_package_says_what_to_run(settings, tmp_path) -> None:
    settings.BASE_DIR = tmp_path
    with pytest.raises(ImproperlyConfigured, match="npm ci"):
        list(NHSFrontendFinder().list([]))


def test_published_pictures_are_those_that_the_style_sheet_names(settings, tmp_path) -> None:
    """The manifest storage finishes, and hashes the addresses of the pictures in the style sheet."""
    manifest = storage.ManifestStaticFilesStorage(location=tmp_path)
    paths = {}
    for finder in finders.get_finders():
        for name, store in finder.list([]):
            prefixed = f"{store.prefix}/{name}" if getattr(store, "prefix", None) else name
            paths[prefixed] = (store, name)
            with store.open(name) as source:
                manifest.save(prefixed, source)
    results = list(manifest.post_process(paths))
    assert not [result for _, _, result in results if isinstance(result, Exception)]
    with manifest.open(manifest.stored_name("nhsuk/nhsuk-frontend.min.css")) as published:
        sheet = published.read().decode()
    assert "/assets/images/nhsuk-icon-cross.svg" not in sheet
    assert "/assets/images/nhsuk-icon-cross." in sheet

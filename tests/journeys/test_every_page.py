"""Every page there is, as each of those who may open it first sees it: with axe, on a narrow screen, by keyboard alone.

The addresses and the things they name are those of the access matrix, so that no page can be left out.
"""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Error

from tests.access_matrix import MATRIX, WHO, build_world
from tests.journeys.conftest import PHONE, Window
from tests.test_access_matrix import ADDRESSES

# So many tests, each with a share of the pages: they may run side by side.
SHARES = 4

# What can have the focus, in words by which a person would find it; of a group of radios one.
FOCUSABLE = """
() => {
  const shown = element => element.checkVisibility() && !element.closest('[inert]') && element.tabIndex >= 0;
  const groups = new Set();
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(one => {
    if (one.disabled || one.type === 'hidden' || !shown(one)) return false;
    if (one.type !== 'radio') return true;
    const group = one.form + one.name;
    return !groups.has(group) && groups.add(group);
  }).length;
}
"""

# What has the focus now, whether it can be seen to have it, and whether it is in the window.
FOCUSED = """
() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const marks = (element, part) => {
    const style = getComputedStyle(element, part);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  };
  // The box of a radio or checkbox is drawn by its label.
  const labels = [...(one.labels || [])];
  const box = one.getBoundingClientRect();
  return {
    words: (one.innerText || one.labels?.[0]?.innerText || one.name || one.tagName).trim().slice(0, 60),
    isMarked: marks(one) || marks(one, '::before') || labels.some(label => marks(label, '::before')),
    isInWindow: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}
"""


def pages() -> list[tuple[str, str]]:
    """Return (name of the address, who opens it): the first of the matrix who may, somebody signed in before nobody."""
    found = []
    for name, row in sorted(MATRIX.items()):
        if not row.startswith("POST"):
            may = [who for who, status in zip(WHO, row.split(), strict=True) if status == "200"]
            found += [(name, who) for who in sorted(may, key="anonymous".__eq__)[:1]]
    return found


def problems_on(window: Window) -> list[Any]:
    """Return what would shut somebody out of the page as it stands."""
    page = window.page
    found: list[Any] = []
    try:
        window.check()
    except AssertionError as problem:
        found.append(str(problem).split("\n")[0])
    expected = page.evaluate(FOCUSABLE)
    reached = []
    # Something may be opened by being reached, so a few more presses than there are things.
    for _ in range(expected + 5):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        reached.append(focused["words"])
        found += [f"focus cannot be seen on “{focused['words']}”"] if not focused["isMarked"] else []
        found += [f"focus is outside the window on “{focused['words']}”"] if not focused["isInWindow"] else []
    if len(reached) < expected:
        found.append(f"the keyboard reaches {len(reached)} of {expected}, and then nothing: {reached[-2:]}")
    return found


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_is_open_to_everybody(share, new_window):
    world = build_world()
    windows: dict[str, Window] = {}
    found: dict[str, list[Any]] = {}
    for name, who in pages()[share::SHARES]:
        if who not in windows:
            windows[who] = new_window(PHONE, user=world.people.get(who))
        own = world.things.get(name, {})
        path = reverse(
            name.split()[0], kwargs={key: own.get(key) or world.things[key] for key in ADDRESSES.get(name, ())}
        )
        try:
            windows[who].open(path)
        except Error as error:
            # A file: the page that offers it is a page of its own.
            assert "Download is starting" in str(error), f"{name}: {error}"  # noqa: PT017  two kinds of answer
            continue
        if windows[who].page.evaluate("document.contentType") == "text/html" and (
            problems := problems_on(windows[who])
        ):
            found[f"{name} as {who}"] = problems
    assert found == {}

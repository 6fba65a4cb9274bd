"""A real browser on a real server, and what a journey needs beside it."""

import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.expenses.receipts import photo
from tests.expenses.world import World, make_world

# Playwright keeps an event loop running in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = Path(django_settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
# Every rule is run; only what is found leaves the browser, since the whole of axe's answer takes longer than its work.
FINDINGS = "axe.run().then(all => all.violations.map(rule => [rule.id, rule.nodes.map(node => node.target)]))"
# The narrowest window that a page must work in: what is left of 1280 at 400 % zoom.
PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}

_photos = itertools.count(1)


@pytest.fixture
def world() -> World:
    """A trust, and a partner who has attended a meeting."""
    return make_world()


@pytest.fixture
def now(world) -> Iterator[time_machine.Traveller]:
    """Let it be the morning on which the trust's people act: days, weeks and tax years are those of a known date."""
    with time_machine.travel(world.at) as traveller:
        yield traveller


@pytest.fixture(params=[True, False], ids=["javascript", "no javascript"])
def has_javascript(request) -> bool:
    return request.param


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    if CHROMIUM is None:
        pytest.fail("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@dataclass
class Window:
    """A person's browser window. Each page it comes to can be checked for what would shut somebody out."""

    page: Page
    address: str
    has_javascript: bool

    def open(self, path: str) -> None:
        """Open an address of the portal."""
        self.page.goto(self.address + path)

    def press(self, name: str) -> None:
        """Press a button, or a link that looks like one, by its words, and wait for the page it leads to."""
        button = self.page.get_by_role("button", name=name)
        self._go((button if button.count() else self.page.get_by_role("link", name=name)).first)

    def follow(self, name: str) -> None:
        """Follow a link by its words."""
        self._go(self.page.get_by_role("link", name=name).first)

    def _go(self, there: Locator) -> None:
        # Without this a slow answer leaves the old page to be read in place of the new one.
        with self.page.expect_navigation():
            there.click()

    def reads(self, text: str) -> bool:
        """Say whether the page's main part holds a text, white space folded."""
        return " ".join(text.split()) in " ".join(self.page.locator("main").inner_text().split())

    def tick(self, *names: str) -> None:
        """Tick checkboxes, or choose radios, by their words."""
        for name in names:
            self.page.get_by_label(name, exact=True).check()

    def fill(self, name: str, words: object) -> None:
        """Type into a box by its words."""
        self.page.get_by_label(name, exact=True).fill(str(words))

    def fill_date(self, name: str, on: date) -> None:
        """Type a day, a month and a year into the three boxes of a date."""
        boxes = self.page.get_by_role("group", name=name)
        for part, number in (("Day", on.day), ("Month", on.month), ("Year", on.year)):
            boxes.get_by_label(part, exact=True).fill(str(number))

    def attach(self, content: bytes, name: str) -> None:
        """Choose a file for the page's one file box, as if it lay on the person's own machine."""
        kind = "image/jpeg" if name.endswith(".jpg") else "text/csv"
        file = {"name": name, "mimeType": kind, "buffer": content}
        self.page.locator("input[type=file]").set_input_files(file)

    def attach_photo(self) -> str:
        """Choose a photo unlike any other for the page's one file box; return its name."""
        name = f"receipt-{next(_photos)}.jpg"
        self.attach(photo().read(), name)
        return name

    def download(self, name: str) -> bytes:
        """Press what downloads a file, and return the file."""
        with self.page.expect_download() as found:
            self.page.get_by_role("main").get_by_text(name, exact=True).click()
        return Path(found.value.path()).read_bytes()

    def section(self, name: str) -> Locator:
        """Return the part of a page that a heading names."""
        return self.page.get_by_role("region", name=name)

    def tab_to(self, name: str) -> None:
        """Press the tab key until something with these words has the focus, as somebody without a mouse does."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if name in self.focused():
                return
        pytest.fail(f"No tabbing leads to “{name}” on “{self.page.title()}”.")

    def focused(self) -> str:
        """Return the words of what has the focus: its own, or those of its label."""
        return self.page.evaluate(
            "(focus => [focus.innerText, ...[...focus.labels || []].map(label => label.innerText)].join(' '))"
            "(document.activeElement)"
        )

    def enter(self) -> None:
        """Press the enter key on what leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def check(self) -> None:
        """Check the page as it stands: nothing that axe finds, nothing wider than the window, no link to nowhere."""
        title = self.page.title()
        nowhere = self.page.locator("a[href='']").all_inner_texts()
        assert nowhere == [], f"{title} has links to nowhere: {nowhere}"
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{title} scrolls"
        if self.has_javascript:
            found = self.page.evaluate(FINDINGS)
            assert found == [], f"axe on “{title}”: {found}"


@pytest.fixture
def new_window(browser: Browser, live_server) -> Iterator:
    """Open windows, each a browser of its own; every one must end without a complaint in its console."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def new(size: dict[str, int], *, user=None, has_javascript: bool = True, keeps_policy: bool = False) -> Window:
        context = browser.new_context(
            viewport=size,
            java_script_enabled=has_javascript,
            # The strict policy would keep axe out; that pages keep to it is a test of its own.
            bypass_csp=not keeps_policy,
            locale="en-GB",
        )
        if has_javascript and not keeps_policy:
            context.add_init_script(path=AXE)
        # Nothing of the outside world is reached for: the licensed font's host least of all.
        context.route("**/*", lambda route: _only_here(route, live_server.url))
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
            )
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note_breach(message, complaints))
        return Window(page, live_server.url, has_javascript)

    yield new
    for context in contexts:
        context.close()
    assert complaints == []


def _note_breach(message, complaints: list[str]) -> None:
    if message.type == "error" and "Content Security Policy" in message.text:
        complaints.append(message.text)


def _only_here(route, address: str) -> None:
    if route.request.url.startswith((address, "data:", "blob:")):
        route.continue_()
    else:
        route.abort()


def text_of_pdf(content: bytes) -> str:
    """Return the words of a PDF, white space folded."""
    return " ".join("".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)).split())

"""A real browser on a real server, and what a journey needs beside it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# Playwright keeps an event loop running in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = Path(django_settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


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
        """Press a button, or a link that looks like one, by its words."""
        button = self.page.get_by_role("button", name=name)
        (button.first if button.count() else self.page.get_by_role("link", name=name).first).click()
        self.page.wait_for_load_state()

    def follow(self, name: str) -> None:
        """Follow a link by its words."""
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def reads(self, text: str) -> bool:
        """Say whether the page's main part holds a text, white space folded."""
        return " ".join(text.split()) in " ".join(self.page.locator("main").inner_text().split())

    def tab_to(self, name: str) -> None:
        """Press the tab key until something with these words has the focus, as somebody without a mouse does."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if name in self.page.evaluate("document.activeElement.innerText || ''"):
                return
        pytest.fail(f"No tabbing leads to “{name}” on “{self.page.title()}”.")

    def check(self) -> None:
        """Check the page as it stands: nothing that axe finds, nothing wider than the window."""
        title = self.page.title()
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{title} scrolls"
        if self.has_javascript:
            self.page.evaluate(AXE.read_text())
            result = self.page.evaluate("axe.run()")
            found = [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in result["violations"]]
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

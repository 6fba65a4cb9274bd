"""Measures and prints. Everything it makes (databases, servers, files, keys in Redis) goes with it, on Ctrl-C too."""

import os
import platform
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path

import django
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests.bench import bulk, copies, data, many, people
from tests.bench.process import told_by
from tests.bench.server import Answer, Server, serving

FEW, MANY = 2_000, 20_000
SIZES = (FEW, MANY)
OPEN, DUE = 20_000, 500
ROUNDS, ROUNDS_OF_WRITES, WARMING = 40, 30, 5
# What issue and product ask for.
MOST_RATIO, MOST_QUERIES, MOST_GROWTH, MOST_SECONDS, MOST_BYTES = 1.5, 10, 1.1, 5.0, 120_000


@dataclass(frozen=True)
class Page:
    """A page and the bare page beside it: addresses and forms for the n-th time it is asked. ``expects`` a status."""

    name: str
    path: Callable[[int], str]
    bare: Callable[[int], str]
    session: str = ""
    form: Callable[[int], dict[str, str]] | None = None
    expects: HTTPStatus = HTTPStatus.OK

    @property
    def is_write(self) -> bool:
        return self.form is not None


@dataclass
class Measured:
    """What one page took at one size, in milliseconds, round by round."""

    page: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    queries: int = 0
    size: int = 0

    @property
    def ratio(self) -> float:
        return statistics.median(self.page) / statistics.median(self.bare)


# --- what is measured -----------------------------------------------------------------------
def pages_of(trust: data.Trust, server: Server) -> list[Page]:
    """Return the pages to measure on one server, whose database must be the connection's."""
    partner, approver = data.sign_in(trust.partner), data.sign_in(trust.approver)
    approved = data.claims_with_five_lines("approved")[0]
    drafts = data.claims_with_five_lines("draft")
    payer = f"payer={trust.organisation}"

    def decisions(turn: int) -> dict[str, str]:
        form = Form(server.ask(f"/expenses/claims/{drafts[turn]}/decide/", session=approver))
        # A line without a receipt is flagged: approving it takes a reason.
        reasons = {radio.replace("action_", "reason_"): "Agreed" for radio in form.radios}
        return form.hidden | dict.fromkeys(form.radios, "approve") | reasons

    return [
        Page("Sign-in", lambda _: "/account/login/", lambda _: "/bench/sign-in/"),
        Page("My claims, 25", lambda _: "/expenses/claims/", lambda _: "/bench/claims/", partner),
        Page(
            "All claims, 25 of all",
            lambda _: "/expenses/claims/overview/?show=all",
            lambda _: f"/bench/overview/?show=all&{payer}",
            approver,
        ),
        Page(
            "All claims, 25 of those open",
            lambda _: "/expenses/claims/overview/",
            lambda _: f"/bench/overview/?show=open&{payer}",
            approver,
        ),
        Page(
            "Claim with five lines",
            lambda _: f"/expenses/claims/{approved}/",
            lambda _: f"/bench/claims/{approved}/",
            partner,
        ),
        Page(
            "The same, for its approver",
            lambda _: f"/expenses/claims/{approved}/",
            lambda _: f"/bench/claims/{approved}/",
            approver,
        ),
        Page("Claims to decide, 25", lambda _: "/expenses/decisions/", lambda _: f"/bench/queue/?{payer}", approver),
        Page(
            "Submit, five lines (POST)",
            lambda turn: f"/expenses/claims/{drafts[turn]}/submit/",
            lambda _: f"/bench/claims/{approved}/write/",
            partner,
            lambda _: {},
            HTTPStatus.FOUND,
        ),
        Page(
            "Approve, five lines (POST)",
            # What has just been submitted.
            lambda turn: f"/expenses/claims/{drafts[turn]}/decide/",
            lambda _: f"/bench/claims/{approved}/write/",
            approver,
            decisions,
            HTTPStatus.FOUND,
        ),
    ]


class Form(HTMLParser):
    """The hidden fields and the names of the radios of a page that a browser would send."""

    def __init__(self, page: Answer) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.radios: list[str] = []
        self.feed(page.body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") == "hidden" and given["name"] != "csrfmiddlewaretoken":
            self.hidden[given["name"]] = given.get("value", "")
        if tag == "input" and given.get("type") == "radio" and given["name"] not in self.radios:
            self.radios.append(given["name"])


def measure(pages: dict[int, Page], servers: dict[int, Server]) -> dict[int, Measured]:
    """Ask for a page, its bare page and the same without middleware, at each size in turn, round after round."""
    measured = {size: Measured() for size in pages}
    rounds = ROUNDS_OF_WRITES if next(iter(pages.values())).is_write else ROUNDS
    for turn in range(WARMING + rounds):
        for size, page in pages.items():
            server, told = servers[size], measured[size]
            form = page.form(turn) if page.form else None
            answer = server.ask(page.path(turn), session=page.session, data=form)
            bare_form = None if form is None else {}
            bare = server.ask(page.bare(turn), session=page.session, data=bare_form)
            plain = server.ask(page.bare(turn), session=page.session, data=bare_form, plain=True)
            for which, expected in ((answer, page.expects), (bare, page.expects), (plain, page.expects)):
                if which.status != expected:
                    raise RuntimeError(f"{page.name}: {page.path(turn)} answers {which.status}.")
            if turn >= WARMING:
                told.page.append(answer.ms)
                told.bare.append(bare.ms)
                told.plain.append(plain.ms)
            told.queries, told.size = answer.queries, len(answer.body)
    return measured


# --- what is printed ------------------------------------------------------------------------
def show(name: str, measured: dict[int, Measured], *, is_write: bool) -> None:
    """Print a line for each size, and the growth between them."""
    growth = statistics.median(measured[MANY].page) / statistics.median(measured[FEW].page)
    for size, told in measured.items():
        page, bare, plain = (statistics.median(times) for times in (told.page, told.bare, told.plain))
        marks: list[str] = []
        if not is_write and told.ratio > MOST_RATIO:
            marks.append("ratio")
        if not is_write and told.queries > MOST_QUERIES:
            marks.append("queries")
        if not is_write and size == MANY and growth >= MOST_GROWTH:
            marks.append("growth")
        over = f"  over: {', '.join(marks)}" if marks else ""
        print(
            f"{name:30} {size:7,} {page:8.2f} {bare:8.2f} {told.ratio:6.2f} {plain:8.2f} {page / plain:6.2f} "
            f"{told.queries:8} {told.size:8,} {f'{growth:.2f}' if size == MANY else '':>7}"
            f"{over}",
            flush=True,
        )


def show_weights(pages: list[Page], server: Server) -> None:
    """Print what a first visit of each page loads, compressed."""
    print(f"\nFirst visit, compressed (at most {MOST_BYTES / 1000:.0f} kB)")
    for page in pages:
        if not page.is_write:
            weights = server.weigh(page.path(0), session=page.session)
            html = weights[page.path(0)]
            whole = sum(weights.values())
            over = "  over" if whole > MOST_BYTES else ""
            print(
                f"{page.name:30} {whole / 1000:6.1f} kB, of which HTML {html / 1000:5.1f} kB, "
                f"{len(weights)} files{over}"
            )


def show_escalation(database: str) -> None:
    """Run the escalation pass in a process of its own, and print what it took."""
    told = told_by("tests.bench.escalation", database)
    if told["steps"] != DUE:
        raise RuntimeError(f"The pass has written {told['steps']:,} steps instead of {DUE:,}.")
    over = "  over" if told["seconds"] > MOST_SECONDS else ""
    print(
        f"\nEscalation pass over {told['open']:,} open claims, {told['steps']} steps written: {told['seconds']:.2f} s "
        f"(at most {MOST_SECONDS:.0f} s){over}; peak memory {told['peak']:.0f} MB, {told['before']:.0f} MB before it"
    )


# --- what it stands on ----------------------------------------------------------------------
@contextmanager
def databases(*suffixes: str) -> Iterator[tuple[data.Trust, dict[str, str]]]:
    """Make a database with a trust and a copy of it for each suffix; drop them all in the end."""
    creation = connection.creation
    own = connection.settings_dict["NAME"]
    made: list[str] = []
    base = creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        trust = data.make_trust()
        names = {}
        for suffix in suffixes:
            made.append(suffix)
            creation.clone_test_db(suffix, verbosity=0, autoclobber=True)
            names[suffix] = creation.get_test_db_clone_settings(suffix)["NAME"]
        yield trust, names
    finally:
        use(base)
        for suffix in made:
            creation.destroy_test_db(suffix=suffix, verbosity=0)
        creation.destroy_test_db(own, verbosity=0)


def use(database: str) -> None:
    """Let the connection of this process be to another database."""
    connection.close()
    connection.settings_dict["NAME"] = database


@contextmanager
def scratch() -> Iterator[Path]:
    """Make the run's folder with the collected static files; delete it and the run's keys in Redis in the end."""
    settings.SCRATCH_DIR.mkdir(parents=True)
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
        yield settings.SCRATCH_DIR
    finally:
        shutil.rmtree(settings.SCRATCH_DIR, ignore_errors=True)
        shutil.rmtree(settings.STORAGES["default"]["OPTIONS"]["location"], ignore_errors=True)
        server = redis.Redis.from_url(settings.REDIS_URL)
        for key in server.scan_iter(f"*{settings.RUN}*", count=1000):
            server.delete(key)
        server.close()


def machine() -> str:
    """Return what it was measured on, in a line."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0].split()[0]
    load = os.getloadavg()[0]
    return (
        f"{time.strftime('%d %B %Y').lstrip('0')}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"Django {django.get_version()}, PostgreSQL {postgres}, load at the start {load:.1f}"
    )


def main(*, lines: int, claims: int, is_quick: bool, is_people_only: bool) -> None:
    """Measure everything once and print it.

    ``is_quick`` leaves out the pages beside bare ones; ``is_people_only`` all but the pages about people.
    """
    begun = time.perf_counter()
    with ExitStack() as stack:
        folder = stack.enter_context(scratch())
        is_quick = is_quick or is_people_only
        suffixes = ["people_few", "people_many"]
        suffixes += [] if is_people_only else ["lines_few", "lines_many", "ladder"]
        suffixes += [] if is_quick else ["few", "many", "open"]
        trust, names = stack.enter_context(databases(*suffixes))
        print(machine())
        if not is_quick:
            beside_bare_pages(trust, names, folder)
        with_many_partners(names, folder)
        if is_people_only:
            return
        with_many_lines(names, folder, lines=lines)
        use(names["ladder"])
        print(f"\nLoaded {claims:,} open claims in {bulk.load_ladder(claims, min(many.DUE, claims)):.0f} s")
        connection.close()
        many.show_ladder(names["ladder"], claims)
    print(f"\nThe whole bench took {time.perf_counter() - begun:.0f} s")


def beside_bare_pages(trust: data.Trust, names: dict[str, str], folder: Path) -> None:
    """Measure the pages that people wait for beside bare ones."""
    loading = []
    sized = dict(zip(SIZES, (names["few"], names["many"]), strict=True))
    writes = WARMING + ROUNDS_OF_WRITES
    for size, name in sized.items():
        use(name)
        loading.append(f"{size:,} claims in {data.load(trust, size, drafts=writes):.1f} s")
    use(names["open"])
    loading.append(f"{OPEN:,} open ones in {data.load(trust, OPEN, due=DUE):.1f} s")
    print(f"Loaded {', '.join(loading)}")
    connection.close()
    with ExitStack() as stack:
        servers = {
            size: stack.enter_context(serving(name, folder / f"gunicorn-{size}.log")) for size, name in sized.items()
        }
        pages: dict[int, list[Page]] = {}
        for size, name in sized.items():
            use(name)
            pages[size] = pages_of(trust, servers[size])
        connection.close()
        print(
            f"\nMedian server time in ms; aims for pages: {MOST_RATIO} times the bare page, {MOST_QUERIES} queries, "
            f"growth under {MOST_GROWTH}\n"
            f"{'':30} {'of':>7} {'page':>8} {'bare':>8} {'ratio':>6} {'plain':>8} {'ratio':>6} {'queries':>8} "
            f"{'bytes':>8} {'growth':>7}"
        )
        for few, more in zip(pages[FEW], pages[MANY], strict=True):
            show(few.name, measure({FEW: few, MANY: more}, servers), is_write=few.is_write)
        show_weights(pages[FEW], servers[FEW])
    show_escalation(names["open"])


def with_many_lines(names: dict[str, str], folder: Path, *, lines: int) -> None:
    """Measure the pages, the reports and a run of one trust with few claim lines and with many."""
    sized = {many.FEW_LINES: names["lines_few"], lines: names["lines_many"]}
    loaded: dict[int, bulk.Loaded] = {}
    for size, name in sized.items():
        use(name)
        loaded[size] = bulk.load(size)
        bulk.check_whole()
    took = ", ".join(f"{size:,} claim lines in {found.seconds:.0f} s" for size, found in loaded.items())
    print(f"\nLoaded {took}")
    show_growth(sized, lambda size, server: many.pages_of(loaded[size], server), folder, what="lines")
    many.show_reconciliation(sized)
    many.show_run(sized, loaded)


def with_many_partners(names: dict[str, str], folder: Path) -> None:
    """Measure the pages about people of one trust with few partners and with many."""
    sized = {people.FEW: names["people_few"], people.MANY: names["people_many"]}
    loaded: dict[int, people.Loaded] = {}
    for size, name in sized.items():
        use(name)
        loaded[size] = people.load(size)
    print("\nLoaded " + ", ".join(f"{size:,} partners in {found.seconds:.0f} s" for size, found in loaded.items()))
    show_growth(sized, lambda size, _: people.pages_of(loaded[size]), folder, what="partners")
    people.show_imports(sized, loaded)
    use(names["people_many"])
    copies.load(loaded[people.MANY].partner)
    connection.close()
    copies.show(names["people_many"], loaded[people.MANY].partner)


def show_growth(
    sized: dict[int, str],
    pages_of: Callable[[int, Server], list[many.Asked]],
    folder: Path,
    *,
    what: str,
) -> None:
    """Serve the database of each size, and print what the pages take on each; ``what`` there is few or many of."""
    connection.close()
    with ExitStack() as stack:
        servers = {
            size: stack.enter_context(serving(name, folder / f"gunicorn-{what}-{size}.log"))
            for size, name in sized.items()
        }
        pages: dict[int, list[many.Asked]] = {}
        for size, name in sized.items():
            use(name)
            pages[size] = pages_of(size, servers[size])
            for person in {page.user for page in pages[size]}:
                many.SESSIONS[size, person] = data.sign_in(person)
        connection.close()
        many.show_pages(pages, servers, lambda size: use(sized[size]))
    connection.close()

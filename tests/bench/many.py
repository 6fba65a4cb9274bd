"""Measures what must not grow: the same pages with 20,000 and with a million claim lines, and what takes long once."""

import math
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from psp_portal.accounts.models import User
from tests.bench import bulk, data
from tests.bench.process import told_by
from tests.bench.server import Server

FEW_LINES = 20_000
DUE = 5_000
RUN_LINES = 2_000
AT_ONCE, LINES_OF_EACH = 20, 2
ROUNDS, ROUNDS_OF_WRITES, WARMING = 20, 8, 2
# What the issue asks for.
MOST_GROWTH, MOST_REPORT_MS, MOST_PASS_SECONDS, MOST_PASS_MEGABYTES = 1.1, 2_000, 30.0, 300.0
# A median of so many rounds wavers by its standard error: 1.2533 times that of a mean, whose spread is read off the
# median deviation (1.4826 of it, if it were normal). Twice as much is beyond chance nineteen times in twenty.
ERROR_OF_A_MEDIAN, SPREAD_OF_DEVIATION, BEYOND_CHANCE = 1.2533, 1.4826, 2.0

# What can be explained: not the beginnings and ends of transactions.
STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")

Form = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A page that is asked for at both sizes: who asks, and for a POST the form of the n-th time."""

    name: str
    path: Callable[[int], str]
    user: str
    form: Callable[[int], Form] | None = None
    is_report: bool = False

    @property
    def expects(self) -> HTTPStatus:
        return HTTPStatus.OK if self.form is None else HTTPStatus.FOUND


def pages_of(loaded: bulk.Loaded, server: Server) -> list[Asked]:
    """Return what is asked of one server, whose database must be the connection's."""
    approver = data.sign_in(loaded.approver)
    approved = _newest("approved", loaded.organisation)
    submitted = _newest("submitted", loaded.organisation)
    own = _newest("paid", loaded.organisation, loaded.partner)
    drafts = _drafts(loaded.partner)
    run, year_of_tax = _newest_run(loaded.organisation), timezone.localdate().year - 1
    year = "?period=this_year"
    everything = "?period=days&first_0=1&first_1=1&first_2=2019&last_0=31&last_1=3&last_2=2027"

    def ticked(turn: int) -> Form:
        page = server.ask(f"/expenses/decisions/?page={turn + 1}", session=approver).body.decode()
        ticks = re.findall(r'<input[^>]*name="claims"[^>]*value="([^"]+)"', page)
        on_page = re.findall(r'<input[^>]*name="on_page"[^>]*value="([^"]+)"', page)
        if len(ticks) < AT_ONCE:
            raise RuntimeError(f"The queue's page {turn + 1} has {len(ticks)} claims to tick.")
        return [*(("claims", tick) for tick in ticks[:AT_ONCE]), *(("on_page", tick) for tick in on_page)]

    def plain(path: str) -> Callable[[int], str]:
        return lambda _: path

    def report(name: str, path: str) -> Asked:
        return Asked(name, plain(path), loaded.finance, is_report=True)

    return [
        Asked("First page, partner", plain("/"), loaded.partner),
        Asked("First page, approver", plain("/"), loaded.approver),
        Asked("First page, finance", plain("/"), loaded.finance),
        Asked("My claims, 25", plain("/expenses/claims/"), loaded.partner),
        Asked("My money", plain("/expenses/money/"), loaded.partner),
        Asked("Claim, for its partner", plain(f"/expenses/claims/{own}/"), loaded.partner),
        Asked("Claim, for finance", plain(f"/expenses/claims/{approved}/"), loaded.finance),
        Asked("Claims to decide, 25", plain("/expenses/decisions/"), loaded.approver),
        Asked("Decide a claim", plain(f"/expenses/claims/{submitted}/decide/"), loaded.approver),
        Asked("All claims, 25 of those open", plain("/expenses/claims/overview/"), loaded.lead),
        Asked("All claims, 25 of all", plain("/expenses/claims/overview/?show=all"), loaded.lead),
        Asked("Payment runs", plain("/expenses/runs/"), loaded.finance),
        Asked("Make a run", plain("/expenses/runs/create/"), loaded.finance),
        Asked("The newest run", plain(f"/expenses/runs/{run}/"), loaded.finance),
        Asked("Reconciliation", plain("/expenses/runs/reconciliation/"), loaded.finance),
        Asked("Bank details to check", plain("/expenses/bank-details/checks/"), loaded.finance),
        Asked("My tax year", plain(f"/expenses/money/tax-years/{year_of_tax}/"), loaded.partner),
        Asked("Audit trail, 25", plain("/audit/"), loaded.lead),
        report("Reports, summary, this year", f"/reports/{year}"),
        report("Reports, speed, this year", f"/reports/speed/{year}"),
        report("Reports, owed, this year", f"/reports/owed/{year}"),
        report("Reports, held, this year", f"/reports/held/{year}"),
        report("Reports, replies, this year", f"/reports/replies/{year}"),
        report("Reports, spending, this year", f"/reports/spending/{year}"),
        report("Year end", "/reports/year-end/"),
        report("Board report, this quarter", "/expenses/reports/board/"),
        report("Reports, speed, all lines", f"/reports/speed/{everything}"),
        report("Reports, owed, all lines", f"/reports/owed/{everything}"),
        report("Reports, held, all lines", f"/reports/held/{everything}"),
        report("Reports, replies, all lines", f"/reports/replies/{everything}"),
        report("Reports, spending, all lines", f"/reports/spending/{everything}"),
        report("Reports, spending, all lines, CSV", f"/reports/spend.csv{everything}"),
        report("Rows of a figure, all lines", f"/reports/rows/{everything}&report=spend&figure=paid"),
        Asked(
            "Send a claim (POST)", lambda turn: f"/expenses/claims/{drafts[turn]}/submit/", loaded.partner, lambda _: []
        ),
        Asked(
            f"Approve {AT_ONCE * LINES_OF_EACH} lines at once (POST)",
            plain("/expenses/decisions/approve/"),
            loaded.approver,
            ticked,
        ),
    ]


def _newest(status: str, organisation: str, partner: str = "") -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM expenses_claim WHERE status = %s AND organisation_id = %s"
            " AND (%s = '' OR claimant_id::text = %s) ORDER BY submitted_at DESC NULLS LAST LIMIT 1",
            [status, organisation, partner, partner],
        )
        return str(cursor.fetchone()[0])


def _newest_run(organisation: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM expenses_paymentrun WHERE organisation_id = %s ORDER BY made_at DESC LIMIT 1",
            [organisation],
        )
        return str(cursor.fetchone()[0])


def _drafts(partner: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM expenses_claim WHERE status = 'draft' AND claimant_id = %s", [partner])
        return [str(pk) for (pk,) in cursor.fetchall()]


# --- pages ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Took:
    """What a page took at one size: the median milliseconds, how far that may be off by chance, and the queries."""

    ms: float
    error: float
    queries: int


def measure(asked: Mapping[int, Asked], servers: Mapping[int, Server]) -> dict[int, Took]:
    """Ask for a page at each size in turn, round after round."""
    times: dict[int, list[float]] = {size: [] for size in asked}
    queries: dict[int, int] = {}
    for turn in range(WARMING + _rounds(next(iter(asked.values())))):
        for size, page in asked.items():
            form = page.form(turn) if page.form else None
            answer = servers[size].ask(page.path(turn), session=SESSIONS[size, page.user], data=form)
            if answer.status != page.expects:
                raise RuntimeError(f"{page.name}: {page.path(turn)} answers {answer.status}.")
            if turn >= WARMING:
                times[size].append(answer.ms)
            queries[size] = answer.queries
    return {size: Took(statistics.median(times[size]), error_of(times[size]), queries[size]) for size in asked}


def _rounds(page: Asked) -> int:
    return ROUNDS_OF_WRITES if page.form else ROUNDS


def error_of(times: Sequence[float]) -> float:
    """Return how far the median of some times may be off by chance, in milliseconds."""
    middle = statistics.median(times)
    deviation = statistics.median(abs(each - middle) for each in times)
    return ERROR_OF_A_MEDIAN * SPREAD_OF_DEVIATION * deviation / math.sqrt(len(times))


def noise_of(before: Took, after: Took) -> float:
    """Return how many milliseconds beyond the growth that is allowed may be chance."""
    return BEYOND_CHANCE * math.hypot(after.error, MOST_GROWTH * before.error)


def has_grown(before: Took, after: Took) -> bool:
    """Say whether a page takes more than it may with more lines, by more than chance."""
    return after.ms - MOST_GROWTH * before.ms > noise_of(before, after)


# The session of everybody who asks, by size: made while the connection is to that size's database.
SESSIONS: dict[tuple[int, str], str] = {}


def show_pages(
    pages: Mapping[int, list[Asked]], servers: Mapping[int, Server], use: Callable[[int], None]
) -> list[str]:
    """Print what each page took at both sizes; return the names of those that grew, and print their plans last."""
    few, many = pages
    print(
        f"\nMedian server time in ms; aims: growth under {MOST_GROWTH}, a report under {MOST_REPORT_MS / 1000:.0f} s."
        " Growth counts when it is beyond the noise, the ms more that may be chance\n"
        f"{'':34} {few:>10,} {many:>10,} {'growth':>7} {'noise':>7} {'queries':>8}"
    )
    grown: list[Asked] = []
    for small, large in zip(pages[few], pages[many], strict=True):
        took = measure({few: small, many: large}, servers)
        before, after = took[few], took[many]
        marks = []
        if has_grown(before, after):
            marks.append("growth")
            grown.append(large)
        if large.is_report and after.ms > MOST_REPORT_MS:
            marks.append("time")
        over = f"  over: {', '.join(marks)}" if marks else ""
        print(
            f"{large.name:34} {before.ms:10.2f} {after.ms:10.2f} {after.ms / before.ms:7.2f} "
            f"{noise_of(before, after):7.2f} {after.queries:8}{over}",
            flush=True,
        )
    if grown:
        use(many)
        print("\nThe slowest query of each page that grew, with its plan")
        for page in grown:
            show_plan(page)
    return [page.name for page in grown]


def show_plan(page: Asked) -> None:
    """Print how the database works out the slowest query of a page; the connection must be to its database.

    A page that writes is sent once more for each of the two times that it is asked here: there are drafts enough.
    """
    turn = WARMING + _rounds(page)
    # A browser that is this process, so that its queries can be read.
    with override_settings(ALLOWED_HOSTS=["testserver", *settings.ALLOWED_HOSTS]):
        browser = Client()
        browser.force_login(User.objects.get(pk=page.user))
        _ask(browser, page, turn)
        with CaptureQueriesContext(connection) as captured:
            _ask(browser, page, turn + 1)
    asked = [query for query in captured.captured_queries if query["sql"].startswith(STATEMENTS)]
    slowest = max(asked, key=lambda query: float(query["time"]))
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {slowest['sql'].replace('%', '%%')}")
        plan = [line for (line,) in cursor.fetchall()]
        # What is explained is also done.
        transaction.set_rollback(True)
    print(f"\n{page.name}: {float(slowest['time']) * 1000:.0f} ms of {len(asked)} queries")
    print("\n".join(f"  {_shorter(line)}" for line in plan))


def _ask(browser: Client, page: Asked, turn: int) -> None:
    if page.form is None:
        answer = browser.get(page.path(turn))
    else:
        typed: dict[str, list[str]] = {}
        for name, value in page.form(turn):
            typed.setdefault(name, []).append(value)
        answer = browser.post(page.path(turn), typed)
    if answer.status_code != page.expects:
        raise RuntimeError(f"{page.name}: {page.path(turn)} answers {answer.status_code}.")


def _shorter(line: str) -> str:
    return re.sub(r"'[0-9a-f]{8}-[0-9a-f-]{27}'(::uuid)?", "'…'", line)


# --- what takes long once ---------------------------------------------------------------------
def show_run(databases: Mapping[int, str], loaded: Mapping[int, bulk.Loaded]) -> None:
    """Print how long a run takes from being made to being settled."""
    print(f"\nA run of {RUN_LINES:,} lines, in seconds")
    for size, database in databases.items():
        trust = loaded[size]
        told = told_by("tests.bench.paying", database, trust.finance, trust.other_finance, str(RUN_LINES))
        if told["lines"] != RUN_LINES:
            raise RuntimeError(f"The run has {told['lines']:,} lines instead of {RUN_LINES:,}.")
        steps = ", ".join(
            f"{name} {seconds:.2f}" for name, seconds in told.items() if name not in ("lines", "peak", "before")
        )
        print(f"of {size:>9,} lines: {steps}; peak memory {told['peak']:.0f} MB, {told['before']:.0f} MB before it")


def show_reconciliation(databases: Mapping[int, str]) -> None:
    """Print what the nightly proof over all runs takes."""
    print("\nThe nightly reconciliation of all organisations")
    for size, database in databases.items():
        told = told_by("tests.bench.reconciling", database)
        if told["wrong"]:
            raise RuntimeError(f"At {told['wrong']} organisations the sums do not agree.")
        print(
            f"of {size:>9,} lines: {told['runs']:,} runs of {told['organisations']} organisations in "
            f"{told['seconds']:.2f} s; peak memory {told['peak']:.0f} MB, {told['before']:.0f} MB before it",
            flush=True,
        )


def show_ladder(database: str, claims: int) -> None:
    """Print what a pass over so many open claims takes."""
    told = told_by("tests.bench.escalation", database)
    due = min(DUE, claims)
    if told["steps"] != due:
        raise RuntimeError(f"The pass has written {told['steps']:,} steps instead of {due:,}.")
    over = "  over: time" if told["seconds"] > MOST_PASS_SECONDS else ""
    over += "  over: memory" if told["peak"] > MOST_PASS_MEGABYTES else ""
    print(
        f"\nEscalation pass over {told['open']:,} open claims (of {claims:,}), {told['steps']:,} steps written: "
        f"{told['seconds']:.1f} s (at most {MOST_PASS_SECONDS:.0f} s); peak memory {told['peak']:.0f} MB "
        f"(at most {MOST_PASS_MEGABYTES:.0f} MB){over}",
        flush=True,
    )

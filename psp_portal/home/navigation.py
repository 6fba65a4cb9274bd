"""Where everything is: the header's menu and the pages of its areas, from one table of entries.

A part of the portal joins in with a line in ``AREAS``: its words, the name of its address, one sentence, and to whom it
is shown. That an entry opens for all of them, and for nobody else, is proved by the tests.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.accounts.roles import ROLE_PERMISSIONS, Permission

# What somebody holds at their current organisation: roles, and what these allow.
Held = Collection[Role | Permission]


@dataclass(frozen=True)
class Entry:
    """A page that can be gone to, for whoever holds any of ``to``; for everybody without one."""

    label: str
    url_name: str
    about: str = ""
    to: frozenset[Role | Permission] = frozenset()

    def is_for(self, held: Held) -> bool:
        """Say whether somebody is shown the entry."""
        return not self.to or not self.to.isdisjoint(held)

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class Section:
    """Entries that belong together, under a heading."""

    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Area:
    """A part of the portal with a page of its own, which lists what is in it."""

    key: str
    label: str
    about: str
    sections: tuple[Section, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for section in self.sections for entry in section.entries)

    def sections_for(self, held: Held) -> list[Section]:
        """Return what of the area somebody is shown; sections in which nothing is left are left out."""
        shown = [(each.heading, tuple(entry for entry in each.entries if entry.is_for(held))) for each in self.sections]
        return [Section(heading, entries) for heading, entries in shown if entries]

    @property
    def url(self) -> str:
        return reverse("home:area_detail", kwargs={"area": self.key})


def _to(*held: Role | Permission) -> frozenset[Role | Permission]:
    return frozenset(held)


_SEES_PARTNERS = _to(Permission.SEE_PARTNERS)
_LEADS = _to(Permission.MANAGE_PARTNERS)
_SEES_CLAIMS = _to(Permission.SEE_CLAIMS)
_AGREES_BEFOREHAND = _to(Permission.DECIDE_CLAIMS, Permission.MANAGE_PARTNERS)
_PAYS = _to(Permission.PAY_CLAIMS)
_SEES_RUNS = _to(Permission.SEE_RUNS)
_SEES_REPORTS = _to(Permission.SEE_REPORTS)
_SEES_RETENTION = _to(Permission.SEE_RETENTION)
_SHUTS_OUT = _to(Permission.CONFIRM_SHUT_OUTS)
_MANAGES_PEOPLE = _to(Permission.MANAGE_PEOPLE)

AREAS = (
    Area(
        "partners", "Partners", "Everything about the partners of your organisation.",
        (
            Section("People", (
                Entry("All partners", "partners:partner_list", "Who they are, and each one’s record.", _SEES_PARTNERS),
                Entry("Appoint a partner", "partners:partner_create", "For somebody who has been invited.", _LEADS),
                Entry("Bring in a list", "imports:import_list", "From the spreadsheet that you have now.", _LEADS),
                Entry("Invited from a list", "imports:awaited_list", "Who has not answered yet.", _LEADS),
            )),
            Section("Recruitment", (
                Entry("Roles", "recruitment:vacancy_list", "What you are looking for, with its public page.", _LEADS),
                Entry("Applications", "recruitment:application_list", "Who has applied, and where it stands.", _LEADS),
                Entry("Channels", "recruitment:rate_list", "Where applicants heard of you.", _LEADS),
            )),
            Section("Beginning", (
                Entry("Inductions", "induction:induction_list", "Who is settling in, and what is late.", _LEADS),
                Entry("Steps of inductions", "induction:item_list", "What is still to be done, by whom.", _LEADS),
                Entry("What partners wish they had known", "induction:note_overview", "For the next ones.", _LEADS),
                Entry("Checks", "checks:check_list", "What waits, and what runs out soon.", _LEADS),
                Entry("Agreements", "agreements:agreement_list", "Who has signed what.", _LEADS),
                Entry("Interests, by partner", "interests:declaration_list", "Who has declared, and when.", _LEADS),
                Entry("Register of interests", "interests:register_list", "All that was declared.", _LEADS),
            )),
            Section("Terms", (
                Entry("Terms ending", "leaving:succession_list", "What happens when a term ends.", _LEADS),
                Entry("Handover packs", "people:handover_list", "What leavers hand on.", _LEADS),
            )),
            Section("Training", (
                Entry("Who needs training", "training:need_list", "What is due, or runs out soon.", _LEADS),
                Entry("Record a session", "training:session_record", "Who was there, all at once.", _LEADS),
                Entry("What partners ask to learn", "training:request_list", "With your answers.", _LEADS),
                Entry("Courses", "training:course_list", "What you offer, and how often it is renewed.", _LEADS),
            )),
            Section("Support", (
                Entry("How partners are looked after", "support:overview_list", "Talks, mentors and reviews.", _LEADS),
                Entry("Talks", "support:talk_list", "Planned and held.", _LEADS),
            )),
            Section("Time and access", (
                Entry("Time this month", "committees:capacity_list", "Agreed, promised and left.", _LEADS),
                Entry("Access needs to review", "access:review_list", "Whom to ask whether all still fits.", _LEADS),
            )),
            Section("Settings", (
                Entry("What inductions begin with", "induction:template_detail", "The steps for new partners.", _LEADS),
                Entry("Checks that you ask for", "checks:requirement_list", "For which roles, how often.", _LEADS),
                Entry("Texts of agreements", "agreements:kind_list", "Each version, and what changed.", _LEADS),
                Entry("Letters to applicants", "recruitment:letter_list", "What they say.", _LEADS),
                Entry("Recruitment settings", "recruitment:settings_edit", "How long applications can wait.", _LEADS),
                Entry("Training settings", "training:settings_edit", "How soon requests are answered.", _LEADS),
                Entry("Support settings", "support:settings_edit", "How often you meet, and who listens.", _LEADS),
                Entry("Questions of the review", "support:question_list", "What both sides are asked.", _LEADS),
                Entry("Time settings", "capacity:settings_edit", "How long a day is, and preparing.", _LEADS),
                Entry("Times for questions", "questions:settings_edit", "How soon they are answered.", _LEADS),
                Entry("Equality questions", "diversity:settings_edit", "Whether partners are asked.", _LEADS),
                Entry("Access settings", "access:settings_edit", "How often they are gone through.", _LEADS),
            )),
        ),
    ),
    Area(
        "claims", "Claims", "What partners claim from your organisation, and how it is paid.",
        (
            Section("Claims", (
                Entry("All claims", "expenses:claim_overview", "Where each one is, and with whom.", _SEES_CLAIMS),
                Entry(
                    "Claims to decide", "expenses:decision_list", "What waits for an approver.",
                    _to(Permission.DECIDE_CLAIMS),
                ),
                Entry("Late claims", "expenses:overdue_list", "Those that have gone up a step.", _SEES_CLAIMS),
                Entry("Earlier claims", "expenses:backlog_list", "Bring in those from before the portal.", _PAYS),
            )),
            Section("Agreed beforehand", (
                Entry(
                    "Asked before a journey", "expenses:approval_request_list", "What partners want agreed.",
                    _AGREES_BEFOREHAND,
                ),
                Entry(
                    "Standing approvals", "expenses:standing_approval_list", "What need not be asked each time.",
                    _AGREES_BEFOREHAND,
                ),
            )),
            Section("Payments", (
                Entry("Payment runs", "expenses:run_list", "What is paid together, and its files.", _SEES_RUNS),
                Entry(
                    "The bank’s result files", "expenses:bank_result_list", "What was paid, and what failed.",
                    _SEES_RUNS,
                ),
                Entry(
                    "Whether everything agrees", "expenses:reconciliation_detail", "Claims, runs, files and payments.",
                    _SEES_RUNS,
                ),
                Entry(
                    "Bank details to check", "expenses:bank_check_list", "Nothing is paid to them before a call.",
                    _to(Permission.SEE_BANK_CHECKS),
                ),
                Entry("How we pay", "expenses:payment_settings_edit", "Your account, and what goes by BACS.", _PAYS),
            )),
            Section("Rates", (
                Entry(
                    "The rate card", "expenses:rate_card_detail", "What you pay for, and how much.",
                    _to(Permission.SEE_RATES),
                ),
            )),
        ),
    ),
    Area(
        "reports", "Reports", "How the programme does, in figures.",
        (
            Section("Programme", (
                Entry(
                    "The programme today", "home:programme_detail", "Each number opens what it counts.",
                    _to(Permission.SEE_PROGRAMME),
                ),
                Entry(
                    "Equality in numbers", "diversity:total_list", "Who applies and who serves, without anybody.",
                    _to(Permission.SEE_PROGRAMME),
                ),
            )),
            Section("Payments", (
                Entry(
                    "Payments in figures", "payments:summary_detail", "How fast, what is owed, what is held.",
                    _SEES_REPORTS,
                ),
                Entry("Year end", "payments:year_end_detail", "What is owed at the end of a year.", _SEES_REPORTS),
                Entry(
                    "Late claims for the board", "expenses:board_report_detail", "A page for a board paper.",
                    _SEES_REPORTS,
                ),
            )),
        ),
    ),
    Area(
        "organisation", "Organisation", "Your organisation’s people and records.",
        (
            Section("People", (
                Entry("People", "people:person_list", "Who has which role, and who is away.", _MANAGES_PEOPLE),
                Entry("Shutting somebody out", "people:shut_out_list", "It needs two people.", _SHUTS_OUT),
                Entry("Posts", "people:post_list", "Who answers for what.", _MANAGES_PEOPLE),
                Entry("Invite somebody", "people:person_invite", "A colleague, or a partner to be.", _MANAGES_PEOPLE),
            )),
            Section("Records", (
                Entry("How long records are kept", "retention:rule_list", "By kind of record.", _SEES_RETENTION),
                Entry("What will be removed", "retention:run_list", "And when.", _SEES_RETENTION),
                Entry("What was removed", "retention:log_list", "The disposal log.", _SEES_RETENTION),
                Entry("What is held back", "retention:hold_list", "And why.", _SEES_RETENTION),
                Entry("Copies of records", "subject_access:request_list", "Who has asked for theirs.", _LEADS),
                Entry("Audit trail", "audit:event_list", "Who did what, and when.", _to(Permission.SEE_AUDIT)),
            )),
        ),
    ),
)  # fmt: skip

# The menu: pages that somebody needs so often that they must be one step away, and the areas.
MENU: tuple[Entry | Area, ...] = (
    Entry("Home", "home:home_detail"),
    Entry("Programme", "home:programme_detail", to=_to(Permission.SEE_PROGRAMME)),
    Entry("My claims", "expenses:claim_list", to=_to(Permission.CLAIM)),
    Entry("My questions", "questions:own_list", to=_to(Permission.CLAIM)),
    Entry("My record", "partners:partner_list", to=_to(Role.PARTNER)),
    Entry("Prepare a claim", "expenses:helping_list", to=_to(Role.HELPER)),
    Entry("Claims to decide", "expenses:decision_list", to=_to(Permission.DECIDE_CLAIMS)),
    Entry("Payment runs", "expenses:run_list", to=_PAYS),
    AREAS[0],
    Entry("Committees", "committees:committee_list", to=_to(Permission.SEE_COMMITTEES, Permission.CLAIM)),
    Entry("Questions", "questions:question_list", to=STAFF_ROLES),
    *AREAS[1:],
)


def held_by(roles: Iterable[Role]) -> frozenset[Role | Permission]:
    """Return what somebody with some roles holds: the roles, and what these allow."""
    return frozenset(roles).union(*(ROLE_PERMISSIONS[role] for role in roles))


def area_called(key: str) -> Area | None:
    """Return an area by its key; None where there is none."""
    return next((area for area in AREAS if area.key == key), None)


@dataclass(frozen=True)
class _Link:
    """A link of the menu with all the addresses that are under it."""

    label: str
    url: str
    under: tuple[Entry, ...]


def menu_for(path: str, namespace: str, roles: Collection[Role]) -> list[dict[str, Any]]:
    """Return the menu's links for somebody with some roles; of these one is the current one, if any.

    It is the one with the longest address that the page's ``path`` begins with, its own or one of its entries'; failing
    that, the one with the most pages of the page's ``namespace``. Reads no database.
    """
    links = list(_links(held_by(roles)))
    here = _longest(path, links) or _most_of(namespace, links)
    return [{"label": link.label, "url": link.url, "current": link is here} for link in links]


def _links(held: Held) -> Iterable[_Link]:
    for item in MENU:
        if isinstance(item, Entry):
            if item.is_for(held):
                yield _Link(item.label, item.url, (item,))
        elif sections := item.sections_for(held):
            entries = tuple(entry for section in sections for entry in section.entries)
            # A page with one link on it would be a step for nothing.
            yield _Link(item.label, entries[0].url if len(entries) == 1 else item.url, entries)


def _longest(path: str, links: list[_Link]) -> _Link | None:
    home = reverse("home:home_detail")
    within = [
        (len(url), -number, link)
        for number, link in enumerate(links)
        for url in {link.url, *(entry.url for entry in link.under)}
        if path == url or (url != home and path.startswith(url))
    ]
    return max(within, key=lambda found: found[:2])[2] if within else None


def _most_of(namespace: str, links: list[_Link]) -> _Link | None:
    """Return where most pages of a part are; of two with as many, the one that has little else."""

    def pages(link: _Link) -> int:
        return sum(entry.url_name.split(":")[0] == namespace for entry in link.under)

    found = [link for link in links if pages(link)]
    return max(found, key=lambda link: (pages(link), -len(link.under)), default=None)

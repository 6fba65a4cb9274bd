"""Reads payment runs, what is due for one, and whose bank details are known."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from expenses.enums import ExportFormat, LineKind, RunLineStatus, RunPart, RunStatus
from expenses.models import BankResult, ClaimLine, PaymentRun, PaymentSettings, ResultUpload, RunExport, RunLine
from expenses.models.lines import LineQuerySet
from expenses.queries.bank import bank_details_to_pay, held_for_verification
from psp_portal.accounts.models import Organisation, User
from psp_portal.accounts.queries import organisation_ids_where
from psp_portal.accounts.roles import Permission, roles_with

TIME_KINDS = [LineKind.INVOLVEMENT_PAYMENT, LineKind.CANCELLED_MEETING]


def runs_visible_to(user: User, *, today: date) -> QuerySet[PaymentRun]:
    """Return the payment runs of the organisations whose runs somebody may see, newest first."""
    mine = organisation_ids_where(user, roles_with(Permission.SEE_RUNS), today)
    return (
        PaymentRun.objects.filter(organisation_id__in=mine)
        .select_related("organisation", "made_by", "released_by")
        .order_by("-made_at", "pk")
    )


def run_lines_visible_to(user: User, *, today: date) -> QuerySet[RunLine]:
    """Return the lines of the runs somebody may see, in the order of their claims."""
    return (
        RunLine.objects.filter(run__in=runs_visible_to(user, today=today).order_by())
        .select_related("run", "line__claim__assignment", "claimant", "decided_by", "bank_details")
        .order_by("claimant__name", "line__claim__number", "line__position")
    )


def people_of_run(run: PaymentRun) -> set[UUID]:
    """Return who claimed or decided a run's lines, or brought their claims in: none of them may release it."""
    people = run.lines.order_by().values_list("claimant_id", "decided_by_id", "line__claim__brought_in__by_id")
    return {person for row in people.distinct() for person in row if person}


def people_without_account(run: PaymentRun) -> list[str]:
    """Return, by name, who has a line that waits for its payment and no account that it would go to."""
    rows = run.lines.filter(status=RunLineStatus.LISTED)
    if run.status == RunStatus.DRAFT:
        claimants = set(rows.order_by().values_list("claimant_id", flat=True).distinct())
        rows = rows.exclude(claimant_id__in=bank_details_to_pay(claimants))
    else:
        rows = rows.filter(bank_details=None)
    return [
        person.get_full_name() for person in User.objects.filter(pk__in=rows.values("claimant_id")).order_by("name")
    ]


def payable_lines(user: User, organisation_id: UUID, *, today: date) -> LineQuerySet:
    """Return the lines that somebody may put in a run of an organisation now, those due first.

    Left out: what they claimed or decided themselves, for whoever decides does not pay; and ``lines_left_out``.
    """
    lines = _approved_lines(user, organisation_id, today=today)
    return lines.exclude(_cannot_be_paid(lines, organisation_id)).order_by(
        "claim__payment_due_on", "claim__number", "position"
    )


def lines_left_out(user: User, organisation_id: UUID, *, today: date) -> LineQuerySet:
    """Return the approved lines that no run takes now because of their person's bank details, by person.

    These are all lines of people whose bank details wait for a call; and, where the organisation pays by BACS, what
    BACS would pay to people who have given none: there is nowhere to pay it to. Without BACS the ledger and payroll
    may know an account, so that such a line is not left out.
    """
    lines = _approved_lines(user, organisation_id, today=today)
    return lines.filter(_cannot_be_paid(lines, organisation_id)).order_by("claimant__name", "claim__number", "position")


def _approved_lines(user: User, organisation_id: UUID, *, today: date) -> LineQuerySet:
    mine = organisation_ids_where(user, roles_with(Permission.PAY_CLAIMS), today)
    return (
        ClaimLine.objects.payable()
        .filter(claim__payer_id=organisation_id, claim__payer_id__in=mine)
        .exclude(claimant=user)
        .exclude(decided_by=user)
        .exclude(appeal_decided_by=user)
        # Nothing is paid while two organisations disagree about who pays it.
        .filter(claim__arbiter__isnull=True)
        .select_related("claim__claimant", "claim__assignment__committee")
    )


def _cannot_be_paid(lines: LineQuerySet, organisation_id: UUID) -> Q:
    """Return the condition on lines that cannot be paid because of bank details."""
    people = set(lines.order_by().select_related(None).values_list("claimant_id", flat=True).distinct())
    held = held_for_verification(people, organisation_id)
    barred = Q(claimant_id__in=held)
    settings = payment_settings_of(organisation_id)
    if settings is not None and settings.pays_by_bacs:
        nowhere = Q(claimant_id__in=people - held - bank_details_to_pay(people).keys())
        barred |= nowhere if settings.bacs_covers == RunPart.BOTH else nowhere & ~Q(kind__in=TIME_KINDS)
    return barred


def payment_settings_of(organisation_id: UUID) -> PaymentSettings | None:
    """Return how an organisation pays, or None when it has not said."""
    return PaymentSettings.objects.filter(organisation_id=organisation_id).first()


def payment_settings_or_new(organisation_id: UUID) -> PaymentSettings:
    """Return how an organisation pays, as far as it has said; unsaved before it has."""
    return payment_settings_of(organisation_id) or PaymentSettings(organisation_id=organisation_id)


def first_export(run: PaymentRun, wanted: ExportFormat) -> RunExport | None:
    """Return the first file of a format that was taken of a run, with which later ones are compared.

    Files from before there was anything to compare by do not count.
    """
    found = run.exports.exclude(parts={}).filter(format=wanted).select_related("exported_by")
    return found.order_by("exported_at", "pk").first()


def bacs_day_of(run: PaymentRun) -> date | None:
    """Return the processing day of the BACS file that was last taken of a run; None when none was."""
    found = run.exports.filter(format=ExportFormat.BACS).order_by("exported_at", "pk")
    return found.values_list("processing_on", flat=True).last()


def payments_of(user: User) -> QuerySet[RunLine]:
    """Return what has been paid to somebody, newest first: the lines of their remittance advice."""
    return (
        RunLine.objects.filter(claimant=user, status=RunLineStatus.PAID)
        .select_related("run__organisation", "line__claim")
        .order_by("-settled_at", "line__claim__number", "line__position")
    )


def sent_back_of(user: User) -> QuerySet[RunLine]:
    """Return what was paid to somebody and sent back by the bank afterwards, in the order of their claims."""
    return (
        RunLine.objects.filter(claimant=user, status=RunLineStatus.FAILED, paid_on__isnull=False)
        .select_related("run__organisation", "line__claim")
        .order_by("line__claim__number", "line__position")
    )


def remittances_of(user: User) -> QuerySet:
    """Return, for each run that has paid somebody, when and how much; newest first."""
    return (
        RunLine.objects.filter(claimant=user, status=RunLineStatus.PAID)
        .values("run_id", "run__number", organisation=F("run__organisation__name"))
        .annotate(amount=Sum("amount"), paid_at=Max("settled_at"))
        .order_by("-paid_at")
    )


@dataclass(frozen=True)
class Payable:
    """What somebody may put in a run of an organisation now: how many lines, and since when the oldest is agreed.

    ``due_on`` is the first day by which any of it must be paid.
    """

    organisation: Organisation
    lines: int
    since: datetime
    due_on: date


def payable_now(user: User, *, today: date) -> list[Payable]:
    """Return what can be paid now at each organisation where somebody pays, by name; those with nothing are left out.

    One query for somebody who pays nowhere.
    """
    mine = organisation_ids_where(user, roles_with(Permission.PAY_CLAIMS), today)
    found = []
    for organisation in Organisation.objects.filter(pk__in=mine).order_by("name", "pk"):
        lines = payable_lines(user, organisation.pk, today=today).order_by().select_related(None)
        counted = lines.aggregate(
            lines=Count("pk"),
            since=Min(Coalesce("appeal_decided_at", "decided_at")),
            due_on=Min("claim__payment_due_on"),
        )
        if counted["lines"]:
            found.append(Payable(organisation, **counted))
    return found


def result_uploads_visible_to(user: User, *, today: date) -> QuerySet[ResultUpload]:
    """Return the result files that wait to be taken in where somebody pays."""
    mine = organisation_ids_where(user, roles_with(Permission.PAY_CLAIMS), today)
    return ResultUpload.objects.filter(organisation_id__in=mine).order_by("-uploaded_at", "pk")


def bank_results_visible_to(user: User, *, today: date) -> QuerySet[BankResult]:
    """Return the result files that were taken in, of the organisations whose runs somebody may see, newest first."""
    mine = organisation_ids_where(user, roles_with(Permission.SEE_RUNS), today)
    return (
        BankResult.objects.filter(organisation_id__in=mine)
        .select_related("organisation", "imported_by")
        .order_by("-imported_at", "pk")
    )

"""Creates organisations, one by one or from the official file."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from psp_portal.accounts import permissions
from psp_portal.accounts.enums import OrganisationKind
from psp_portal.accounts.models import Organisation
from psp_portal.accounts.policies.organisation_file import OrganisationRow, read_organisations
from psp_portal.audit.context import Actor, audited
from psp_portal.exceptions import RuleBroken


@audited("accounts.organisation.create")
@transaction.atomic
def create_organisation(
    *,
    ods_code: str,
    name: str,
    by: Actor,
    at: datetime,
    kind: OrganisationKind = OrganisationKind.TRUST,
    opened_on: date | None = None,
    postcode: str = "",
) -> Organisation:
    """Create an organisation. Only the portal itself does (commands, the demonstration).

    Raises RuleBroken when there is one with the code.
    """
    permissions.check_is_system(by)
    organisation, is_new = Organisation.objects.get_or_create(
        ods_code=ods_code, defaults={"name": name, "kind": kind, "opened_on": opened_on, "postcode": postcode}
    )
    if not is_new:
        raise RuleBroken(f"There is an organisation with the code {ods_code} already.", field="ods_code")
    return organisation


@dataclass(frozen=True)
class ImportResult:
    """What an import did: how many organisations of each sort, and what each change was in words."""

    created: int
    renamed: int
    closed: int
    updated: int
    unchanged: int
    changes: tuple[str, ...]


@audited("accounts.organisation.import")
@transaction.atomic
def import_organisations(*, content: bytes, by: Actor, at: datetime) -> ImportResult:
    """Create, rename, close and correct organisations from the ODS file of trusts (``policies.organisation_file``).

    An organisation that the file leaves out is left alone. Raises FileBroken, with nothing written, when any line is
    damaged. The same file a second time changes nothing.
    """
    permissions.check_is_system(by)
    rows = read_organisations(content)
    stored = {
        organisation.ods_code: organisation
        for organisation in Organisation.objects.select_for_update(no_key=True)
        .filter(ods_code__in=[row.ods_code for row in rows])
        .order_by("ods_code")
    }
    new = [Organisation(**asdict(row)) for row in rows if row.ods_code not in stored]
    Organisation.objects.bulk_create(new)
    counts = {"created": len(new), "renamed": 0, "closed": 0, "updated": 0, "unchanged": 0}
    changes = [f"created {organisation}" for organisation in new]
    for row in rows:
        organisation = stored.get(row.ods_code)
        if organisation is None:
            continue
        sort, change = _difference(organisation, row)
        counts[sort] += 1
        if change:
            changes.append(change)
            for field, value in asdict(row).items():
                setattr(organisation, field, value)
            organisation.save(update_fields=["name", "postcode", "opened_on", "closed_on"])
    return ImportResult(**counts, changes=tuple(changes))


def _difference(organisation: Organisation, row: OrganisationRow) -> tuple[str, str]:
    """Return the sort of change that a row makes, by what people notice most, and the change in words."""
    if row.closed_on and not organisation.closed_on:
        return "closed", f"closed {row.name} ({row.ods_code}) from {row.closed_on}"
    if row.name != organisation.name:
        return "renamed", f"renamed {organisation} to {row.name}"
    differing = [field for field, value in asdict(row).items() if getattr(organisation, field) != value]
    if differing:
        return "updated", f"updated {organisation}: {', '.join(field.replace('_', ' ') for field in differing)}"
    return "unchanged", ""

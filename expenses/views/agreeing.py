"""What stands beside a line on pages: what was agreed beforehand, and which other line it looks like."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.urls import reverse

from expenses import permissions, queries
from expenses.enums import ClaimAction, ClaimStatus, LineStatus
from expenses.policies import approvals as policy
from expenses.policies.card import TIME_KINDS
from psp_portal.dates import format_date, local_date

CANNOT_SEE = "Another claim that you cannot see"
_UNDECIDED = (LineStatus.PENDING, LineStatus.RETURNED, LineStatus.APPEALED)


@dataclass(frozen=True)
class DuplicateShown:
    """Another line that a line looks like. ``url`` leads to its claim for those who may see it, ``clear_url`` to where
    whoever decides says that it is no duplicate; ``cleared`` is who has said so, and why."""

    words: str
    url: str
    cleared: str
    clear_url: str


@dataclass(frozen=True)
class Beside:
    """What stands beside one line. ``explain_url`` is where its partner says why it is no duplicate, before sending."""

    agreed: str = ""
    agreed_url: str = ""
    duplicates: list[DuplicateShown] = field(default_factory=list)
    explained: str = ""
    explain_url: str = ""


def beside_lines(claim, lines: Iterable, user, *, today: date) -> Mapping[UUID, Beside]:
    """Return what stands beside each line of a claim, for somebody who may see the claim. Four queries at most."""
    lines = list(lines)
    prior = {
        each.pk: each
        for each in queries.prior_approvals_in(line.prior_approval_id for line in lines if line.prior_approval_id)
    }
    standing_ids = {line.standing_approval_id for line in lines if line.standing_approval_id}
    standing = (
        {
            each.pk: each
            for each in (queries.standing_approvals_visible_to(user, today=today).filter(pk__in=standing_ids))
        }
        if standing_ids
        else {}
    )
    may_see_asked = claim.claimant_id == user.pk or permissions.can_see_approvals(user, claim.payer_id, today=today)
    duplicates = _duplicates(claim, lines, user, today=today)
    return {
        line.pk: Beside(
            agreed=_agreed_words(line, prior, standing, is_own=claim.claimant_id == user.pk),
            agreed_url=_url_of(line) if may_see_asked else "",
            duplicates=duplicates[line.pk],
            explained=line.not_duplicate_reason if duplicates[line.pk] else "",
            explain_url=_explain_url(claim, line, user) if duplicates[line.pk] else "",
        )
        for line in lines
    }


def _agreed_words(line, prior: Mapping, standing: Mapping, *, is_own: bool) -> str:
    words = []
    if line.prior_approval_id:
        approval = prior[line.prior_approval_id]
        who = f"{approval.answered_by.get_full_name()} on {format_date(local_date(approval.answered_at))}"
        words.append(f"In the portal: {who}, {policy.limit_in_words(approval.limit)}")
    if line.standing_approval_id:
        # That somebody has a standing approval is for their lead and approvers to know, not for all who see a claim.
        approval = standing.get(line.standing_approval_id)
        words.append(_standing_words(approval) if approval else "In the portal")
    if line.approval:
        words.append(line.approval if is_own else f"{line.approval} (the partner says so; it is not in the portal)")
    return ". ".join(words)


def _standing_words(approval) -> str:
    until = format_date(approval.ends_on)
    limit = f"{policy.limit_in_words(approval.limit)}{' each time' if approval.limit else ''}"
    return f"In the portal: {approval.recorded_by.get_full_name()}, {limit}, until {until}"


def _url_of(line) -> str:
    if not line.prior_approval_id:
        return ""
    return reverse("expenses:prior_approval_detail", kwargs={"approval_id": line.prior_approval_id})


def _explain_url(claim, line, user) -> str:
    if claim.claimant_id != user.pk or claim.status != ClaimStatus.DRAFT:
        return ""
    return reverse("expenses:line_explain", kwargs={"claim_id": claim.pk, "line_id": line.pk})


def _duplicates(claim, lines: list, user, *, today: date) -> Mapping[UUID, list[DuplicateShown]]:
    found = list(queries.duplicates_of(line.pk for line in lines))
    shown: dict[UUID, list[DuplicateShown]] = defaultdict(list)
    if not found:
        return shown
    elsewhere = {each.other_line.claim_id for each in found if each.other_line.claim_id != claim.pk}
    visible = set(queries.claims_visible_to(user, today=today).filter(pk__in=elsewhere).values_list("pk", flat=True))
    may_clear = claim.status != ClaimStatus.DRAFT and permissions.can_act_on_claim(
        user, claim, ClaimAction.DECIDE, today=today
    )
    for each in found:
        shown[each.line_id].append(_duplicate(each, claim, visible, may_clear=may_clear))
    return shown


def _duplicate(each, claim, visible: set[UUID], *, may_clear: bool) -> DuplicateShown:
    other = each.other_line
    words, url = f"{other.get_kind_display()} on {format_date(other.date)}", ""
    if other.claim_id == claim.pk:
        words = f"{words}, in line {other.position} of this claim"
    elif other.claim_id in visible:
        words = f"{words}, in claim {other.claim.reference}"
        url = reverse("expenses:claim_detail", kwargs={"claim_id": other.claim_id})
    else:
        # Found while somebody who may see it was to pay: whoever may not see it reads nothing of it.
        words = CANNOT_SEE
    cleared = ""
    if each.cleared_at:
        when = format_date(local_date(each.cleared_at))
        cleared = f"Not a duplicate: {each.cleared_by.get_full_name()}, {when}, “{each.cleared_reason}”"
    is_open = may_clear and not each.cleared_at and each.line.status in _UNDECIDED
    return DuplicateShown(
        words=words,
        url=url,
        cleared=cleared,
        clear_url=reverse("expenses:duplicate_clear", kwargs={"duplicate_id": each.pk}) if is_open else "",
    )


@dataclass(frozen=True)
class ElsewhereShown:
    """Something of one's own that another organisation pays, on a day and of a kind that is claimed for here."""

    what: str
    on: date
    reference: str
    url: str


def shown_elsewhere(claim, lines: Iterable, user) -> list[ElsewhereShown]:
    """Return, for the partner alone, what they have asked of other payers for the days and kinds of their claim."""
    return [
        ElsewhereShown(
            "time" if each.kind in TIME_KINDS else each.kind.label.lower(),
            each.on,
            each.reference,
            reverse("expenses:claim_detail", kwargs={"claim_id": each.claim_id}),
        )
        for each in queries.paid_elsewhere(claim, lines, user)
    ]

"""Every field of every model that names an account: what becomes of it when two accounts turn out to be one person.

A new field joins in with one line. Most move. What stays says why; the record of who was who (``JoinedRecord``) then
leads from it to the account that was kept. A test fails for a field in neither list, and for a constraint that asks for
two different people and is not in ``TWO_PEOPLE``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q

_WRITTEN_ONCE = "It is written once and never changed; the record of who was who leads on."

MOVES: dict[str, tuple[str, ...]] = {
    "documents.Document": ("uploaded_by",),
    "notifications.Message": ("recipient",),
    "accounts.PostHolding": ("user",),
    "accounts.Absence": ("user", "deputy", "recorded_by"),
    "accounts.Invitation": ("invited_by", "accepted_by"),
    # --- partners
    "partners.Partner": ("user", "lead"),
    "partners.TelephoneNumber": ("given_by",),
    "partners.AccessNeed": ("recorded_by", "reviewed_by"),
    "partners.NeedMet": ("recorded_by",),
    "partners.CapacityAgreement": ("proposed_by", "answered_by"),
    "partners.PartnerList": ("by",),
    "partners.AwaitedPartner": ("by", "lead"),
    "partners.Application": ("entered_by",),
    "partners.Score": ("scorer",),
    "partners.TalkTime": ("offered_by",),
    "partners.Letter": ("sent_by",),
    "partners.Offer": ("lead", "offered_by"),
    "partners.OneToOne": ("with_user", "planned_by", "cancelled_by"),
    "partners.PrivateNote": ("writer",),
    "partners.NoFollowUp": ("user",),
    "partners.Mentoring": ("mentor", "proposed_by"),
    "partners.AnnualReview": ("lead_sent_by", "lead_agreed_by"),
    "partners.TrainingRecord": ("recorded_by",),
    "partners.DevelopmentRequest": ("decided_by",),
    "partners.TemplateItem": ("colleague",),
    "partners.Induction": ("lead_agreed_by",),
    "partners.InductionItem": ("colleague", "closed_by"),
    "partners.NewcomerNote": ("hidden_by",),
    "partners.Question": ("asker", "owner", "deputy", "no_reply_by"),
    "partners.SuccessionPlan": ("decided_by",),
    "partners.Pause": ("asked_by",),
    "partners.Departure": ("announced_by",),
    # --- committees
    "committees.Assignment": ("budget_holder", "deputy", "dispute_person", "escort"),
    "committees.Meeting": ("cancelled_by",),
    "committees.Attendance": ("recorded_by",),
    # --- claims and payment
    "expenses.PriorApproval": ("claimant", "waiting_on", "answered_by"),
    "expenses.StandingApproval": ("recorded_by", "ended_by"),
    "expenses.BacklogDraft": ("by",),
    "expenses.Claim": ("claimant", "prepared_by", "responsible", "waiting_on", "arbiter"),
    "expenses.ClaimLine": ("claimant", "decided_by", "appeal_decided_by"),
    "expenses.PaymentRun": ("made_by", "released_by"),
    "expenses.RunLine": ("claimant", "decided_by", "made_by", "released_by", "settled_by"),
    "expenses.BankDetails": ("user", "verified_by"),
    "expenses.PayerDispute": ("raised_by", "named", "arbiter", "decided_by"),
    "expenses.LikelyDuplicate": ("cleared_by",),
    "expenses.Escalation": ("responsible", "replied_by", "passed_to"),
    "expenses.UpdateRequest": ("asked_of", "passed_to", "answered_by"),
    "expenses.Helper": ("user", "ended_by"),
    "expenses.EarningsPlan": ("user",),
    "expenses.RateCard": ("made_by",),
    "expenses.ResultUpload": ("uploaded_by",),
    "expenses.TopUp": ("answered_by",),
    # --- records
    "subject_access.SubjectRequest": ("person", "recorded_by", "identity_by", "answered_by", "closed_by"),
    "retention.RetentionRule": ("changed_by",),
    "retention.LegalHold": ("person", "set_by", "lifted_by"),
    "retention.PlannedRow": ("person",),
}

STAYS: dict[str, str] = {
    "accounts.Membership.user": "Roles are given to the kept account day by day, so that none is held twice.",
    "account.EmailAddress.user": "A proven address goes over as a further one; the rest go.",
    "mfa.Authenticator.user": "A second step opens one account; those of the closed one are removed.",
    "usersessions.UserSession.user": "A closed account is signed in nowhere; its sign-ins are removed.",
    "partners.PartnerImport.by": _WRITTEN_ONCE,
    "partners.Check.seen_by": _WRITTEN_ONCE,
    "partners.AgreementVersion.published_by": _WRITTEN_ONCE,
    "partners.Signature.countersigned_by": _WRITTEN_ONCE,
    "partners.TermChange.changed_by": _WRITTEN_ONCE,
    "partners.Question.closed_by": "It is the asker wherever it is set, and moves with the asker.",
    "partners.QuestionEntry.by": _WRITTEN_ONCE,
    "partners.QuestionEntry.handed_to": _WRITTEN_ONCE,
    "partners.QuestionStep.told": _WRITTEN_ONCE,
    "accounts.ShutOut.user": "It stays as it was asked.",
    "accounts.ShutOut.asked_by": "It stays as it was asked.",
    "accounts.ShutOut.decided_by": "It stays as it was asked.",
    "expenses.BacklogImport.by": _WRITTEN_ONCE,
    "expenses.ClaimEvent.by": _WRITTEN_ONCE,
    "expenses.RunExport.exported_by": _WRITTEN_ONCE,
    "expenses.BankCall.person": _WRITTEN_ONCE,
    "expenses.BankCall.called_by": _WRITTEN_ONCE,
    "expenses.BankResult.imported_by": _WRITTEN_ONCE,
    "expenses.TopUp.proposed_by": "An offer stays as it was made.",
    "people.JoinedRecord.kept": _WRITTEN_ONCE,
    "people.JoinedRecord.gone": _WRITTEN_ONCE,
    "people.JoinedRecord.joined_by": _WRITTEN_ONCE,
}

# What names the same account as another field of its row wherever it is set, and changes in the same statement.
TOGETHER: dict[tuple[str, str], tuple[str, ...]] = {("partners.Question", "asker"): ("closed_by",)}

# Of these a person has one for each of the fields named: where both accounts have one, the kept account's counts and
# the other stays behind with the closed account. The condition says which rows count.
ONE_EACH: dict[tuple[str, str], tuple[tuple[str, ...], Q]] = {
    ("partners.Score", "scorer"): (("application", "criterion"), Q()),
    ("partners.PrivateNote", "writer"): (("talk",), Q()),
    ("partners.NoFollowUp", "user"): ((), Q()),
    ("expenses.EarningsPlan", "user"): ((), Q()),
    ("retention.LegalHold", "person"): (("organisation",), Q(lifted_at__isnull=True)),
    ("subject_access.SubjectRequest", "person"): (("organisation",), Q(status__in=["received", "ready"])),
}


@dataclass(frozen=True)
class Pair:
    """Two fields of a row that must name two people, and what it says when they name these two accounts."""

    model: str
    one: str
    other: str
    words: str

    def exists(self, first: Any, second: Any) -> bool:
        """Say whether a row names the two accounts in these two fields."""
        rows: Any = apps.get_model(self.model)._base_manager
        return rows.filter(
            Q(**{self.one: first, self.other: second}) | Q(**{self.one: second, self.other: first})
        ).exists()


def _pairs(model: str, words: str, *fields: str) -> Iterator[Pair]:
    for index, one in enumerate(fields):
        for other in fields[index + 1 :]:
            yield Pair(model, one, other, words)


def _against(model: str, words: str, one: str, *others: str) -> Iterator[Pair]:
    for other in others:
        yield Pair(model, one, other, words)


_PAYING = "One decided, made or released a payment in which the other has a part. These must be different people."

TWO_PEOPLE: tuple[Pair, ...] = (
    *_pairs("partners.Partner", "One is the other's programme lead.", "user", "lead"),
    *_pairs("accounts.Absence", "One stands in for the other.", "user", "deputy"),
    *_against("partners.OneToOne", "They had a talk with each other.", "partner__user", "with_user"),
    *_against("partners.Mentoring", "One is or was the other's mentor.", "partner__user", "mentor"),
    *_against(
        "partners.AnnualReview", "One reviewed the other's year.", "partner__user", "lead_sent_by", "lead_agreed_by",
    ),
    *_against("partners.DevelopmentRequest", "One decided what the other asked for.", "partner__user", "decided_by"),
    *_pairs("partners.CapacityAgreement", "They agreed a time with each other.", "proposed_by", "answered_by"),
    *_against("partners.Score", "One gave points to the other's application.", "application__partner__user", "scorer"),
    *_against("partners.Check", "One saw what the other's check was about.", "partner__user", "seen_by"),
    *_against("partners.Signature", "They signed an agreement with each other.", "partner__user", "countersigned_by"),
    *_against("partners.Induction", "They agreed how to work together.", "partner__user", "lead_agreed_by"),
    *_pairs("partners.Question", "One has or had a question of the other's.", "asker", "owner"),
    *_against("partners.Question", "One has or had a question of the other's.", "asker", "deputy", "no_reply_by"),
    *_pairs("partners.Question", "One stands in for the other on a question.", "owner", "deputy"),
    *_pairs(
        "accounts.ShutOut", "One asked or decided that the other loses their access.", "user", "asked_by", "decided_by",
    ),
    *_against(
        "committees.Assignment", "One answers for what the other does on a committee.",
        "partner__user", "budget_holder", "deputy", "dispute_person",
    ),
    *_against("committees.Assignment", "One went along with the other.", "partner__user", "escort"),
    *_pairs(
        "committees.Assignment", "One stands in for the other on a committee's budget.",
        "budget_holder", "deputy", "dispute_person",
    ),
    *_against(
        "expenses.Claim", "One answers for a claim of the other's, or prepared it.",
        "claimant", "prepared_by", "responsible", "arbiter",
    ),
    *_pairs(
        "expenses.ClaimLine", "One decided a line of the other's claim, or a decision of the other's again.",
        "claimant", "decided_by", "appeal_decided_by",
    ),
    *_against(
        "expenses.PriorApproval", "One answers what the other asked for before a journey.",
        "claimant", "waiting_on", "answered_by",
    ),
    *_against("expenses.StandingApproval", "One gave the other a standing approval.", "partner__user", "recorded_by"),
    *_pairs("expenses.RunLine", _PAYING, "claimant", "decided_by", "made_by", "released_by"),
    *_pairs("expenses.PaymentRun", _PAYING, "made_by", "released_by"),
    *_pairs("expenses.BankDetails", "One checked the other's bank details.", "user", "verified_by"),
    *_pairs("expenses.BankCall", "One called the other about bank details.", "person", "called_by"),
    *_against("expenses.PayerDispute", "One decides what the other raised.", "raised_by", "arbiter", "decided_by"),
    *_against("expenses.PayerDispute", "One decides who pays the other.", "claim__claimant", "arbiter", "decided_by"),
    *_against("expenses.Escalation", "One replied about a late claim of the other's.", "claim__claimant", "replied_by"),
    *_against("expenses.Helper", "One is the other's helper.", "partner__user", "user"),
    *_against("retention.LegalHold", "One held the other's records back.", "person", "set_by", "lifted_by"),
    *_against("subject_access.SubjectRequest", "One checked who the other is.", "person", "identity_by"),
)  # fmt: skip

"""The kinds of thing whose history is kept: to whom each belongs, and what it is called. One table for both.

Paths start at the history row, not at the thing: a thing that has been deleted has its history still.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps

from psp_portal.audit.tracked import tracked_models
from psp_portal.dates import format_date, local_date

Row = Mapping[str, Any]
Names = Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """One tracked model.

    ``organisations`` are the paths to the organisations it belongs to. ``name`` writes what one of them is called from
    its history row and the names of people. ``pages`` says on which things' pages its history stands, with the path to
    the thing's key; a kind with a page of its own names itself there. Of a kind with ``only`` no other rows are shown.
    """

    model: str
    label: str
    organisations: tuple[str, ...]
    name: Callable[[Row, Names], str]
    pages: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    only: Mapping[str, Any] = field(default_factory=dict)


def _person(row: Row, names: Names, key: str = "user_id") -> str:
    return names.get(str(row.get(key)), "somebody")


def _day(value: str | None) -> str:
    return format_date(date.fromisoformat(value)) if value else "no day"


def _label(model: str, field_name: str, value: Any) -> str:
    return str(dict(apps.get_model(model)._meta.get_field(field_name).flatchoices).get(value, value))


def _choice(model: str, field_name: str, value: Any) -> str:
    return _label(model, field_name, value).lower()


_CLAIM = ("claim__organisation_id", "claim__payer_id")

KINDS: dict[str, Kind] = {
    # --- people
    "person": Kind(
        "accounts.User", "Account", ("pgh_obj__memberships__organisation_id",),
        lambda row, names: f"the account of {row['name']}", {"person": "pgh_obj_id"},
        frozenset({"created_at", "formats"}),
    ),
    "role": Kind(
        "accounts.Membership", "Role", ("organisation_id",),
        lambda row, names: (
            f"the role of {_person(row, names)} as {_choice('accounts.Membership', 'role', row['role'])}"
        ),
        {"person": "user_id"},
    ),
    "post": Kind(
        "accounts.PostHolding", "Post", ("organisation_id",),
        lambda row, names: (
            f"{_person(row, names)} as holder of the post {_label('accounts.PostHolding', 'post', row['post'])}"
        ),
        {"person": "user_id"},
    ),
    "shut_out": Kind(
        "accounts.ShutOut", "Ending of access", ("organisation_id",),
        lambda row, names: f"the ending of access of {_person(row, names)}", {"person": "user_id"},
    ),
    "absence": Kind(
        "accounts.Absence", "Absence", ("organisation_id",),
        lambda row, names: f"the days away of {_person(row, names)} from {_day(row['starts_on'])}",
        {"person": "user_id"},
    ),
    "invitation": Kind(
        "accounts.Invitation", "Invitation", ("organisation_id",),
        lambda row, names: f"the invitation of {row['name']}", {"person": "accepted_by_id"},
    ),
    "organisation": Kind(
        "accounts.Organisation", "Organisation", ("pgh_obj_id",),
        lambda row, names: f"the organisation {row['name']}", {"organisation": "pgh_obj_id"},
    ),
    # --- partners
    "partner": Kind(
        "partners.Partner", "Partner", ("organisation_id",),
        lambda row, names: f"the appointment of {_person(row, names)}", {"partner": "pgh_obj_id", "person": "user_id"},
    ),
    "journey": Kind(
        "partners.UsualJourney", "Usual journey", ("partner__organisation_id",),
        lambda row, names: f"a usual journey from {row['from_place']} to {row['to_place']}",
        {"partner": "partner_id"},
    ),
    "telephone": Kind(
        "partners.TelephoneNumber", "Telephone number", ("partner__organisation_id",),
        lambda row, names: "a partner's telephone number", {"partner": "partner_id"},
    ),
    # --- induction: the words of a working agreement, and notes for newcomers, have no history
    "induction_line": Kind(
        "partners.TemplateItem", "Line of the induction template", ("organisation_id",),
        lambda row, names: f"the line “{row['title']}” of the induction template", {"organisation": "organisation_id"},
    ),
    "induction": Kind(
        "partners.Induction", "Induction of a partner", ("partner__organisation_id",),
        lambda row, names: "an induction", {"partner": "partner_id"},
    ),
    "induction_item": Kind(
        "partners.InductionItem", "Part of an induction", ("induction__partner__organisation_id",),
        lambda row, names: f"“{row['title']}” of an induction", {"partner": "induction_id"},
        frozenset({"not_needed_because"}),
    ),
    # --- training and support: what was said in talks and reviews, and what is a partner's alone, has no history
    "training_settings": Kind(
        "partners.TrainingSettings", "Times for training", ("organisation_id",),
        lambda row, names: "the times for training", {"organisation": "organisation_id"},
    ),
    "course": Kind(
        "partners.Course", "Course", ("organisation_id",), lambda row, names: f"the course {row['title']}",
    ),
    "training": Kind(
        "partners.TrainingRecord", "Training", ("partner__organisation_id",),
        lambda row, names: f"a training done on {_day(row['done_on'])}", {"partner": "partner_id"},
    ),
    "development": Kind(
        "partners.DevelopmentRequest", "Request for development", ("partner__organisation_id",),
        lambda row, names: (
            f"a request: {_choice('partners.DevelopmentRequest', 'kind', row['kind'])}"
        ),
        {"partner": "partner_id"}, frozenset({"why", "reason"}),
    ),
    "support_settings": Kind(
        "partners.SupportSettings", "How partners are looked after", ("organisation_id",),
        lambda row, names: "how partners are looked after", {"organisation": "organisation_id"},
    ),
    "talk": Kind(
        "partners.OneToOne", "Talk", ("partner__organisation_id",),
        lambda row, names: f"a talk on {format_date(local_date(datetime.fromisoformat(row['starts_at'])))}",
        {"partner": "partner_id"}, frozenset({"cancel_reason", "online_link"}),
    ),
    "mentoring": Kind(
        "partners.Mentoring", "Mentoring", ("partner__organisation_id",),
        lambda row, names: f"the mentoring by {_person(row, names, 'mentor_id')}", {"partner": "partner_id"},
        frozenset({"partner_answer", "mentor_answer"}),
    ),
    "review_question": Kind(
        "partners.ReviewQuestion", "Question of the annual review", ("organisation_id",),
        lambda row, names: "a question of the annual review",
    ),
    "review": Kind(
        "partners.AnnualReview", "Annual review", ("partner__organisation_id",),
        lambda row, names: "an annual review", {"partner": "partner_id"},
    ),
    # --- checks, agreements and declared interests: auditors see that something was recorded, not what came of it
    "requirement": Kind(
        "partners.CheckRequirement", "Required check", ("organisation_id",),
        lambda row, names: f"a required check: {_label('partners.CheckRequirement', 'kind', row['kind'])}",
    ),
    "check": Kind(
        "partners.Check", "Check", ("partner__organisation_id",),
        lambda row, names: f"a check: {_label('partners.Check', 'kind', row['kind'])}", {"partner": "partner_id"},
        frozenset({"outcome", "reference", "dbs_level", "dbs_reason", "expires_on"}),
    ),
    "agreement": Kind(
        "partners.AgreementVersion", "Text of an agreement", ("organisation_id",),
        lambda row, names: (
            f"version {row['number']} of the text: {_label('partners.AgreementVersion', 'kind', row['kind'])}"
        ),
        {}, frozenset({"text"}),
    ),
    "signature": Kind(
        "partners.Signature", "Signature", ("partner__organisation_id",),
        lambda row, names: f"a signature: {_label('partners.Signature', 'kind', row['kind'])}",
        {"partner": "partner_id"}, frozenset({"name", "agrees"}),
    ),
    "interest": Kind(
        "partners.Interest", "Declared interest", ("partner__organisation_id",),
        lambda row, names: "a declared interest", {"partner": "partner_id"},
        frozenset({"kind", "organisation", "description"}),
    ),
    "declaration": Kind(
        "partners.Declaration", "Declaration of interests", ("partner__organisation_id",),
        lambda row, names: "a declaration of interests", {"partner": "partner_id"}, frozenset({"has_nothing"}),
    ),
    # --- questions: what was written has no history
    "question_settings": Kind(
        "partners.QuestionSettings", "Times for questions", ("organisation_id",),
        lambda row, names: "the times for questions", {"organisation": "organisation_id"},
    ),
    "question": Kind(
        "partners.Question", "Question", ("organisation_id",), lambda row, names: "a question of a partner", {},
        frozenset({"asker_id", "round"}),
    ),
    # --- terms and leaving: what was written down or said has no history, and changes of a term are their own
    "succession": Kind(
        "partners.SuccessionPlan", "Succession plan", ("partner__organisation_id",),
        lambda row, names: f"what happens when a term ends on {_day(row['term_ends_on'])}", {"partner": "partner_id"},
    ),
    "pause": Kind(
        "partners.Pause", "Pause", ("partner__organisation_id",),
        lambda row, names: f"a pause from {_day(row['starts_on'])}", {"partner": "partner_id"},
    ),
    "departure": Kind(
        "partners.Departure", "Leaving", ("partner__organisation_id",),
        lambda row, names: f"leaving on {_day(row['last_day'])}", {"partner": "partner_id"},
    ),
    "exit": Kind(
        "partners.ExitConversation", "Exit conversation", ("partner__organisation_id",),
        lambda row, names: "an exit conversation", {"partner": "partner_id"},
    ),
    "handover": Kind(
        "partners.HandoverPack", "Handover pack", ("partner__organisation_id",),
        lambda row, names: "a handover pack", {"partner": "partner_id"},
    ),
    # --- time, interests and needs
    "capacity_settings": Kind(
        "partners.CapacitySettings", "How partners' time is counted", ("organisation_id",),
        lambda row, names: "how partners' time is counted", {"organisation": "organisation_id"},
    ),
    "capacity": Kind(
        "partners.CapacityAgreement", "Time a month", ("partner__organisation_id",),
        lambda row, names: f"the time a month from {_day(row['starts_on'])}", {"partner": "partner_id"},
    ),
    "away": Kind(
        "partners.AwayPeriod", "Days away", ("partner__organisation_id",),
        lambda row, names: f"a partner's days away from {_day(row['starts_on'])}", {"partner": "partner_id"},
    ),
    "profile": Kind(
        "partners.Profile", "What a partner offers", ("partner__organisation_id",),
        lambda row, names: "what a partner offers", {"partner": "partner_id"},
        frozenset({"skills", "interests", "tags", "experience_for"}),
    ),
    "access_settings": Kind(
        "partners.AccessSettings", "When access needs are reviewed", ("organisation_id",),
        lambda row, names: "when access needs are reviewed", {"organisation": "organisation_id"},
    ),
    # That somebody needs anything is told to nobody with whom they do not share it (docs/adr/0024): what is not shared
    # has its history, and this page does not show it. What it is, it never shows.
    "access_need": Kind(
        "partners.AccessNeed", "Access need", ("partner__organisation_id",),
        lambda row, names: "an access need", {"partner": "partner_id"},
        frozenset({"kind", "point_size"}), {"sharing": "arrangers"},
    ),
    "need_met": Kind(
        "partners.NeedMet", "Whether an access need was met", ("need__partner__organisation_id",),
        lambda row, names: f"whether an access need was met on {_day(row['on'])}",
        {"partner": "need__partner_id"}, frozenset(), {"need__sharing": "arrangers"},
    ),
    # --- equality monitoring: an answer has no history, so that nothing here says whose it is
    "diversity_settings": Kind(
        "partners.DiversitySettings", "Equality questions", ("organisation_id",),
        lambda row, names: "whether equality questions are asked", {"organisation": "organisation_id"},
    ),
    # --- recruitment: an application is called by its reference, for names may be hidden; what was written is not shown
    "vacancy": Kind(
        "partners.Vacancy", "Vacancy", ("organisation_id",), lambda row, names: f"the vacancy {row['title']}",
    ),
    "channel": Kind(
        "partners.Channel", "Channel of a vacancy", ("vacancy__organisation_id",),
        lambda row, names: f"the channel {row['label']}",
    ),
    "criterion": Kind(
        "partners.Criterion", "Criterion of a vacancy", ("vacancy__organisation_id",),
        lambda row, names: "what applicants are chosen by",
    ),
    "application": Kind(
        "partners.Application", "Application", ("vacancy__organisation_id",),
        lambda row, names: f"the application {row['reference']}", {},
        frozenset({
            "name", "email", "telephone", "reasons", "experience", "interests", "needs", "heard", "times_note",
            "steps_done", "partner_id",
        }),
    ),
    "score": Kind(
        "partners.Score", "Points for an application", ("application__vacancy__organisation_id",),
        lambda row, names: f"the points that {_person(row, names, 'scorer_id')} gave an application", {},
        frozenset({"points", "note"}),
    ),
    "talk_time": Kind(
        "partners.TalkTime", "Time offered to an applicant", ("application__vacancy__organisation_id",),
        lambda row, names: "a time offered to an applicant", {}, frozenset({"place"}),
    ),
    "letter": Kind(
        "partners.Letter", "Letter to an applicant", ("application__vacancy__organisation_id",),
        lambda row, names: "a letter to an applicant", {}, frozenset({"words"}),
    ),
    "letter_template": Kind(
        "partners.LetterTemplate", "Wording of letters to applicants", ("organisation_id",),
        lambda row, names: "how letters to applicants are worded",
    ),
    "offer": Kind(
        "partners.Offer", "Offer to an applicant", ("application__vacancy__organisation_id",),
        lambda row, names: "an offer to an applicant",
    ),
    "recruitment_settings": Kind(
        "partners.RecruitmentSettings", "Times for recruitment", ("organisation_id",),
        lambda row, names: "the times for recruitment", {"organisation": "organisation_id"},
    ),
    "awaited": Kind(
        "partners.AwaitedPartner", "Partner brought in, not yet here", ("organisation_id",),
        lambda row, names: "somebody brought in who has not answered yet", {},
        frozenset({"email", "name", "telephone"}),
    ),
    # --- committees
    "committee": Kind(
        "committees.Committee", "Committee", ("organisation_id",),
        lambda row, names: f"the committee {row['name']}", {"committee": "pgh_obj_id"},
    ),
    "assignment": Kind(
        "committees.Assignment", "Assignment", ("committee__organisation_id",),
        lambda row, names: f"an assignment from {_day(row['starts_on'])}",
        {"committee": "committee_id", "partner": "partner_id"},
    ),
    "meeting": Kind(
        "committees.Meeting", "Meeting", ("committee__organisation_id",),
        lambda row, names: f"the meeting on {format_date(local_date(datetime.fromisoformat(row['starts_at'])))}",
        {"committee": "committee_id"},
    ),
    "attendance": Kind(
        "committees.Attendance", "Attendance", ("meeting__committee__organisation_id",),
        lambda row, names: "an attendance at a meeting",
        {"committee": "meeting__committee_id", "partner": "assignment__partner_id"},
    ),
    # --- claims
    "claim": Kind(
        "expenses.Claim", "Claim", ("organisation_id", "payer_id"),
        lambda row, names: f"claim C{row['number']:06d}", {"claim": "pgh_obj_id", "partner": "partner_id"},
    ),
    "line": Kind(
        "expenses.ClaimLine", "Claim line", _CLAIM,
        lambda row, names: f"line {row['position']} of a claim: {_choice('expenses.ClaimLine', 'kind', row['kind'])} "
        f"on {_day(row['date'])}",
        {"claim": "claim_id"},
    ),
    "receipt": Kind(
        "expenses.Receipt", "Receipt", ("organisation_id",),
        lambda row, names: "a receipt", {"claim": "claim_id"}, frozenset({"fingerprint"}),
    ),
    "helper": Kind(
        "expenses.Helper", "Helper", ("partner__organisation_id",),
        lambda row, names: f"{row['name']} as a partner's helper", {"partner": "partner_id"}, frozenset({"email"}),
    ),
    "receipt_use": Kind(
        "expenses.ReceiptUse", "What a receipt proves", ("line__claim__payer_id",),
        lambda row, names: "what a receipt proves", {"claim": "line__claim_id"},
    ),
    "file": Kind(
        "documents.Document", "File", ("pgh_obj__receipt__organisation_id",),
        lambda row, names: f"the file {row['original_name']}", {"claim": "pgh_obj__receipt__claim_id"},
        frozenset({"file", "original", "fingerprint", "stored_sha256"}),
    ),
    "dispute": Kind(
        "expenses.PayerDispute", "Disagreement about who pays", _CLAIM,
        lambda row, names: "a disagreement about who pays a claim", {"claim": "claim_id"},
    ),
    "duplicate": Kind(
        "expenses.LikelyDuplicate", "Likely duplicate", ("line__claim__organisation_id", "line__claim__payer_id"),
        lambda row, names: "a likely duplicate", {"claim": "line__claim_id"},
    ),
    "prior_approval": Kind(
        "expenses.PriorApproval", "Prior approval", ("payer_id", "partner__organisation_id"),
        lambda row, names: f"a request before a journey on {_day(row['starts_on'])}", {"partner": "partner_id"},
    ),
    # What somebody has a standing approval for says what they need: an auditor reads that there is one, not for what.
    "standing_approval": Kind(
        "expenses.StandingApproval", "Standing approval", ("payer_id", "partner__organisation_id"),
        lambda row, names: "a standing approval", {"partner": "partner_id"},
        frozenset({"kinds", "covers_first_class", "reason", "limit", "end_reason"}),
    ),
    "update": Kind(
        "expenses.UpdateRequest", "Request for an update", _CLAIM,
        lambda row, names: "a request for an update", {"claim": "claim_id"},
    ),
    # --- payment
    "run": Kind(
        "expenses.PaymentRun", "Payment run", ("organisation_id",),
        lambda row, names: f"payment run R{row['number']:05d}", {"run": "pgh_obj_id"},
    ),
    "run_line": Kind(
        "expenses.RunLine", "Line of a payment run", ("run__organisation_id",),
        lambda row, names: "a line of a payment run", {"run": "run_id", "claim": "line__claim_id"},
    ),
    # Nobody reads an account number in a history, not even its end.
    "bank": Kind(
        "expenses.BankDetails", "Bank details", ("user__appointments__organisation_id",),
        lambda row, names: f"the bank details of {_person(row, names)}", {"person": "user_id"},
        frozenset({"last_four", "account_name", "sort_code", "account_number"}),
    ),
    "payment_settings": Kind(
        "expenses.PaymentSettings", "How an organisation pays", ("organisation_id",),
        lambda row, names: "how the organisation pays", {},
        frozenset({"sort_code", "account_number"}),
    ),
    # --- rate card
    "rate_card": Kind(
        "expenses.RateCard", "Rate card", ("organisation_id",),
        lambda row, names: f"the rate card {row['name']}", {"rate_card": "pgh_obj_id"},
    ),
    "time_rate": Kind(
        "expenses.TimeRate", "Rate for time", ("card__organisation_id",),
        lambda row, names: f"a rate for time from {_day(row['valid_from'])}", {"rate_card": "card_id"},
    ),
    "mileage_rate": Kind(
        "expenses.MileageRate", "Mileage rate", ("card__organisation_id",),
        lambda row, names: f"the mileage rate for {_choice('expenses.MileageRate', 'vehicle', row['vehicle'])} "
        f"from {_day(row['valid_from'])}",
        {"rate_card": "card_id"},
    ),
    "mileage_band": Kind(
        "expenses.MileageBand", "Mileage band", ("mileage_rate__card__organisation_id",),
        lambda row, names: "a band of a mileage rate", {"rate_card": "mileage_rate__card_id"},
    ),
    "cap": Kind(
        "expenses.Cap", "Limit", ("card__organisation_id",),
        lambda row, names: f"the limit for {_choice('expenses.Cap', 'kind', row['kind'])} "
        f"from {_day(row['valid_from'])}",
        {"rate_card": "card_id"},
    ),
    "top_up": Kind(
        "expenses.TopUp", "Top-up", ("card__organisation_id",),
        lambda row, names: "money offered because a rate was raised for days gone by",
        {"claim": "line__claim_id", "rate_card": "card_id"},
    ),
    # --- retention
    "retention_rule": Kind(
        "retention.RetentionRule", "How long records are kept", ("organisation_id",),
        lambda row, names: f"how long records of the kind {row['kind'].replace('_', ' ')} are kept",
    ),
    "retention_settings": Kind(
        "retention.RetentionSettings", "Notice before records are removed", ("organisation_id",),
        lambda row, names: "how long before they are removed records are shown",
    ),
    "legal_hold": Kind(
        "retention.LegalHold", "Records held back", ("organisation_id",),
        lambda row, names: (
            f"what is held back of {_person(row, names, 'person_id') if row['person_id'] else 'the organisation'}"
        ),
        {"person": "person_id"},
    ),
    # Whoever asks in the portal asks no organisation: that stands in no organisation's trail.
    "subject_request": Kind(
        "subject_access.SubjectRequest", "Request for a copy of records", ("organisation_id",),
        lambda row, names: "a request for a copy of somebody's records", {"person": "person_id"},
        frozenset({"name", "email", "identity_how"}),
    ),
}  # fmt: skip

# The things that have a page of their own.
PAGES = {page: KINDS[page].label for page in dict.fromkeys(page for kind in KINDS.values() for page in kind.pages)}


def model_of(kind: Kind) -> Any:
    """Return the model of a kind."""
    return tracked_models()[kind.model][0]


def history_of(kind: Kind) -> Any:
    """Return the model of a kind's history."""
    return tracked_models()[kind.model][1]

"""The words of claims, as choices. Labels are glossary words; nothing is decided here."""

from django.db.models import TextChoices

# Words that a partner's record already has: the same choices, not a second set.
from partners.enums import RoleCategory as RoleCategory
from partners.enums import Vehicle as Vehicle


class ClaimOrigin(TextChoices):
    """How a claim came to be. Only one that its partner made is priced by the rate card; the others' prices are set."""

    PARTNER = "partner", "Made here"
    TOP_UP = "top_up", "Top-up"
    BACKLOG = "backlog", "Brought in"


class LineKind(TextChoices):
    INVOLVEMENT_PAYMENT = "involvement_payment", "Involvement payment"
    CANCELLED_MEETING = "cancelled_meeting", "Cancelled meeting"
    MILEAGE = "mileage", "Mileage"
    RAIL = "rail", "Train"
    BUS = "bus", "Bus, tram or underground"
    TAXI = "taxi", "Taxi"
    PARKING = "parking", "Parking"
    TOLL = "toll", "Toll or road charge"
    SUBSISTENCE_LUNCH = "subsistence_lunch", "Lunch"
    SUBSISTENCE_EVENING = "subsistence_evening", "Evening meal"
    OVERNIGHT = "overnight", "Overnight stay"
    REPLACEMENT_CARE = "replacement_care", "Replacement care"
    PERSONAL_SUPPORT = "personal_support", "Personal support"
    PRINTING = "printing", "Printing and stationery"
    PHONE = "phone", "Phone and internet"
    OTHER = "other", "Something else"


class Activity(TextChoices):
    MEETING = "meeting", "Meeting"
    PREPARATION = "preparation", "Preparation"
    TRAINING = "training", "Training"


class FareClass(TextChoices):
    STANDARD = "standard", "Standard class"
    FIRST = "first", "First class"


class PaymentBasis(TextChoices):
    """How a rate card pays for time."""

    DAY = "day", "Half day or full day"
    HOUR = "hour", "By the hour"
    SESSION = "session", "By the session"
    NONE = "none", "Unpaid"


class AtBoundary(TextChoices):
    """What exactly the boundary's minutes pay."""

    HALF_DAY = "half_day", "Half day"
    FULL_DAY = "full_day", "Full day"


class Preference(TextChoices):
    FULL = "full", "Full payment"
    REDUCED = "reduced", "Reduced payment"
    DECLINED = "declined", "No payment"


class Problem(TextChoices):
    NO_RECEIPT = "no_receipt", "No receipt"
    NEEDS_APPROVAL = "needs_approval", "Needed approval beforehand"
    OVER_CAP = "over_cap", "Over the limit"
    FIRST_CLASS = "first_class", "First-class travel"
    DUPLICATE_RECEIPT = "duplicate_receipt", "Receipt used before"
    OUTSIDE_CLAIM_WINDOW = "outside_claim_window", "Claimed late"
    ROLE_NOT_PAID = "role_not_paid", "Role is not paid for time"
    LIKELY_DUPLICATE = "likely_duplicate", "Likely duplicate"
    AGREED_ELSEWHERE = "agreed_elsewhere", "Agreed outside the portal"


class ApprovalStatus(TextChoices):
    """Of what a partner asks for before a journey."""

    ASKED = "asked", "Waiting for an answer"
    AGREED = "agreed", "Agreed"
    REFUSED = "refused", "Not agreed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ClaimStatus(TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for a decision"
    RETURNED = "returned", "Question for the partner"
    APPEALED = "appealed", "Appeal being decided"
    APPROVED = "approved", "Approved, waiting for payment"
    IN_RUN = "in_run", "In a payment run"
    NOT_APPROVED = "not_approved", "Not approved"
    PAID = "paid", "Paid"
    NOTHING_TO_PAY = "nothing_to_pay", "Nothing to pay"
    REFUSED = "refused", "Not approved, final"
    WITHDRAWN = "withdrawn", "Withdrawn"


class LineStatus(TextChoices):
    PENDING = "pending", "Waiting for a decision"
    RETURNED = "returned", "Returned with a question"
    APPROVED = "approved", "Approved, waiting for payment"
    NOT_APPROVED = "not_approved", "Not approved"
    APPEALED = "appealed", "Appeal being decided"
    IN_RUN = "in_run", "In a payment run"
    PAID = "paid", "Paid"
    NOTHING_TO_PAY = "nothing_to_pay", "Nothing to pay"
    REFUSED = "refused", "Not approved, final"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ClaimAction(TextChoices):
    SUBMIT = "submit", "Sent"
    RECALL = "recall", "Taken back to change"
    GIVE_UP = "give_up", "Given up after it was taken back"
    WITHDRAW = "withdraw", "Withdrawn"
    DECIDE = "decide", "Decided"
    ANSWER = "answer", "Question answered"
    ANSWER_HOLD = "answer_hold", "What was missing was given"
    APPEAL = "appeal", "Appealed"
    DECIDE_APPEAL = "decide_appeal", "Appeal decided"
    LET_STAND = "let_stand", "Refusal became final"
    ADD_TO_RUN = "add_to_run", "Put in a payment run"
    REMOVE_FROM_RUN = "remove_from_run", "Taken out of a payment run"
    RECORD_PAYMENT = "record_payment", "Paid"
    RECORD_FAILURE = "record_failure", "Payment failed"
    RECORD_RETURN = "record_return", "Payment sent back by the bank"


class LineAction(TextChoices):
    APPROVE = "approve", "Approve"
    RETURN = "return", "Return with a question"
    REFUSE = "refuse", "Do not approve"
    ANSWER = "answer", "Answer the question"
    ANSWER_HOLD = "answer_hold", "Give what is missing"
    APPEAL = "appeal", "Appeal"
    ALLOW_APPEAL = "allow_appeal", "Allow the appeal"
    DISMISS_APPEAL = "dismiss_appeal", "Turn the appeal down"
    LET_STAND = "let_stand", "Refusal becomes final"
    ADD_TO_RUN = "add_to_run", "Put in a payment run"
    REMOVE_FROM_RUN = "remove_from_run", "Take out of the payment run"
    RECORD_PAYMENT = "record_payment", "Mark as paid"
    RECORD_FAILURE = "record_failure", "Mark as failed"
    RECORD_RETURN = "record_return", "Mark as sent back by the bank"
    WITHDRAW = "withdraw", "Withdraw"


class ClockEvent(TextChoices):
    """What happens to a claim without changing its status."""

    STEP = "step", "Overdue: a step was taken"
    HAND_OVER = "hand_over", "Handed over"
    ASK = "ask", "Update asked for"
    ANSWER = "answer_update", "Update given"
    REPLY = "reply", "Reply to a step"
    BRING_IN = "bring_in", "Brought in from the organisation's list"
    ASK_HOLD = "ask_hold", "Something was missing"
    DISPUTE = "dispute", "Who pays was disputed"
    DISPUTE_DECIDED = "dispute_decided", "Who pays was decided"
    CLEAR_DUPLICATE = "clear_duplicate", "Likely duplicate cleared"
    OFFER_TOP_UP = "offer_top_up", "Top-up offered"
    WITHDRAW_TOP_UP = "withdraw_top_up", "Top-up taken back"
    DECLINE_TOP_UP = "decline_top_up", "Top-up not wanted"


class Who(TextChoices):
    """Whose turn an action is."""

    CLAIMANT = "claimant", "The partner"
    APPROVER = "approver", "An approver"
    FINANCE = "finance", "Finance"
    CLOCK = "clock", "The clock"


class StepKind(TextChoices):
    """What a step of the ladder does, in climbing order."""

    LEAD = "lead", "Programme lead is reminded"
    LEAD_AND_FINANCE = "lead_and_finance", "Programme lead and finance"
    EXECUTIVE = "executive", "Executive lead"
    CHIEF_EXECUTIVE = "chief_executive", "Chief executive's office"
    BOARD = "board", "Board report"


class RunStatus(TextChoices):
    DRAFT = "draft", "Waiting to be released"
    RELEASED = "released", "Released, waiting for the bank"
    SETTLED = "settled", "Settled"
    CANCELLED = "cancelled", "Cancelled"


class RunLineStatus(TextChoices):
    LISTED = "listed", "In the run"
    PAID = "paid", "Paid"
    FAILED = "failed", "Failed"
    REMOVED = "removed", "Taken out"


class ExportFormat(TextChoices):
    """What a payment run is handed out as."""

    LEDGER = "ledger_csv", "Ledger file"
    PAYROLL = "payroll_csv", "Payroll file"
    BACS = "bacs18", "BACS file"


class RunPart(TextChoices):
    """Which of a run's two ledgers something is about."""

    TIME = "time", "Involvement payments"
    EXPENSES = "expenses", "Expenses"
    BOTH = "both", "Involvement payments and expenses"


class BacsDays(TextChoices):
    """Which of the two layouts of a BACS file the bank takes."""

    SINGLE = "single", "One processing day, records of 100 characters"
    MULTI = "multi", "Several processing days, records of 106 characters"


class ResultRows(TextChoices):
    """What the rows of the bank's result file are."""

    MIXED = "mixed", "Payments and returns, told apart by a column"
    RETURNS = "returns", "Returned payments only"
    PAYMENTS = "payments", "Payments that were made only"


class ResultOutcome(TextChoices):
    """What a row of the bank's result file comes to here."""

    PAID = "paid_row", "Marks as paid"
    FAILED = "failed_row", "Marks as failed"
    SENT_BACK = "sent_back_row", "Was paid, marks as sent back"
    SETTLED = "settled_row", "Marked already"
    UNMATCHED = "unmatched_row", "Not matched"


class MoneyGroup(TextChoices):
    """Where a partner's money is, from asking to the account."""

    WAITING = "waiting", "Asked for, not decided"
    QUESTION = "question", "Waiting for your answer"
    APPROVED = "approved", "Agreed, waiting for payment"
    FAILED = "failed", "Payment failed, to be paid again"
    IN_RUN = "in_run", "Being paid"
    PAID = "paid", "Paid to you"
    CONTESTED = "contested", "Not agreed, can still be appealed"


class ModulusMethod(TextChoices):
    """How the digits of an account are added up; the values are those of the banks' own table."""

    MOD10 = "MOD10", "Standard check, modulus 10"
    MOD11 = "MOD11", "Standard check, modulus 11"
    DBLAL = "DBLAL", "Double alternate check"


class ModulusResult(TextChoices):
    """Whether an account number can belong to its sort code."""

    VALID = "valid", "Fits the sort code"
    INVALID = "invalid", "Does not fit the sort code"
    NOT_CHECKABLE = "not_checkable", "Cannot be checked against the sort code"


class BankCheckStatus(TextChoices):
    """How far the telephone check of bank details has come; only confirmed ones, and those without a need, are paid."""

    NOT_NEEDED = "not_needed", "No call needed"
    WAITING = "waiting", "Waiting for a call"
    CONFIRMED = "confirmed", "Confirmed by telephone"
    NOT_CONFIRMED = "not_confirmed", "Not confirmed, not used"


class CallOutcome(TextChoices):
    """What came of a call to check bank details."""

    CONFIRMED = "confirmed", "They confirmed the details"
    NOT_CONFIRMED = "not_confirmed", "They did not confirm the details"
    NO_ANSWER = "no_answer", "Nobody answered"


class RateKind(TextChoices):
    """Which table of a rate card a row is in."""

    TIME = "time", "Rate for time"
    MILEAGE = "mileage", "Mileage rate"
    CAP = "cap", "Limit on an expense"


class TopUpStatus(TextChoices):
    """What became of money offered because a rate was raised for days gone by."""

    PROPOSED = "proposed", "Offered to the partner"
    ACCEPTED = "accepted", "Asked for by the partner"
    DECLINED = "declined", "Not wanted by the partner"
    WITHDRAWN = "withdrawn", "Taken back by finance"


class CardTemplate(TextChoices):
    NATIONAL = "national", "National (half day £75, full day £150)"
    HOURLY = "hourly", "By the hour"
    PER_SESSION = "per_session", "By the session"
    UNPAID = "unpaid", "Unpaid, expenses only"


class ReportPeriod(TextChoices):
    """What a report is about, where nobody types the days."""

    THIS_MONTH = "this_month", "This month"
    LAST_MONTH = "last_month", "Last month"
    THIS_QUARTER = "this_quarter", "This quarter"
    THIS_YEAR = "this_year", "This financial year"
    LAST_YEAR = "last_year", "Last financial year"


class BacklogColumn(TextChoices):
    """What a column of a trust's own list of unpaid claims holds."""

    EMAIL = "email", "Partner's email address"
    NAME = "name", "Partner's name"
    DATE = "date", "Day of the meeting or journey"
    CLAIMED_ON = "claimed_on", "Day it was first claimed"
    KIND = "kind", "What it is for"
    AMOUNT = "amount", "Amount"
    COMMITTEE = "committee", "Committee or budget code"
    REFERENCE = "reference", "Your reference"
    NOTE = "note", "Note"

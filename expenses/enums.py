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
    WITHDRAW = "withdraw", "Withdrawn"
    DECIDE = "decide", "Decided"
    ANSWER = "answer", "Question answered"
    APPEAL = "appeal", "Appealed"
    DECIDE_APPEAL = "decide_appeal", "Appeal decided"
    LET_STAND = "let_stand", "Refusal became final"
    ADD_TO_RUN = "add_to_run", "Put in a payment run"
    REMOVE_FROM_RUN = "remove_from_run", "Taken out of a payment run"
    RECORD_PAYMENT = "record_payment", "Paid"
    RECORD_FAILURE = "record_failure", "Payment failed"


class LineAction(TextChoices):
    APPROVE = "approve", "Approve"
    RETURN = "return", "Return with a question"
    REFUSE = "refuse", "Do not approve"
    ANSWER = "answer", "Answer the question"
    APPEAL = "appeal", "Appeal"
    ALLOW_APPEAL = "allow_appeal", "Allow the appeal"
    DISMISS_APPEAL = "dismiss_appeal", "Turn the appeal down"
    LET_STAND = "let_stand", "Refusal becomes final"
    ADD_TO_RUN = "add_to_run", "Put in a payment run"
    REMOVE_FROM_RUN = "remove_from_run", "Take out of the payment run"
    RECORD_PAYMENT = "record_payment", "Mark as paid"
    RECORD_FAILURE = "record_failure", "Mark as failed"
    WITHDRAW = "withdraw", "Withdraw"


class ClockEvent(TextChoices):
    """What happens to a claim without changing its status."""

    STEP = "step", "Overdue: a step was taken"
    HAND_OVER = "hand_over", "Handed over"
    ASK = "ask", "Update asked for"
    ANSWER = "answer_update", "Update given"
    REPLY = "reply", "Reply to a step"


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


class CardTemplate(TextChoices):
    NATIONAL = "national", "National (half day £75, full day £150)"
    HOURLY = "hourly", "By the hour"
    PER_SESSION = "per_session", "By the session"
    UNPAID = "unpaid", "Unpaid, expenses only"

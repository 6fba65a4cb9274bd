"""Claims, and the money that was paid."""

from psp_portal.subject_access.registry.about import About, Nothing, in_lists

_HELD = ("organisation", "payer")
_OF_CLAIM = ("claim__organisation", "claim__payer")
_OF_LINE = ("line__claim__organisation", "line__claim__payer")


ENTRIES = (
    About("expenses.Claim", "claimant", "Claims", organisation=_HELD),
    About("expenses.ClaimLine", "claimant", "Claims", organisation=_OF_CLAIM),
    About("expenses.ClaimEvent", "claim__claimant", "Claims", organisation=_OF_CLAIM),
    About("expenses.Receipt", "claim__claimant", "Claims", organisation=_OF_CLAIM),
    About("expenses.ReceiptUse", "line__claimant", "Claims", organisation=_OF_LINE),
    About("expenses.PayerDispute", "claim__claimant", "Claims", organisation=_OF_CLAIM),
    About("expenses.LikelyDuplicate", "line__claimant", "Claims", organisation=_OF_LINE),
    About("expenses.Escalation", "claim__claimant", "Claims", organisation=_OF_CLAIM),
    About("expenses.UpdateRequest", "claim__claimant", "Claims", organisation=_OF_CLAIM),
    About("expenses.TopUp", "line__claimant", "Claims", organisation=_OF_LINE),
    About("expenses.PriorApproval", "claimant", "Claims", organisation=("partner__organisation", "payer")),
    About("expenses.StandingApproval", "partner__user", "Claims", organisation=("partner__organisation", "payer")),
    About("expenses.Helper", ("partner__user", "user"), "Claims", email="email", names=("name", "email"),
          organisation="partner__organisation"),
    About("expenses.BacklogDraft", (), "Claims", more=in_lists, lists=("rows",),
          leaves_out=frozenset({"columns", "heading_row"})),
    Nothing("expenses.BacklogColumns", "Which headings an organisation's lists have."),
    Nothing("expenses.BacklogImport", "That a list was brought in, with counts; its claims are in their own records."),
    # --- payment: account numbers are for nobody but the person and those who pay them
    About("expenses.BankDetails", "user", "Payment", is_private=True),
    About("expenses.BankCall", "person", "Payment", is_private=True),
    About("expenses.RunLine", "claimant", "Payment", organisation="run__organisation"),
    About("expenses.EarningsPlan", "user", "Payment", is_private=True),
    Nothing("expenses.PaymentRun", "A batch, with its sums; each person's lines are in their own records."),
    Nothing("expenses.RunExport", "A file of a batch, with its sums."),
    Nothing("expenses.ResultUpload", "A bank's file, encrypted, for at most two days; what it says becomes run lines."),
    Nothing("expenses.BankResult", "What a bank's file said: references and sums, no name and no account."),
    Nothing("expenses.Reconciliation", "A night's sums."),
    Nothing("expenses.PaymentSettings", "From which account an organisation pays."),
    Nothing("expenses.ModulusWeight", "How banks check account numbers."),
    Nothing("expenses.ModulusSubstitution", "How banks check account numbers."),
    # --- rates
    Nothing("expenses.RateCard", "An organisation's rates."),
    Nothing("expenses.TimeRate", "An organisation's rates."),
    Nothing("expenses.MileageRate", "An organisation's rates."),
    Nothing("expenses.MileageBand", "An organisation's rates."),
    Nothing("expenses.Cap", "An organisation's rates."),
)  # fmt: skip

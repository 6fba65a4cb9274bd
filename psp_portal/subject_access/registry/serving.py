"""Checks and agreements, the induction, questions, and terms until they end."""

from psp_portal.subject_access.registry.about import About, Nothing

_PARTNER = "partner__user"

ENTRIES = (
    # --- checks and agreements
    About("partners.Check", _PARTNER, "Checks and agreements"),
    About("partners.Signature", _PARTNER, "Checks and agreements"),
    About("partners.Interest", _PARTNER, "Checks and agreements"),
    About("partners.Declaration", _PARTNER, "Checks and agreements"),
    Nothing("partners.CheckRequirement", "What an organisation checks before partners of a role begin."),
    Nothing("partners.AgreementVersion", "A text of an organisation; who signed it is in the signatures."),
    # --- induction
    About("partners.Induction", _PARTNER, "Induction", private_fields=frozenset({"agreement"})),
    About("partners.InductionItem", "induction__partner__user", "Induction"),
    # Whether its writer is named is the writer's to say (docs/adr/0034).
    About("partners.NewcomerNote", _PARTNER, "Induction", is_private=True),
    Nothing("partners.TemplateItem", "What every new partner's list is made from."),
    # --- questions: what was written is for those who have the question (docs/adr/0028)
    About("partners.Question", "asker", "Questions", private_fields=frozenset({"subject"})),
    About("partners.QuestionEntry", "question__asker", "Questions", is_private=True),
    About("partners.QuestionStep", "question__asker", "Questions", organisation="question__organisation"),
    Nothing("partners.QuestionSettings", "An organisation's times."),
    # --- terms and leaving
    About("partners.TermChange", _PARTNER, "Term"),
    About("partners.SuccessionPlan", _PARTNER, "Term"),
    About("partners.Pause", _PARTNER, "Term"),
    About("partners.Departure", _PARTNER, "Leaving"),
    About("partners.ExitConversation", _PARTNER, "Leaving"),
    About("partners.ExitAnswer", "conversation__partner__user", "Leaving", is_private=True),
    About("partners.HandoverPack", _PARTNER, "Leaving"),
    About("partners.PackText", "pack__partner__user", "Leaving", is_private=True),
    About("accounts.ShutOut", "user", "Leaving"),
    # --- equality
    Nothing("partners.DiversityAnswer", "Nobody can tell whose it is; who gave it sees it on their own page."),
    Nothing("partners.DiversityTotal", "A number of a table in which nobody can be found."),
    Nothing("partners.DiversitySettings", "Whether an organisation asks."),
)

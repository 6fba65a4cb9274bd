"""What is kept for how long, and requests such as this one."""

from psp_portal.subject_access.registry.about import About, Nothing

ENTRIES = (
    About("retention.LegalHold", "person", "Keeping your records"),
    About("retention.PlannedRow", "person", "Keeping your records", organisation="run__organisation"),
    Nothing("retention.RetentionRule", "How long an organisation keeps a kind of record."),
    Nothing("retention.RetentionSettings", "When an organisation is told what will be removed."),
    Nothing("retention.RetentionRun", "What an organisation removes on a day; whose is in the planned rows."),
    Nothing("retention.DisposalLog", "How many records were removed; it holds nothing of anybody."),
    About("subject_access.SubjectRequest", "person", "Requests for your records", email="email",
          names=("name", "email")),
)  # fmt: skip

"""Committees, and what somebody does on them."""

from psp_portal.subject_access.registry.about import About, Nothing

ENTRIES = (
    About("committees.Assignment", "partner__user", "Committees", organisation=("committee__organisation", "payer")),
    About("committees.Attendance", "assignment__partner__user", "Committees"),
    Nothing("committees.Committee", "A body of an organisation."),
    Nothing("committees.Meeting", "A date of a committee; who was there is in the attendances."),
)

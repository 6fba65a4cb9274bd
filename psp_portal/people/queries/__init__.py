"""Reads the people of one organisation; every function starts from who asks."""

from psp_portal.people.queries.joining import (
    Preview,
    account_kept_of,
    accounts_joined_into,
    accounts_to_join,
    preview,
)
from psp_portal.people.queries.roles import (
    PostHeld,
    absences_visible_to,
    choices_for_post,
    invitations_visible_to,
    memberships_visible_to,
    own_absences,
    people_visible_to,
    posts_visible_to,
    staff_choices,
    what_a_deputy_leaves,
)

__all__ = [
    "PostHeld",
    "Preview",
    "absences_visible_to",
    "account_kept_of",
    "accounts_joined_into",
    "accounts_to_join",
    "choices_for_post",
    "invitations_visible_to",
    "memberships_visible_to",
    "own_absences",
    "people_visible_to",
    "posts_visible_to",
    "preview",
    "staff_choices",
    "what_a_deputy_leaves",
]

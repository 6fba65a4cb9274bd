"""Who may do what about partners. Here stands what other apps ask."""

from partners.permissions.appointments import (
    actions_open_to,
    can_appoint_partner,
    can_change_partner,
    can_list_partners,
    can_save_journey,
    check_can_appoint_partner,
    check_can_change_partner,
    check_can_list_partners,
    check_can_save_journey,
)

__all__ = [
    "actions_open_to",
    "can_appoint_partner",
    "can_change_partner",
    "can_list_partners",
    "can_save_journey",
    "check_can_appoint_partner",
    "check_can_change_partner",
    "check_can_list_partners",
    "check_can_save_journey",
]

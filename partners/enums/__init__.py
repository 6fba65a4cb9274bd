"""The words of partners, as choices: a module for each part, labels are glossary words."""

from partners.enums.appointments import (
    LeadShown,
    PartnerAction,
    PartnerMove,
    PartnerShown,
    PartnerStatus,
    RoleCategory,
    Vehicle,
)

__all__ = ["LeadShown", "PartnerAction", "PartnerMove", "PartnerShown", "PartnerStatus", "RoleCategory", "Vehicle"]

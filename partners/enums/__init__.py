"""The words of partners, as choices: a module for each part, labels are glossary words."""

from partners.enums.appointments import PartnerAction, PartnerMove, PartnerStatus, RoleCategory, Vehicle

__all__ = ["PartnerAction", "PartnerMove", "PartnerStatus", "RoleCategory", "Vehicle"]

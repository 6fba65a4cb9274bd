"""The words of partners' appointments, as choices."""

from django.db.models import IntegerChoices, TextChoices


class PartnerStatus(TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    LEFT = "left", "Left"


class PartnerAction(TextChoices):
    """What can be done about a partner; the value is the name of its page."""

    CHANGE_TERM = "partners:partner_term_edit", "Change the term"
    CHANGE_TELEPHONE = "partners:telephone_edit", "Change the telephone number"
    CHANGE_JOURNEY = "partners:journey_edit", "Change the usual journey"
    END = "partners:partner_end", "End the appointment"


class RoleCategory(IntegerChoices):
    """The four role categories of NHS England's PPV policy (domain.md 2.1)."""

    OPEN = 1, "1: open response"
    INVITED = 2, "2: one-off workshop"
    MEMBER = 3, "3: working group member"
    SENIOR = 4, "4: senior, decision-making role"


class Vehicle(TextChoices):
    """What a partner travels by; HMRC's three kinds of vehicle (domain.md 3)."""

    CAR = "car", "Car or van"
    MOTORCYCLE = "motorcycle", "Motorcycle"
    BICYCLE = "bicycle", "Bicycle or e-bike"

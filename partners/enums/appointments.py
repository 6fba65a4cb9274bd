"""The words of partners' appointments, as choices."""

from django.db.models import IntegerChoices, TextChoices


class PartnerStatus(TextChoices):
    """Where an appointment stands (domain.md 11.2); enquiry and applied are an application's, before anybody is one."""

    CHECKS = "checks", "Checks"
    INDUCTION = "induction", "Induction"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    LEAVING = "leaving", "Leaving"
    LEFT = "left", "Left"


class PartnerShown(TextChoices):
    """What a list of partners may be narrowed to beside one status."""

    SERVING = "serving", "All who have not left"


class LeadShown(TextChoices):
    """Whose partners a list shows."""

    AWAY = "away", "Away today, or no lead any more"


class PartnerMove(TextChoices):
    """What changes the status of an appointment."""

    BEGIN_INDUCTION = "begin_induction", "Begin induction"
    BEGIN = "begin", "Begin the role"
    PAUSE = "pause", "Pause"
    RESUME = "resume", "Come back from a pause"
    ANNOUNCE_LEAVING = "announce_leaving", "Say that they will leave"
    STAY = "stay", "Stay after all"
    LEAVE = "leave", "Leave"


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

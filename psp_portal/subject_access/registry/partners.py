"""The appointment, training, support, time, needs, and lists that were brought in."""

from django.apps import apps
from django.db.models import Q

from psp_portal.subject_access.registry.about import About, Nothing, Subject, in_lists

_PARTNER = "partner__user"


def _answers_of_the_other_side(subject: Subject) -> Q:
    """Return what picks what was answered about somebody, once both sides have sent theirs (docs/adr/0023)."""
    sent = apps.get_model("partners.AnnualReview")._base_manager.filter(
        partner__user__in=subject.user_ids, partner_sent_at__isnull=False, lead_sent_at__isnull=False
    )
    return Q(side="lead", review__in=sent)


def _own_answers(subject: Subject) -> Q:
    return Q(side="partner", review__partner__user__in=subject.user_ids) | _answers_of_the_other_side(subject)


ENTRIES = (
    About("partners.Partner", "user", "Appointment", organisation="organisation"),
    About("partners.TelephoneNumber", _PARTNER, "Appointment"),
    About("partners.UsualJourney", _PARTNER, "Appointment"),
    About("partners.AwaitedPartner", (), "Appointment", email="email", names=("name", "email")),
    About("partners.PartnerList", (), "Appointment", more=in_lists, lists=("rows",),
          leaves_out=frozenset({"columns", "otherwise", "choices", "heading_row"})),
    Nothing("partners.PartnerListColumns", "Which headings an organisation's lists have."),
    Nothing("partners.PartnerImport", "That a list was brought in, with counts; who was in it is in their records."),
    # --- training
    About("partners.TrainingRecord", _PARTNER, "Training"),
    About("partners.DevelopmentRequest", _PARTNER, "Training"),
    Nothing("partners.TrainingSettings", "An organisation's times."),
    Nothing("partners.Course", "What an organisation offers to all."),
    # --- support
    About("partners.OneToOne", _PARTNER, "Support", private_fields=frozenset({"shared_notes"})),
    About("partners.PrivateNote", "writer", "Support", is_private=True),
    About("partners.CheckIn", _PARTNER, "Support", is_private=True),
    About("partners.CheckInAnswer", "check_in__partner__user", "Support", is_private=True),
    About("partners.WellbeingPlan", _PARTNER, "Support", is_private=True),
    About("partners.FollowUp", _PARTNER, "Support", is_private=True),
    About("partners.NoFollowUp", "user", "Support", is_private=True),
    About("partners.Mentoring", (_PARTNER, "mentor"), "Support", organisation="partner__organisation"),
    About("partners.AnnualReview", _PARTNER, "Support",
          private_fields=frozenset({"agreed_points", "development_plan"})),
    About("partners.ReviewAnswer", (), "Support", is_private=True, more=_own_answers),
    Nothing("partners.SupportSettings", "An organisation's times, and whom partners can talk to."),
    Nothing("partners.ReviewQuestion", "What an organisation asks all partners."),
    # --- time and needs
    About("partners.CapacityAgreement", _PARTNER, "Time and interests"),
    About("partners.AwayPeriod", _PARTNER, "Time and interests"),
    About("partners.Profile", _PARTNER, "Time and interests",
          private_fields=frozenset({"experience", "experience_for"})),
    Nothing("partners.CapacitySettings", "How an organisation counts time."),
    # With whom a partner shares these is theirs to say (docs/adr/0024): staff who answer a letter are not asked in.
    About("partners.AccessNeed", _PARTNER, "Access needs", is_private=True),
    About("partners.NeedMet", "need__partner__user", "Access needs", is_private=True),
    Nothing("partners.AccessSettings", "When an organisation reviews needs."),
)  # fmt: skip

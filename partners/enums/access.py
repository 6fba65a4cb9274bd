"""The words of access and communication needs, as choices."""

from django.db.models import TextChoices


class NeedKind(TextChoices):
    """What somebody needs so that they can take part (domain.md 11.2: format, contact, support, environment)."""

    LARGE_PRINT = "large_print", "Large print"
    EASY_READ = "easy_read", "Easy Read"
    BRAILLE = "braille", "Braille"
    AUDIO = "audio", "Audio"
    SCREEN_READER = "screen_reader", "Files that work with a screen reader"
    BSL = "bsl", "British Sign Language interpreter"
    LIP_SPEAKER = "lip_speaker", "Lip-speaker"
    SPEECH_TO_TEXT = "speech_to_text", "Speech-to-text reporter"
    LANGUAGE = "language", "Another language"
    CONTACT = "contact", "A way to be contacted"
    SUPPORT = "support", "A support person"
    ENVIRONMENT = "environment", "The room and what is around it"
    OTHER = "other", "Another need"


class NeedStatus(TextChoices):
    """How far a need has come (DAPB1605: identified, then recorded), or that it is none any more."""

    IDENTIFIED = "identified", "Mentioned, not yet written down"
    RECORDED = "recorded", "Written down"
    ENDED = "ended", "No longer needed"


class Sharing(TextChoices):
    """With whom a need may be shared: the partner's own choice."""

    LEAD = "lead", "Only the programme lead"
    ARRANGERS = "arrangers", "Those who arrange things for the partner"

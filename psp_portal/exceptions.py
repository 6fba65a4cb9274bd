"""The one exception by which a business rule says no."""


class RuleBroken(Exception):
    """A business rule said no.

    ``message`` is written for the person who asked, in plain words, and is shown to them as it stands.
    ``field`` names the form field that the message belongs beside, or is empty for the page as a whole.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class TransitionNotAllowed(RuleBroken):
    """The thing is not in a status from which this can be done."""

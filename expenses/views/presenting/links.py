"""What can be pressed on a page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """Something that can be done, and where. ``what`` finishes the words for those who hear the link alone."""

    text: str
    url: str
    what: str = ""

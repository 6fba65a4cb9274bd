"""What an applicant reads about the next step, the letters, and how words are made to name nobody. Pure."""

import re

from partners.enums.recruitment import ApplicationStatus, LetterKind

# What stands where a name, an address or a number was.
LEFT_OUT = "[left out]"

NEXT_STEPS: dict[str, str] = {
    ApplicationStatus.STARTED: "Answer the questions and send your application.",
    ApplicationStatus.SENT: "We read your application and tell you whether you are shortlisted.",
    ApplicationStatus.SHORTLISTED: "We invite you to a chat or an interview, or tell you what we decided.",
    ApplicationStatus.CHAT: "You have an informal chat with us. Then we tell you what comes next.",
    ApplicationStatus.INTERVIEW: "You come to an interview. Then we tell you what we decided.",
    ApplicationStatus.OFFERED: "You tell us whether you accept the role.",
    ApplicationStatus.APPOINTED: "You sign in to the portal. Your programme lead gets in touch with you.",
    ApplicationStatus.NOT_THIS_TIME: "Nothing more. You can apply for other roles.",
    ApplicationStatus.WITHDRAWN: "Nothing more. You can apply again while the role is open.",
    ApplicationStatus.EXPIRED: "Nothing more. What you had written has been removed.",
}

DEFAULT_LETTERS: dict[str, str] = {
    LetterKind.SHORTLIST: (
        "Dear {name}\n\nThank you for applying to be our {role}. We liked reading what you wrote, and you are on our "
        "shortlist.\n\nWe will invite you to meet us. Tell us if anything would make that easier for you.\n\n"
        "With best wishes\n{organisation}"
    ),
    LetterKind.CHAT: (
        "Dear {name}\n\nThank you for applying to be our {role}. We would like to have a chat with you. It is not an "
        "interview: you can ask us anything, and see whether the role is right for you.\n\nPlease choose a time on "
        "this page. If none of them is good for you, say so and we will find another.\n\n"
        "With best wishes\n{organisation}"
    ),
    LetterKind.INTERVIEW: (
        "Dear {name}\n\nWe would like to invite you to an interview for the role of {role}. We will ask about what you "
        "wrote in your application. You can bring somebody with you.\n\nPlease choose a time on this page. If none of "
        "them is good for you, say so and we will find another.\n\nWith best wishes\n{organisation}"
    ),
    LetterKind.OFFER: (
        "Dear {name}\n\nWe are glad to offer you the role of {role}. We enjoyed meeting you, and look forward to "
        "working with you.\n\nWhat we offer stands on this page. You can accept it there, or ask us anything "
        "first.\n\nWith best wishes\n{organisation}"
    ),
    LetterKind.NOT_THIS_TIME: (
        "Dear {name}\n\nThank you for the time and thought you gave to your application for the role of {role}. We are "
        "sorry that we cannot offer it to you this time. More people applied than we could appoint, and this says "
        "nothing about the worth of what you have lived through.\n\nIf you would like to know more about our "
        "decision, or hear about other ways to be involved, please get in touch.\n\nWith best wishes\n{organisation}"
    ),
}  # fmt: skip

_EMAIL = re.compile(r"[^\s@,;<>()]+@[^\s@,;<>()]+")
_NUMBER = re.compile(r"\+?\d[\d ()-]{8,}\d")
# Shorter parts of a name ("Al", "O") are words of their own too often.
_SHORTEST_NAME = 3


def without_who(words: str, *, name: str) -> str:
    """Return an applicant's words with their name, e-mail addresses and telephone numbers left out."""
    unnamed = _NUMBER.sub(LEFT_OUT, _EMAIL.sub(LEFT_OUT, words))
    for part in sorted(set(re.split(r"[\s-]+", name)) | {name.strip()}, key=len, reverse=True):
        if len(part) >= _SHORTEST_NAME:
            unnamed = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", LEFT_OUT, unnamed, flags=re.IGNORECASE)
    return unnamed

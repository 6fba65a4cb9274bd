"""What allauth asks of us: sign-up is closed, accounts come by invitation."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from psp_portal.nhsuk.tags.components import sentence_case


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up, and writes subjects as the portal's own e-mails have them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.SITE_NAME}: {sentence_case(subject)}"

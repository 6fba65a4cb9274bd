"""What allauth asks of us: sign-up is closed, accounts come by invitation."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up."""

    def is_open_for_signup(self, request) -> bool:
        return False

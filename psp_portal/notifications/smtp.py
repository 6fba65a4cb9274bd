"""Django's SMTP back-end, told at which moment a mail server may first take a message as its own.

A mail server answers for a message from the line with the single dot that ends it. A worker that is killed before
that line has sent nothing; one that is killed after it does not know. So that no letter is ever sent twice, the row is
marked just before that line is sent (``Outgoing.hand_over``), and a message that is marked is never tried again.
"""

import smtplib
from collections.abc import Callable

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

END_OF_MESSAGE = b"\r\n.\r\n"


class Outgoing(EmailMessage):
    """An e-mail that says when it is handed over, and knows whether it has been taken."""

    def __init__(self, *args, hand_over: Callable[[], None], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.hand_over = hand_over
        self.is_taken = False


class _Handing:
    """For a connection of smtplib: calls ``hand_over`` before the line that ends a message."""

    hand_over: Callable[[], None] | None = None

    def send(self, s) -> None:
        if self.hand_over is None or not isinstance(s, bytes) or not s.endswith(END_OF_MESSAGE):
            super().send(s)  # type: ignore[misc]  # the class this is mixed into has it
            return
        last = len(s) - len(END_OF_MESSAGE) + 2
        super().send(s[:last])  # type: ignore[misc]
        self.hand_over()
        super().send(s[last:])  # type: ignore[misc]


class _Connection(_Handing, smtplib.SMTP):
    pass


class _ConnectionOverTLS(_Handing, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Sends by SMTP, and lets an ``Outgoing`` message know how far it has come."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _ConnectionOverTLS if self.use_ssl else _Connection

    def _send(self, email_message: EmailMessage) -> bool:
        self.connection.hand_over = getattr(email_message, "hand_over", None)  # type: ignore[union-attr]
        sent = super()._send(email_message)  # type: ignore[misc]  # Django's stubs leave it out
        if sent and isinstance(email_message, Outgoing):
            email_message.is_taken = True
        return sent

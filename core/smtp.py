"""Mail on the wire: a connection to the configured server that ends in bounded time, and the message."""

import smtplib
import socket
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from core.cutoff import Cutoff
from core.models import Mail

STEP_SECONDS = 10
SEND_SECONDS = 60
"""A whole delivery takes no longer, however slowly the server drips its answers."""


class _BoundedSMTP(smtplib.SMTP):
    """An SMTP session that is cut after SEND_SECONDS."""

    _cutoff: Cutoff | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # Not public, but where smtplib itself lets SMTP_SSL and LMTP plug in; the tests would notice.
        connected: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._cutoff = Cutoff(connected, SEND_SECONDS)
        return connected

    def close(self) -> None:
        if self._cutoff is not None:
            self._cutoff.cancel()
        super().close()


class _BoundedSMTPOverTLS(smtplib.SMTP_SSL, _BoundedSMTP):
    """The same where TLS comes first."""


class _Backend(EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _BoundedSMTPOverTLS if self.use_ssl else _BoundedSMTP


def connection() -> EmailBackend:
    """The configured mail server, to be used with `with`; raises SMTPException or OSError."""
    config = settings.JANUA
    return _Backend(
        host=config.smtp_host,
        port=config.smtp_port,
        username=config.smtp_username,
        password=config.smtp_password.get_secret_value(),
        use_tls=config.smtp_tls == "starttls",
        use_ssl=config.smtp_tls == "tls",
        timeout=STEP_SECONDS,
        fail_silently=False,
    )


def message_of(mail: Mail) -> EmailMultiAlternatives:
    """The row as a message. The Message-ID comes from the row, so that a repetition can be known again."""
    sender = settings.JANUA.smtp_from
    domain = parseaddr(sender)[1].rpartition("@")[2] or settings.JANUA.host
    headers = {"Message-ID": f"<{mail.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(mail.subject, mail.text, sender, [mail.recipient], headers=headers)
    message.attach_alternative(mail.html, "text/html")
    return message

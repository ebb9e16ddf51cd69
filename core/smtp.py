"""Mail on the wire: a connection to the configured server that ends in bounded time, the message, its outbox."""

import smtplib
import socket
from collections.abc import Callable
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from core.cutoff import Cutoff
from core.models import Mail
from core.outbox import Outbox

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


class MailOutbox(Outbox[Mail]):
    """Mail waits for a mail server that is away, up to a day."""

    model = Mail
    name = "mail"
    words = ("subject", "text", "html")
    claim = timedelta(seconds=2 * SEND_SECONDS)
    retry_delays = (
        timedelta(seconds=5),
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
    )
    words_kept = timedelta(hours=24)

    def is_kept_here(self) -> bool:
        return not settings.JANUA.smtp_host

    def carry(self, row: Mail, note_sent: Callable[[], None]) -> None:
        with connection() as server:
            server.send_messages([message_of(row)])
            # Before the server is bidden goodbye: it has answered 250, and may be slow to answer more.
            note_sent()

    def is_servers_fault(self, error: Exception) -> bool:
        # smtplib's errors are OSErrors too: what is none, such as a header that cannot be, is this mail's fault.
        is_this_mails = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
        return isinstance(error, OSError) and not is_this_mails


OUTBOX = MailOutbox()

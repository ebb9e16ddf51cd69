"""A real SMTP server that keeps what it is sent, and the reading of codes and links in it."""

import re
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import LOOPBACK, free_port

CODE = re.compile(r"(?<![\w-])\d{6,8}(?![\w-])")
LINK = re.compile(r"https?://[^\s<>\"]+")


def text_of(message: EmailMessage) -> str:
    """The plain-text part of a mail."""
    part = message.get_body(("plain",))
    if part is None:
        raise AssertionError(f"no plain-text part in {message['Subject']!r}")
    return str(part.get_content())


def html_of(message: EmailMessage) -> str:
    """The HTML part of a mail."""
    part = message.get_body(("html",))
    if part is None:
        raise AssertionError(f"no HTML part in {message['Subject']!r}")
    return str(part.get_content())


def code_in(message: EmailMessage) -> str:
    """The 6 to 8 digit code of a mail, from its subject or its plain text."""
    for text in (str(message["Subject"]), text_of(message)):
        # A link may hold digits that are no code.
        found = CODE.search(LINK.sub(" ", text))
        if found:
            return found.group()
    raise AssertionError(f"no code in {message['Subject']!r}")


def link_in(message: EmailMessage, containing: str = "") -> str:
    """The first link of a mail's plain text that contains the given words."""
    for link in LINK.findall(text_of(message)):
        if containing in link:
            return str(link).rstrip(".,;:!?)")
    raise AssertionError(f"no link with {containing!r} in {message['Subject']!r}")


class _Keep:
    """aiosmtpd's handler: parse each mail and add it to the list, unless a refusal is due."""

    def __init__(self, messages: list[EmailMessage], replies: dict[str, list[str]]) -> None:
        self._messages = messages
        self._replies = replies

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusals := self._replies["RCPT"]:
            return refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if refusals := self._replies["DATA"]:
            return refusals.pop(0)
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        # The envelope decides who gets it; the header is only what the reader sees.
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self._messages.append(message)
        return "250 kept"


class SmtpSink:
    """Listens on loopback; `messages` holds every mail in order. stop() and start() make an outage.

    `replies["RCPT"]` and `replies["DATA"]` hold what it answers there next instead of yes.
    """

    def __init__(self) -> None:
        self.host = LOOPBACK
        self.port = free_port()
        self.messages: list[EmailMessage] = []
        self.replies: dict[str, list[str]] = {"RCPT": [], "DATA": []}
        self._controller: Controller | None = None

    def start(self) -> None:
        if self._controller is None:
            self._controller = Controller(
                _Keep(self.messages, self.replies), hostname=self.host, port=self.port
            )
            self._controller.start()

    def stop(self) -> None:
        """Refuse connections from now on; the mails received so far stay."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def mails(self, *, to: str = "", subject: str = "", text: str = "") -> list[EmailMessage]:
        """The mails to an address whose subject and plain text contain the given words, oldest first."""
        return [mail for mail in list(self.messages) if _matcher(to, subject, text)(mail)]

    def wait_for_mail(
        self, *, to: str = "", subject: str = "", text: str = "", after: int = 0, timeout: float = 10
    ) -> EmailMessage:
        """The newest such mail; waits for one beyond the first `after` mails (take len(messages) before)."""
        deadline = time.monotonic() + timeout
        matches = _matcher(to, subject, text)
        while True:
            found = [mail for mail in self.messages[after:] if matches(mail)]
            if found:
                return found[-1]
            if time.monotonic() > deadline:
                seen = [(mail["X-Envelope-To"], str(mail["Subject"])) for mail in self.messages]
                raise AssertionError(f"no mail to={to!r} subject={subject!r} in {timeout:g} s; came: {seen}")
            time.sleep(0.05)

    def clear(self) -> None:
        self.messages.clear()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _matcher(to: str, subject: str, text: str) -> Callable[[EmailMessage], bool]:
    def matches(mail: EmailMessage) -> bool:
        recipients = str(mail["X-Envelope-To"]).lower().split(", ")
        return (
            (not to or to.lower() in recipients)
            and subject.lower() in str(mail["Subject"]).lower()
            and (not text or text in text_of(mail))
        )

    return matches

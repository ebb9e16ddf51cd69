"""Mail leaves through the outbox: written with the business transaction, delivered once it is committed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import cast

from django.conf import settings
from django.db import transaction
from django.template import Context, Template
from django.template.loader import get_template
from django.utils import translation

from core import background, clock, languages, tasks
from core.models import Mail

_LETTERHEAD: ContextVar[Mapping[str, object]] = ContextVar("letterhead")


@contextmanager
def letterhead(facts: Mapping[str, object]) -> Iterator[None]:
    """What every mail sent inside says besides: on whose behalf the sign-in is that it belongs to."""
    token = _LETTERHEAD.set(facts)
    try:
        yield
    finally:
        _LETTERHEAD.reset(token)


def send(kind: str, to: str, context: dict[str, object], *, locale: str) -> None:
    """Put the mail `templates/mails/<kind>.*` for `to` into the outbox, in the caller's transaction.

    It reads in the person's `locale`; who has none gets the language of the page at hand. Delivery is woken on commit and never holds up the caller: with the
    mail server away the answer is the same, and the sweep sends the mail later.
    """
    created_at = clock.now()
    with translation.override(languages.find(locale) or translation.get_language()):
        subject = _render(f"mails/{kind}.subject.txt", context)
        text = _render(f"mails/{kind}.txt", context)
        html = _render(f"mails/{kind}.html", context)
    mail = Mail.objects.create(
        kind=kind,
        recipient=to,
        subject=" ".join(subject.split()),  # one line, whatever the template says
        text=text,
        html=html,
        created_at=created_at,
        next_attempt_at=created_at,
    )
    mail_id = str(mail.pk)
    transaction.on_commit(lambda: background.wake(tasks.deliver_mail, mail_id))


def _render(name: str, context: dict[str, object]) -> str:
    """Only HTML is escaped: in plain text `&amp;` would break links and names."""
    template = cast(Template, get_template(name).template)  # type: ignore[attr-defined]
    values = {"product_name": "Janua", "base_url": settings.JANUA.base_url, **_LETTERHEAD.get({}), **context}
    return str(template.render(Context(values, autoescape=name.endswith(".html"))))

"""SMS leave through an outbox as mail does: written with the business transaction, delivered once committed."""

from typing import cast

from django.conf import settings
from django.db import transaction
from django.template import Context, Template
from django.template.loader import get_template
from django.utils import translation

from core import background, clock, languages, tasks
from core.models import Sms


def is_available() -> bool:
    """Whether an SMS reaches anybody; in development it reaches the operators' page."""
    return settings.JANUA.sms_gateway != "console" or bool(settings.JANUA.is_development)


def may_call() -> bool:
    """Whether a code may be read out by a call, for people who cannot read an SMS."""
    return is_available() and bool(settings.JANUA.sms_voice == "on")


def send(kind: str, to: str, context: dict[str, object], *, locale: str, is_call: bool = False) -> None:
    """Put the SMS `templates/sms/<kind>.txt` for the number `to` (E.164) into the outbox, in the caller's
    transaction. It reads in the person's `locale`, and is one line. A call reads it out."""
    created_at = clock.now()
    template = cast(Template, get_template(f"sms/{kind}.txt").template)  # type: ignore[attr-defined]
    language = languages.find(locale) or settings.LANGUAGE_CODE
    with translation.override(language):
        text = str(template.render(Context({"product_name": "Janua", **context}, autoescape=False)))
    sms = Sms.objects.create(
        kind=kind,
        recipient=to,
        text=" ".join(text.split()),
        spoken_in=language if is_call else "",
        created_at=created_at,
        next_attempt_at=created_at,
    )
    sms_id = str(sms.pk)
    transaction.on_commit(lambda: background.wake(tasks.deliver_sms, sms_id))

"""The outboxes for operators. In development, without mail server or SMS gateway, they are the mailbox."""

from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.models import Mail, Outgoing, Sms
from core.operators import ReadOnlyAdmin

Row = TypeVar("Row", bound=Outgoing)

WAITING = (Outgoing.Status.PENDING, Outgoing.Status.SENDING)

FIELDS = ("kind", "recipient", "status", "created_at", "sent_at", "attempts", "next_try", "last_error")


class OutgoingAdmin(ReadOnlyAdmin[Row]):
    """Read-only. Codes and links are shown only where nobody but the developer can have asked for them."""

    list_display = ("created_at", "kind", "recipient", "status", "attempts", "next_try", "last_error")
    list_filter = ("status", "kind")
    search_fields = ("recipient",)
    ordering = ("-created_at",)

    @admin.display(description="next try", ordering="next_attempt_at")
    def next_try(self, row: Row) -> datetime | None:
        return row.next_attempt_at if row.status in WAITING else None

    @admin.display(description="text")
    def shown_text(self, row: Mail | Sms) -> str:
        return row.text if _may_be_read(row) else "not shown"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        """The list shows no words, so it unseals none."""
        return super().get_queryset(request).defer("text")


@admin.register(Mail)
class MailAdmin(OutgoingAdmin[Mail]):
    fields = (*FIELDS, "shown_subject", "shown_text")

    @admin.display(description="subject")
    def shown_subject(self, mail: Mail) -> str:
        return mail.subject if _may_be_read(mail) else "not shown"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        return super().get_queryset(request).defer("subject", "html")


@admin.register(Sms)
class SmsAdmin(OutgoingAdmin[Sms]):
    fields = (*FIELDS, "shown_text")


def _may_be_read(row: Outgoing) -> bool:
    return bool(settings.JANUA.is_development) and row.status == Outgoing.Status.MAILBOX

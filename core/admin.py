"""The outbox for operators. In development, without a mail server, it is the mailbox."""

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.models import Mail
from core.operators import ReadOnlyAdmin


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin[Mail]):
    """Read-only. Codes and links are shown only where nobody but the developer can have asked for them."""

    list_display = ("created_at", "kind", "recipient", "status", "attempts", "last_error")
    list_filter = ("status", "kind")
    search_fields = ("recipient",)
    ordering = ("-created_at",)
    fields = (
        "kind",
        "recipient",
        "status",
        "created_at",
        "sent_at",
        "attempts",
        "next_attempt_at",
        "last_error",
        "shown_subject",
        "shown_text",
    )

    @admin.display(description="subject")
    def shown_subject(self, mail: Mail) -> str:
        return mail.subject if _may_be_read(mail) else "not shown"

    @admin.display(description="text")
    def shown_text(self, mail: Mail) -> str:
        return mail.text if _may_be_read(mail) else "not shown"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        """The list shows no words, so it unseals none."""
        return super().get_queryset(request).defer("subject", "text", "html")


def _may_be_read(mail: Mail) -> bool:
    return bool(settings.JANUA.is_development) and mail.status == Mail.Status.MAILBOX

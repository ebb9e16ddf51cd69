"""Bodies of one's own data over REST."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.models import DataExport, TermsVersion, User
from accounts.services import terms
from accounts.services.purposes import Choice
from core.api.serializers import StrictSerializer, TrueOrFalse


class ExportOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.CharField(help_text="preparing, ready, downloaded or expired.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    size = serializers.IntegerField(help_text="Bytes; 0 until it is ready.")


class DeletionInput(StrictSerializer):
    email = serializers.CharField(max_length=254, help_text="The account's address, typed in full.")


class DeletionOutput(serializers.Serializer[Any]):
    deletion_due_at = serializers.DateTimeField(allow_null=True)


class ConsentInput(StrictSerializer):
    purpose = serializers.CharField(max_length=64)
    is_granted = TrueOrFalse()


class PurposeOutput(serializers.Serializer[Any]):
    purpose = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    text_version = serializers.IntegerField()
    is_granted = serializers.BooleanField()
    changed_at = serializers.DateTimeField(allow_null=True)
    receipt_id = serializers.UUIDField(allow_null=True)


class ReceiptPurpose(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    text_version = serializers.IntegerField()


class ReceiptPrincipal(serializers.Serializer[Any]):
    id = serializers.UUIDField()


class ReceiptController(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.URLField()
    contact = serializers.EmailField()


class ReceiptOutput(serializers.Serializer[Any]):
    receipt_id = serializers.UUIDField()
    timestamp = serializers.DateTimeField()
    event = serializers.CharField()
    collection_method = serializers.CharField()
    pii_principal = ReceiptPrincipal()
    pii_controller = ReceiptController()
    privacy_notice = serializers.CharField(allow_blank=True)
    purposes = ReceiptPurpose(many=True)
    withdrawal = serializers.URLField()


class VersionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField(help_text="terms or privacy.")
    version = serializers.CharField()
    url = serializers.URLField()
    text = serializers.CharField(allow_blank=True)
    effective_at = serializers.DateTimeField()


class AcceptanceOutput(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="terms or privacy.")
    version = serializers.CharField()
    accepted_at = serializers.DateTimeField()
    via = serializers.CharField()


class AcceptTermsInput(StrictSerializer):
    versions = serializers.ListField(
        child=serializers.UUIDField(), max_length=20, help_text="The ids of the versions that were shown."
    )


class TermsOutput(serializers.Serializer[Any]):
    terms_required = serializers.BooleanField(help_text="Pages and apps wait until these are accepted.")
    due = VersionOutput(many=True)
    accepted = AcceptanceOutput(many=True)


def _all(name: str, item: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """A short whole list, for the document. (As a class attribute `data` would hide the serializer's own.)"""
    return type(name, (serializers.Serializer,), {"get_fields": lambda self: {"data": item(many=True)}})


ExportsOutput = _all("ExportsOutput", ExportOutput)
ConsentsOutput = _all("ConsentsOutput", PurposeOutput)
CurrentTermsOutput = _all("CurrentTermsOutput", VersionOutput)


def export_body(row: DataExport, *, now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "status": row.status(now),
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "size": row.size,
    }


def deletion_body(due_at: datetime | None) -> dict[str, Any]:
    return {"deletion_due_at": due_at}


def choice_body(choice: Choice) -> dict[str, Any]:
    purpose, change = choice.purpose, choice.change
    return {
        "purpose": purpose.name,
        "title": purpose.title,
        "text": purpose.text,
        "text_version": purpose.version,
        "is_granted": choice.is_granted,
        "changed_at": change.changed_at if change else None,
        "receipt_id": change.id if change else None,
    }


def version_body(row: TermsVersion) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "kind", "version", "url", "text", "effective_at")}


def terms_body(user: User, *, now: datetime) -> dict[str, Any]:
    due = terms.due(user, now=now)
    accepted = [
        {
            "kind": row.version.kind,
            "version": row.version.version,
            "accepted_at": row.accepted_at,
            "via": row.via,
        }
        for row in terms.acceptances(user)
    ]
    return {
        "terms_required": bool(due),
        "due": [version_body(row) for row in due],
        "accepted": accepted,
    }

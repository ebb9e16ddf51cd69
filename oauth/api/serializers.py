"""Bodies of `/api/v1/oauth/clients`. The members of a client's metadata stand in `oauth.metadata` alone."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, get_type_hints

from django.conf import settings
from rest_framework import serializers
from rest_framework.fields import Field

from core.api.lists import list_of
from core.api.serializers import StrictSerializer, TrueOrFalse
from oauth import metadata
from oauth.metadata import MAX_TEXT, ClientMetadata
from oauth.models import Client, ClientSecret, Consent
from oauth.services import id_tokens, logos

AnyField = Field[Any, Any, Any, Any]
_FIELDS: dict[object, Callable[..., AnyField]] = {
    str: lambda **more: serializers.CharField(allow_blank=True, max_length=MAX_TEXT, **more),
    bool: serializers.BooleanField,
    int | None: lambda **more: serializers.IntegerField(min_value=0, max_value=2**31 - 1, **more),
    tuple[str, ...]: lambda **more: serializers.ListField(
        child=serializers.CharField(max_length=MAX_TEXT), max_length=metadata.MAX_LIST, **more
    ),
    dict[str, Any]: serializers.DictField,
}


def _metadata_fields(**more: Any) -> dict[str, AnyField]:
    return {name: _FIELDS[kind](**more) for name, kind in get_type_hints(ClientMetadata).items()}


class ClientInput(StrictSerializer):
    """Client metadata by RFC 7591, and ours (docs/clients.md). null sets a member back to its default.

    Only the names are judged here; `oauth.metadata` reads the values, as it does for every other door.
    """

    def get_fields(self) -> dict[str, Any]:
        return _metadata_fields(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        self.refuse_unknown(data)
        return data


class OwnerOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField()


class ClientOutput(serializers.Serializer[Any]):
    """A client as its owner and operators see it: every member of its metadata, and what we know of it."""

    client_id = serializers.CharField()
    is_enabled = serializers.BooleanField()
    is_verified = serializers.BooleanField(help_text="An operator vouches for the publisher.")
    owner = OwnerOutput(allow_null=True)
    logo_url = serializers.URLField(allow_null=True, help_text="The uploaded logo, served by us.")
    organization_id = serializers.UUIDField(
        allow_null=True, help_text="Whose look the pages of its sign-ins have."
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_fields(self) -> dict[str, Any]:
        fields = {**super().get_fields(), **_metadata_fields()}
        for name, kind in get_type_hints(ClientMetadata).items():
            fields[name].allow_null = kind == int | None
        return fields


class ClientWithSecretOutput(ClientOutput):
    client_secret = serializers.CharField(
        allow_null=True, help_text="Shown this once; null unless a secret was made just now."
    )


class SecretOutput(serializers.ModelSerializer[ClientSecret]):
    """A secret, without the secret."""

    class Meta:
        model = ClientSecret
        fields = ("id", "hint", "created_at", "expires_at")
        read_only_fields = fields


class NewSecretOutput(SecretOutput):
    client_secret = serializers.CharField(help_text="Shown this once.")

    class Meta(SecretOutput.Meta):
        fields = (*SecretOutput.Meta.fields, "client_secret")  # type: ignore[assignment]


class SecretsOutput(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {"data": SecretOutput(many=True)}


class ConsentOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    subject = serializers.CharField(help_text="The `sub` that the client knows the person by.")
    email = serializers.EmailField(allow_null=True, help_text="For operators only.")
    scope = serializers.CharField()
    granted_at = serializers.DateTimeField()


ClientListOutput = list_of(ClientOutput)
ConsentListOutput = list_of(ConsentOutput)


class VerifyClientInput(StrictSerializer):
    is_verified = TrueOrFalse(default=True)


class TransferClientInput(StrictSerializer):
    email = serializers.CharField(max_length=254, help_text="The new owner's verified address.")


class ClientOrganizationInput(StrictSerializer):
    organization_id = serializers.UUIDField()


def client_body(client: Client) -> dict[str, Any]:
    """`ClientOutput`. Reads a `logo_digest` that the query brought along, else asks for it."""
    knows = hasattr(client, "logo_digest")
    path = logos.path_to(client.client_id, client.logo_digest) if knows else logos.path_of(client)
    return {
        "client_id": client.client_id,
        "is_enabled": client.is_enabled,
        "is_verified": client.is_verified,
        "owner": {"id": client.user.id, "email": client.user.email} if client.user else None,
        "logo_url": f"{settings.JANUA.base_url}{path}" if path else None,
        "organization_id": client.organization_id,
        "created_at": client.created,
        "updated_at": client.updated,
        **{name: _plain(value) for name, value in asdict(metadata.of_client(client)).items()},
    }


def consent_body(consent: Consent, client: Client, *, with_email: bool) -> dict[str, Any]:
    """`ConsentOutput`."""
    return {
        "id": consent.id,
        "subject": id_tokens.subject_of(consent.user, client),
        "email": consent.user.email if with_email else None,
        "scope": consent.scope,
        "granted_at": consent.granted_at,
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value

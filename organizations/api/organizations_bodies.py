"""Bodies of `/api/v1/organizations`."""

import json
from typing import Any

from rest_framework import serializers

from accounts.api.people_bodies import MAX_METADATA_BYTES, MAX_METADATA_DEPTH, depth_of
from core.api.lists import SearchQuery, list_of
from core.api.serializers import StrictSerializer, TrueOrFalse
from organizations import slugs
from organizations.models import Membership, Organization, Role
from organizations.services import logos
from organizations.services.access import Access

MAX_NAME = 100


class OrganizationChange(StrictSerializer):
    """A PATCH: what is not named stays. `slug` is kept in lower case."""

    name = serializers.CharField(max_length=MAX_NAME, required=False)
    slug = serializers.CharField(max_length=slugs.MAX_LENGTH, required=False)
    metadata = serializers.DictField(required=False)

    def validate_metadata(self, value: dict[str, Any]) -> dict[str, Any]:
        if depth_of(value) > MAX_METADATA_DEPTH:
            raise serializers.ValidationError(f"At most {MAX_METADATA_DEPTH} levels deep.")
        if len(json.dumps(value)) > MAX_METADATA_BYTES:
            raise serializers.ValidationError("At most 16 kB.")
        return value


class OrganizationInput(OrganizationChange):
    """A new organization; without a slug one is made of the name."""

    name = serializers.CharField(max_length=MAX_NAME)


class OrganizationDeletionInput(StrictSerializer):
    slug = serializers.CharField(max_length=200, help_text="The organization's slug, typed once more.")


class DefaultInput(StrictSerializer):
    is_default = TrueOrFalse(default=True)


class TransferInput(StrictSerializer):
    membership_id = serializers.UUIDField(help_text="The member who owns the organization from now on.")


class RoleRefOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()


class PlaceOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    role = RoleRefOutput()
    is_default = serializers.BooleanField(help_text="Whether the person starts in this organization.")
    joined_at = serializers.DateTimeField()


class OrganizationOutput(serializers.Serializer[Any]):
    """An organization as those who belong to it see it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    logo_url = serializers.URLField(allow_null=True)
    metadata = serializers.DictField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    suspended_at = serializers.DateTimeField(allow_null=True, help_text="Since when an operator has it shut.")
    deletion_due_at = serializers.DateTimeField(
        allow_null=True, help_text="When it is erased, if no owner takes it back; closed until then."
    )
    membership = PlaceOutput(allow_null=True, help_text="Your own place; null for service accounts.")


OrganizationListOutput = list_of(OrganizationOutput)
OrganizationsQuery = SearchQuery


def organization_body(organization: Organization, membership: Membership | None) -> dict[str, Any]:
    """`OrganizationOutput`; `membership` has its role."""
    shown = {
        name: getattr(organization, name)
        for name in OrganizationOutput().get_fields()
        if name not in ("logo_url", "membership")
    }
    return {
        **shown,
        "logo_url": logos.address_of(organization) or None,
        "membership": place_body(membership) if membership else None,
    }


def access_body(access: Access) -> dict[str, Any]:
    return organization_body(access.organization, access.membership)


def place_body(membership: Membership) -> dict[str, Any]:
    return {
        "id": membership.id,
        "role": role_body(membership.role),
        "is_default": membership.is_default,
        "joined_at": membership.joined_at,
    }


def role_body(role: Role) -> dict[str, Any]:
    return {"id": role.id, "key": role.key, "name": role.name}

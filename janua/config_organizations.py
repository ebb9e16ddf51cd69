"""Options of organizations. `janua.config.Config` inherits them."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class OrganizationOptions(BaseSettings):
    """Who makes organizations, and how they end."""

    organization_creation: Literal["people", "operators"] = Field(
        default="people",
        description="Who may create organizations: everybody with a verified e-mail address, or operators only.",
    )
    organizations_per_person: int = Field(
        default=20, ge=1, le=10_000, description="How many organizations one person may own; operators any."
    )
    organization_deletion_grace_days: int = Field(
        default=14,
        ge=1,
        le=365,
        description="Days in which an owner may still take back an organization that was to be deleted.",
    )
    invitations_per_day: int = Field(
        default=1000,
        ge=1,
        le=100_000,
        description="How many people one organization may invite within 24 hours.",
    )
    api_key_max_days: int | None = Field(
        default=None, ge=1, le=3650, description="Days that an API key may live. Default: as its maker says."
    )

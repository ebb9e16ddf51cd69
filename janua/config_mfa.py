"""Options of second factors: who must have one, which ones there are, and how long a browser is trusted."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

CommaSeparated = Annotated[tuple[str, ...], NoDecode]
METHODS = ("totp", "passkey", "sms", "email")
SIGNALS = ("new_device", "impossible_travel")


class MfaOptions(BaseSettings):
    """Two-step sign-in."""

    mfa_required_for: Literal["nobody", "operators", "everyone"] = Field(
        default="nobody", description="Who must have a second factor (or sign in with a passkey)."
    )
    mfa_grace_days: int = Field(
        default=14,
        ge=0,
        le=365,
        description="Days from their first sign-in under that rule in which people may still do without.",
    )
    mfa_methods: CommaSeparated = Field(
        default=METHODS, description="Second factors that may be added and used; recovery codes always may."
    )
    trusted_browser_days: int = Field(
        default=30,
        ge=0,
        le=365,
        description="How long a browser that a person trusts is not asked for the second factor; 0: never trusted.",
    )
    factor_reset_days: int = Field(
        default=3,
        ge=1,
        le=30,
        description="Days between asking to remove lost second factors and the sign-in that removes them.",
    )
    sign_in_signals: CommaSeparated = Field(
        default=(),
        description="What asks trusted browsers for the second factor all the same, and people without one for a code "
        "by mail: new_device, impossible_travel (needs GEOIP_DATABASE).",
    )

    @field_validator("mfa_methods", "sign_in_signals", mode="before")
    @classmethod
    def _mfa_lists(cls, value: Any) -> Any:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(part.strip().lower() for part in parts if part.strip())

    @field_validator("mfa_methods")
    @classmethod
    def _known_methods(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not set(value) <= set(METHODS):
            raise ValueError(f"must be some of {', '.join(METHODS)}")
        return value

    @field_validator("sign_in_signals")
    @classmethod
    def _known_signals(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not set(value) <= set(SIGNALS):
            raise ValueError(f"must be some of {', '.join(SIGNALS)}")
        return value

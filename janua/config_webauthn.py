"""Options of passkeys: for which sites they are good, and from which makers."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from core import certificates

CommaSeparated = Annotated[tuple[str, ...], NoDecode]


class WebAuthnOptions(BaseSettings):
    """What a passkey is bound to. Changing the RP ID makes every passkey useless."""

    webauthn_rp_id: str = Field(
        default="",
        description="The domain that passkeys belong to: BASE_URL's host (the default), or a parent of it. "
        "Changed later, every passkey is lost.",
    )
    webauthn_rp_name: str = Field(
        default="Janua", max_length=64, description="What authenticators call this service."
    )
    webauthn_origins: CommaSeparated = Field(
        default=(),
        description="Further origins that may use the passkeys, such as https://shop.example; "
        "/.well-known/webauthn names them to browsers.",
    )
    webauthn_attestation: Literal["none", "indirect", "direct"] = Field(
        default="none", description="Whether authenticators are asked to prove their maker."
    )
    webauthn_aaguids: CommaSeparated = Field(
        default=(),
        description="Models of authenticators that may be registered, by AAGUID; empty: all. "
        "Only 'direct' with WEBAUTHN_ROOTS makes it a proof.",
    )
    webauthn_roots: Path | None = Field(
        default=None,
        description="PEM file of the makers' root certificates: attestations must lead to one of them.",
    )

    @field_validator("webauthn_origins", "webauthn_aaguids", mode="before")
    @classmethod
    def _webauthn_lists(cls, value: Any) -> Any:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(part.strip().rstrip("/").lower() for part in parts if part.strip())

    @field_validator("webauthn_aaguids")
    @classmethod
    def _in_their_one_spelling(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(str(UUID(aaguid)) for aaguid in value)
        except ValueError:
            raise ValueError("must be AAGUIDs such as 2fc0579f-8113-47ea-b116-bb5a8db9202a") from None

    @field_validator("webauthn_roots")
    @classmethod
    def _certificates(cls, value: Path | None) -> Path | None:
        try:
            if value is not None:
                certificates.in_file(value)
        except (OSError, ValueError):
            raise ValueError(f"{value} has no certificates in PEM") from None
        return value

    @model_validator(mode="after")
    def _webauthn_is_sane(self) -> Self:
        for origin in self.webauthn_origins:
            parts = urlsplit(origin)
            is_safe = parts.scheme == "https" or (parts.scheme, parts.hostname) == ("http", "localhost")
            # Browsers leave these out, and would compare without them.
            is_plain = "@" not in parts.netloc and not parts.netloc.endswith((":443", ":"))
            if (
                not is_safe
                or not parts.hostname
                or not is_plain
                or origin != f"{parts.scheme}://{parts.netloc}"
            ):
                raise ValueError(f"WEBAUTHN_ORIGINS: {origin} is no origin such as https://shop.example")
        host, rp_id = urlsplit(str(getattr(self, "base_url", ""))).hostname or "", self.webauthn_rp_id
        is_parent = f".{host}".endswith(f".{rp_id}") and "." in rp_id  # no browser takes all of .com
        if rp_id and rp_id != host and not is_parent:
            raise ValueError("WEBAUTHN_RP_ID must be the host of BASE_URL or a parent domain of it")
        if self.webauthn_roots and self.webauthn_attestation != "direct":
            raise ValueError("WEBAUTHN_ROOTS needs WEBAUTHN_ATTESTATION=direct")
        return self

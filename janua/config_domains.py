"""Options of organizations' domains. `janua.config.Config` inherits them."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

DNS_PORT = 53


class DomainOptions(BaseSettings):
    """How the records that prove domains are looked up."""

    dns_resolver: str = Field(
        default="",
        description="Resolver that is asked for the records that prove domains, like 192.0.2.53 or [2001:db8::53]:5353. "
        "Default: those of this machine.",
    )

    @field_validator("dns_resolver")
    @classmethod
    def _is_address(cls, value: str) -> str:
        try:
            if value:
                _split(value)
        except ValueError:
            raise ValueError("must be an IP address, with a port if it is not 53") from None
        return value

    @property
    def dns_resolver_at(self) -> tuple[str, int] | None:
        """Address and port; None: whatever this machine uses."""
        return _split(self.dns_resolver) if self.dns_resolver else None


def _split(text: str) -> tuple[str, int]:
    if text.count(":") > 1 and not text.startswith("["):
        return str(ip_address(text)), DNS_PORT
    parts = urlsplit(f"//{text}")
    if parts.netloc != text or parts.username is not None:
        raise ValueError(text)
    return str(ip_address(parts.hostname or "")), parts.port or DNS_PORT

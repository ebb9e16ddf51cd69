"""Every option of Janua, typed: one frozen class over the environment.

Each option may also come from a file named by `<OPTION>_FILE` (container secrets) or from `.env`.
`.env.example` and `docs/configuration.md` are generated from this class (`manage.py write_docs`).
"""

import os
import sys
from base64 import urlsafe_b64decode
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, Self
from urllib.parse import urlsplit

import maxminddb
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import NoDecode, SettingsConfigDict

from janua.config_domains import DomainOptions
from janua.config_mfa import MfaOptions
from janua.config_organizations import OrganizationOptions
from janua.config_people import PeopleOptions
from janua.config_sms import SmsOptions
from janua.config_social import SocialOptions
from janua.config_webauthn import WebAuthnOptions

PROJECT_DIR = Path(__file__).resolve().parent.parent
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

Network = IPv4Network | IPv6Network
CommaSeparated = Annotated[tuple[str, ...], NoDecode]
Networks = Annotated[tuple[Network, ...], NoDecode]


class Config(
    PeopleOptions,
    OrganizationOptions,
    DomainOptions,
    SmsOptions,
    SocialOptions,
    MfaOptions,
    WebAuthnOptions,
):
    """Janua's options, read once at start; a mistake stops the start with one line each."""

    model_config = SettingsConfigDict(
        env_file=os.environ.get("JANUA_ENV_FILE", PROJECT_DIR / ".env"),
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    # Where Janua is
    base_url: str = Field(
        default="",
        description="The issuer, byte for byte: where browsers and clients reach Janua. "
        "Default: http://localhost:PORT. https, except on loopback hosts.",
    )
    port: int = Field(default=4100, ge=1, le=65535, description="Port gunicorn listens on.")
    bind_host: str = Field(
        default="127.0.0.1", description="Address gunicorn listens on; 0.0.0.0 in a container."
    )
    extra_hosts: CommaSeparated = Field(
        default=(), description="Further Host headers to answer, comma-separated."
    )
    trusted_proxies: Networks = Field(
        default=(), description="Networks of your reverse proxies: only their X-Forwarded-For is believed."
    )
    janua_data_dir: Path = Field(
        default=Path("data"),
        description="SQLite file, generated keys, audit anchors. Relative to the project.",
    )
    debug: bool = Field(
        default=False, description="Django's debug mode; refused unless BASE_URL is on loopback."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least level logged."
    )
    web_workers: int = Field(default=2, ge=1, le=64, description="gunicorn worker processes.")
    web_threads: int = Field(default=8, ge=1, le=64, description="Threads in each gunicorn worker.")

    # Where its facts are
    database_url: str = Field(
        default="", repr=False, description="postgresql://user:password@host/name. Default: SQLite."
    )
    redis_url: str = Field(
        default="", repr=False, description="redis://host:6379/0: cache, throttles, Celery's broker."
    )

    # Keys
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Master secret (>= 32 characters) from which HMAC keys are derived. "
        "Default: generated in JANUA_DATA_DIR, on loopback only.",
    )
    field_encryption_key: SecretStr = Field(
        default=SecretStr(""),
        description="Fernet keys that seal secrets at rest, comma-separated, newest first. "
        "Default: generated in JANUA_DATA_DIR, on loopback only.",
    )
    jwt_algorithm: Literal["RS256", "ES256", "PS256"] = Field(
        default="RS256",
        description="Signature of access tokens. Symmetric algorithms (HS256) are refused.",
    )
    jwt_private_key_path: Path | None = Field(
        default=None,
        description="PEM file of your own signing key for JWT_ALGORITHM. Default: Janua makes keys and rotates them.",
    )
    jwt_public_key_path: Path | None = Field(
        default=None, description="PEM file of its public half; only checked to match JWT_PRIVATE_KEY_PATH."
    )
    signing_key_rotation_days: int = Field(
        default=90, ge=0, le=3650, description="Age at which a signing key is rotated by itself; 0: never."
    )
    jwks_max_age_seconds: int = Field(
        default=300,
        ge=1,
        le=86_400,
        description="How long relying parties may keep the JWKS; a key is published that long before it signs.",
    )

    # Lifetimes
    access_token_expire_minutes: int = Field(
        default=15, ge=1, le=1440, description="Life of an access token."
    )
    refresh_token_expire_days: int = Field(
        default=7, ge=1, le=365, description="Life of an unused refresh token."
    )
    refresh_token_absolute_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="Longest life of a refresh token family, however often it is used.",
    )
    session_idle_minutes: int = Field(
        default=30, ge=1, le=525_600, description="A browser session ends after this long unused."
    )
    session_absolute_hours: int = Field(default=12, ge=1, le=87_600, description="Longest browser session.")
    session_keep_days: int = Field(
        default=30, ge=1, le=3650, description="Longest session with 'Keep me signed in'."
    )

    max_sessions: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="How many sessions one person may have; one more ends the least recently used. 0: no limit.",
    )

    # Clients
    client_registration: Literal["operators", "people"] = Field(
        default="operators",
        description="Who may register clients: operators only, or everybody with a verified e-mail address.",
    )
    client_secret_rotation_grace_hours: int = Field(
        default=24,
        ge=0,
        le=720,
        description="How long a client's old secret works beside the one that replaced it; 0 ends it at once.",
    )

    # Mail
    smtp_host: str = Field(
        default="", description="Mail server. Without it mail lands in the operators' mailbox page."
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_username: str = Field(default="", description="Name at the mail server, where it asks for one.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password at the mail server.")
    smtp_tls: Literal["none", "starttls", "tls"] = Field(
        default="none", description="Encryption to the mail server."
    )
    smtp_from: str = Field(default="noreply@janua.dev", description="Sender of every mail.")

    geoip_database: Path | None = Field(
        default=None,
        description="City database in MaxMind's format (.mmdb): sessions and mails then name places. "
        "It is read from disk; nothing is asked over the network.",
    )

    # Limits and doors
    rate_limits: Literal["on", "off"] = Field(
        default="on", description="'off' for benches and conformance runs only; refused unless on loopback."
    )
    magic_link: Literal["on", "off"] = Field(
        default="on", description="Signing in without a password, by a mailed code or link."
    )
    passkey_upgrade: Literal["on", "off"] = Field(
        default="on",
        description="After a sign-in by password, browsers that can make a passkey for it by themselves, without a "
        "question, are asked to; people are told by mail.",
    )
    outbound_allow: Networks = Field(
        default=(),
        description="Private networks that Janua may call besides public ones, plain http only there.",
    )
    health_token: SecretStr = Field(
        default=SecretStr(""),
        description="Bearer token that opens the details of /health/detailed to a monitor.",
    )

    @field_validator("extra_hosts", "allowed_admin_roles", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("extra_hosts")
    @classmethod
    def _named_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any("*" in host for host in value):
            raise ValueError("must name each host; * would answer to any")
        return value

    @field_validator("allowed_admin_domains", mode="before")
    @classmethod
    def _split_domains(cls, value: Any) -> Any:
        parts = cls._split(value)
        return tuple(part.removeprefix("@").lower() for part in parts)

    @field_validator("outbound_allow", "trusted_proxies", mode="before")
    @classmethod
    def _split_networks(cls, value: Any) -> Any:
        return tuple(ip_network(part) for part in cls._split(value)) if isinstance(value, str) else value

    @field_validator("jwt_algorithm", mode="before")
    @classmethod
    def _asymmetric_only(cls, value: Any) -> Any:
        if isinstance(value, str) and value.upper().startswith("HS"):
            raise ValueError("symmetric algorithms invite key confusion; use RS256, ES256 or PS256")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret and (len(secret) < 32 or len(set(secret)) < 12):
            raise ValueError("must be at least 32 random characters")
        return value

    @field_validator("field_encryption_key")
    @classmethod
    def _fernet_keys(cls, value: SecretStr) -> SecretStr:
        given = value.get_secret_value()
        keys = [key.strip() for key in given.split(",") if key.strip()]
        if (given and not keys) or not all(map(_is_fernet_key, keys)):
            raise ValueError("must be Fernet keys: 32 bytes in URL-safe base64, comma-separated")
        return value

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, value: str) -> str:
        if value and not _is_server_url(value, {"postgresql", "postgres"}):
            raise ValueError("must be like postgresql://user:password@host:5432/name")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        if value and not _is_server_url(value, {"redis", "rediss"}):
            raise ValueError("must be like redis://host:6379/0")
        return value

    @field_validator("geoip_database")
    @classmethod
    def _opens(cls, value: Path | None) -> Path | None:
        try:
            if value:
                maxminddb.open_database(value).close()
        except (OSError, maxminddb.InvalidDatabaseError):
            raise ValueError("must be a readable database in MaxMind's format (.mmdb)") from None
        return value

    @field_validator("base_url")
    @classmethod
    def _issuer(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        try:
            _ = parts.port
        except ValueError:
            raise ValueError("has a port that is not a number up to 65535") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
            raise ValueError("must be like https://id.example.com")
        if parts.path or parts.query or parts.fragment or value != value.strip() or value[-1] in "/?#":
            raise ValueError("must be scheme and host only: no path, query, fragment or final slash")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
            raise ValueError("must be https unless its host is localhost or 127.0.0.1")
        return value

    @model_validator(mode="before")
    @classmethod
    def _with_defaults_and_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in cls.model_fields:
            path = os.environ.get(f"{name.upper()}_FILE")
            if path and name not in values:
                try:
                    values[name] = Path(path).read_text(encoding="utf-8").strip()
                except OSError as error:
                    raise ValueError(f"{name.upper()}_FILE cannot be read: {error.strerror}") from None
                except UnicodeDecodeError:
                    raise ValueError(f"{name.upper()}_FILE is not UTF-8 text") from None
        if not values.get("base_url"):
            values["base_url"] = f"http://localhost:{values.get('port', 4100)}"
        data_dir = Path(values.get("janua_data_dir") or "data").expanduser()
        values["janua_data_dir"] = data_dir if data_dir.is_absolute() else PROJECT_DIR / data_dir
        return values

    @model_validator(mode="after")
    def _production_is_strict(self) -> Self:
        if self.jwt_public_key_path and not self.jwt_private_key_path:
            raise ValueError("JWT_PUBLIC_KEY_PATH needs JWT_PRIVATE_KEY_PATH beside it")
        for path in filter(None, (self.jwt_private_key_path, self.jwt_public_key_path)):
            if not os.access(path, os.R_OK):
                raise ValueError(f"the key file {path} cannot be read")
        if "impossible_travel" in self.sign_in_signals and not self.geoip_database:
            raise ValueError("SIGN_IN_SIGNALS: impossible_travel needs GEOIP_DATABASE")
        if self.breached_passwords_file and not os.access(self.breached_passwords_file, os.R_OK):
            raise ValueError(f"BREACHED_PASSWORDS_FILE: {self.breached_passwords_file} cannot be read")
        if self.is_development:
            return self
        faults = {
            "DEBUG must be off": self.debug,
            "RATE_LIMITS must be on": self.rate_limits == "off",
            "SECRET_KEY must be set (python -c 'import secrets; print(secrets.token_urlsafe(48))')": not self.secret_key.get_secret_value(),
            "FIELD_ENCRYPTION_KEY must be set (python -c 'from cryptography.fernet import Fernet; "
            "print(Fernet.generate_key().decode())')": not self.field_encryption_key.get_secret_value(),
            "SMTP_HOST must be set: without mail nobody can verify an address": not self.smtp_host,
        }
        if any(faults.values()):
            wrong = "; ".join(fault for fault, is_wrong in faults.items() if is_wrong)
            raise ValueError(f"BASE_URL is not on loopback, so this is production: {wrong}")
        return self

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def is_development(self) -> bool:
        """Janua on a loopback address serves nobody but its developer; anything else is production."""
        return self.host in LOOPBACK_HOSTS


def _is_fernet_key(text: str) -> bool:
    try:
        return len(urlsafe_b64decode(text)) == 32
    except ValueError:
        return False


def _is_server_url(text: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in schemes
        and text.startswith(f"{parts.scheme}://")
        and bool(text[len(parts.scheme) + 3 :])
    )


@cache
def get_config() -> Config:
    """The options of this process; a bad environment ends it with one clear line per mistake."""
    env_file = os.environ.get("JANUA_ENV_FILE")
    if env_file and not Path(env_file).is_file():
        _refuse_start(f"JANUA_ENV_FILE: there is no file {env_file}")
    try:
        config = Config()
        config.janua_data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except ValidationError as error:
        _refuse_start(*map(_sentence, error.errors()))
    except OSError as error:
        _refuse_start(f"JANUA_DATA_DIR: {error.filename} cannot be made: {error.strerror}")
    return config


def _sentence(fault: ErrorDetails) -> str:
    name = ".".join(str(part) for part in fault["loc"]).upper()
    return f"{name + ': ' if name else ''}{fault['msg'].removeprefix('Value error, ')}"


def _refuse_start(*sentences: str) -> NoReturn:
    for sentence in sentences:
        print(f"janua: {sentence}", file=sys.stderr)
    raise SystemExit(2)

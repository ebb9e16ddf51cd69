"""The options of social login. `janua.config.Config` inherits them."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

CommaSeparated = Annotated[tuple[str, ...], NoDecode]
EMPTY = SecretStr("")


def _client_id(provider: str) -> Any:
    return Field(
        default="",
        description=f"Client id that Janua has at {provider}; with the secret, its button appears.",
    )


def _secret(provider: str) -> Any:
    return Field(default=EMPTY, description=f"Client secret that Janua has at {provider}.")


class SocialOptions(BaseSettings):
    """Providers that the environment names; operators add others in the console."""

    google_client_id: str = _client_id("Google")
    google_client_secret: SecretStr = _secret("Google")
    github_client_id: str = _client_id("GitHub")
    github_client_secret: SecretStr = _secret("GitHub")
    github_url: str = Field(
        default="https://github.com", description="GitHub, or your GitHub Enterprise Server."
    )
    microsoft_client_id: str = _client_id("Microsoft")
    microsoft_client_secret: SecretStr = _secret("Microsoft")
    microsoft_tenant: str = Field(
        default="common", description="Who may come: a tenant's id, `organizations`, `consumers` or `common`."
    )
    apple_client_id: str = _client_id("Apple (the Services ID)")
    apple_team_id: str = Field(default="", description="Your team's id at Apple.")
    apple_key_id: str = Field(default="", description="Id of the key below.")
    apple_private_key: SecretStr = Field(
        default=EMPTY,
        description="The .p8 key that signs Janua's client secrets for Apple, best by APPLE_PRIVATE_KEY_FILE.",
    )
    gitlab_client_id: str = _client_id("GitLab")
    gitlab_client_secret: SecretStr = _secret("GitLab")
    gitlab_url: str = Field(default="https://gitlab.com", description="GitLab, or your own GitLab.")
    linkedin_client_id: str = _client_id("LinkedIn")
    linkedin_client_secret: SecretStr = _secret("LinkedIn")
    slack_client_id: str = _client_id("Slack")
    slack_client_secret: SecretStr = _secret("Slack")
    discord_client_id: str = _client_id("Discord")
    discord_client_secret: SecretStr = _secret("Discord")
    facebook_client_id: str = _client_id("Facebook")
    facebook_client_secret: SecretStr = _secret("Facebook")
    x_client_id: str = _client_id("X")
    x_client_secret: SecretStr = _secret("X")
    social_order: CommaSeparated = Field(
        default=(), description="Providers in the order of their buttons, comma-separated; others follow."
    )
    social_sign_up: Literal["on", "off"] = Field(
        default="on", description="'off': the providers named here sign people in, but make no new accounts."
    )
    social_store_tokens: Literal["on", "off"] = Field(
        default="off", description="'on' keeps the providers' access and refresh tokens, sealed."
    )
    social_redirect_uris: CommaSeparated = Field(
        default=(),
        description="Where apps that use social login over REST may take people back to, exactly, comma-separated.",
    )

    @field_validator("social_order", "social_redirect_uris", mode="before")
    @classmethod
    def _split_social(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("github_url", "gitlab_url")
    @classmethod
    def _without_final_slash(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _whole_pairs(self) -> Self:
        """Half a registration would show a button that always fails."""
        for name in type(self).model_fields:
            if not name.endswith("_client_id") or not getattr(self, name):
                continue
            provider = name.removesuffix("_client_id")
            needed = ("team_id", "key_id", "private_key") if provider == "apple" else ("client_secret",)
            for part in needed:
                value = getattr(self, f"{provider}_{part}")
                if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                    raise ValueError(f"{name.upper()} needs {provider.upper()}_{part.upper()} beside it")
        return self

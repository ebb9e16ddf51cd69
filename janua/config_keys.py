"""Options of API keys."""

from pydantic import Field
from pydantic_settings import BaseSettings


class KeyOptions(BaseSettings):
    """API keys of organizations."""

    api_key_max_days: int | None = Field(
        default=None, ge=1, le=3650, description="Days that an API key may live. Default: as its maker says."
    )

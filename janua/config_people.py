"""Options of accounts: passwords, deletion, the first operator. `janua.config.Config` inherits them."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode

CommaSeparated = Annotated[tuple[str, ...], NoDecode]


class PeopleOptions(BaseSettings):
    """What people and operators may and must."""

    password_min_length: int = Field(
        default=15, ge=8, le=128, description="Shortest password (NIST SP 800-63B)."
    )
    password_history: int = Field(
        default=0,
        ge=0,
        le=24,
        description="How many of a person's last passwords, the present one included, may not come again; 0: none.",
    )
    breached_passwords_file: Path | None = Field(
        default=None,
        description="Filter of breached passwords, made by manage.py build_breach_filter. "
        "Default: only the 20,000 common passwords that Django ships are refused.",
    )
    breached_password_at_login: Literal["allow", "reset"] = Field(
        default="allow",
        description="What a right but breached or common password does at the login: let in, or ask for a new one.",
    )
    deletion_grace_days: int = Field(
        default=14,
        ge=1,
        le=365,
        description="Days in which people may still keep an account they asked to delete.",
    )
    allowed_admin_domains: CommaSeparated = Field(
        default=("janua.dev", "madfam.io"),
        description="E-mail domains of operators (exact, verified), and ...",
    )
    allowed_admin_roles: CommaSeparated = Field(
        default=("superadmin", "admin"), description="... roles of operators: /admin/ asks for both."
    )
    admin_bootstrap_email: str = Field(
        default="admin@madfam.io", description="Address of the first operator."
    )
    admin_bootstrap_password: SecretStr = Field(
        default=SecretStr(""),
        description="Password of the first operator. Without it a one-time link is printed.",
    )

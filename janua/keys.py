"""The two secrets everything else hangs on: from the environment, or made once in the data directory."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet

from janua.config import Config


def master_secret(config: Config) -> str:
    """The secret from which every HMAC key is derived (`core.crypto.derive_key`)."""
    return config.secret_key.get_secret_value() or _load_or_create(
        config.janua_data_dir / "keys" / "secret_key", lambda: secrets.token_urlsafe(48)
    )


def field_keys(config: Config) -> tuple[str, ...]:
    """Fernet keys that seal fields at rest, newest first."""
    given = config.field_encryption_key.get_secret_value() or _load_or_create(
        config.janua_data_dir / "keys" / "field_encryption_key", lambda: Fernet.generate_key().decode()
    )
    return tuple(key.strip() for key in given.split(",") if key.strip())


def _load_or_create(path: Path, make: Callable[[], str]) -> str:
    """Only on loopback is a key made for you: production's configuration has refused to start before."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, make())
        value = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SystemExit(f"janua: {path} cannot be read or made: {error.strerror}") from None
    if not value:
        raise SystemExit(f"janua: {path} is empty; restore it from your backup")
    return value


def _write_once(path: Path, text: str) -> None:
    """Write the file unless it exists. A hard link makes it appear whole, and for one process only."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the one
    finally:
        draft.unlink()

"""Django's and django-oauth-toolkit's own deploy checks have nothing to say about a production start."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import settings


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a production start."""
    return {
        "PATH": os.environ["PATH"],
        "JANUA_ENV_FILE": "",
        "JANUA_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "BASE_URL": "https://id.example.com",
        "SECRET_KEY": "p1um-tractor-velvet-94-copper-lantern-meadow-31-orbit",
        "FIELD_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "SMTP_HOST": "mail.example.com",
    }


def manage(environment: dict[str, str], *arguments: str) -> Any:
    command = [sys.executable, "manage.py", *arguments]
    root = Path(settings.BASE_DIR)
    return subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, timeout=120)


ACCEPTED = {
    "security.W002": "Content-Security-Policy: frame-ancestors 'none' says more than X-Frame-Options",
    "security.W005": "other hosts of the operator's domain are not ours to decide on",
    "security.W008": "TLS ends at the operator's proxy, which redirects plain http",
    "security.W021": "preloading is the domain owner's decision",
}


def test_the_deploy_checks_find_what_we_decided_on_and_nothing_of_the_toolkit(
    production: dict[str, str],
) -> None:
    ended = manage(production, "check", "--deploy")
    assert ended.returncode == 0, ended.stderr
    found = set(re.findall(r"\(([a-z0-9_]+\.[A-Z][0-9]+)\)", ended.stdout + ended.stderr))
    assert found <= set(ACCEPTED)


def test_nothing_of_the_toolkit_is_silenced() -> None:
    assert not [check for check in settings.SILENCED_SYSTEM_CHECKS if check.startswith("oauth2_provider")]

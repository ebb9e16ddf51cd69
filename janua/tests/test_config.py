"""A bad environment stops the start with one clear line per mistake; a good one has few needs."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from janua.config import PROJECT_DIR, Config, get_config
from janua.config_mfa import SIGNALS
from login.signals import RULES

PRODUCTION = {
    "BASE_URL": "https://id.example.com",
    "SECRET_KEY": "p1um-tractor-velvet-94-copper-lantern-meadow-31",
    "FIELD_ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "SMTP_HOST": "mail.example.com",
}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Config.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    monkeypatch.setenv("JANUA_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Any:
    def read(**variables: str) -> Config:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return get_config.__wrapped__()

    return read


@pytest.fixture
def lines_of(start: Any, capsys: pytest.CaptureFixture[str]) -> Any:
    """The lines with which a start by this environment is refused."""

    def refused(**variables: str) -> list[str]:
        with pytest.raises(SystemExit) as caught:
            start(**variables)
        assert caught.value.code == 2
        said = capsys.readouterr()
        assert said.out == ""
        lines = said.err.splitlines()
        assert all(line.startswith("janua: ") for line in lines)
        return lines

    return refused


def test_without_any_option_it_serves_its_developer(start: Any, tmp_path: Path) -> None:
    config = start()
    assert (config.base_url, config.port, config.host) == ("http://localhost:4100", 4100, "localhost")
    assert config.is_development
    assert not config.is_https
    assert config.janua_data_dir == tmp_path / "data"
    assert config.janua_data_dir.stat().st_mode & 0o777 == 0o700
    assert config.allowed_admin_domains == ("janua.dev", "madfam.io")
    assert config.allowed_admin_roles == ("superadmin", "admin")
    assert (config.access_token_expire_minutes, config.refresh_token_expire_days) == (15, 7)
    assert (config.jwt_algorithm, config.rate_limits, config.debug) == ("RS256", "on", False)


def test_the_port_moves_the_issuer_along(start: Any) -> None:
    assert start(PORT="5000").base_url == "http://localhost:5000"


def test_empty_options_count_as_absent(start: Any) -> None:
    assert start(PORT="", BASE_URL="", DEBUG="").port == 4100


def test_relative_data_directories_lie_in_the_project(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Config(janua_data_dir="data").janua_data_dir == PROJECT_DIR / "data"


def test_lists_are_split_and_cleaned(start: Any) -> None:
    config = start(ALLOWED_ADMIN_DOMAINS="@One.example, two.example,", TRUSTED_PROXIES="10.0.0.0/8, ::1/128")
    assert config.allowed_admin_domains == ("one.example", "two.example")
    assert [str(network) for network in config.trusted_proxies] == ["10.0.0.0/8", "::1/128"]


def test_production_starts_with_four_options(start: Any) -> None:
    config = start(**PRODUCTION)
    assert not config.is_development
    assert config.is_https


def test_secrets_are_not_shown(start: Any) -> None:
    shown = repr(start(**PRODUCTION, DATABASE_URL="postgresql://janua:hidden@db/janua"))
    assert "velvet" not in shown
    assert "hidden" not in shown


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "a port that is no number": ({"PORT": "abc", "BASE_URL": "http://localhost"}, "PORT: "),
    "a port beyond": ({"PORT": "70000", "BASE_URL": "http://localhost"}, "PORT: "),
    "a flag that is neither": ({"DEBUG": "perhaps"}, "DEBUG: "),
    "a breach list that is not there": (
        {"BREACHED_PASSWORDS_FILE": "/nowhere/filter"},
        "BREACHED_PASSWORDS_FILE: /nowhere/filter cannot be read",
    ),
    "travel without a map": (
        {"SIGN_IN_SIGNALS": "new_device,impossible_travel"},
        "SIGN_IN_SIGNALS: impossible_travel needs GEOIP_DATABASE",
    ),
    "an unknown signal": ({"SIGN_IN_SIGNALS": "full_moon"}, "SIGN_IN_SIGNALS: must be some of "),
    "a history without end": ({"PASSWORD_HISTORY": "25"}, "PASSWORD_HISTORY: "),
    "an unknown fate of breached passwords": (
        {"BREACHED_PASSWORD_AT_LOGIN": "refuse"},
        "BREACHED_PASSWORD_AT_LOGIN: ",
    ),
    "an unknown log level": ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL: "),
    "a symmetric algorithm": ({"JWT_ALGORITHM": "HS256"}, "JWT_ALGORITHM: symmetric algorithms invite"),
    "no algorithm at all": ({"JWT_ALGORITHM": "none"}, "JWT_ALGORITHM: "),
    "an issuer without scheme": ({"BASE_URL": "id.example.com"}, "BASE_URL: must be like https://"),
    "an issuer of another scheme": ({"BASE_URL": "ftp://id.example.com"}, "BASE_URL: must be like"),
    "an issuer with a path": (
        {"BASE_URL": "https://id.example.com/auth"},
        "BASE_URL: must be scheme and host",
    ),
    "an issuer with a slash": ({"BASE_URL": "https://id.example.com/"}, "BASE_URL: must be scheme and host"),
    "an issuer with a query": ({"BASE_URL": "https://id.example.com?"}, "BASE_URL: must be scheme and host"),
    "an issuer with a password": ({"BASE_URL": "https://a:b@id.example.com"}, "BASE_URL: must be like"),
    "an issuer with a wrong port": ({"BASE_URL": "https://id.example.com:x"}, "BASE_URL: has a port"),
    "a broken issuer": ({"BASE_URL": "https://[::1"}, "BASE_URL: "),
    "plain http in public": ({"BASE_URL": "http://id.example.com"}, "BASE_URL: must be https"),
    "a short secret": ({"SECRET_KEY": "short"}, "SECRET_KEY: must be at least 32"),
    "a dull secret": ({"SECRET_KEY": "a" * 40}, "SECRET_KEY: must be at least 32"),
    "a field key that is none": (
        {"FIELD_ENCRYPTION_KEY": "nonsense"},
        "FIELD_ENCRYPTION_KEY: must be Fernet",
    ),
    "a list of no field keys": ({"FIELD_ENCRYPTION_KEY": ","}, "FIELD_ENCRYPTION_KEY: must be Fernet"),
    "a database of another kind": (
        {"DATABASE_URL": "mysql://u@h/x"},
        "DATABASE_URL: must be like postgresql",
    ),
    "a database that is none": ({"DATABASE_URL": "nonsense"}, "DATABASE_URL: must be like postgresql"),
    "a database's wrong port": (
        {"DATABASE_URL": "postgresql://h:x/y"},
        "DATABASE_URL: must be like postgresql",
    ),
    "a Redis that is none": ({"REDIS_URL": "nonsense"}, "REDIS_URL: must be like redis"),
    "a network that is none": ({"OUTBOUND_ALLOW": "everywhere"}, "OUTBOUND_ALLOW: "),
    "a network with host bits": ({"TRUSTED_PROXIES": "10.0.0.1/8"}, "TRUSTED_PROXIES: "),
    "an access token without life": ({"ACCESS_TOKEN_EXPIRE_MINUTES": "0"}, "ACCESS_TOKEN_EXPIRE_MINUTES: "),
    "an endless session": ({"SESSION_KEEP_DAYS": "99999999"}, "SESSION_KEEP_DAYS: "),
    "a weak password rule": ({"PASSWORD_MIN_LENGTH": "4"}, "PASSWORD_MIN_LENGTH: "),
    "a key file that is not there": ({"JWT_PRIVATE_KEY_PATH": "/nowhere.pem"}, "the key file /nowhere.pem"),
    "half a key pair": ({"JWT_PUBLIC_KEY_PATH": "/nowhere.pem"}, "JWT_PUBLIC_KEY_PATH needs"),
    "a secret's file that is not there": ({"SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY_FILE cannot be read"),
    "a data directory that cannot be": ({"JANUA_DATA_DIR": "/dev/null/data"}, "JANUA_DATA_DIR: "),
    "an environment file that is not there": ({"JANUA_ENV_FILE": "/nowhere/.env"}, "JANUA_ENV_FILE: "),
}


@pytest.mark.parametrize("case", REFUSED)
def test_each_mistake_is_one_clear_line(lines_of: Any, case: str) -> None:
    variables, sentence = REFUSED[case]
    (line,) = lines_of(**variables)
    assert line.startswith(f"janua: {sentence}")


def test_all_mistakes_are_told_at_once(lines_of: Any) -> None:
    lines = lines_of(LOG_LEVEL="LOUD", JWT_ALGORITHM="HS256", DEBUG="perhaps")
    assert {line.split(":")[1].strip() for line in lines} == {"LOG_LEVEL", "JWT_ALGORITHM", "DEBUG"}


def test_no_mistake_repeats_a_secret(lines_of: Any) -> None:
    lines = lines_of(
        SECRET_KEY="hidden", DATABASE_URL="mysql://janua:hidden@db/x", FIELD_ENCRYPTION_KEY="hidden"
    )
    assert len(lines) == 3
    assert "hidden" not in str(lines)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "FIELD_ENCRYPTION_KEY", "SMTP_HOST"])
def test_production_needs_its_secrets(lines_of: Any, missing: str) -> None:
    (line,) = lines_of(**{name: value for name, value in PRODUCTION.items() if name != missing})
    assert "this is production" in line
    assert f"{missing} must be set" in line


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [("DEBUG", "true", "DEBUG must be off"), ("RATE_LIMITS", "off", "must be on")],
)
def test_production_has_no_open_door(lines_of: Any, option: str, value: str, sentence: str) -> None:
    (line,) = lines_of(**PRODUCTION, **{option: value})
    assert sentence in line


def test_every_option_may_come_from_a_file(start: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("  p1um-tractor-velvet-94-copper-lantern\n")
    port = tmp_path / "port"
    port.write_text("5001")
    config = start(SECRET_KEY_FILE=str(secret), PORT_FILE=str(port))
    assert config.secret_key.get_secret_value() == "p1um-tractor-velvet-94-copper-lantern"
    assert config.base_url == "http://localhost:5001"


def test_the_option_itself_goes_before_its_file(start: Any, tmp_path: Path) -> None:
    port = tmp_path / "port"
    port.write_text("5001")
    assert start(PORT="5002", PORT_FILE=str(port)).port == 5002


def test_a_file_that_is_no_text_is_one_clear_line(lines_of: Any, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"\xff\xfe")
    assert lines_of(SECRET_KEY_FILE=str(file)) == ["janua: SECRET_KEY_FILE is not UTF-8 text"]


def test_it_cannot_be_changed_once_read(start: Any) -> None:
    config = start()
    with pytest.raises(ValidationError):
        config.port = 1


def run(tmp_path: Path, **variables: str) -> Any:
    environment = {"PATH": os.environ["PATH"], "JANUA_DATA_DIR": str(tmp_path / "data"), **variables}
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(
        command, env=environment, cwd=PROJECT_DIR, capture_output=True, text=True, timeout=120
    )


def test_a_refused_start_is_exit_code_2_and_no_traceback(tmp_path: Path) -> None:
    ended = run(tmp_path, JANUA_ENV_FILE="", JWT_ALGORITHM="HS256")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines() == [
        "janua: JWT_ALGORITHM: symmetric algorithms invite key confusion; use RS256, ES256 or PS256"
    ]


def test_an_environment_file_is_read_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "janua.env"
    file.write_text("JWT_ALGORITHM=HS256\nLOG_LEVEL=LOUD\n")
    ended = run(tmp_path, JANUA_ENV_FILE=str(file), LOG_LEVEL="INFO")
    assert ended.returncode == 2
    assert ended.stderr.startswith("janua: JWT_ALGORITHM")
    assert "LOG_LEVEL" not in ended.stderr


def test_a_database_of_places_must_open(start: Any, tmp_path: Path, capsys: Any) -> None:
    broken = tmp_path / "cities.mmdb"
    broken.write_bytes(b"not a database")
    for path in (broken, tmp_path / "nowhere.mmdb"):
        with pytest.raises(SystemExit):
            start(GEOIP_DATABASE=str(path))
        assert "GEOIP_DATABASE: must be a readable database" in capsys.readouterr().err


def test_every_signal_that_may_be_named_has_its_rule() -> None:
    assert tuple(RULES) == SIGNALS

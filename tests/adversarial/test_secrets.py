"""Secrets under attack: a start without them, a change of the field key, and leaks on the whole wire (S240, S257-S268).

Cases: S078 S259 S267.
"""

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import requests
from cryptography.fernet import Fernet
from django.test import Client as Browser

from core import crypto
from tests.adversarial.conftest import Wire
from tests.adversarial.tools import newest_mail, post_json, token_in
from tests.support.http_client import Browserless
from tests.support.janua import JanuaServer, postgres_url
from tests.support.oauth_client import OAuthClient, authorize_code_flow
from tests.support.postgres import create_database, drop_database
from tests.support.process import REPOSITORY, bare_environment
from tests.support.smtp import SmtpSink, code_in, link_in

PRODUCTION = {
    "BASE_URL": "https://id.example.test", "SECRET_KEY": "kJ8vQ2mN5xR7tY1wZ4aB6cD9eF3gH0iL", "FIELD_ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "SMTP_HOST": "127.0.0.1",
}  # fmt: skip
BAD_STARTS = {
    "no secret key": {"SECRET_KEY": ""}, "short secret key": {"SECRET_KEY": "x7Kp2mQ9"}, "31 characters": {"SECRET_KEY": "kJ8vQ2mN5xR7tY1wZ4aB6cD9eF3gH0i"},
    "one character": {"SECRET_KEY": "a" * 64}, "no field key": {"FIELD_ENCRYPTION_KEY": ""}, "blank field key": {"FIELD_ENCRYPTION_KEY": " "},
    "commas for a field key": {"FIELD_ENCRYPTION_KEY": ",,"}, "short field key": {"FIELD_ENCRYPTION_KEY": "c2hvcnQ="},
    "no Fernet key": {"FIELD_ENCRYPTION_KEY": "not-base64!"}, "debug": {"DEBUG": "true"}, "http": {"BASE_URL": "http://id.example.test"},
    "limits off": {"RATE_LIMITS": "off"}, "no mail": {"SMTP_HOST": ""}, "HS256": {"JWT_ALGORITHM": "HS256"}, "none": {"JWT_ALGORITHM": "none"},
    "path in the issuer": {"BASE_URL": "https://id.example.test/"}, "user in the issuer": {"BASE_URL": "https://u@id.example.test"},
    "query in the issuer": {"BASE_URL": "https://id.example.test?x"}, "look-alike of loopback": {"BASE_URL": "http://localhost.evil.test"},
    "a key file that is not there": {"SECRET_KEY_FILE": "/nonexistent/secret", "SECRET_KEY": None},
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD_STARTS)
def test_s267_s078_production_refuses_to_start(kind: str, tmp_path: Any) -> None:
    chosen = {**PRODUCTION, **BAD_STARTS[kind]}
    environment = bare_environment(tmp_path, JANUA_ENV_FILE="", JANUA_DATA_DIR=str(tmp_path / "data"))
    environment |= {name: value for name, value in chosen.items() if value is not None}
    done = subprocess.run(
        [sys.executable, "-c", "import janua.settings"],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("janua: ")
    assert PRODUCTION["SECRET_KEY"] not in done.stderr
    assert PRODUCTION["FIELD_ENCRYPTION_KEY"] not in done.stderr


def test_s268_a_new_field_key_opens_the_old_and_the_old_alone_opens_nothing_new(
    settings: Any, db: None
) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.JANUA_FIELD_KEYS = (old,)
    before = crypto.seal("mail", "words")
    settings.JANUA_FIELD_KEYS = (new, old)
    after = crypto.seal("mail", "words")
    assert crypto.unseal("mail", before) == crypto.unseal("mail", after) == "words"
    settings.JANUA_FIELD_KEYS = (new,)
    with pytest.raises(crypto.Unsealable):
        crypto.unseal("mail", before)
    settings.JANUA_FIELD_KEYS = (old,)
    with pytest.raises(crypto.Unsealable):
        crypto.unseal("mail", after)


def test_s268_a_sealed_value_serves_its_purpose_only() -> None:
    sealed = crypto.seal("mail", "words")
    for spoilt in (sealed[:-1], sealed.replace("$", "$A"), sealed.partition("$")[2], "$", ""):
        with pytest.raises(crypto.Unsealable):
            crypto.unseal("mail", spoilt)
    with pytest.raises(crypto.Unsealable):
        crypto.unseal("signing-key", sealed)


@pytest.fixture(scope="module")
def public_wire() -> Iterator[JanuaServer]:
    """Production's configuration, as it stands behind a proxy that ends TLS."""
    server = postgres_url()
    assert server is not None, "run the tests with: make test"
    name = f"public_{secrets.token_hex(4)}"
    url = create_database(server, name)
    try:
        with SmtpSink() as mail:
            environment = {
                **PRODUCTION,
                "SMTP_PORT": str(mail.port),
                "ADMIN_BOOTSTRAP_PASSWORD": "harbour-candle-orbit-61",
            }
            with JanuaServer(database_url=url, environment=environment) as janua:
                yield janua
    finally:
        drop_database(server, name)


OWN = {"Host": "id.example.test"}


def test_s240_cookies_on_https(public_wire: JanuaServer) -> None:
    base = public_wire.base_url
    session = requests.Session()
    page = session.get(f"{base}/login", headers=OWN, timeout=30)
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token
    jar = "; ".join(f"{cookie.name}={cookie.value}" for cookie in page.cookies)
    form = {
        "email": "admin@madfam.io",
        "password": "harbour-candle-orbit-61",
        "csrfmiddlewaretoken": token.group(1),
    }
    headers = {**OWN, "Origin": "https://id.example.test", "Cookie": jar}
    answer = requests.post(f"{base}/login", data=form, headers=headers, timeout=30, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    forged = {**headers, "Origin": "http://id.example.test"}
    assert requests.post(f"{base}/login", data=form, headers=forged, timeout=30).status_code == 403, (
        "http is another origin"
    )
    lines = page.raw.headers.getlist("Set-Cookie") + answer.raw.headers.getlist("Set-Cookie")
    assert len(lines) >= 3
    for line in lines:
        assert line.startswith("__Host-"), line
        flags = {part.strip().lower() for part in line.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags, line
        assert not any(flag.startswith("domain") for flag in flags)


def test_s257_production_headers_and_hosts(public_wire: JanuaServer) -> None:
    base = public_wire.base_url
    answer = requests.get(f"{base}/login", headers=OWN, timeout=30)
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"\d", answer.headers.get("Server", "")), "no versions"
    assert "X-Powered-By" not in answer.headers
    for host in (
        "localhost",
        "127.0.0.1",
        "evil.test",
        "id.example.test.evil.test",
        "sub.id.example.test",
        "id.example.test@evil.test",
    ):
        answer = requests.get(f"{base}/login", headers={"Host": host}, timeout=30)
        assert answer.status_code == 400, host
        assert "Traceback" not in answer.text and "ALLOWED_HOSTS" not in answer.text
    document = requests.get(
        f"{base}/.well-known/openid-configuration",
        headers={**OWN, "X-Forwarded-Host": "evil.test"},
        timeout=30,
    )
    assert document.json()["issuer"] == "https://id.example.test"
    assert "evil.test" not in document.text


def test_s267_a_weak_bootstrap_password_stops_the_preparation(tmp_path: Any) -> None:
    password = "passwordpassword"
    environment = bare_environment(
        tmp_path, JANUA_ENV_FILE="", JANUA_DATA_DIR=str(tmp_path / "data"), ADMIN_BOOTSTRAP_PASSWORD=password
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert password not in done.stdout


def _database_text(url: str) -> str:
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [str(connection.execute(f'SELECT * FROM "{name}"').fetchall()) for (name,) in tables]
    return "\n".join(rows)


def test_s259_marked_secrets_are_in_no_log_and_no_table(wire: Wire) -> None:
    """Everything secret of an ordinary life is planted, and then looked for."""
    password, second, wrong = (
        "marked-velvet-tractor-5150",
        "marked-lantern-quarry-6262",
        "marked-wrong-hazel-7373",
    )
    email = "marked@example.com"
    browser = Browserless(wire.janua.base_url)
    page = browser.sign_up(email, password)
    mail = wire.mail.wait_for_mail(to=email)
    codes = [code_in(mail), link_in(mail, "token=").partition("token=")[2]]
    browser.enter_code(page, codes[0])
    browser.session.post(f"{wire.janua.base_url}/api/v1/auth/login", json={"email": email, "password": wrong})
    registered = wire.janua.register_client(
        client_name="Marked",
        redirect_uris=["http://127.0.0.1:1/cb"],
        grant_types=["authorization_code", "refresh_token"],
    )
    client = OAuthClient.registered(wire.janua.base_url, registered)
    answer = authorize_code_flow(browser, client)
    tokens = client.exchange_code(answer).json()
    client.exchange_code(answer, code="jnu_ac_marked")
    refreshed = client.refresh(tokens["refresh_token"]).json()
    client.userinfo(tokens["access_token"])
    requests.get(
        f"{wire.janua.base_url}/oauth/userinfo", params={"access_token": tokens["access_token"]}, timeout=30
    )
    api = requests.post(
        f"{wire.janua.base_url}/api/v1/auth/login", json={"email": email, "password": password}, timeout=30
    ).json()["tokens"]
    before = len(wire.mail.messages)
    requests.post(f"{wire.janua.base_url}/api/v1/auth/password/forgot", json={"email": email}, timeout=30)
    reset = wire.mail.wait_for_mail(to=email, after=before)
    link = link_in(reset, "token=").partition("token=")[2]
    requests.get(f"{wire.janua.base_url}/password/reset", params={"token": link}, timeout=30)
    done = requests.post(
        f"{wire.janua.base_url}/api/v1/auth/password/reset",
        json={"token": link, "new_password": second},
        timeout=30,
    )
    assert done.status_code == 204
    planted = {
        "password": password, "new password": second, "wrong password": wrong, "mailed link": codes[1], "reset link": link, "code": answer.code,
        "verifier": answer.request.code_verifier, "client secret": registered["client_secret"], "refresh": tokens["refresh_token"], "next refresh": refreshed["refresh_token"],
        "access": tokens["access_token"], "access signature": tokens["access_token"].rpartition(".")[2], "id token": tokens["id_token"], "api access": api["access_token"],
        "api refresh": api["refresh_token"], **{f"cookie {cookie.name}": cookie.value for cookie in browser.session.cookies if len(cookie.value or "") > 20},
    }  # fmt: skip
    sinks = {"log": wire.janua.log_text(), "database": _database_text(wire.database_url)}
    found = [
        (sink, name)
        for sink, text in sinks.items()
        for name, secret in planted.items()
        if secret and secret in text
    ]
    assert found == []
    assert f'"{codes[0]}"' not in sinks["log"]
    assert email not in sinks["log"], "nor is the address"


def test_s259_mails_rest_sealed(db: None) -> None:
    from django.db import connection

    post_json(
        Browser(), "/api/v1/auth/register", {"email": "new@example.com", "password": "plum-tractor-velvet-94"}
    )
    token = token_in(newest_mail("new@example.com"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject || text || html FROM core_mail")
        (raw,) = cursor.fetchone()
    assert token not in raw
    assert "verify" not in raw

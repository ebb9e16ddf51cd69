"""Clients under attack: dead secrets, foreign members, hostile names and pictures, addresses of ours.

Cases: S005 S034 S041 S048 S120 S204 S205 S219 S227 S229.
"""

import json
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client as Browser
from PIL import Image

from accounts.models import User
from accounts.tests.browsers import proven
from core import clock
from oauth.factories import REDIRECT_URI, register_client
from oauth.models import Client, ClientLogo, ClientSecret
from oauth.services import client_secrets, clients
from oauth.services.clients import Registered
from tests.adversarial.test_pages import MARKUP, NASTY, markup_free
from tests.adversarial.tools import api_login, bearer, post_token, refresh, session_for, tokens_of

CLIENTS = "/api/v1/oauth/clients"
FOREIGN = {
    "is_verified": True, "skip_authorization": True, "user": "x", "user_id": 1, "owner": {"id": "x"}, "is_enabled": True, "id": 1,
    "client_id": "mine", "client_secret": "jnu_cs_x", "secret": "x", "secrets": [], "secret_hash": "x", "sector_identifier": "bank.example",
    "client_type": "public", "authorization_grant_type": "password", "algorithm": "HS256", "created": "2020-01-01", "created_at": "x",
    "updated": "x", "allowed_origins": "*", "registration_source": "dcr", "role": "superadmin", "is_staff": True, "logo": "x", "__proto__": {},
}  # fmt: skip
MEMBERS = {"client_name": "New", "redirect_uris": [REDIRECT_URI]}


@pytest.fixture
def mine(alice: User) -> Registered:
    return register_client(owner=alice)


@pytest.fixture
def header(alice: User, janua_options: Callable[..., None]) -> dict[str, str]:
    janua_options(client_registration="people")
    return bearer(api_login(Browser(), alice)["access_token"])


def send(method: str, path: str, body: Any, header: dict[str, str]) -> Any:
    return Browser().generic(
        method, f"{CLIENTS}{path}", json.dumps(body).encode(), content_type="application/json", **header
    )


def test_s034_a_secret_that_was_replaced_revoked_or_has_expired_opens_nothing(
    alice: User, mine: Registered, travel: Callable[[timedelta], None]
) -> None:
    client, now = mine.client, clock.now()

    def status(secret: str | None) -> tuple[int, str]:
        answer = post_token(mine, secret=secret, grant_type="refresh_token", refresh_token="x")
        return answer.status_code, answer.json()["error"]

    _, second = client_secrets.rotate(session=proven(alice), client=client, now=now)
    assert status(mine.secret) == status(second) == (400, "invalid_grant")
    revoked = ClientSecret.objects.get(client=client, hint=str(mine.secret)[-4:])
    client_secrets.revoke(session=proven(alice), client=client, secret_id=revoked.id, now=now)
    assert status(mine.secret) == (401, "invalid_client")
    _, third = client_secrets.rotate(session=proven(alice), client=client, now=now)
    travel(timedelta(hours=24, seconds=1))
    assert status(second) == (401, "invalid_client")
    assert status(third) == (400, "invalid_grant")


def test_s041_a_deleted_client_is_nobody_and_its_tokens_are_dead(
    alice: User, bob: User, mine: Registered
) -> None:
    browser = Browser()
    session_for(browser, bob)
    tokens = tokens_of(browser, mine)
    clients.delete(session=proven(alice), client=mine.client, now=clock.now())
    refused = refresh(mine, tokens["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert Browser().get("/oauth/userinfo", **bearer(tokens["access_token"])).status_code == 401


def test_s048_nobody_registers_anything_without_a_token_of_a_login(bob: User, mine: Registered) -> None:
    browser = Browser()
    session_for(browser, bob)
    theirs = tokens_of(browser, mine)["access_token"]
    before = Client.objects.count()
    for header in ({}, bearer("nonsense"), bearer(theirs)):
        assert send("POST", "", MEMBERS, header).status_code == 401
    assert send("POST", "", MEMBERS, bearer(api_login(Browser(), bob)["access_token"])).status_code == 403
    assert Client.objects.count() == before


@pytest.mark.parametrize("name", FOREIGN)
def test_s120_s204_no_client_takes_a_foreign_member(
    alice: User, mine: Registered, header: dict[str, str], name: str
) -> None:
    before = list(Client.objects.values())
    path = f"/{mine.client.client_id}"
    for answer in (
        send("POST", "", {**MEMBERS, name: FOREIGN[name]}, header),
        send("PATCH", path, {"client_name": "Mine", name: FOREIGN[name]}, header),
        send("POST", f"{path}/verify", {name: FOREIGN[name], "x": 1}, header),
    ):
        assert answer.status_code == 422, answer.content
    assert list(Client.objects.values()) == before


def test_s205_no_answer_shows_a_hash_or_an_old_secret(
    alice: User, bob: User, olivia: User, mine: Registered, header: dict[str, str]
) -> None:
    browser = Browser()
    session_for(browser, bob)
    tokens_of(browser, mine)
    operator = bearer(api_login(Browser(), olivia)["access_token"])
    path = f"/{mine.client.client_id}"
    texts = [
        Browser().get(f"{CLIENTS}{part}", **who).content.decode()
        for who in (header, operator)
        for part in ("", path, f"{path}/secrets", f"{path}/consents")
    ]
    texts.append(send("PATCH", path, {"client_name": "N"}, header).content.decode())
    hashes = list(ClientSecret.objects.values_list("secret_hash", flat=True))
    for text in texts:
        assert str(mine.secret) not in text
        assert not any(secret_hash in text for secret_hash in hashes)
    owner_sees = [text for text in texts[:4] if bob.email in text]
    assert not owner_sees, "the e-mail of another person"


BAD_REDIRECTS = ["https://app.example/cb#x", "https://app.example/cb#", "javascript:alert(1)", "http://app.example/cb",
                 "https://user@app.example/", "data:text/html,x", "//app.example/cb", "https://*.example/cb", ""]  # fmt: skip


@pytest.mark.parametrize("uri", BAD_REDIRECTS)
def test_s005_a_bad_redirect_uri_is_not_registered_over_rest(
    mine: Registered, header: dict[str, str], uri: str
) -> None:
    for method, path in (("POST", ""), ("PATCH", f"/{mine.client.client_id}")):
        assert send(method, path, {"redirect_uris": [uri]}, header).status_code == 422
    assert Client.objects.get().redirect_uri_list == [REDIRECT_URI]


INTERNAL = ["https://127.0.0.1/x", "https://0.0.0.0/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://10.1.2.3/", "https://172.16.0.1/",
            "https://192.168.0.1/", "https://169.254.169.254/latest", "https://[fd00::1]/", "https://100.64.0.1/", "https://localhost/", "https://127.1/",
            "https://2130706433/", "https://0x7f.1/", "unix:/run/x.sock", "file:///etc/passwd", "gopher://x/", "ftp://x/", "https://127.0.0.1:22/",
            "http://127.0.0.1:6379/"]  # fmt: skip


@pytest.mark.parametrize("uri", INTERNAL)
def test_s219_no_address_of_ours_is_registered_to_be_fetched(
    mine: Registered, header: dict[str, str], uri: str
) -> None:
    for members in (
        {"jwks_uri": uri},
        {"request_uris": [uri]},
        {"sector_identifier_uri": uri, "subject_type": "pairwise"},
    ):
        answer = send("PATCH", f"/{mine.client.client_id}", members, header)
        assert answer.status_code == 422, (members, answer.content)


@pytest.mark.parametrize("nasty", NASTY)
def test_s227_a_clients_words_are_words_on_every_page(alice: User, olivia: User, nasty: str) -> None:
    client = register_client(owner=alice, client_name=nasty, publisher=nasty[:100]).client
    for person in (alice, olivia):
        browser = Browser()
        session_for(browser, person)
        for part in (
            "",
            f"/{client.client_id}",
            f"/{client.client_id}/secrets",
            f"/{client.client_id}/danger",
        ):
            answer = browser.get(f"/account/clients{part}")
            assert answer.status_code == 200
            assert markup_free(answer.content.decode()), part
            assert "51724863" not in answer.content.decode()


def png_of(width: int, height: int, data: bytes) -> bytes:
    """A PNG whose header claims that size, whatever the data are."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def webp_of(width: int, height: int) -> bytes:
    """An extended WebP whose header claims that size."""
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def gif_of(width: int, height: int) -> bytes:
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02D\x01\0;"
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + bytes(6) + frame


HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "10 000 pixels": png_of(10_000, 10_000, zlib.compress(bytes(1000))),
    "a bomb": png_of(5_000, 4_000, zlib.compress(bytes(4 * 5_000 * 4_000))),
    "huge webp": webp_of(16_384, 16_384),
    "huge gif": gif_of(65_535, 65_535),
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "tiff": b"II*\0" + bytes(100),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("claimed", ["image/png", "image/jpeg", "image/svg+xml", "text/html"])
def test_s229_what_is_no_bounded_raster_picture_is_refused(
    mine: Registered, header: dict[str, str], kind: str, claimed: str
) -> None:
    answer = Browser().generic(
        "PUT", f"{CLIENTS}/{mine.client.client_id}/logo", HOSTILE[kind], content_type=claimed, **header
    )
    assert answer.status_code in (415, 422)
    assert not ClientLogo.objects.exists()


def test_s229_a_polyglot_comes_out_as_pixels_only(mine: Registered, header: dict[str, str]) -> None:
    out = BytesIO()
    Image.new("RGB", (40, 40), "teal").save(out, "PNG")
    payload = b"<script>alert(1)</script>"
    chunk = b"tEXt" + b"Comment\0" + payload
    text = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    png = out.getvalue()
    polyglot = png[:33] + text + png[33:] + payload + b"PK\x03\x04"
    put = Browser().generic(
        "PUT", f"{CLIENTS}/{mine.client.client_id}/logo", polyglot, content_type="image/png", **header
    )
    assert put.status_code == 200
    served: Any = Browser().get(put.json()["logo_url"].removeprefix("http://localhost:4100"))
    assert b"script" not in served.content
    assert served.content.endswith(b"IEND\xaeB`\x82")
    assert (served["X-Content-Type-Options"], served["Content-Type"]) == ("nosniff", "image/png")
    assert served["Content-Disposition"].startswith("inline; filename=")
    assert "sandbox" in served["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["../../etc/passwd", "..%2f..%2fx", MARKUP, "x" * 300, "%2e%2e"])
def test_s229_no_path_leads_to_a_file(mine: Registered, path: str) -> None:
    for address in (
        f"/oauth/clients/{path}/logo/x.png",
        f"/oauth/clients/{mine.client.client_id}/logo/{path}.png",
    ):
        assert Browser().get(address).status_code == 404

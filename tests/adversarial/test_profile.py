"""The profile under attack: members that are not one's own, hostile names and pictures, foreign rows.

Cases: S120 S227 S229.
"""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser
from PIL import Image

from accounts.models import Avatar, User
from accounts.services import recovery
from core import clock
from core.models import Mail
from oauth.factories import register_client
from tests.adversarial.test_clients import HOSTILE
from tests.adversarial.test_pages import MARKUP, NASTY, markup_free
from tests.adversarial.tools import api_login, bearer, session_for, tokens_of

ME = "/api/v1/users/me"
PAGES = ("", "/profile", "/preferences", "/password", "/sessions", "/activity", "/apps", "/clients")
FOREIGN = {
    "email": "mallory@example.com",
    "email_verified": True,
    "phone_number_verified": True,
    "role": "superadmin",
    "status": "active",
    "metadata": {"plan": "gold"},
    "preferences": {"theme": "dark"},
    "picture": "https://evil.example/x.png",
    "picture_key": "x" * 43,
    "password": "x",
    "id": "3f0f3b0e-0000-4000-8000-000000000001",
    "is_staff": True,
}


@pytest.fixture
def header(alice: User) -> dict[str, str]:
    return bearer(api_login(Browser(), alice)["access_token"])


def put_avatar(data: bytes, content_type: str, header: dict[str, str]) -> Any:
    return Browser().generic("PUT", f"{ME}/avatar", data, content_type=content_type, **header)


@pytest.mark.parametrize("name", FOREIGN)
def test_s120_what_is_not_the_persons_to_set_is_refused_by_name(
    alice: User, header: dict[str, str], name: str
) -> None:
    before = User.objects.filter(id=alice.id).values().get()
    body = {"given_name": "Al", name: FOREIGN[name]}
    answer = Browser().patch(ME, body, content_type="application/json", **header)
    assert (answer.status_code, list(answer.json()["details"])) == (422, [name])
    browser = Browser()
    session_for(browser, alice)
    browser.post("/account/preferences", {"theme": "auto", name: "x"})
    assert User.objects.filter(id=alice.id).values().get() == before


@pytest.mark.parametrize("nasty", NASTY)
def test_s227_a_persons_words_are_words_on_every_page_and_in_every_mail(alice: User, nasty: str) -> None:
    words = {
        "given_name": nasty[:100],
        "family_name": nasty[:100],
        "nickname": nasty[:100],
        "gender": nasty[:64],
    }
    User.objects.filter(id=alice.id).update(**words, website=nasty[:255], birthdate=nasty[:10], locale="en")
    browser = Browser(HTTP_USER_AGENT=nasty[:300].encode().decode("latin-1"))
    session_for(browser, alice)
    tokens_of(browser, register_client(client_name=nasty[:255]))
    for page in PAGES:
        answer = browser.get(f"/account{page}")
        assert answer.status_code == 200, page
        assert markup_free(answer.content.decode()), page
        assert "51724863" not in answer.content.decode(), page
    recovery.request_reset(alice.email, now=clock.now())
    assert all(markup_free(mail.html) and "51724863" not in mail.text for mail in Mail.objects.all())


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("claimed", ["image/png", "image/svg+xml", "text/html"])
def test_s229_what_is_no_bounded_raster_picture_is_refused(
    header: dict[str, str], kind: str, claimed: str
) -> None:
    assert put_avatar(HOSTILE[kind], claimed, header).status_code in (415, 422)
    assert not Avatar.objects.exists()


def test_s229_a_polyglot_comes_out_as_pixels_only(header: dict[str, str]) -> None:
    out = BytesIO()
    Image.new("RGB", (40, 40), "teal").save(out, "JPEG", comment=MARKUP.encode())
    put = put_avatar(out.getvalue() + b"<script>alert(1)</script>PK\x03\x04", "image/jpeg", header)
    served: Any = Browser().get(urlsplit(put.json()["picture"]).path)
    assert b"script" not in served.content
    assert served.content.endswith(b"IEND\xaeB`\x82")
    assert (served["X-Content-Type-Options"], served["Content-Type"]) == ("nosniff", "image/png")
    assert "sandbox" in served["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["../../etc/passwd", "..%2f..%2fx", MARKUP, "x" * 300, "%2e%2e", "x" * 43])
def test_s229_no_path_leads_to_a_file(db: None, path: str) -> None:
    assert Browser().get(f"/avatars/{path}.png").status_code == 404

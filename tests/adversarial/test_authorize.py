"""The authorization endpoint under attack (S001-S019): where it sends people, and where it must not.

Cases: S002 S003 S004 S005 S009 S011 S012 S015 S016 S018 S030.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils.http import urlencode

from accounts.factories import UserFactory
from audit.models import Event
from core import clock
from oauth.errors import InvalidClientMetadata
from oauth.factories import REDIRECT_URI, register_client
from oauth.models import AuthorizationCode, AuthorizationRequest, Consent
from oauth.services import clients
from oauth.services.clients import Registered
from tests.adversarial.tools import answer_of, asked, authorize, redeem, session_for


@pytest.fixture
def signed_in(alice: Any) -> Browser:
    browser = Browser()
    session_for(browser, alice)
    return browser


def knock(browser: Browser, registered: Registered, **changes: str | None) -> Any:
    return browser.get("/oauth/authorize", asked(registered, **changes))


def refused_here(answer: Any) -> bool:
    """A page of our own: 400, and no redirect anywhere."""
    return answer.status_code == 400 and "Location" not in answer and "text/html" in answer["Content-Type"]


def error_of(answer: Any) -> str:
    carried = answer_of(answer)
    assert answer["Location"].startswith(f"{REDIRECT_URI}?")
    assert carried["iss"] == settings.JANUA.base_url
    assert "code" not in carried
    return carried["error"]


LOOK_ALIKES = [
    "https://app.example.evil.test/callback", "https://app.example/callback?x=1", "https://app.example/callback;evil=1",
    "https://evil@app.example/callback", "https://app.example@evil.test/callback", "https://app.example/callback#x",
    "https://app.example/callback#", "https://app.example/callback/", "https://app.example/callbac",
    "https://app.example/callback/../evil", "https://app.example/%63allback", "HTTPS://app.example/callback",
    "https://APP.example/callback", "https://app.example:443/callback", "http://app.example/callback",
    "https://app.example\\@evil.test/callback", "//app.example/callback", "https://app.example/callback%00",
    "https://app.example/callback%0d%0aX: y", "https://app.example/callback ", " https://app.example/callback",
    "https://app.example/call\tback", "javascript:alert(1)//https://app.example/callback", "data:text/html,x",
    "https://аpp.example/callback", "https://app.example./callback", "https://app.example/callback?", "https://*/callback",
    "https://app.example/callback https://evil.test/", "https://evil.test/?https://app.example/callback", "",
    "https://app.example／callback", "https://app.example/callback\u200b",
]  # fmt: skip


@pytest.mark.parametrize("uri", LOOK_ALIKES)
def test_s001_s002_s003_s004_s005_only_the_raw_string_is_registered(
    signed_in: Browser, acme: Registered, uri: str
) -> None:
    assert refused_here(knock(signed_in, acme, redirect_uri=uri))
    assert refused_here(knock(Browser(), acme, redirect_uri=uri))
    assert refused_here(signed_in.post("/oauth/authorize", asked(acme, redirect_uri=uri)))
    assert not AuthorizationCode.objects.exists()
    assert not AuthorizationRequest.objects.exists()


@pytest.mark.parametrize(
    "uri",
    ["https://app.example/cb#", "https://app.example/cb#x", "https://u@app.example/cb", "https://u:p@app.example/",
     "http://app.example/cb", "javascript:alert(1)", "data:text/html,x", "https:///cb", "https:cb", "/cb", "cb",
     "https://app.example/a b", "https://app.example/\\evil", "https://app.example:99999/", "com.example.app:/cb",
     "https://", "https://app.example/\u202ecb", "vbscript:x", "file:///etc/passwd", "about:blank",
     "https://*/cb", "https://*.example/cb", "https://app.example;frame-ancestors/cb", "https://app.example,x/cb",
     "https://app.example'unsafe-inline'/cb", "http://127.0.0.1.evil.test/cb", "http://localhost.evil.test/cb",
     "https://[::1/cb", "https://app_example$/cb", "http://localhost@evil.test/cb"],
)  # fmt: skip
def test_s005_such_a_redirect_uri_cannot_be_registered(db: None, uri: str) -> None:
    with pytest.raises(InvalidClientMetadata):
        register_client(redirect_uris=[uri])


@pytest.mark.parametrize("uri", ["com.example.app://host/cb", "myapp:/cb", "app:cb", "javascript:alert(1)"])
def test_s005_private_use_schemes_are_a_reversed_domain(db: None, uri: str) -> None:
    with pytest.raises(InvalidClientMetadata):
        register_client(redirect_uris=[uri], token_endpoint_auth_method="none")


def test_s009_only_the_port_of_a_loopback_address_is_free(signed_in: Browser) -> None:
    native = register_client(redirect_uris=["http://127.0.0.1/cb"], token_endpoint_auth_method="none")
    answer = knock(signed_in, native, redirect_uri="http://127.0.0.1:51004/cb")
    assert answer.status_code == 303
    for uri in (
        "http://localhost:51004/cb", "http://127.0.0.1.evil.test/cb", "http://127.0.0.1:51004/cb2",
        "http://127.0.0.1:51004/cb?x=1", "http://x@127.0.0.1:51004/cb", "https://127.0.0.1:51004/cb",
        "http://127.0.0.2:51004/cb", "http://[::1]:51004/cb", "http://127.0.0.1:51004@evil.test/cb",
        "http://127.0.0.1:51004/cb#", "http://127.0.0.1:51004/cb#x", "http://0x7f.1:51004/cb", "http://2130706433/cb",
        "http://127.1:51004/cb", "http://127.0.0.1:99999/cb", "http://127.0.0.1:5\t1/cb", "http://127.0.0.1:51004/cb;x",
    ):  # fmt: skip
        assert refused_here(knock(signed_in, native, redirect_uri=uri)), uri
    named = register_client(redirect_uris=["http://localhost/cb"], token_endpoint_auth_method="none")
    assert refused_here(knock(signed_in, named, redirect_uri="http://localhost:51004/cb"))


@pytest.mark.parametrize("response_type", ["code", "token", "id_token", "", "x"])
@pytest.mark.parametrize("client_id", ["nobody", "", "x" * 9000, "a\u200bb", "' OR 1=1 --", "%00"])
def test_s011_an_unknown_client_is_never_a_redirector(
    signed_in: Browser, client_id: str, response_type: str
) -> None:
    parameters = {
        "client_id": client_id,
        "redirect_uri": "https://evil.test/",
        "response_type": response_type,
    }
    assert refused_here(signed_in.get("/oauth/authorize", parameters))
    assert refused_here(signed_in.post("/oauth/authorize", parameters))


def test_s011_a_disabled_client_is_unknown(signed_in: Browser, acme: Registered, olivia: Any) -> None:
    waiting = knock(Browser(), acme)["Location"]
    clients.disable(actor=olivia, client=acme.client, now=clock.now())
    assert refused_here(knock(signed_in, acme))
    assert refused_here(signed_in.get(waiting))
    assert refused_here(signed_in.post(waiting, {"decision": "allow"}))


def test_s012_prompt_none_does_not_redirect_to_a_stranger(db: None, acme: Registered) -> None:
    assert refused_here(knock(Browser(), acme, prompt="none", redirect_uri="https://evil.test/"))
    answer = knock(Browser(), acme, prompt="none")
    assert error_of(answer) == "login_required"


def test_s015_response_modes_that_we_do_not_have_are_refused(signed_in: Browser, acme: Registered) -> None:
    for mode in ("fragment", "web_message", "query.jwt", "QUERY"):
        answer = knock(signed_in, acme, response_mode=mode, state='"><script>alert(1)</script>')
        assert error_of(answer) == "invalid_request"
        assert "<" not in answer["Location"]


@pytest.mark.parametrize(
    "state",
    ['"><script>alert(1)</script>', "\r\nSet-Cookie: a=b", "a&code=stolen&iss=https://evil.test", "ü 🦊\u202e",
     "%0d%0aX-Evil: 1", "#fragment", "a=b&c=d"],
)  # fmt: skip
def test_state_comes_back_as_it_was_and_injects_nothing(
    signed_in: Browser, acme: Registered, state: str
) -> None:
    answer = authorize(signed_in, acme, state=state)
    assert answer["state"] == state
    assert answer["iss"] == settings.JANUA.base_url
    assert answer["code"].startswith("jnu_ac_")
    refused = knock(signed_in, acme, state=state, scope="openid beyond")
    assert answer_of(refused)["state"] == state
    assert refused["Location"].isascii()
    assert set(refused.headers) & {"Set-Cookie", "X-Evil"} == set()


def test_s016_every_answer_names_its_issuer(signed_in: Browser, acme: Registered) -> None:
    assert authorize(signed_in, acme)["iss"] == settings.JANUA.base_url
    path = knock(signed_in, acme, prompt="consent")["Location"]
    denied = signed_in.post(path, {"decision": "deny"})
    assert error_of(denied) == "access_denied"


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "https://app.example"])
def test_s018_no_other_origin_reads_or_frames_the_pages(
    signed_in: Browser, acme: Registered, origin: str
) -> None:
    path = knock(signed_in, acme)["Location"]
    for answer in (
        signed_in.get("/oauth/authorize", asked(acme), HTTP_ORIGIN=origin),
        signed_in.get(path, HTTP_ORIGIN=origin),
        signed_in.options(path, HTTP_ORIGIN=origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST"),
    ):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_s233_a_consent_is_shown_in_no_frame_and_its_buttons_wait(
    signed_in: Browser, acme: Registered
) -> None:
    question = knock(signed_in, acme)["Location"]
    page = signed_in.get(question)
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert b"data-arm" in page.content, "the buttons wait a moment: static/js/forms.js"


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "https://app.example", ""])
def test_s018_consent_is_not_forged_across_sites(alice: Any, acme: Registered, origin: str) -> None:
    browser = Browser(enforce_csrf_checks=True)
    session_for(browser, alice)
    path = knock(browser, acme)["Location"]
    headers = {"HTTP_ORIGIN": origin} if origin else {}
    assert browser.post(path, {"decision": "allow"}, **headers).status_code == 403
    assert not Consent.objects.exists()
    assert not AuthorizationCode.objects.exists()


@pytest.mark.parametrize("uri", ["http://127.0.0.1/cb", "com.example.app:/cb", "http://localhost:3000/cb"])
def test_s019_a_native_client_asks_again_each_time(signed_in: Browser, uri: str) -> None:
    native = register_client(redirect_uris=[uri], token_endpoint_auth_method="none")
    authorize(signed_in, native, redirect_uri=uri)
    path = knock(signed_in, native, redirect_uri=uri)["Location"]
    page = signed_in.get(path)
    assert page.status_code == 200
    assert b'value="allow"' in page.content
    silent = knock(signed_in, native, redirect_uri=uri, prompt="none")
    assert answer_of(silent)["error"] == "consent_required"


def test_s019_a_claimed_https_address_is_enough(signed_in: Browser) -> None:
    public = register_client(token_endpoint_auth_method="none")
    authorize(signed_in, public)
    assert "code" in answer_of(knock(signed_in, public))


@pytest.mark.parametrize(
    "changes",
    [{"code_challenge": None, "code_challenge_method": None}, {"code_challenge_method": "plain"},
     {"code_challenge_method": None}, {"code_challenge": None}, {"code_challenge": "short"},
     {"code_challenge": "a" * 44}, {"code_challenge_method": "s256"}, {"code_challenge": "é" * 43},
     {"code_challenge": "a" * 42 + "="}],
)  # fmt: skip
def test_s030_pkce_is_s256_or_nothing(
    signed_in: Browser, acme: Registered, changes: dict[str, str | None]
) -> None:
    assert error_of(knock(signed_in, acme, **changes)) == "invalid_request"
    public = register_client(token_endpoint_auth_method="none")
    assert error_of(knock(signed_in, public, **changes)) == "invalid_request"


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
@pytest.mark.parametrize("order", [1, -1])
def test_doubled_client_or_redirect_uri_is_refused_on_our_page(
    signed_in: Browser, acme: Registered, name: str, order: int
) -> None:
    pairs = [*asked(acme).items(), (name, "https://evil.test/")][::order]
    assert refused_here(signed_in.get(f"/oauth/authorize?{urlencode(pairs)}"))


@pytest.mark.parametrize(
    "name", ["scope", "state", "nonce", "code_challenge", "response_type", "prompt", "max_age"]
)
def test_doubled_parameters_are_refused(signed_in: Browser, acme: Registered, name: str) -> None:
    query = urlencode([*asked(acme).items(), (name, "x"), (name, "y")])
    assert error_of(signed_in.get(f"/oauth/authorize?{query}")) == "invalid_request"


@pytest.mark.parametrize(
    "name",
    ["request", "request_uri", "registration", "state", "nonce", "prompt", "max_age", "scope", "login_hint"],
)
def test_an_overlong_parameter_is_refused_and_not_overlooked(
    signed_in: Browser, acme: Registered, name: str
) -> None:
    answer = signed_in.get("/oauth/authorize", asked(acme, **{name: "x" * 9000}))
    assert error_of(answer) != ""


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"request": "eyJ"}, "invalid_request_object"), ({"request_uri": "https://evil.test/r"}, "request_uri_not_supported"),
     ({"response_type": "token"}, "unsupported_response_type"), ({"response_type": "code id_token"}, "unsupported_response_type"),
     ({"response_type": None}, "invalid_request"), ({"scope": "openid admin"}, "invalid_scope"),
     ({"prompt": "none login"}, "invalid_request"), ({"prompt": "x"}, "invalid_request"),
     ({"max_age": "-1"}, "invalid_request"), ({"max_age": "1e9"}, "invalid_request"), ({"max_age": "9" * 10}, "invalid_request"),
     ({"max_age": "٣"}, "invalid_request"), ({"state": "x" * 2049}, "invalid_request"), ({"nonce": "x" * 256}, "invalid_request")],
)  # fmt: skip
def test_bad_requests_of_a_trusted_client_go_back_as_errors(
    signed_in: Browser, acme: Registered, changes: dict[str, str | None], error: str
) -> None:
    assert error_of(knock(signed_in, acme, **changes)) == error


def test_a_posted_form_of_another_kind_is_no_crash(signed_in: Browser, acme: Registered) -> None:
    """Multipart bodies pass no form check of ours: a NUL must not reach the database."""
    for path in ("/oauth/authorize", "/oauth/logout"):
        for name in ("client_id", "redirect_uri", "state", "post_logout_redirect_uri"):
            answer = signed_in.post(path, {**asked(acme), name: "a\0b"})
            assert answer.status_code in (303, 400), (path, name)
            assert "\0" not in answer.get("Location", "")


def test_consent_of_one_person_is_not_anothers(signed_in: Browser, acme: Registered) -> None:
    authorize(signed_in, acme)
    other = Browser()
    session_for(other, UserFactory())
    assert other.get(knock(other, acme)["Location"]).status_code == 200
    assert error_of(knock(other, acme, prompt="none")) == "consent_required"


def test_consent_to_little_is_not_consent_to_more(signed_in: Browser, acme: Registered) -> None:
    authorize(signed_in, acme, scope="openid")
    assert error_of(knock(signed_in, acme, prompt="none", scope="openid email")) == "consent_required"


def test_anything_but_allow_is_a_no(signed_in: Browser, acme: Registered) -> None:
    for form in (
        {},
        {"decision": ""},
        {"decision": "ALLOW"},
        {"decision": "deny"},
        {"decision": ["allow", "deny"]},
    ):
        path = knock(signed_in, acme)["Location"]
        assert error_of(signed_in.post(path, form)) == "access_denied", form
    assert not Consent.objects.exists()
    assert Event.objects.filter(action="consent.denied").count() == 5


def test_a_waiting_request_expires_and_is_not_guessed(
    signed_in: Browser, acme: Registered, travel: Callable[..., None]
) -> None:
    path = knock(signed_in, acme)["Location"]
    assert refused_here(signed_in.get("/oauth/authorize/00000000-0000-4000-8000-000000000000"))
    travel(timedelta(minutes=30, seconds=1))
    fresh = Browser()
    assert refused_here(fresh.get(path))


def test_a_fresh_proof_that_was_asked_for_cannot_be_skipped(signed_in: Browser, acme: Registered) -> None:
    asked_for = {
        "/login": ({"prompt": "login"}, {"max_age": "0"}),
        "/login/choose": ({"prompt": "select_account"},),
    }
    for page, changes in [(page, changes) for page, each in asked_for.items() for changes in each]:
        path = knock(signed_in, acme, **changes)["Location"]
        for answer in (signed_in.get(path), signed_in.post(path, {"decision": "allow"})):
            assert urlsplit(answer["Location"]).path == page, changes
    assert not AuthorizationCode.objects.exists()


def test_the_clients_origin_cannot_loosen_the_policy(signed_in: Browser, acme: Registered) -> None:
    policy = signed_in.get(knock(signed_in, acme)["Location"])["Content-Security-Policy"]
    forms = next(part for part in policy.split(";") if part.strip().startswith("form-action"))
    assert forms.split() == ["form-action", "'self'", "https://app.example"]


def test_a_code_of_a_cross_site_get_belongs_to_the_client_that_asked(
    signed_in: Browser, acme: Registered, rival: Registered
) -> None:
    code = authorize(signed_in, acme)["code"]
    assert redeem(rival, code).json()["error"] == "invalid_grant"

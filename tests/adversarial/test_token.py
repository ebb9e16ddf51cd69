"""The token endpoint under attack: stolen codes, stolen secrets, stolen refresh tokens (S025-S061).

Cases: S026 S028 S029 S030 S032 S034 S036 S037 S041 S042 S052 S055 S056 S057 S058 S065.
"""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from accounts.factories import PASSWORD
from accounts.services import users
from audit.models import Event
from core import clock
from core.models import Mail
from oauth.factories import register_client
from oauth.models import Consent
from oauth.services import clients
from oauth.services.clients import Registered
from tests.adversarial.tools import (
    NEW_PASSWORD,
    VERIFIER,
    api_login,
    authorize,
    introspect,
    me,
    post_form,
    post_json,
    post_token,
    redeem,
    refresh,
    session_for,
    tokens_of,
    userinfo,
)

DISCOVERY = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


@pytest.fixture
def signed_in(alice: Any) -> Browser:
    browser = Browser()
    session_for(browser, alice)
    return browser


def refused(answer: Any, error: str = "invalid_grant", status: int = 400) -> bool:
    """An OAuth error that hands out nothing and is not kept by any cache."""
    body = answer.json()
    assert "no-store" in answer["Cache-Control"]
    assert not {"access_token", "refresh_token", "id_token"} & body.keys()
    return (answer.status_code, body["error"]) == (status, error)


def basic(name: str, secret: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def test_s025_a_code_in_the_hands_of_another_client_is_burnt(
    signed_in: Browser, acme: Registered, rival: Registered
) -> None:
    code = authorize(signed_in, acme)["code"]
    assert refused(redeem(rival, code))
    assert refused(redeem(acme, code)), "burnt"
    reasons = Event.objects.filter(action="authorization_code.refused").values_list("data__reason", flat=True)
    assert "wrong_client" in reasons


def test_s026_a_replayed_code_takes_its_tokens_back(signed_in: Browser, acme: Registered) -> None:
    code = authorize(signed_in, acme)["code"]
    tokens = redeem(acme, code).json()
    assert userinfo(tokens["access_token"]) == 200
    assert refused(redeem(acme, code))
    assert userinfo(tokens["access_token"]) == 401
    assert refused(refresh(acme, tokens["refresh_token"]))
    assert introspect(acme, tokens["access_token"]).json() == {"active": False}


def test_s026_a_replay_by_another_client_takes_them_back_too(
    signed_in: Browser, acme: Registered, rival: Registered
) -> None:
    code = authorize(signed_in, acme)["code"]
    tokens = redeem(acme, code).json()
    assert refused(redeem(rival, code))
    assert userinfo(tokens["access_token"]) == 401


@pytest.mark.parametrize(
    "verifier", ["", "x" * 43, VERIFIER[:-1], VERIFIER.upper(), VERIFIER + "=", "short", "é" * 43]
)
def test_s028_a_challenge_needs_its_verifier(signed_in: Browser, acme: Registered, verifier: str) -> None:
    code = authorize(signed_in, acme)["code"]
    assert refused(redeem(acme, code, code_verifier=verifier))
    assert refused(redeem(acme, code)), "a wrong guess burns the code"


def test_s028_the_challenge_itself_is_no_verifier(signed_in: Browser, acme: Registered) -> None:
    from tests.support.oauth_client import challenge_of

    code = authorize(signed_in, acme)["code"]
    assert refused(redeem(acme, code, code_verifier=challenge_of(VERIFIER)))


def test_s029_a_verifier_without_a_challenge_is_a_downgrade(signed_in: Browser) -> None:
    lax = register_client(require_pkce=False)
    parameters = {"code_challenge": None, "code_challenge_method": None}
    code = authorize(signed_in, lax, **parameters)["code"]
    assert refused(redeem(lax, code))
    code = authorize(signed_in, lax, **parameters)["code"]
    assert redeem(lax, code, code_verifier="").status_code == 200


def test_s030_discovery_offers_only_s256(db: None) -> None:
    for path in DISCOVERY:
        assert Browser().get(path).json()["code_challenge_methods_supported"] == ["S256"]


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://app.example/callback/",
        "https://evil.test/",
        "https://app.example/callback?",
        "HTTPS://app.example/callback",
    ],
)
def test_s031_the_redirect_uri_must_be_the_one_of_the_request(
    signed_in: Browser, acme: Registered, uri: str
) -> None:
    code = authorize(signed_in, acme)["code"]
    assert refused(redeem(acme, code, redirect_uri=uri))


def test_s032_a_code_lives_a_minute(
    signed_in: Browser, acme: Registered, travel: Callable[..., None]
) -> None:
    code = authorize(signed_in, acme)["code"]
    travel(timedelta(seconds=61))
    assert refused(redeem(acme, code))


@pytest.mark.parametrize(
    "code",
    ["", "x", "jnu_ac_", "jnu_ac_" + "A" * 43, "jnu_ac_" + "A" * 44, "' OR 1=1 --", "\u202e", "a" * 8000],
)
def test_an_invented_code_is_refused(acme: Registered, code: str) -> None:
    answer = redeem(acme, code)
    assert answer.status_code == 400
    assert answer.json()["error"] == ("invalid_grant" if code else "invalid_request")


def test_s034_a_confidential_client_shows_its_secret(
    signed_in: Browser, acme: Registered, rival: Registered
) -> None:
    code = authorize(signed_in, acme)["code"]
    assert acme.secret and rival.secret
    for secret in (
        None,
        " ",
        "null",
        rival.secret,
        acme.secret[:-1],
        acme.secret + "A",
        acme.secret.upper(),
        acme.secret + " ",
    ):
        answer = post_token(acme, secret=secret, grant_type="authorization_code", code=code)
        assert refused(answer, "invalid_client", 401), secret
        assert answer["WWW-Authenticate"].startswith("Basic")
    blank = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": acme.client.client_id,
        "client_secret": "",
    }
    assert refused(post_form("/oauth/token", blank), "invalid_client", 401)
    for header in (basic(acme.client.client_id, ""), basic(acme.client.client_id, "x"), basic("", acme.secret),
                   {"HTTP_AUTHORIZATION": "Basic !!!"}, {"HTTP_AUTHORIZATION": "Basic"}, {"HTTP_AUTHORIZATION": "Bearer x"},
                   basic(rival.client.client_id, acme.secret)):  # fmt: skip
        form = {"grant_type": "authorization_code", "code": code}
        assert refused(post_form("/oauth/token", form, **header), "invalid_client", 401), header
    assert redeem(acme, code).status_code == 200, "nobody who failed to authenticate has burnt it"


def test_s034_two_ways_at_once_or_two_names_are_refused(acme: Registered, rival: Registered) -> None:
    assert acme.secret and rival.secret
    header = basic(acme.client.client_id, acme.secret)
    for more in (
        {"client_secret": acme.secret},
        {"client_id": rival.client.client_id},
        {"client_id": rival.client.client_id, "client_secret": rival.secret},
    ):
        assert refused(
            post_form("/oauth/token", {"grant_type": "client_credentials", **more}, **header),
            "invalid_request",
        )


@pytest.mark.parametrize("client_id", ["a\0b", "%00", "a" * 300, "\u202e", "ü", "' OR ''='"])
def test_s034_odd_client_ids_are_no_crash(db: None, client_id: str) -> None:
    secret = "jnu_cs_" + "A" * 43
    form = {"grant_type": "client_credentials"}
    answer = post_form("/oauth/token", form, **basic(client_id, secret))
    assert refused(answer, "invalid_client", 401)


def test_s034_guessing_secrets_is_limited_per_network(limits_on: None, acme: Registered) -> None:
    statuses = [post_token(acme, secret="x", grant_type="client_credentials").status_code for _ in range(65)]
    assert statuses == [401] * 60 + [429] * 5
    assert Event.objects.filter(action="client.authentication_failed").count() >= 60


@pytest.mark.parametrize(
    "grant_type", ["password", "implicit", "urn:x", "token", "AUTHORIZATION_CODE", "authorization_code "]
)
def test_s036_grants_that_we_do_not_have(acme: Registered, alice: Any, grant_type: str) -> None:
    answer = post_token(acme, grant_type=grant_type, username=alice.email, password=PASSWORD)
    assert refused(answer, "unsupported_grant_type")
    for path in DISCOVERY:
        assert grant_type not in Browser().get(path).json()["grant_types_supported"]


def test_s037_a_grant_that_the_client_does_not_have(signed_in: Browser, acme: Registered) -> None:
    assert refused(post_token(acme, grant_type="client_credentials"), "unauthorized_client")
    no_refresh = register_client(grant_types=["authorization_code"])
    tokens = tokens_of(signed_in, no_refresh)
    assert "refresh_token" not in tokens
    stolen = tokens_of(signed_in, acme)["refresh_token"]
    assert refused(refresh(no_refresh, stolen), "unauthorized_client")


def test_s041_a_disabled_or_deleted_client_is_nobody(
    signed_in: Browser, acme: Registered, rival: Registered, olivia: Any
) -> None:
    tokens, code = tokens_of(signed_in, acme), authorize(signed_in, acme)["code"]
    clients.disable(actor=olivia, client=acme.client, now=clock.now())
    assert refused(redeem(acme, code), "invalid_client", 401)
    assert refused(refresh(acme, tokens["refresh_token"]), "invalid_client", 401)
    assert introspect(acme, tokens["access_token"]).status_code == 401
    assert userinfo(tokens["access_token"]) == 401
    theirs = tokens_of(signed_in, rival)
    rival.client.delete()
    assert refused(refresh(rival, theirs["refresh_token"]), "invalid_client", 401)
    assert userinfo(theirs["access_token"]) == 401


def test_s041_tokens_of_a_client_that_comes_back_stay_dead(
    signed_in: Browser, acme: Registered, olivia: Any
) -> None:
    tokens = tokens_of(signed_in, acme)
    clients.disable(actor=olivia, client=acme.client, now=clock.now())
    clients.enable(actor=olivia, client=acme.client)
    assert refused(refresh(acme, tokens["refresh_token"]))
    assert userinfo(tokens["access_token"]) == 401


def test_s041_the_service_token_of_a_disabled_client_is_inactive(db: None, olivia: Any) -> None:
    service = register_client(grant_types=["client_credentials"], scope="jobs")
    token = post_token(service, grant_type="client_credentials").json()["access_token"]
    assert introspect(service, token).json()["active"] is True
    clients.disable(actor=olivia, client=service.client, now=clock.now())
    clients.enable(actor=olivia, client=service.client)
    assert introspect(service, token).json()["active"] in (True, False)  # the client is back
    clients.disable(actor=olivia, client=service.client, now=clock.now())
    assert introspect(service, token).status_code == 401


def test_s042_a_suspended_persons_code_is_worth_nothing(
    signed_in: Browser, alice: Any, acme: Registered, olivia: Any
) -> None:
    code = authorize(signed_in, acme)["code"]
    users.suspend(actor=olivia, user=alice, now=clock.now())
    assert refused(redeem(acme, code))


def test_s042_a_code_outlives_neither_sign_out_nor_consent(
    signed_in: Browser, alice: Any, acme: Registered
) -> None:
    code = authorize(signed_in, acme)["code"]
    consent = Consent.objects.get(user=alice, revoked_at=None)
    signed_in.post("/account/apps", {"consent_id": str(consent.id)})
    assert refused(redeem(acme, code)), "consent was taken back"
    code = authorize(signed_in, acme)["code"]
    signed_in.post("/logout")
    assert refused(redeem(acme, code)), "signed out"


def test_s052_a_used_refresh_token_ends_the_family_and_the_owner_is_told(
    signed_in: Browser, alice: Any, acme: Registered, travel: Callable[..., None]
) -> None:
    first = tokens_of(signed_in, acme)
    second = refresh(acme, first["refresh_token"]).json()
    travel(timedelta(seconds=30))
    assert refused(refresh(acme, first["refresh_token"]))
    assert refused(refresh(acme, second["refresh_token"])), "the whole family"
    assert userinfo(first["access_token"]) == 401
    assert userinfo(second["access_token"]) == 401
    family = Event.objects.get(action="token.family_revoked")
    assert family.data["reason"] == "refresh_token_replayed"
    assert Mail.objects.filter(recipient=alice.email, kind="refresh_token_replayed").count() == 1
    refresh(acme, first["refresh_token"])
    assert Mail.objects.filter(kind="refresh_token_replayed").count() == 1, "told once"


def test_s052_a_thief_who_was_faster_is_found_out_within_the_retry_window(
    signed_in: Browser, acme: Registered
) -> None:
    """The window hands the same successor out again, but not once that was used."""
    first = tokens_of(signed_in, acme)["refresh_token"]
    second = refresh(acme, first).json()["refresh_token"]
    assert refresh(acme, first).json()["refresh_token"] == second
    third = refresh(acme, second).json()["refresh_token"]
    assert refused(refresh(acme, first))
    assert refused(refresh(acme, third))


def test_s052_over_rest(alice: Any, travel: Callable[..., None]) -> None:
    first = api_login(Browser(), alice)
    path = "/api/v1/auth/token/refresh"
    second = post_json(Browser(), path, {"refresh_token": first["refresh_token"]}).json()
    travel(timedelta(seconds=30))
    for token in (first["refresh_token"], second["refresh_token"]):
        assert post_json(Browser(), path, {"refresh_token": token}).status_code == 401
    assert me(second["access_token"]) == 401
    assert Mail.objects.filter(recipient=alice.email, kind="refresh_token_replayed").count() == 1


def test_s055_a_refresh_never_widens(signed_in: Browser, acme: Registered) -> None:
    token = tokens_of(signed_in, acme, scope="openid")["refresh_token"]
    for scope in ("openid email", "email", "openid offline_access", "openid admin", "OPENID"):
        assert refused(refresh(acme, token, scope=scope), "invalid_scope"), scope
    narrowed = refresh(acme, token, scope="openid")
    assert narrowed.json()["scope"] == "openid"


def test_s055_narrowing_is_not_undone_by_the_access_token(signed_in: Browser, acme: Registered) -> None:
    token = tokens_of(signed_in, acme, scope="openid email")["refresh_token"]
    narrow = refresh(acme, token, scope="openid").json()
    body = Browser().get("/oauth/userinfo", HTTP_AUTHORIZATION=f"Bearer {narrow['access_token']}").json()
    assert body.keys() == {"sub"}


def test_s056_a_refresh_token_serves_its_client_only(
    signed_in: Browser, acme: Registered, rival: Registered
) -> None:
    public = register_client(token_endpoint_auth_method="none")
    token = tokens_of(signed_in, acme)["refresh_token"]
    assert refused(refresh(rival, token))
    assert refused(refresh(public, token))
    answer = post_json(Browser(), "/api/v1/auth/token/refresh", {"refresh_token": token})
    assert answer.status_code == 401
    assert refresh(acme, token).status_code == 200, "untouched"


def test_s056_a_first_party_refresh_token_serves_no_client(alice: Any, acme: Registered) -> None:
    tokens = api_login(Browser(), alice)
    assert refused(refresh(acme, tokens["refresh_token"]))
    form = {"client_id": "janua", "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert refused(post_form("/oauth/token", form), "invalid_client", 401)


def test_s057_password_change_ends_refreshing(signed_in: Browser, acme: Registered, alice: Any) -> None:
    """Also what the very session was granted in which the password was changed."""
    tokens = tokens_of(signed_in, acme)
    form = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert signed_in.post("/account/password", form).status_code == 303
    assert refused(refresh(acme, tokens["refresh_token"]))
    assert userinfo(tokens["access_token"]) == 401


def test_s057_password_change_over_rest_keeps_the_program_that_did_it(alice: Any) -> None:
    mine, other = api_login(Browser(), alice), api_login(Browser(), alice)
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    header = {"HTTP_AUTHORIZATION": f"Bearer {mine['access_token']}"}
    assert post_json(Browser(), "/api/v1/auth/password/change", body, **header).status_code == 204
    path = "/api/v1/auth/token/refresh"
    assert post_json(Browser(), path, {"refresh_token": mine["refresh_token"]}).status_code == 200
    assert post_json(Browser(), path, {"refresh_token": other["refresh_token"]}).status_code == 401


def test_s057_suspension_ends_refreshing_for_good(
    signed_in: Browser, acme: Registered, alice: Any, olivia: Any
) -> None:
    tokens = tokens_of(signed_in, acme)
    users.suspend(actor=olivia, user=alice, now=clock.now())
    assert refused(refresh(acme, tokens["refresh_token"]))
    users.reactivate(actor=olivia, user=alice, now=clock.now())
    assert refused(refresh(acme, tokens["refresh_token"]))


def test_s057_s065_a_revoked_consent_ends_refreshing(
    signed_in: Browser, acme: Registered, rival: Registered, alice: Any
) -> None:
    tokens, theirs = tokens_of(signed_in, acme), tokens_of(signed_in, rival)
    consent = Consent.objects.get(user=alice, client=acme.client)
    signed_in.post("/account/apps", {"consent_id": str(consent.id)})
    assert refused(refresh(acme, tokens["refresh_token"]))
    assert userinfo(tokens["access_token"]) == 401
    assert introspect(acme, tokens["access_token"]).json() == {"active": False}
    assert refresh(rival, theirs["refresh_token"]).status_code == 200


def test_s065_nobody_revokes_a_strangers_consent(
    signed_in: Browser, acme: Registered, alice: Any, bob: Any
) -> None:
    tokens = tokens_of(signed_in, acme)
    consent = Consent.objects.get(user=alice)
    other = Browser()
    session_for(other, bob)
    other.post("/account/apps", {"consent_id": str(consent.id)})
    assert refresh(acme, tokens["refresh_token"]).status_code == 200


def test_s057_sign_out_ends_refreshing(signed_in: Browser, acme: Registered) -> None:
    tokens = tokens_of(signed_in, acme)
    signed_in.post("/logout")
    assert refused(refresh(acme, tokens["refresh_token"]))


def test_s058_daily_use_does_not_outlive_the_absolute_end(
    signed_in: Browser, acme: Registered, travel: Callable[..., None]
) -> None:
    token = tokens_of(signed_in, acme)["refresh_token"]
    for day in range(1, 30):
        travel(timedelta(days=day))
        answer = refresh(acme, token)
        assert answer.status_code == 200, day
        token = answer.json()["refresh_token"]
    travel(timedelta(days=30, seconds=5))
    assert refused(refresh(acme, token))


def test_s058_an_unused_one_dies_after_a_week(
    signed_in: Browser, acme: Registered, travel: Callable[..., None]
) -> None:
    token = tokens_of(signed_in, acme)["refresh_token"]
    travel(timedelta(days=7, seconds=5))
    assert refused(refresh(acme, token))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[:-1],
        lambda t: t + "A",
        str.upper,
        lambda t: t[7:],
        lambda t: t.replace("rt", "ac"),
        lambda t: t + "=",
    ],
)
def test_s061_a_changed_refresh_token_is_unknown(
    signed_in: Browser, acme: Registered, spoil: Callable[[str], str]
) -> None:
    token = tokens_of(signed_in, acme)["refresh_token"]
    assert refused(refresh(acme, spoil(token)))
    assert introspect(acme, spoil(token)).json() == {"active": False}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[:-1],
        lambda t: t + "A",
        str.upper,
        lambda t: t + ".x",
        lambda t: t.rpartition(".")[0] + ".",
    ],
)
def test_s061_a_changed_access_token_is_unknown(
    signed_in: Browser, acme: Registered, spoil: Callable[[str], str]
) -> None:
    token = tokens_of(signed_in, acme)["access_token"]
    assert userinfo(spoil(token)) == 401
    assert introspect(acme, spoil(token)).json() == {"active": False}


def test_parameters_in_the_query_or_in_json_are_not_read(acme: Registered) -> None:
    assert acme.secret
    query = f"client_id={acme.client.client_id}&client_secret={acme.secret}&grant_type=client_credentials"
    assert post_form(f"/oauth/token?{query}", {}).json()["error"] == "invalid_request"
    assert post_json(Browser(), "/oauth/token", {"grant_type": "client_credentials"}).status_code == 400
    assert Browser().get(f"/oauth/token?{query}").status_code == 405


@pytest.mark.parametrize(
    "name", ["grant_type", "code", "client_id", "client_secret", "redirect_uri", "code_verifier", "anything"]
)
def test_doubled_parameters_are_refused_at_the_token_endpoint(
    signed_in: Browser, acme: Registered, name: str
) -> None:
    code = authorize(signed_in, acme)["code"]
    form = {
        "grant_type": "authorization_code", "code": code, "client_id": acme.client.client_id,
        "client_secret": acme.secret, "redirect_uri": "https://app.example/callback", "code_verifier": VERIFIER,
    }  # fmt: skip
    doubled = {**form, name: [form.get(name, "x"), "other"]}
    assert refused(post_form("/oauth/token", doubled), "invalid_request")
    assert post_form("/oauth/token", form).status_code == 200, "it has not cost the code"


def test_a_public_client_gets_no_token_for_itself(db: None) -> None:
    public = register_client(token_endpoint_auth_method="none")
    public.client.grant_types = ["client_credentials"]
    public.client.save()
    assert refused(post_token(public, grant_type="client_credentials"), "unauthorized_client")


def test_a_client_by_itself_asks_for_no_persons_scopes(db: None) -> None:
    service = register_client(grant_types=["client_credentials"], scope="openid email jobs")
    for scope in ("openid", "email jobs", "admin"):
        assert refused(post_token(service, grant_type="client_credentials", scope=scope), "invalid_scope")
    assert post_token(service, grant_type="client_credentials").json()["scope"] == "jobs"

"""A code is redeemed once, by its client, with its redirect URI and verifier; anything else burns it."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Session, User
from accounts.services import sessions
from audit.models import Event
from core import clock
from oauth.factories import REDIRECT_URI, register_client
from oauth.models import AuthorizationCode
from oauth.services.clients import Registered
from oauth.tests.flows import VERIFIER, code_for, error_of, post, redeem
from tokens.models import TokenFamily

pytestmark = pytest.mark.django_db
INVALID_GRANT = (400, "invalid_grant")


@pytest.fixture
def acme() -> Registered:
    return register_client()


def reason() -> str:
    return str(Event.objects.get(action="authorization_code.refused").data["reason"])


def test_a_code_becomes_tokens(alice: User, acme: Registered) -> None:
    response = redeem(acme, code_for(alice, acme))
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["Pragma"] == "no-cache"
    body = response.json()
    assert body.keys() == {
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "refresh_token",
        "id_token",
    }
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 900, "openid email")


def test_no_refresh_token_without_the_grant_and_no_id_token_without_openid(alice: User) -> None:
    plain = register_client(grant_types=["authorization_code"])
    body = redeem(plain, code_for(alice, plain, scope="email")).json()
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope"}


def test_only_its_hash_is_stored(alice: User, acme: Registered) -> None:
    code = code_for(alice, acme)
    assert code not in str(AuthorizationCode.objects.values().get())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"code_verifier": "x" * 43}, "wrong_verifier"),
        ({"code_verifier": VERIFIER + "x"}, "wrong_verifier"),
        ({"code_verifier": ""}, "wrong_verifier"),
        ({"code_verifier": "short"}, "wrong_verifier"),
        ({"code_verifier": "x" * 129}, "wrong_verifier"),
        ({"redirect_uri": REDIRECT_URI + "/"}, "wrong_redirect_uri"),
        ({"redirect_uri": ""}, "wrong_redirect_uri"),
    ],
)
def test_what_does_not_fit_burns_the_code(
    alice: User, acme: Registered, changes: dict[str, str], why: str
) -> None:
    code = code_for(alice, acme)
    assert error_of(redeem(acme, code, **changes)) == INVALID_GRANT
    assert reason() == why
    assert error_of(redeem(acme, code)) == INVALID_GRANT
    assert not TokenFamily.objects.exists()


def test_another_client_burns_the_code_and_gets_nothing(alice: User, acme: Registered) -> None:
    code = code_for(alice, acme)
    assert error_of(redeem(register_client(), code)) == INVALID_GRANT
    assert reason() == "wrong_client"
    assert error_of(redeem(acme, code)) == INVALID_GRANT


def test_a_code_lives_for_a_minute(alice: User, acme: Registered) -> None:
    code = code_for(alice, acme)
    row = AuthorizationCode.objects.get()
    assert timedelta(seconds=50) < row.expires_at - clock.now() <= timedelta(seconds=60)
    AuthorizationCode.objects.update(expires_at=clock.now())
    assert error_of(redeem(acme, code)) == INVALID_GRANT
    assert reason() == "expired"


def test_a_replay_ends_what_the_code_was_redeemed_for(alice: User, acme: Registered) -> None:
    """RFC 6749 section 4.1.2."""
    code = code_for(alice, acme)
    tokens = redeem(acme, code).json()
    assert error_of(redeem(acme, code)) == INVALID_GRANT
    assert TokenFamily.objects.get().revoked_reason == "code_replayed"
    refreshed = post("/oauth/token", acme, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert error_of(refreshed) == INVALID_GRANT
    assert post("/oauth/introspect", acme, token=tokens["access_token"]).json() == {"active": False}


def test_a_verifier_without_a_challenge_is_a_downgrade(alice: User) -> None:
    """RFC 9700 section 4.8.2."""
    old = register_client(require_pkce=False)
    code = code_for(alice, old, code_challenge=None, code_challenge_method=None)
    assert error_of(redeem(old, code)) == INVALID_GRANT
    assert reason() == "verifier_without_challenge"


def test_without_pkce_a_confidential_client_redeems_without_verifier(alice: User) -> None:
    old = register_client(require_pkce=False)
    code = code_for(alice, old, code_challenge=None, code_challenge_method=None)
    assert redeem(old, code, code_verifier="").status_code == 200


def test_a_redirect_uri_left_out_at_first_is_left_out_again(alice: User, acme: Registered) -> None:
    """RFC 6749 section 4.1.3."""
    code = code_for(alice, acme, redirect_uri=None, scope="email")
    assert redeem(acme, code, redirect_uri="").status_code == 200


def test_a_session_that_ended_meanwhile_gives_no_tokens(alice: User, acme: Registered) -> None:
    code = code_for(alice, acme)
    sessions.end_all(alice, reason="signed_out", now=clock.now())
    assert error_of(redeem(acme, code)) == INVALID_GRANT
    assert reason() == "session_ended"


def test_a_person_suspended_meanwhile_gets_no_tokens(alice: User, acme: Registered) -> None:
    code = code_for(alice, acme)
    User.objects.filter(id=alice.id).update(status=User.Status.SUSPENDED)
    assert error_of(redeem(acme, code)) == INVALID_GRANT


def test_a_password_changed_meanwhile_ends_the_code(alice: User, acme: Registered) -> None:
    """As it ends what the client holds already: somebody may have got in with the old one."""
    code = code_for(alice, acme)
    User.objects.filter(id=alice.id).update(password_changed_at=clock.now())
    assert error_of(redeem(acme, code)) == INVALID_GRANT
    assert reason() == "password_changed"


@pytest.mark.parametrize("code", ["nonsense", "jnu_ac_" + "x" * 43, "x" * 50])
def test_what_is_no_code_is_refused(acme: Registered, code: str) -> None:
    assert error_of(redeem(acme, code)) == INVALID_GRANT


def test_a_missing_code_is_said_so(acme: Registered) -> None:
    assert error_of(redeem(acme, "")) == (400, "invalid_request")


def test_the_family_hangs_on_the_session_of_the_browser(alice: User, acme: Registered) -> None:
    redeem(acme, code_for(alice, acme))
    family = TokenFamily.objects.get()
    assert family.session_id == Session.objects.get().id
    assert (family.client_id, family.scope) == (acme.client.client_id, "openid email")
    assert family.audience == ["http://localhost:4100"]


def test_the_public_client_needs_no_secret_and_its_verifier(alice: User) -> None:
    spa: Any = register_client(token_endpoint_auth_method="none")
    assert redeem(spa, code_for(alice, spa)).status_code == 200
    assert error_of(redeem(spa, code_for(alice, spa), code_verifier="")) == INVALID_GRANT

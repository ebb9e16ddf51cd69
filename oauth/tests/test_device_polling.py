"""grant_type=device_code: what a device hears while it waits, and after (RFC 8628 sections 3.4 and 3.5)."""

from typing import Any

import pytest

from accounts.models import Session, User
from accounts.services import sessions
from audit.models import Event
from core import clock
from oauth.factories import register_client
from oauth.models import DEVICE_CODE, Consent, DeviceGrant
from oauth.services import clients, consents
from oauth.services.clients import Registered
from oauth.tests.device_flow import answer, begin, expire, poll, register_tv, wait
from oauth.tests.flows import ISSUER, error_of, post
from tokens.models import TokenFamily
from tokens.services import jwt

pytestmark = pytest.mark.django_db
PENDING = (400, "authorization_pending")
SLOW_DOWN = (400, "slow_down")
INVALID_GRANT = (400, "invalid_grant")


@pytest.fixture
def tv() -> Registered:
    return register_tv()


@pytest.fixture
def codes(tv: Registered) -> dict[str, str]:
    return begin(tv)


def reason() -> str:
    return str(Event.objects.get(action="device_code.refused").data["reason"])


def audience_of(token: str) -> Any:
    return jwt.verify(token, jwt.ACCESS_TOKEN, audiences=None, now=clock.now())["aud"]


def interval() -> int:
    return int(DeviceGrant.objects.get().interval)


def test_until_the_person_answers_it_waits(tv: Registered, codes: dict[str, str]) -> None:
    assert error_of(poll(tv, codes["device_code"])) == PENDING
    wait(5)
    assert error_of(poll(tv, codes["device_code"])) == PENDING
    assert interval() == 5


def test_who_polls_too_soon_waits_longer_each_time(tv: Registered, codes: dict[str, str]) -> None:
    assert error_of(poll(tv, codes["device_code"])) == PENDING
    assert error_of(poll(tv, codes["device_code"])) == SLOW_DOWN
    assert error_of(poll(tv, codes["device_code"])) == SLOW_DOWN
    assert interval() == 15
    wait(10)
    assert error_of(poll(tv, codes["device_code"])) == SLOW_DOWN
    wait(20)
    assert error_of(poll(tv, codes["device_code"])) == PENDING


def test_a_poll_that_comes_a_little_early_was_sent_in_time(tv: Registered, codes: dict[str, str]) -> None:
    poll(tv, codes["device_code"])
    wait(4)
    assert error_of(poll(tv, codes["device_code"])) == PENDING
    wait(3)
    assert error_of(poll(tv, codes["device_code"])) == SLOW_DOWN


def test_once_allowed_it_gets_tokens(tv: Registered, codes: dict[str, str], alice: User) -> None:
    answer(alice, codes["user_code"])
    response = poll(tv, codes["device_code"])
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}
    assert (body["token_type"], body["scope"]) == ("Bearer", "openid email")
    family = TokenFamily.objects.get()
    assert (family.user, family.session, family.scope) == (alice, Session.objects.get(), "openid email")
    issued = Event.objects.get(action="token.issued")
    assert (issued.data["grant_type"], issued.actor_id) == (DEVICE_CODE, alice.id)


def test_a_poll_too_soon_after_the_answer_gets_them_too(
    tv: Registered, codes: dict[str, str], alice: User
) -> None:
    poll(tv, codes["device_code"])
    answer(alice, codes["user_code"])
    assert poll(tv, codes["device_code"]).status_code == 200


def test_the_tokens_work_and_are_refreshed(tv: Registered, codes: dict[str, str], alice: User) -> None:
    answer(alice, codes["user_code"])
    first = poll(tv, codes["device_code"]).json()
    again = post("/oauth/token", tv, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert again.status_code == 200
    assert again.json()["scope"] == "openid email"


def test_they_are_for_the_resource_that_was_asked_for(alice: User) -> None:
    """RFC 8707; the provider itself where none was."""
    films = "https://films.example/"
    tv = register_tv(resources=[films])
    codes = begin(tv, resource=films)
    answer(alice, codes["user_code"])
    polled = post(
        "/oauth/token", tv, grant_type=DEVICE_CODE, device_code=codes["device_code"], resource=films
    )
    assert audience_of(polled.json()["access_token"]) == films
    other = begin(tv)
    answer(alice, other["user_code"])
    assert audience_of(poll(tv, other["device_code"]).json()["access_token"]) == ISSUER


def test_another_resource_than_was_allowed_uses_the_code_up(alice: User) -> None:
    tv = register_tv(resources=["https://films.example/"])
    codes = begin(tv)
    answer(alice, codes["user_code"])
    form = {"grant_type": DEVICE_CODE, "device_code": codes["device_code"]}
    refused = post("/oauth/token", tv, **form, resource="https://films.example/")
    assert error_of(refused) == (400, "invalid_target")
    assert error_of(poll(tv, codes["device_code"])) == INVALID_GRANT
    assert not TokenFamily.objects.exists()


def test_without_the_grant_no_refresh_token_and_without_openid_no_id_token(alice: User) -> None:
    tv = register_tv(grant_types=[DEVICE_CODE])
    codes = begin(tv, scope="email")
    answer(alice, codes["user_code"])
    body = poll(tv, codes["device_code"]).json()
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope"}


def test_a_device_code_is_used_once(tv: Registered, codes: dict[str, str], alice: User) -> None:
    answer(alice, codes["user_code"])
    assert poll(tv, codes["device_code"]).status_code == 200
    assert error_of(poll(tv, codes["device_code"])) == INVALID_GRANT
    assert reason() == "replayed"
    assert TokenFamily.objects.get().revoked_at is None


def test_a_no_is_heard_as_often_as_it_is_asked(tv: Registered, codes: dict[str, str], alice: User) -> None:
    answer(alice, codes["user_code"], "deny")
    for _ in range(2):
        assert error_of(poll(tv, codes["device_code"])) == (400, "access_denied")
    assert not TokenFamily.objects.exists()


@pytest.mark.parametrize("is_allowed", [False, True])
def test_an_expired_code_is_said_so(
    tv: Registered, codes: dict[str, str], alice: User, is_allowed: bool
) -> None:
    if is_allowed:
        answer(alice, codes["user_code"])
    expire()
    assert error_of(poll(tv, codes["device_code"])) == (400, "expired_token")
    assert not TokenFamily.objects.exists()


@pytest.mark.parametrize("code", ["nonsense", "jnu_dc_" + "x" * 43, "x" * 50])
def test_an_unknown_code_is_refused(tv: Registered, code: str) -> None:
    assert error_of(poll(tv, code)) == INVALID_GRANT


def test_the_user_code_is_no_device_code(tv: Registered, codes: dict[str, str]) -> None:
    assert error_of(poll(tv, codes["user_code"])) == INVALID_GRANT


def test_another_clients_code_is_refused_and_stays(
    tv: Registered, codes: dict[str, str], alice: User
) -> None:
    answer(alice, codes["user_code"])
    assert error_of(poll(register_tv(), codes["device_code"])) == INVALID_GRANT
    assert reason() == "wrong_client"
    assert poll(tv, codes["device_code"]).status_code == 200


def test_a_missing_code_is_said_so(tv: Registered) -> None:
    assert error_of(poll(tv, "")) == (400, "invalid_request")


def test_the_client_must_be_registered_for_the_grant(codes: dict[str, str]) -> None:
    assert error_of(poll(register_client(), codes["device_code"])) == (400, "unauthorized_client")


def test_a_disabled_client_hears_nothing(
    tv: Registered, codes: dict[str, str], alice: User, olivia: User
) -> None:
    answer(alice, codes["user_code"])
    clients.disable(actor=olivia, client=tv.client, now=clock.now())
    assert error_of(poll(tv, codes["device_code"])) == (401, "invalid_client")


def test_who_signed_out_meanwhile_gives_no_tokens(tv: Registered, codes: dict[str, str], alice: User) -> None:
    answer(alice, codes["user_code"])
    sessions.end_all(alice, reason="signed_out", now=clock.now())
    assert error_of(poll(tv, codes["device_code"])) == INVALID_GRANT
    assert reason() == "session_ended"


def test_who_was_suspended_meanwhile_gives_no_tokens(
    tv: Registered, codes: dict[str, str], alice: User
) -> None:
    answer(alice, codes["user_code"])
    User.objects.filter(id=alice.id).update(status=User.Status.SUSPENDED)
    assert error_of(poll(tv, codes["device_code"])) == INVALID_GRANT


def test_what_was_allowed_before_a_new_password_is_worth_nothing(
    tv: Registered, codes: dict[str, str], alice: User
) -> None:
    answer(alice, codes["user_code"])
    User.objects.filter(id=alice.id).update(password_changed_at=clock.now())
    assert error_of(poll(tv, codes["device_code"])) == INVALID_GRANT
    assert reason() == "password_changed"


def test_a_consent_taken_back_before_the_poll_is_a_no(
    tv: Registered, codes: dict[str, str], alice: User
) -> None:
    answer(alice, codes["user_code"])
    consent = Consent.objects.get(user=alice, revoked_at=None)
    consents.revoke(user=alice, consent_id=consent.id, now=clock.now())
    assert error_of(poll(tv, codes["device_code"])) == (400, "access_denied")
    assert not TokenFamily.objects.exists()

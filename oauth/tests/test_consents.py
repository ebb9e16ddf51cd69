"""/account/apps: what a person allowed, and taking it back ends the client's tokens."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from accounts.models import User
from accounts.tests.browsers import signed_in
from audit.models import Event
from oauth.factories import register_client
from oauth.models import Consent
from oauth.services import consents
from oauth.services.clients import Registered
from oauth.tests.flows import authorize, is_waiting, post, tokens_for

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Registered:
    return register_client(client_uri="https://app.example")


def test_a_consent_covers_what_was_allowed_and_less(alice: User, bob: User, acme: Registered) -> None:
    consents.grant(alice, acme.client, ("openid", "email"), now=NOW)
    assert consents.covers(alice, acme.client, ("openid",))
    assert consents.covers(alice, acme.client, ())
    assert not consents.covers(alice, acme.client, ("openid", "profile"))
    assert not consents.covers(bob, acme.client, ("openid",))
    assert not consents.covers(alice, register_client().client, ("openid",))


def test_taking_it_back_ends_the_tokens_and_asks_again(alice: User, acme: Registered) -> None:
    tokens = tokens_for(alice, acme)
    assert consents.revoke(user=alice, consent_id=Consent.objects.get().id, now=NOW)
    for name in ("access_token", "refresh_token"):
        assert post("/oauth/introspect", acme, token=tokens[name]).json() == {"active": False}
    assert is_waiting(authorize(signed_in(alice), acme))
    assert Event.objects.filter(action="consent.revoked").count() == 1


def test_it_is_taken_back_once(alice: User, acme: Registered) -> None:
    consents.grant(alice, acme.client, ("openid",), now=NOW)
    consent_id = Consent.objects.get().id
    assert consents.revoke(user=alice, consent_id=consent_id, now=NOW)
    assert not consents.revoke(user=alice, consent_id=consent_id, now=NOW)


def test_other_clients_and_people_keep_their_tokens(alice: User, bob: User, acme: Registered) -> None:
    other = register_client()
    kept = [(other, tokens_for(alice, other)), (acme, tokens_for(bob, acme))]
    tokens_for(alice, acme)
    consent = Consent.objects.get(user=alice, client=acme.client)
    consents.revoke(user=alice, consent_id=consent.id, now=NOW)
    for client, tokens in kept:
        assert post("/oauth/introspect", client, token=tokens["refresh_token"]).json()["active"]


def test_allowing_again_starts_anew(alice: User, acme: Registered) -> None:
    consents.grant(alice, acme.client, ("openid", "email"), now=NOW)
    consents.revoke(user=alice, consent_id=Consent.objects.get().id, now=NOW)
    consents.grant(alice, acme.client, ("openid",), now=NOW)
    assert Consent.objects.get(revoked_at=None).scopes == {"openid"}


def test_the_page_takes_a_consent_back(alice: User, acme: Registered) -> None:
    consents.grant(alice, acme.client, ("email",), now=NOW)
    response = signed_in(alice).post("/account/apps", {"consent_id": str(Consent.objects.get().id)})
    assert (response.status_code, response["Location"]) == (303, "/account/apps")
    assert Consent.objects.get().revoked_at


def test_another_persons_consent_stays(alice: User, charlie: User, acme: Registered) -> None:
    consents.grant(alice, acme.client, ("email",), now=NOW)
    for consent_id in (str(Consent.objects.get().id), str(uuid4()), "nonsense", ""):
        response = signed_in(charlie).post("/account/apps", {"consent_id": consent_id})
        assert response.status_code == 303
    assert Consent.objects.get().revoked_at is None


def test_one_consent_lives_per_person_and_client(alice: User, acme: Registered) -> None:
    for scope in ("openid", "email", "profile"):
        consents.grant(alice, acme.client, (scope,), now=NOW)
    assert Consent.objects.get().scopes == {"openid", "email", "profile"}

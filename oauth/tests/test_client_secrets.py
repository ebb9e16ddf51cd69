"""Secrets: rotated with an overlap, listed by a hint, taken back one by one."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from core.errors import Conflict, NotFound
from oauth.factories import register_client
from oauth.models import ClientSecret
from oauth.services import client_secrets, clients
from oauth.services.clients import Registered
from oauth.tasks import purge_authorizations

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def acme(alice: User) -> Registered:
    return register_client(owner=alice)


def works(acme: Registered, secret: str | None, at: datetime) -> bool:
    return clients.find_by_secret(acme.client.client_id, str(secret), now=at) is not None


def test_old_and_new_work_side_by_side_until_the_grace_is_over(alice: User, acme: Registered) -> None:
    now = clock.now()
    row, new = client_secrets.rotate(session=proven(alice), client=acme.client, now=now)
    assert new.startswith("jnu_cs_")
    assert row.hint == new[-4:]
    for at, old_works in ((now, True), (now + 23 * HOUR, True), (now + 24 * HOUR, False)):
        assert works(acme, acme.secret, at) is old_works
        assert works(acme, new, at)
    event = Event.objects.get(action="client.secret_rotated")
    assert event.data == {"secret_id": str(row.id), "grace_hours": 24}


def test_without_grace_the_old_one_ends_at_once(
    alice: User, acme: Registered, janua_options: Callable[..., None]
) -> None:
    janua_options(client_secret_rotation_grace_hours=0)
    now = clock.now()
    _, new = client_secrets.rotate(session=proven(alice), client=acme.client, now=now)
    assert (works(acme, acme.secret, now), works(acme, new, now)) == (False, True)


def test_rotating_again_gives_the_oldest_no_longer_life(alice: User, acme: Registered) -> None:
    now = clock.now()
    client_secrets.rotate(session=proven(alice), client=acme.client, now=now)
    client_secrets.rotate(session=proven(alice, at=now + 12 * HOUR), client=acme.client, now=now + 12 * HOUR)
    assert not works(acme, acme.secret, now + 24 * HOUR)


def test_at_most_five_work_at_a_time(alice: User, acme: Registered) -> None:
    now = clock.now()
    for _ in range(4):
        client_secrets.rotate(session=proven(alice), client=acme.client, now=now)
    with pytest.raises(Conflict, match="Revoke an old one"):
        client_secrets.rotate(session=proven(alice), client=acme.client, now=now)
    living = client_secrets.living_of(acme.client, now=now)
    assert living.count() == 5
    assert living.filter(expires_at=None).count() == 1, "a refused rotation changes nothing"


def test_an_old_one_is_taken_back_at_once(alice: User, acme: Registered) -> None:
    now = clock.now()
    old = ClientSecret.objects.get()
    _, new = client_secrets.rotate(session=proven(alice), client=acme.client, now=now)
    client_secrets.revoke(session=proven(alice), client=acme.client, secret_id=old.id, now=now)
    assert (works(acme, acme.secret, now), works(acme, new, now)) == (False, True)
    with pytest.raises(NotFound):
        client_secrets.revoke(session=proven(alice), client=acme.client, secret_id=old.id, now=now)
    assert Event.objects.get(action="client.secret_revoked").data == {"secret_id": str(old.id)}


def test_the_current_one_is_rotated_first(alice: User, acme: Registered) -> None:
    now = clock.now()
    row, _ = client_secrets.rotate(session=proven(alice), client=acme.client, now=now)
    with pytest.raises(Conflict, match="Rotate it first"):
        client_secrets.revoke(session=proven(alice), client=acme.client, secret_id=row.id, now=now)
    clients.disable(actor=alice, client=acme.client, now=now)
    client_secrets.revoke(session=proven(alice), client=acme.client, secret_id=row.id, now=now)


def test_another_clients_secret_is_not_there(alice: User, acme: Registered) -> None:
    other = register_client(owner=alice)
    foreign = ClientSecret.objects.get(client=other.client)
    with pytest.raises(NotFound):
        client_secrets.revoke(
            session=proven(alice), client=acme.client, secret_id=foreign.id, now=clock.now()
        )


def test_a_client_without_secrets_has_none_to_rotate(alice: User) -> None:
    public = register_client(owner=alice, token_endpoint_auth_method="none").client
    with pytest.raises(Conflict, match="without a secret"):
        client_secrets.rotate(session=proven(alice), client=public, now=clock.now())


def test_strangers_rotate_and_revoke_nothing(bob: User, acme: Registered) -> None:
    secret_id = ClientSecret.objects.get().id
    with pytest.raises(NotFound):
        client_secrets.rotate(session=proven(bob), client=acme.client, now=clock.now())
    with pytest.raises(NotFound):
        client_secrets.revoke(session=proven(bob), client=acme.client, secret_id=secret_id, now=clock.now())
    assert works(acme, acme.secret, clock.now())


def test_expired_secrets_are_cleaned_up_a_day_later(alice: User, acme: Registered) -> None:
    client_secrets.rotate(
        session=proven(alice, at=clock.now() - 72 * HOUR), client=acme.client, now=clock.now() - 72 * HOUR
    )
    purge_authorizations()
    assert ClientSecret.objects.filter(client=acme.client).get().expires_at is None

"""Makes in the database, at once, what over HTTP would take minutes of hashes and waiting.

python -m bench.population totp 200        (with the environment of the server whose database is meant)
"""

import os
import sys
from collections.abc import Callable, Iterable

import django


def totp(count: int) -> Iterable[str]:
    """People with an authenticator app, all with alice's password; their addresses."""
    from accounts.models import User
    from bench.site import EMAIL
    from core import clock
    from mfa.factories import enrol_totp

    now, password = clock.now(), User.objects.get(email=EMAIL).password
    people = User.objects.bulk_create(
        User(
            email=f"totp{number}@example.com",
            email_verified=True,
            password=password,
            created_at=now,
            updated_at=now,
        )
        for number in range(count)
    )
    for user in people:
        enrol_totp(user)
        yield user.email


def members(count: int) -> Iterable[str]:
    """An organization of alice's with so many members; its id."""
    from accounts.models import User
    from bench.site import EMAIL
    from core import clock
    from organizations.factories import make_organization
    from organizations.models import Membership, Role
    from organizations.permissions import MEMBER

    now = clock.now()
    organization = make_organization(User.objects.get(email=EMAIL), name="Large")
    facts = {"password": "!", "email_verified": True, "created_at": now, "updated_at": now}
    people = [
        User(email=f"member{number}.{organization.slug}@example.com", **facts) for number in range(count)
    ]
    User.objects.bulk_create(people, batch_size=5_000)
    role = Role.objects.system(MEMBER)
    places = (Membership(organization=organization, user=user, role=role, joined_at=now) for user in people)
    Membership.objects.bulk_create(places, batch_size=5_000)
    yield str(organization.id)


def app(count: int) -> Iterable[str]:
    """So many permissions of the client's app, two organizations of alice's, and her leave for it; an id of these."""
    from django.db import transaction

    from accounts.models import User
    from bench.site import EMAIL
    from core import clock
    from oauth.models import Client
    from oauth.services import consents
    from organizations.factories import make_organization
    from organizations.models import AppPermission

    now, alice, client = clock.now(), User.objects.get(email=EMAIL), Client.objects.get()
    AppPermission.objects.bulk_create(
        AppPermission(name=f"things{number}:read", client_id=client.client_id, created_at=now)
        for number in range(count)
    )
    with transaction.atomic():
        consents.grant(alice, client, ("openid", "email", "organization"), now=now)
    one, _another = (make_organization(alice, name=name) for name in ("One", "Two"))
    yield str(one.id)


def key(_count: int) -> Iterable[str]:
    """An organization of alice's and an API key of hers: its id and the secret."""
    from django.db import transaction

    from accounts.models import User
    from bench.site import EMAIL
    from organizations.factories import make_organization
    from organizations.tests.keys import make_key

    alice = User.objects.get(email=EMAIL)
    with transaction.atomic():
        acme = make_organization(alice)
        yield from (str(acme.id), make_key(alice, acme, "organization:read", "key:own")[1])


def organizations(count: int) -> Iterable[str]:
    """So many of them, with nobody in them."""
    from core import clock
    from organizations.models import Organization

    now = clock.now()
    facts = {"created_at": now, "updated_at": now}
    rows = (Organization(name=f"Works {n}", slug=f"works-{n}", **facts) for n in range(count))
    made = Organization.objects.bulk_create(rows, batch_size=5_000)
    yield str(len(made))


KINDS: dict[str, Callable[[int], Iterable[str]]] = {
    "totp": totp,
    "members": members,
    "app": app,
    "key": key,
    "organizations": organizations,
}


def main(kind: str, count: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "janua.settings"
    django.setup()
    print(*KINDS[kind](int(count)), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

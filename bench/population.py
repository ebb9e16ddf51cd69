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


KINDS: dict[str, Callable[[int], Iterable[str]]] = {"totp": totp}


def main(kind: str, count: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "janua.settings"
    django.setup()
    print(*KINDS[kind](int(count)), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

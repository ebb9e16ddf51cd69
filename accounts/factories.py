"""People for tests."""

from functools import cache
from typing import Any

import factory

from accounts import passwords
from accounts.models import User
from core import clock

PASSWORD = "plum-tractor-velvet-94"


@cache
def _hash(password: str) -> str:
    return passwords.hash_password(password)


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A verified, active person whose password is `PASSWORD`."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    email_verified = True
    password = factory.LazyFunction(lambda: _hash(PASSWORD))
    created_at = factory.LazyFunction(clock.now)
    updated_at = factory.LazyFunction(clock.now)

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        if raw := kwargs.pop("raw_password", None):
            kwargs["password"] = _hash(raw)
        user: User = super()._create(model_class, *args, **kwargs)
        return user

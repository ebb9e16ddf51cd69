"""Two ways back into one account at the same moment: they follow one another, and none fails by the other's locks."""

import pytest

from accounts import passwords
from accounts.factories import UserFactory
from accounts.models import User
from accounts.services import alarms, recovery
from accounts.tests.mails import last_letter
from accounts.tests.test_wrong_hands import CHOSEN
from core import clock
from core.errors import ValidationFailed
from core.tests.parallel import in_parallel

ROUNDS = 12
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reset_and_this_was_not_me(monkeypatch: pytest.MonkeyPatch) -> None:
    # Else the slow hash has the other long done.
    monkeypatch.setattr(passwords, "hash_password", lambda _password: "argon2$quick")
    monkeypatch.setattr(passwords, "require_good", lambda *_args, **_more: None)
    for number in range(ROUNDS):
        user = UserFactory(email=f"alice{number}@example.com")
        assert one_of_each(user) <= {"reset", "disowned", "late"}


def one_of_each(user: User) -> set[str]:
    now = clock.now()
    alarms.mail_alarm(user, now=now)
    link = last_letter(user.email).token
    recovery.request_reset(user.email, now=now)
    code = last_letter(user.email).code
    turns = iter(("reset", "disowned"))

    def act() -> str:
        turn = next(turns)
        try:
            if turn == "reset":
                recovery.reset_by_code(user.email, code, CHOSEN, now=now)
            else:
                alarms.disown(link, now=now)
        except ValidationFailed:
            return "late"
        return turn

    return set(in_parallel(2, act))

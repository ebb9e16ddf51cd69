"""Two superadmins in the same moment: one of them is too late, and neither waits for the other for ever."""

from threading import Barrier

import pytest
from django.db import transaction

from accounts.factories import UserFactory
from accounts.models import Session, User
from accounts.services import deletion, people, users
from accounts.tests.test_exports import session_of
from core import clock
from core.errors import DomainError, NotAllowed
from core.tests.parallel import in_parallel

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


def two_superadmins(number: int) -> list[User]:
    return [UserFactory(email=f"{name}{number}@janua.dev", role="superadmin") for name in ("ada", "bo")]


@transaction.atomic
def session_for(user: User) -> Session:
    return session_of(user)


@pytest.mark.parametrize("act", ["suspend", "demote"])
def test_of_two_who_act_on_each_other_one_stays(act: str) -> None:
    for number in range(ROUNDS):
        ada, bo = two_superadmins(number)
        waiting, start = [(ada, bo, session_for(ada)), (bo, ada, session_for(bo))], Barrier(2)

        def do(waiting: list[tuple[User, User, Session]] = waiting, start: Barrier = start) -> bool:
            actor, other, session = waiting.pop()
            start.wait(timeout=10)
            try:
                if act == "suspend":
                    users.suspend(actor=actor, user=other, now=clock.now())
                else:
                    people.update(actor, session, other, {"role": ""}, now=clock.now())
            except NotAllowed:
                return False
            return True

        assert sorted(in_parallel(2, do)) == [False, True], act
        assert User.objects.filter(status="active", role="superadmin").count() == 1
        User.objects.all().delete()


def test_two_who_ask_for_deletion_do_not_wait_for_each_other() -> None:
    for number in range(ROUNDS):
        going, start = two_superadmins(number), Barrier(2)
        sessions = [session_for(user) for user in going]

        def ask(sessions: list[Session] = sessions, start: Barrier = start) -> bool:
            session = sessions.pop()
            start.wait(timeout=10)
            try:
                deletion.request_deletion(
                    session,
                    typed_email=session.user.email,
                    now=clock.now(),
                )
            except DomainError:
                return False
            return True

        assert sorted(in_parallel(2, ask)) == [False, True]
        assert User.objects.filter(deletion_due_at=None).count() == 1
        User.objects.all().delete()

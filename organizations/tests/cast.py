"""What tests of organizations say often."""

from accounts.models import Session, User
from accounts.tests.browsers import proven
from core import clock
from organizations.services.access import Actor

NOW = clock.now()


def acting(user: User) -> Actor:
    """The person in a session that has just proven itself."""
    return Actor.of_session(proven(user))


def acting_long_after(user: User) -> Actor:
    """The person in a session whose proof is no longer fresh."""
    session = proven(user)
    Session.objects.filter(id=session.id).update(sudo_until=None)
    session.sudo_until = None
    return Actor.of_session(session)

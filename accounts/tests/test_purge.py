"""Clean-up deletes what has had its time, and never what something living hangs on."""

from datetime import timedelta
from typing import Any

from accounts.factories import UserFactory
from accounts.models import Device, PasswordReset, Session, User
from accounts.services import devices, recovery, sessions
from accounts.tasks import purge_accounts
from core import clock


def session_expired_days_ago(user: User, days: int) -> Session:
    now = clock.now()
    proof = sessions.Proof(amr=("pwd",), auth_time=now)
    session = sessions.start_session(user, proof, kind=Session.Kind.BROWSER, keep=False, now=now).session
    Session.objects.filter(id=session.id).update(expires_at=now - timedelta(days=days))
    return session


def test_sessions_go_a_month_after_they_expired(alice: User) -> None:
    kept, _gone = session_expired_days_ago(alice, 29), session_expired_days_ago(alice, 31)
    purge_accounts()
    assert list(Session.objects.all()) == [kept]


def test_sessions_stay_while_tokens_may_hang_on_them(alice: User, janua_options: Any) -> None:
    """A client's tokens outlive the browser session they began with, and would be deleted with it."""
    janua_options(refresh_token_absolute_days=90)
    session_expired_days_ago(alice, 89)
    session_expired_days_ago(alice, 91)
    purge_accounts()
    assert Session.objects.count() == 1


def test_mailed_secrets_go_a_day_after_they_expired(db: None) -> None:
    now = clock.now()
    for hours_ago in (1, 24, 26):
        recovery.request_reset(UserFactory().email, now=now - timedelta(hours=hours_ago))
    purge_accounts()
    assert PasswordReset.objects.count() == 2


def test_browsers_are_forgotten_when_their_cookie_is_gone(alice: User) -> None:
    now = clock.now()
    for days, name in ((399, "kept"), (401, "gone")):
        devices.note(session_expired_days_ago(alice, 0), browser_id=name, now=now - timedelta(days=days))
    purge_accounts()
    assert Device.objects.count() == 1
    assert Session.objects.count() == 2

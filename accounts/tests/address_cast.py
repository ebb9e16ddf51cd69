"""Sessions and further addresses for the tests of addresses and numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import EmailAddress, Session, User
from accounts.services import sessions
from core.models import Sms

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEW = "new@example.com"


def session_of(user: User, *, proven_at: datetime = NOW) -> Session:
    """A session of the person, who proved the password at `proven_at`, and a second factor where they have one."""
    amr = ("pwd", "otp", "mfa") if user.has_mfa else ("pwd",)
    proof = sessions.Proof(amr=amr, auth_time=proven_at)
    return sessions.start_session(user, proof, kind=Session.Kind.BROWSER, keep=True, now=proven_at).session


def stale_session_of(user: User) -> Session:
    """A session whose proof is an hour old."""
    return session_of(user, proven_at=NOW - timedelta(hours=1))


def further(user: User, email: str = NEW) -> EmailAddress:
    return EmailAddress.objects.create(user=user, email=email, created_at=NOW)


def bearer_of(user: User) -> dict[str, str]:
    """The header of somebody who has just logged in over REST."""
    body = {"email": user.email, "password": PASSWORD}
    answer = Client().post("/api/v1/auth/login", body, content_type="application/json")
    return {"Authorization": f"Bearer {answer.json()['tokens']['access_token']}"}


def post(user_headers: dict[str, str], path: str, body: Any = None) -> Any:
    return Client().post(f"/api/v1{path}", body or {}, content_type="application/json", headers=user_headers)


def code_sent_to(number: str) -> str:
    """The code of the newest SMS to the number."""
    return Sms.objects.filter(recipient=number).latest("created_at", "id").text.split()[0]

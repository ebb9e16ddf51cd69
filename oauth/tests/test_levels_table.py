"""Every door x every second factor: what the ID token and the access token say of the login, to the letter.

The logins are real: the door's own service, then the challenge. A factor that joins `mfa.factors.FACTORS` joins the
table, and fails here until it says what it proves.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Identity, Session, User
from accounts.services.identities import ToldIdentity
from accounts.tests.address_cast import code_sent_to
from accounts.tests.mails import last_letter
from core import clock
from login.outcomes import ChallengeRequired, Outcome, SignedIn
from login.services import challenge, magic, mailbox
from login.services.federation import Entry, ProofNeeded, with_federation
from login.services.password import PasswordProof, with_password
from mfa.factories import SEED, enrol_totp, give_recovery_codes
from mfa.factors import FACTORS, Answer
from mfa.methods import Method
from mfa.models import Factor
from mfa.services import factors
from oauth.factories import register_client
from oauth.services import consents
from oauth.services.clients import Registered
from oauth.tests.flows import answer_of, authorize, post, redeem
from oauth.tests.test_requested_claims import id_token_of
from tokens.services import jwt

BROWSER = Session.Kind.BROWSER
NUMBER, PAPER = "+4915123456789", "AAAAA11111"
pytestmark = pytest.mark.django_db


def by_password(user: User, now: datetime) -> Outcome:
    return with_password(PasswordProof(email=user.email, password=PASSWORD, kind=BROWSER), now=now)


def by_mail(user: User, now: datetime, secret: str) -> Outcome:
    asked = magic.request_code(user.email, now=now)
    letter = last_letter(user.email)
    given = {"code": letter.code} if secret == "code" else {"token": letter.token}
    return magic.with_mailed_secret(magic.MailedProof(asker=asked.asker, kind=BROWSER, **given), now=now)


def by_provider(user: User, now: datetime) -> Outcome:
    told = ToldIdentity(provider="herbs", provider_name="Herbs", connection="openid:herbs", subject="s1")
    about = {"connection": told.connection, "subject": told.subject}
    Identity.objects.get_or_create(user=user, **about, defaults={"created_at": now, "last_used_at": now})
    outcome = with_federation(told, Entry(kind=BROWSER), now=now)
    assert not isinstance(outcome, ProofNeeded)
    return outcome


DOORS: dict[str, tuple[Callable[[User, datetime], Outcome], tuple[str, ...]]] = {
    "password": (by_password, ("pwd",)),
    "magic_code": (lambda user, now: by_mail(user, now, "code"), ("otp",)),
    "magic_link": (lambda user, now: by_mail(user, now, "token"), ("otp",)),
    "herbs": (by_provider, ("fed",)),
    "sign_up": (lambda user, now: mailbox.with_proven_mailbox(user, device=None, now=now), ("pwd",)),
}


def enrol(user: User, method: Method) -> None:
    """The factor alone, as its set-up leaves it; recovery codes are of use beside another only."""
    match method:
        case Method.TOTP:
            enrol_totp(user)
        case Method.RECOVERY_CODE:
            enrol_totp(user)
            give_recovery_codes(user, PAPER)
        case Method.SMS | Method.EMAIL:
            number = NUMBER if method == Method.SMS else ""
            made = clock.now() - timedelta(days=1)
            Factor.objects.create(user=user, method=method, phone_number=number, created_at=made)
            factors.note_enrolment(user, now=made)


def code_of(user: User, method: Method, holder: str, now: datetime) -> str:
    factors.send(user, method, holder=holder, now=now)
    codes: dict[Method, Callable[[], str]] = {
        Method.TOTP: lambda: pyotp.TOTP(SEED).at(now),
        Method.RECOVERY_CODE: lambda: PAPER,
        Method.SMS: lambda: code_sent_to(NUMBER),
        Method.EMAIL: lambda: last_letter(user.email).code,
    }
    return codes[method]()


OF_FACTOR = {
    Method.TOTP: ("otp", "mfa"),
    Method.RECOVERY_CODE: ("otp", "mfa"),
    Method.SMS: ("sms", "mfa"),
    Method.EMAIL: ("otp", "mfa"),
}
LEVELS = {None: "aal1", **dict.fromkeys(OF_FACTOR, "aal2")}
TABLE = [(door, method) for door in DOORS for method in (None, *FACTORS)]


def sign_in(user: User, door: str, method: Method | None, now: datetime) -> SignedIn:
    outcome = DOORS[door][0](user, now)
    if method is not None:
        assert isinstance(outcome, ChallengeRequired)
        waiting = challenge.find(outcome.secret, now=now)
        assert waiting is not None
        given = Answer(method=method, code=code_of(user, method, waiting.holder, now))
        outcome = challenge.answer(outcome.secret, given, now=now)
    assert isinstance(outcome, SignedIn), outcome
    return outcome


@pytest.fixture
def acme(alice: User) -> Registered:
    registered = register_client(scope="openid offline_access")
    consents.grant(alice, registered.client, ["openid"], now=clock.now())
    return registered


@pytest.mark.parametrize(("door", "method"), TABLE)
def test_the_tokens_say_how_the_person_came_in(
    alice: User, acme: Registered, door: str, method: Method | None
) -> None:
    if method is not None:
        enrol(alice, method)
    now = clock.now() - timedelta(minutes=2)
    new = sign_in(alice, door, method, now).new
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = new.secret
    tokens = redeem(acme, answer_of(authorize(browser, acme, scope="openid"))["code"]).json()
    proofs = tuple(dict.fromkeys((*DOORS[door][1], *(OF_FACTOR[method] if method else ()))))
    expected = {"amr": list(proofs), "acr": LEVELS[method], "auth_time": int(now.timestamp())}
    assert new.session.door == door
    refreshed = post("/oauth/token", acme, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    for each in (tokens, refreshed.json()):
        assert facts_of(id_token_of(each)) == expected
        assert facts_of(access_token_of(each)) == expected


def access_token_of(tokens: dict[str, Any]) -> dict[str, Any]:
    return jwt.verify(tokens["access_token"], jwt.ACCESS_TOKEN, audiences=None, now=clock.now())


def facts_of(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: claims[name] for name in ("amr", "acr", "auth_time")}

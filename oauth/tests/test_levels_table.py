"""Every door x every second factor: what the ID token and the access token say of the login, to the letter.

The logins are real: the door's own service, then the challenge. A factor that joins `mfa.factors.FACTORS` joins the
table, and fails here until it says what it proves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Identity, Session, User
from accounts.services import sessions
from accounts.services.identities import ToldIdentity
from accounts.tests.address_cast import code_sent_to
from accounts.tests.mails import last_letter
from core import clock
from login.models import LoginAttempt
from login.outcomes import ChallengeRequired, Outcome, Reason, Refused, SignedIn
from login.services import challenge, magic, mailbox
from login.services.federation import Entry, ProofNeeded, with_federation
from login.services.passkey import with_passkey
from login.services.password import PasswordProof, with_password
from mfa import relying_party
from mfa.factories import SEED, enrol_totp, give_recovery_codes
from mfa.factors import FACTORS, Answer
from mfa.methods import Method
from mfa.models import Factor, Passkey, WebAuthnChallenge
from mfa.services import factors, passkeys
from oauth.factories import register_client
from oauth.services import consents
from oauth.services.clients import Registered
from oauth.tests.flows import answer_of, authorize, post, redeem
from oauth.tests.test_requested_claims import id_token_of
from tests.support.authenticator import Authenticator
from tokens.services import jwt

BROWSER, KEY = Session.Kind.BROWSER, Passkey.Kind.SECURITY_KEY
NUMBER, PAPER = "+4915123456789", "AAAAA11111"
Purpose = WebAuthnChallenge.Purpose
Enter = Callable[["Person", datetime], Outcome]
pytestmark = pytest.mark.django_db


@dataclass
class Person:
    """Somebody and what they have at hand."""

    user: User
    key: Authenticator | None = None

    def take(self, kind: Passkey.Kind, now: datetime, **knobs: Any) -> None:
        """Get a passkey or security key."""
        where = {"origin": relying_party.origins()[0], "rp_id": relying_party.rp_id()}
        self.key = Authenticator(**where, **knobs)
        proof = sessions.Proof(amr=("pwd", "otp", "mfa"), auth_time=now)
        session = sessions.start_session(self.user, proof, kind=BROWSER, keep=False, now=now).session
        options = passkeys.begin_registration(session=session, kind=kind, now=now)
        self.key.is_verified = True
        signed = self.key.register(options)
        passkeys.finish_registration(session=session, credential=signed, now=now)
        self.key.is_verified = knobs.get("is_verified", True)

    def sign(self, purpose: Purpose, holder: str, now: datetime) -> dict[str, Any]:
        assert self.key is not None
        user = None if purpose == Purpose.SIGN_IN else self.user
        return self.key.sign(
            passkeys.begin_authentication(purpose=purpose, holder=holder, user=user, now=now)
        )


def by_password(person: Person, now: datetime) -> Outcome:
    return with_password(PasswordProof(email=person.user.email, password=PASSWORD, kind=BROWSER), now=now)


def by_mail(secret: str) -> Enter:
    def enter(person: Person, now: datetime) -> Outcome:
        asked = magic.request_code(person.user.email, now=now)
        letter = last_letter(person.user.email)
        given = {"code": letter.code} if secret == "code" else {"token": letter.token}
        return magic.with_mailed_secret(magic.MailedProof(asker=asked.asker, kind=BROWSER, **given), now=now)

    return enter


def by_provider(person: Person, now: datetime) -> Outcome:
    told = ToldIdentity(provider="herbs", provider_name="Herbs", connection="openid:herbs", subject="s1")
    about = {"connection": told.connection, "subject": told.subject}
    Identity.objects.create(user=person.user, **about, created_at=now, last_used_at=now)
    outcome = with_federation(told, Entry(kind=BROWSER), now=now)
    assert not isinstance(outcome, ProofNeeded)
    return outcome


def by_sign_up(person: Person, now: datetime) -> Outcome:
    return mailbox.with_proven_mailbox(person.user, device=None, now=now)


def by_passkey(person: Person, now: datetime) -> Outcome:
    person.take(Passkey.Kind.PASSKEY, now)
    signed = person.sign(Purpose.SIGN_IN, "browser:one", now)
    return with_passkey(signed, holder="browser:one", kind=BROWSER, now=now)


DOORS: dict[str, tuple[Enter, tuple[str, ...]]] = {
    "password": (by_password, ("pwd",)),
    "magic_code": (by_mail("code"), ("otp",)),
    "magic_link": (by_mail("token"), ("otp",)),
    "herbs": (by_provider, ("fed",)),
    "sign_up": (by_sign_up, ("pwd",)),
    "passkey": (by_passkey, ("hwk", "user", "mfa")),
}


def enrol_sent(method: Method) -> Callable[[Person, datetime], object]:
    def enrol(person: Person, now: datetime) -> None:
        number = NUMBER if method == Method.SMS else ""
        Factor.objects.create(user=person.user, method=method, phone_number=number, created_at=now)
        factors.note_enrolment(person.user, now=now)

    return enrol


def enrol_paper(person: Person, _now: datetime) -> None:
    """Recovery codes are of use beside another factor only."""
    enrol_totp(person.user)
    give_recovery_codes(person.user, PAPER)


def enrol_passkey(person: Person, now: datetime) -> None:
    """A passkey alone turns nothing on, and answers like any other once it is on."""
    enrol_totp(person.user)
    person.take(Passkey.Kind.PASSKEY, now, is_synced=True)


@dataclass(frozen=True)
class Second:
    """A factor: how it comes, what its answer proves, and how sure we are then."""

    method: Method
    enrol: Callable[[Person, datetime], object]
    amr: tuple[str, ...]
    acr: str = "aal2"


SECONDS = {
    "totp": Second(Method.TOTP, lambda person, _now: enrol_totp(person.user), ("otp", "mfa")),
    "recovery_code": Second(Method.RECOVERY_CODE, enrol_paper, ("otp", "mfa")),
    "sms": Second(Method.SMS, enrol_sent(Method.SMS), ("sms", "mfa")),
    "email": Second(Method.EMAIL, enrol_sent(Method.EMAIL), ("otp", "mfa")),
    "passkey": Second(Method.PASSKEY, enrol_passkey, ("swk", "user", "mfa"), "phr"),
    "key": Second(
        Method.PASSKEY,
        lambda person, now: person.take(KEY, now, is_verified=False),
        ("hwk", "mfa"),
        "phr",
    ),
    "key_with_pin": Second(
        Method.PASSKEY, lambda person, now: person.take(KEY, now), ("hwk", "user", "mfa"), "phr"
    ),
}
JOINED = [name for name, second in SECONDS.items() if second.method in FACTORS]
ONE_MAILBOX = [("magic_code", "email"), ("magic_link", "email")]  # that is one factor, twice
TABLE = [
    (door, second) for door in DOORS for second in ("none", *JOINED) if (door, second) not in ONE_MAILBOX
]


def answer_for(person: Person, method: Method, waiting: LoginAttempt, now: datetime) -> Answer:
    if method == Method.PASSKEY:
        return Answer(method=method, credential=person.sign(Purpose.SECOND_FACTOR, waiting.holder, now))
    factors.send(person.user, method, holder=waiting.holder, now=now)
    codes: dict[Method, Callable[[], str]] = {
        Method.TOTP: lambda: pyotp.TOTP(SEED).at(now),
        Method.RECOVERY_CODE: lambda: PAPER,
        Method.SMS: lambda: code_sent_to(NUMBER),
        Method.EMAIL: lambda: last_letter(person.user.email).code,
    }
    return Answer(method=method, code=codes[method]())


def sign_in(person: Person, door: str, second: Second | None, now: datetime) -> SignedIn:
    """By the door, and the factor that is asked for."""
    outcome = DOORS[door][0](person, now)
    if isinstance(outcome, ChallengeRequired):
        waiting = challenge.find(outcome.secret, now=now)
        assert waiting is not None
        assert second is not None
        given = answer_for(person, second.method, waiting, now)
        outcome = challenge.answer(outcome.secret, given, now=now)
    assert isinstance(outcome, SignedIn), outcome
    return outcome


@pytest.fixture
def acme(alice: User) -> Registered:
    registered = register_client()
    consents.grant(alice, registered.client, ["openid"], now=clock.now())
    return registered


def test_every_factor_stands_in_the_table() -> None:
    assert {SECONDS[name].method for name in JOINED} == set(FACTORS)


@pytest.mark.parametrize(("door", "name"), TABLE)
def test_the_tokens_say_how_the_person_came_in(alice: User, acme: Registered, door: str, name: str) -> None:
    now = clock.now() - timedelta(minutes=2)
    person, second = Person(alice), SECONDS.get(name)
    if second is not None:
        second.enrol(person, now)
    proofs, level = DOORS[door][1], "phr" if door == "passkey" else "aal1"
    if second is not None and "mfa" not in proofs:  # a door that counts as two asks for nothing more
        proofs, level = tuple(dict.fromkeys((*proofs, *second.amr))), second.acr
    new = sign_in(person, door, second, now).new
    assert new.session.door == door
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = new.secret
    tokens = redeem(acme, answer_of(authorize(browser, acme, scope="openid"))["code"]).json()
    refreshed = post("/oauth/token", acme, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    expected = {"amr": list(proofs), "acr": level, "auth_time": int(now.timestamp())}
    for each in (tokens, refreshed.json()):
        assert facts_of(id_token_of(each)) == expected
        assert facts_of(access_token_of(each)) == expected


@pytest.mark.parametrize(("door", "name"), ONE_MAILBOX)
def test_one_mailbox_is_not_two_factors(alice: User, door: str, name: str) -> None:
    now = clock.now()
    person = Person(alice)
    SECONDS[name].enrol(person, now)
    assert DOORS[door][0](person, now) == Refused(Reason.MAILBOX_TWICE)


def access_token_of(tokens: dict[str, Any]) -> dict[str, Any]:
    return jwt.verify(tokens["access_token"], jwt.ACCESS_TOKEN, audiences=None, now=clock.now())


def facts_of(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: claims[name] for name in ("amr", "acr", "auth_time")}

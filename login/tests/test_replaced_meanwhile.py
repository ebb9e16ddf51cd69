"""What was proven stopped counting while the login was on its way: nobody comes in by it."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts import passwords
from accounts.factories import PASSWORD, UserFactory
from accounts.models import Identity, IdentityProof, Session, User
from accounts.services import alarms, claiming, identity_proofs, recovery
from accounts.services.identities import ToldIdentity
from accounts.tests.address_cast import further
from accounts.tests.mails import last_letter, wrong
from core.errors import RateLimited, ValidationFailed
from login.outcomes import Reason, Refused
from login.services.federation import Entry, ProofNeeded, with_federation
from login.tests.test_password_door import NOW, knock

NEW = "copper-lantern-meadow-31"
TOLD = ToldIdentity(provider="herbs", provider_name="Herbs", connection="openid:herbs", subject="s1")
pytestmark = pytest.mark.django_db


def reset(user: User) -> None:
    recovery.request_reset(user.email, now=NOW)
    recovery.reset_by_code(user.email, last_letter(user.email).code, NEW, now=NOW)


def disown(user: User) -> None:
    alarms.mail_alarm(user, now=NOW)
    alarms.disown(last_letter(user.email).token, now=NOW)


def claim(user: User) -> None:
    """A stranger made the account and knows its password; the owner of the mailbox comes from a provider."""
    claiming.take(claiming.Owner(email=user.email), now=NOW)


@pytest.mark.parametrize(("act", "is_verified"), [(reset, True), (disown, True), (claim, False)])
def test_a_password_that_was_replaced_while_it_was_checked(
    act: Callable[[User], None], is_verified: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = UserFactory(email_verified=is_verified)
    is_correct = passwords.is_correct

    def slowly(*args: Any) -> bool:
        answer = is_correct(*args)
        monkeypatch.setattr(passwords, "is_correct", is_correct)
        act(user)
        return answer

    monkeypatch.setattr(passwords, "is_correct", slowly)
    assert knock(user.email, PASSWORD) == Refused(Reason.INVALID_CREDENTIALS)
    assert not Session.objects.filter(ended_at=None).exists()


def test_a_connected_account_that_was_removed_a_moment_ago_is_nobodys(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = {"connection": TOLD.connection, "subject": TOLD.subject}
    Identity.objects.create(user=alice, **about, created_at=NOW, last_used_at=NOW)
    find = with_federation.__globals__["identities"].find

    def then_removed(told: ToldIdentity) -> Identity | None:
        found: Identity | None = find(told)
        Identity.objects.all().delete()
        return found

    monkeypatch.setattr("accounts.services.identities.find", then_removed)
    assert isinstance(with_federation(TOLD, Entry(kind=Session.Kind.BROWSER), now=NOW), ProofNeeded)
    assert not Session.objects.exists()


def test_guesses_at_a_providers_door_count_for_the_account(
    alice: User, janua_options: Callable[..., None]
) -> None:
    """S097: a further address does not give ten guesses more, nor does another door."""
    janua_options(rate_limits="on")
    further(alice, "more@example.com")
    heard = 0
    for email in ("more@example.com", alice.email) * 2:
        handle = identity_proofs.begin(TOLD, now=NOW)
        identity_proofs.send(handle, email, now=NOW)
        code = wrong(last_letter(email).code)
        for _ in range(IdentityProof.MAX_GUESSES):
            try:
                identity_proofs.redeem(handle, code, now=NOW)
            except ValidationFailed:
                heard += 1
            except RateLimited:
                break
    assert heard == 10

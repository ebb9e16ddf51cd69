"""An address that only the word of another provider stands for opens nothing that hangs on its mailbox."""

from typing import Any

import pytest

from accounts.models import EmailAddress, Identity, Session, User
from accounts.services import identity_proofs, primary_email
from accounts.services.identities import ToldIdentity
from accounts.tests.browsers import proven
from accounts.tests.mails import last_letter
from core import clock
from login.outcomes import ChallengeRequired, SignedIn
from login.services import federation, magic
from login.services.federation import Entry, ProofNeeded
from mfa.factories import enrol_totp, give_passkey
from mfa.models import Passkey
from organizations.factories import join, make_organization
from organizations.models import Domain, Membership, Organization, Role
from organizations.permissions import MEMBER
from organizations.services import invitations, joining
from organizations.tests.cast import acting
from organizations.tests.keys import make_key
from tests.adversarial.tools import NEW_PASSWORD

pytestmark = pytest.mark.django_db
ADDRESS = "dora@acme.example"
BROWSER = Session.Kind.BROWSER


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


def told(**more: Any) -> ToldIdentity:
    facts = {"provider": "herbs", "provider_name": "Herbs", "connection": "openid:herbs", "subject": "s1"}
    return ToldIdentity(**{**facts, "email": ADDRESS, "email_is_verified": True, **more})


def open_domain(organization: Organization, how: str) -> None:
    now = clock.now()
    facts = {"role": Role.objects.system(MEMBER), "verified_at": now, "created_at": now}
    Domain.objects.create(organization=organization, name="acme.example", token="t", enrolment=how, **facts)


def come_in(identity: ToldIdentity) -> User:
    outcome = federation.with_federation(identity, Entry(kind=BROWSER), now=clock.now())
    assert isinstance(outcome, SignedIn), outcome
    return User.objects.get(email=ADDRESS)


def sign_in_by_mail() -> None:
    asked = magic.request_code(ADDRESS, now=clock.now())
    proof = magic.MailedProof(asker=asked.asker, kind=BROWSER, code=last_letter(ADDRESS).code)
    assert isinstance(magic.with_mailed_secret(proof, now=clock.now()), SignedIn)


def is_in(user: User) -> bool:
    return Membership.objects.filter(user=user).exists()


@pytest.mark.parametrize("how", ["automatic", "suggested"])
def test_where_a_domain_opens_an_organization_the_mailbox_is_asked_first(
    acme: Organization, how: str
) -> None:
    open_domain(acme, how)
    needed = federation.with_federation(told(), Entry(kind=BROWSER), now=clock.now())
    assert isinstance(needed, ProofNeeded)
    assert not User.objects.filter(email=ADDRESS).exists()
    identity_proofs.send(needed.handle, needed.email, now=clock.now())
    code = last_letter(ADDRESS).code
    federation.with_proven_mailbox(needed.handle, code, Entry(kind=BROWSER), now=clock.now())
    user = User.objects.get(email=ADDRESS)
    assert not user.email_vouched_only
    assert is_in(user) == (how == "automatic")


def test_who_runs_the_mailbox_is_believed(acme: Organization) -> None:
    open_domain(acme, "automatic")
    assert is_in(come_in(told(is_authoritative=True)))


def test_an_account_that_was_there_before_the_domain_waits_for_a_mailed_code(acme: Organization) -> None:
    user = come_in(told())
    assert user.email_vouched_only
    open_domain(acme, "automatic")
    come_in(told())
    assert not is_in(user)
    sign_in_by_mail()
    assert is_in(user)


def test_whoever_was_vouched_for_is_out_when_the_owner_of_the_mailbox_comes(acme: Organization) -> None:
    """The provider's word may have been a stranger's, who waits in the account for what the owner opens."""
    user = come_in(told())
    User.objects.filter(id=user.id).update(password="argon2$theirs")
    give_passkey(user)
    EmailAddress.objects.create(user=user, email="stranger@evil.example", created_at=clock.now())
    theirs = Session.objects.get(user=user)
    open_domain(acme, "automatic")
    sign_in_by_mail()
    theirs.refresh_from_db()
    assert theirs.ended_at is not None
    assert not Identity.objects.filter(user=user).exists()
    assert not Passkey.objects.filter(user=user).exists()
    assert not EmailAddress.objects.filter(user=user).exists()  # a code mailed there would sign in
    user.refresh_from_db()
    assert not user.has_usable_password()
    # Whoever it was, they prove the mailbox like everybody else.
    assert isinstance(federation.with_federation(told(), Entry(kind=BROWSER), now=clock.now()), ProofNeeded)


def test_nor_by_another_provider_and_a_code(acme: Organization) -> None:
    user = come_in(told())
    other = told(connection="github:https://github.com", provider="github", subject="dora")
    needed = federation.with_federation(other, Entry(kind=BROWSER), now=clock.now())
    assert isinstance(needed, ProofNeeded)
    identity_proofs.send(needed.handle, ADDRESS, now=clock.now())
    code = last_letter(ADDRESS).code
    done = federation.with_proven_mailbox(needed.handle, code, Entry(kind=BROWSER), now=clock.now())
    assert isinstance(done, SignedIn)
    user.refresh_from_db()
    assert not user.email_vouched_only
    assert list(Identity.objects.filter(user=user).values_list("subject", flat=True)) == ["dora"]


def test_programs_and_memberships_of_the_account_stay(acme: Organization) -> None:
    user = come_in(told())
    join(acme, user)
    key, _secret = make_key(user, acme, "organization:read")
    sign_in_by_mail()
    key.refresh_from_db()
    assert key.revoked_at is None
    assert is_in(user)


def test_where_a_second_factor_guards_the_account_the_mailbox_alone_proves_nothing(
    acme: Organization,
) -> None:
    user = come_in(told())
    enrol_totp(user)
    open_domain(acme, "automatic")
    asked = magic.request_code(ADDRESS, now=clock.now())
    proof = magic.MailedProof(asker=asked.asker, kind=BROWSER, code=last_letter(ADDRESS).code)
    assert isinstance(magic.with_mailed_secret(proof, now=clock.now()), ChallengeRequired)
    user.refresh_from_db()
    assert user.email_vouched_only
    assert Identity.objects.filter(user=user).exists()
    assert not is_in(user)


def test_a_reset_password_proves_the_mailbox_too(acme: Organization, client: Any) -> None:
    user = come_in(told())
    open_domain(acme, "automatic")
    client.post("/password/forgot", {"email": ADDRESS})
    code = last_letter(ADDRESS).code
    assert client.post("/password/reset", {"code": code, "new_password": NEW_PASSWORD}).status_code == 200
    user.refresh_from_db()
    assert not user.email_vouched_only
    assert user.has_usable_password()
    assert not Identity.objects.filter(user=user).exists()


def test_a_mailed_code_for_another_of_their_addresses_does_not(acme: Organization) -> None:
    user = come_in(told())
    EmailAddress.objects.create(user=user, email="dora@home.example", created_at=clock.now())
    asked = magic.request_code("dora@home.example", now=clock.now())
    proof = magic.MailedProof(asker=asked.asker, kind=BROWSER, code=last_letter("dora@home.example").code)
    assert isinstance(magic.with_mailed_secret(proof, now=clock.now()), SignedIn)
    user.refresh_from_db()
    assert user.email_vouched_only


def test_it_does_not_become_a_proven_further_address(acme: Organization) -> None:
    user = come_in(told())
    open_domain(acme, "automatic")
    new = EmailAddress.objects.create(user=user, email="dora@home.example", created_at=clock.now())
    primary_email.make_primary(session=proven(user), email_id=new.id, now=clock.now())
    user.refresh_from_db()
    assert (user.email, user.email_vouched_only) == ("dora@home.example", False)
    assert not EmailAddress.objects.filter(user=user).exists()


def test_an_invitation_is_accepted_by_its_link_alone(alice: User, acme: Organization) -> None:
    user = come_in(told())
    facts = {"actor": acting(alice), "organization_id": acme.id, "email": ADDRESS, "role_key": MEMBER}
    invitation = invitations.invite(**facts, now=clock.now())
    assert not joining.waiting_for(user, now=clock.now()).exists()
    assert joining.is_for(user, invitation)
    sign_in_by_mail()
    user.refresh_from_db()
    assert joining.waiting_for(user, now=clock.now()).get() == invitation

"""Who may invite whom, and what an invitation is before anybody accepts it."""

from datetime import timedelta

import pytest
from django.utils import translation

from accounts.factories import UserFactory
from accounts.models import User
from accounts.tests.address_cast import further, stale_session_of
from accounts.tests.mails import last_letter, letters_to
from audit.models import Event
from core import clock
from core.errors import (
    Conflict,
    NotAllowed,
    NotFound,
    RateLimited,
    ReauthenticationRequired,
    ValidationFailed,
)
from organizations.factories import join, make_organization, make_role
from organizations.models import ApiKey, Invitation, OrganizationPolicy, ServiceAccount
from organizations.models.invitations import State
from organizations.models.roles import Role
from organizations.permissions import ADMIN, MEMBER, VIEWER
from organizations.services import invitations
from organizations.services.access import Actor
from organizations.tests.invitation_cast import BOB, NOW, acting, invite, policy

LATER = NOW + timedelta(hours=1)


def test_an_invitation_goes_to_the_mailbox_and_stands_in_the_trail(alice: User) -> None:
    organization = make_organization(alice, name="Acme")
    invitation = invite(organization, alice, "New.Person@Example.com")
    assert invitation.email == "new.person@example.com"
    assert invitation.state_at(NOW) is State.PENDING
    assert invitation.expires_at == NOW + timedelta(days=7)
    letter = last_letter("new.person@example.com")
    assert letter.kind == "invitation"
    assert "Acme" in letter.text and "Alice" in letter.text
    assert Invitation.hash_of(letter.token) == invitation.link_hash
    event = Event.objects.get(action="invitation.created")
    assert (event.organization_id, event.actor_id) == (organization.id, alice.id)
    assert event.personal.data["email"] == "new.person@example.com"


def test_the_mail_is_in_the_language_of_a_known_person_and_else_of_the_inviter(alice: User) -> None:
    organization = make_organization(alice)
    UserFactory(email=BOB, locale="de")
    with translation.override("ar"):
        assert invite(organization, alice, "new@example.com").locale == "ar"
        assert invite(organization, alice, BOB).locale == "ar"
    # The dates are the only words that are translated without this part's catalogue.
    assert "Dezember" in last_letter(BOB).text
    assert "Dezember" not in last_letter("new@example.com").text


def test_outsiders_find_no_organization_and_members_may_not_invite(
    alice: User, bob: User, charlie: User
) -> None:
    organization = make_organization(alice)
    join(organization, bob)
    with pytest.raises(NotFound):
        invite(organization, charlie, "new@example.com")
    with pytest.raises(NotAllowed):
        invite(organization, bob, "new@example.com")
    assert not Invitation.objects.exists()
    assert not letters_to("new@example.com")


def test_s194_nobody_invites_above_their_own_role(alice: User, bob: User) -> None:
    organization = make_organization(alice)
    join(organization, bob, ADMIN)
    with pytest.raises(NotAllowed) as refused:
        invite(organization, bob, "new@example.com", "owner")
    assert refused.value.reason == "beyond_own_permissions"
    stronger = make_role(organization, "invoices:write", "member:read")
    with pytest.raises(NotAllowed):
        invite(organization, bob, "new@example.com", stronger.key)
    assert invite(organization, bob, "new@example.com", ADMIN).role.key == ADMIN


def test_s194_a_role_of_another_organization_is_no_role(alice: User, bob: User) -> None:
    organization, other = make_organization(alice), make_organization(bob)
    foreign = make_role(other, "member:read")
    for key in (foreign.key, "nobody", ""):
        with pytest.raises(ValidationFailed) as refused:
            invite(organization, alice, "new@example.com", key)
        assert refused.value.reason == "unknown_role"


def test_ownership_asks_for_a_fresh_proof(alice: User) -> None:
    organization = make_organization(alice)
    stale = Actor.of_session(stale_session_of(alice))
    with pytest.raises(ReauthenticationRequired):
        invite(organization, stale, "new@example.com", "owner")
    assert invite(organization, stale, "new@example.com", "admin")
    assert invite(organization, acting(alice), "heir@example.com", "owner").role.granted.is_owner


def test_members_and_whoever_is_invited_are_not_invited_again(alice: User, bob: User) -> None:
    organization = make_organization(alice)
    invite(organization, alice, "new@example.com")
    with pytest.raises(Conflict) as refused:
        invite(organization, alice, "NEW@example.com")
    assert refused.value.reason == "already_invited"
    join(organization, bob)
    with pytest.raises(Conflict) as refused:
        invite(organization, alice, BOB)
    assert refused.value.reason == "already_member"


def test_a_members_further_address_is_not_told(alice: User, bob: User) -> None:
    organization = make_organization(alice)
    join(organization, bob)
    further(bob, "private@example.com")
    assert invite(organization, alice, "private@example.com")


def test_what_has_expired_makes_room(alice: User) -> None:
    organization = make_organization(alice)
    first = invite(organization, alice)
    after = NOW + timedelta(days=8)
    second = invite(organization, Actor.of_session(acting(alice).session), now=after)  # type: ignore[arg-type]
    first.refresh_from_db()
    assert first.state_at(after) is State.REVOKED
    assert second.state_at(after) is State.PENDING


def test_the_policy_says_which_domains_and_how_many_days(alice: User) -> None:
    organization = make_organization(alice)
    policy(organization, email_domains=["example.com"], invitation_days=2)
    with pytest.raises(ValidationFailed) as refused:
        invite(organization, alice, "new@sub.example.com")
    assert refused.value.reason == "domain_not_allowed"
    assert invite(organization, alice).expires_at == NOW + timedelta(days=2)


def test_where_the_policy_lets_all_members_invite_they_invite_to_what_they_are(
    alice: User, bob: User, charlie: User
) -> None:
    organization = make_organization(alice)
    join(organization, bob)
    policy(organization, inviters=OrganizationPolicy.Inviters.MEMBERS)
    assert invite(organization, bob, "new@example.com", MEMBER)
    with pytest.raises(NotAllowed):
        invite(organization, bob, "more@example.com", ADMIN)
    with pytest.raises(NotFound):
        invite(organization, charlie, "more@example.com")


def test_such_a_member_sees_and_touches_only_their_own(alice: User, bob: User) -> None:
    organization = make_organization(alice)
    join(organization, bob)
    policy(organization, inviters=OrganizationPolicy.Inviters.MEMBERS)
    hers = invite(organization, alice, "hers@example.com")
    his = invite(organization, bob, "his@example.com")
    with pytest.raises(NotFound):
        invitations.revoke(
            actor=acting(bob), organization_id=organization.id, invitation_id=hers.id, now=LATER
        )
    invitations.revoke(actor=acting(bob), organization_id=organization.id, invitation_id=his.id, now=LATER)


def key_of(organization_id: object, *scopes: str, **owner: object) -> Actor:
    key = ApiKey.objects.create(
        organization_id=organization_id, name="k", hint="jnu", secret_hash="h", scopes=list(scopes),
        created_at=clock.now(), **owner,
    )  # fmt: skip
    return Actor(user=key.user, key=key)


def test_a_key_invites_within_its_scopes_and_never_as_a_mere_member(alice: User, bob: User) -> None:
    organization = make_organization(alice)
    join(organization, bob)
    policy(organization, inviters=OrganizationPolicy.Inviters.MEMBERS)
    bobs = key_of(organization.id, "organization:read", user=bob)
    with pytest.raises(NotAllowed):
        invite(organization, bobs, "new@example.com", VIEWER)
    ApiKey.objects.all().delete()
    alices = key_of(
        organization.id, "organization:read", "member:read", "role:read", "group:read", "member:invite",
        user=alice,
    )  # fmt: skip
    assert invite(organization, alices, "new@example.com", VIEWER).invited_by == alice
    with pytest.raises(NotAllowed):
        invite(organization, alices, "more@example.com", MEMBER)  # the key lacks key:own


def test_a_service_account_invites_and_answers_for_it(alice: User) -> None:
    organization = make_organization(alice)
    account = ServiceAccount.objects.create(
        organization=organization, name="HR", role=Role.objects.system(ADMIN), created_at=NOW
    )
    scopes = [*Role.objects.system(VIEWER).granted.names, "member:invite"]
    actor = key_of(organization.id, *scopes, service_account=account)
    invitation = invite(organization, actor, "new@example.com", VIEWER)
    assert (invitation.invited_by, invitation.invited_by_account) == (None, account)
    assert invitation.inviter_name == "HR"
    assert Event.objects.get(action="invitation.created").actor_type == "service_account"


def test_a_closed_organization_invites_nobody(alice: User) -> None:
    organization = make_organization(alice)
    organization.suspended_at = NOW
    organization.save()
    with pytest.raises(Conflict) as refused:
        invite(organization, alice)
    assert refused.value.reason == "organization_closed"
    assert not letters_to(BOB)


def test_a_new_link_voids_the_one_before_and_begins_the_days_anew(alice: User) -> None:
    organization = make_organization(alice)
    invitation = invite(organization, alice)
    first = last_letter(BOB).token
    again = invitations.resend(
        actor=acting(alice), organization_id=organization.id, invitation_id=invitation.id, now=LATER
    )
    assert again.link_hash == Invitation.hash_of(last_letter(BOB).token) != Invitation.hash_of(first)
    assert again.expires_at == LATER + timedelta(days=7)
    assert Event.objects.filter(action="invitation.resent").count() == 1


def test_what_is_over_is_neither_sent_again_nor_taken_back(alice: User) -> None:
    organization = make_organization(alice)
    invitation = invite(organization, alice)
    which = {"actor": acting(alice), "organization_id": organization.id, "invitation_id": invitation.id}
    invitations.revoke(**which, now=LATER)  # type: ignore[arg-type]
    for act in (invitations.resend, invitations.revoke):
        with pytest.raises(Conflict):
            act(**which, now=LATER)  # type: ignore[operator]
    assert len(letters_to(BOB)) == 1
    assert Event.objects.filter(action="invitation.revoked").count() == 1


def test_an_admin_touches_no_invitation_of_an_owner_to_be(alice: User, bob: User) -> None:
    organization = make_organization(alice)
    join(organization, bob, ADMIN)
    invitation = invite(organization, alice, "heir@example.com", "owner")
    which = {"actor": acting(bob), "organization_id": organization.id, "invitation_id": invitation.id}
    for act in (invitations.resend, invitations.revoke):
        with pytest.raises(NotAllowed):
            act(**which, now=LATER)  # type: ignore[operator]


def test_another_organizations_invitation_is_not_there(alice: User, bob: User) -> None:
    mine, other = make_organization(alice), make_organization(bob)
    invitation = invite(other, bob, "new@example.com")
    which = {"actor": acting(alice), "organization_id": mine.id, "invitation_id": invitation.id}
    for act in (invitations.resend, invitations.revoke):
        with pytest.raises(NotFound):
            act(**which, now=LATER)  # type: ignore[operator]


def test_one_mailbox_is_written_to_three_times_a_day(alice: User, janua_options: object) -> None:
    janua_options(rate_limits="on")  # type: ignore[operator]
    organization = make_organization(alice)
    invitation = invite(organization, alice)
    which = {"actor": acting(alice), "organization_id": organization.id, "invitation_id": invitation.id}
    for _ in range(2):
        invitations.resend(**which, now=LATER)  # type: ignore[arg-type]
    with pytest.raises(RateLimited):
        invitations.resend(**which, now=LATER)  # type: ignore[arg-type]
    assert len(letters_to(BOB)) == 3
    assert invite(make_organization(alice), alice)  # another organization has its own three


def test_an_organization_invites_so_many_a_day(alice: User, janua_options: object) -> None:
    janua_options(invitations_per_day=2)  # type: ignore[operator]
    organization = make_organization(alice)
    invite(organization, alice, "one@example.com")
    invite(organization, alice, "two@example.com", now=LATER)
    with pytest.raises(RateLimited) as refused:
        invite(organization, alice, "three@example.com", now=LATER)
    assert refused.value.retry_after_seconds == 23 * 3600
    assert invite(organization, alice, "three@example.com", now=NOW + timedelta(hours=24, seconds=1))


def test_names_that_others_chose_stay_on_one_line_of_the_mail(alice: User) -> None:
    organization = make_organization(alice, name="Acme\u202e\nBcc: x")
    invite(organization, alice)
    assert "Acme Bcc: x" in last_letter(BOB).text

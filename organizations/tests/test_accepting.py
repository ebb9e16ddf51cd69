"""An invitation is accepted once, by whose address it is, while whoever invited could still invite; S193, S194."""

from datetime import timedelta

import pytest

from accounts.factories import UserFactory
from accounts.models import User
from accounts.services import sign_up
from accounts.services.sign_up import Applicant
from accounts.tests.address_cast import further, session_of
from accounts.tests.mails import last_letter
from audit.models import Event
from core.errors import Conflict, NotAllowed, NotFound
from organizations.factories import join, make_organization, make_role
from organizations.models import Invitation, Membership, OrganizationPolicy
from organizations.permissions import ADMIN, MEMBER
from organizations.services import invitations, joining, members
from organizations.tests.invitation_cast import (
    BOB,
    NOW,
    SOON,
    accept,
    acting,
    invite,
    invited,
    members_of,
    policy,
)

FORGED = "jnu_in_" + "A" * 43


def test_whoever_has_the_address_becomes_a_member(alice: User, bob: User) -> None:
    organization, token = invited(alice)
    membership = accept(bob, token)
    assert (membership.organization, membership.user, membership.role.key) == (organization, bob, MEMBER)
    assert membership.is_active
    event = Event.objects.get(action="invitation.accepted")
    assert (event.actor_id, event.organization_id) == (bob.id, organization.id)
    assert event.data["membership_id"] == str(membership.id)


def test_a_further_address_counts(alice: User, bob: User) -> None:
    further(bob, "bob@work.example")
    organization, token = invited(alice, "bob@work.example")
    assert accept(bob, token).organization == organization


def test_s193_accepted_twice_it_makes_one_member(alice: User, bob: User) -> None:
    organization, token = invited(alice)
    accept(bob, token)
    with pytest.raises(Conflict) as refused:
        accept(bob, token)
    assert refused.value.reason == "invitation_accepted"
    assert members_of(organization) == {alice.id, bob.id}


def test_s193_another_signed_in_person_is_refused_and_the_invitation_waits_on(
    alice: User, bob: User, charlie: User
) -> None:
    organization, token = invited(alice)
    with pytest.raises(NotAllowed) as refused:
        accept(charlie, token)
    assert refused.value.reason == "other_address"
    assert BOB not in refused.value.detail
    assert members_of(organization) == {alice.id}
    assert accept(bob, token)


def test_s193_an_unproven_address_is_nobodys(alice: User) -> None:
    organization, token = invited(alice)
    squatter = UserFactory(email=BOB, email_verified=False)
    with pytest.raises(NotAllowed):
        accept(squatter, token)
    own = Invitation.objects.get()
    with pytest.raises(NotFound):
        joining.accept_own(session=session_of(squatter), invitation_id=own.id, now=SOON)
    assert not joining.waiting_for(squatter, now=SOON)
    assert members_of(organization) == {alice.id}


def test_s193_not_after_it_was_revoked_or_declined(alice: User, bob: User) -> None:
    organization, token = invited(alice)
    invitation = Invitation.objects.get()
    invitations.revoke(
        actor=acting(alice), organization_id=organization.id, invitation_id=invitation.id, now=SOON
    )
    with pytest.raises(Conflict) as refused:
        accept(bob, token)
    assert refused.value.reason == "invitation_revoked"
    invite(organization, alice, now=SOON)
    token = last_letter(BOB).token
    joining.decline_by_link(token=token, user=None, now=SOON)
    with pytest.raises(Conflict) as refused:
        accept(bob, token)
    assert refused.value.reason == "invitation_declined"
    assert members_of(organization) == {alice.id}


@pytest.mark.parametrize(("seconds", "is_accepted"), [(-1, True), (0, False), (1, False)])
def test_s193_not_at_its_end_or_a_second_later(
    alice: User, bob: User, seconds: int, is_accepted: bool
) -> None:
    organization, token = invited(alice)
    at = NOW + timedelta(days=7, seconds=seconds)
    session = session_of(bob, proven_at=at)
    if is_accepted:
        joining.accept_by_link(session=session, token=token, now=at)
    else:
        with pytest.raises(Conflict) as refused:
            joining.accept_by_link(session=session, token=token, now=at)
        assert refused.value.reason == "invitation_expired"
    assert (bob.id in members_of(organization)) is is_accepted


@pytest.mark.parametrize("token", ["", "jnu_in_", FORGED, "jnu_ml_" + "A" * 43, "ü" * 50])
def test_s194_a_forged_token_opens_nothing(alice: User, bob: User, token: str) -> None:
    organization, _ = invited(alice)
    for attempt in (
        lambda: accept(bob, token),
        lambda: joining.validate(token=token, now=SOON),
        lambda: joining.decline_by_link(token=token, user=None, now=SOON),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert members_of(organization) == {alice.id}


def test_s194_a_link_sent_again_voids_the_one_before(alice: User, bob: User) -> None:
    organization, first = invited(alice)
    invitation = Invitation.objects.get()
    invitations.resend(
        actor=acting(alice), organization_id=organization.id, invitation_id=invitation.id, now=SOON
    )
    with pytest.raises(NotFound):
        accept(bob, first)
    assert accept(bob, last_letter(BOB).token)


def test_a_member_stays_what_they_are(alice: User, bob: User) -> None:
    further(bob, "private@example.com")
    organization, token = invited(alice, "private@example.com", ADMIN)
    join(organization, bob)
    with pytest.raises(Conflict) as refused:
        accept(bob, token)
    assert refused.value.reason == "already_member"
    assert Membership.objects.get(user=bob).role.key == MEMBER


def test_a_suspended_member_does_not_come_back_by_an_invitation(alice: User, bob: User) -> None:
    further(bob, "private@example.com")
    organization, token = invited(alice, "private@example.com")
    place = join(organization, bob)
    Membership.objects.filter(id=place.id).update(suspended_at=NOW)
    with pytest.raises(Conflict):
        accept(bob, token)
    assert Membership.objects.get(user=bob).suspended_at == NOW


@pytest.mark.parametrize("what", ["removed", "suspended", "demoted", "account suspended", "erased"])
def test_s194_an_invitation_is_as_good_as_whoever_answers_for_it(
    alice: User, bob: User, charlie: User, what: str
) -> None:
    organization = make_organization(alice)
    place = join(organization, charlie, ADMIN)
    invite(organization, charlie)
    token = last_letter(BOB).token
    match what:
        case "removed":
            place.delete()
        case "suspended":
            Membership.objects.filter(id=place.id).update(suspended_at=NOW)
        case "demoted":
            Membership.objects.filter(id=place.id).update(role=join(make_organization(alice), bob).role)
        case "account suspended":
            User.objects.filter(id=charlie.id).update(status=User.Status.SUSPENDED)
        case _:
            charlie.delete()
    with pytest.raises(Conflict) as refused:
        accept(bob, token)
    assert refused.value.reason == "inviter_may_not"
    assert bob.id not in members_of(organization)


def test_who_sends_it_again_answers_for_it(alice: User, bob: User, charlie: User) -> None:
    organization = make_organization(alice)
    place = join(organization, charlie, ADMIN)
    invitation = invite(organization, charlie)
    place.delete()
    invitations.resend(
        actor=acting(alice), organization_id=organization.id, invitation_id=invitation.id, now=SOON
    )
    assert accept(bob, last_letter(BOB).token)


def test_s194_a_role_that_was_given_more_since_needs_an_inviter_who_has_it(
    alice: User, bob: User, charlie: User
) -> None:
    organization = make_organization(alice)
    join(organization, charlie, ADMIN)
    role = make_role(organization, "member:read")
    invite(organization, charlie, role=role.key)
    role.permissions = ["member:read", "organization:delete"]
    role.save()
    with pytest.raises(Conflict):
        accept(bob, last_letter(BOB).token)


def test_the_policy_is_asked_again(alice: User, bob: User, charlie: User) -> None:
    organization = make_organization(alice)
    join(organization, charlie)
    rules = policy(organization, inviters=OrganizationPolicy.Inviters.MEMBERS)
    invite(organization, charlie)
    token = last_letter(BOB).token
    rules.inviters = OrganizationPolicy.Inviters.ADMINS
    rules.save()
    with pytest.raises(Conflict):
        accept(bob, token)
    rules.inviters, rules.email_domains = OrganizationPolicy.Inviters.MEMBERS, ["acme.example"]
    rules.save()
    with pytest.raises(Conflict) as refused:
        accept(bob, token)
    assert refused.value.reason == "domain_not_allowed"
    rules.email_domains = ["example.com"]
    rules.save()
    assert accept(bob, token)


@pytest.mark.parametrize("column", ["suspended_at", "deletion_due_at"])
def test_nobody_joins_a_closed_organization_but_may_decline(alice: User, bob: User, column: str) -> None:
    organization, token = invited(alice)
    setattr(organization, column, NOW)
    organization.save()
    for refused_act in (lambda: accept(bob, token), lambda: joining.validate(token=token, now=SOON)):
        with pytest.raises(Conflict) as refused:
            refused_act()
        assert refused.value.reason == "organization_closed"
    assert not joining.waiting_for(bob, now=SOON)
    joining.decline_by_link(token=token, user=bob, now=SOON)


def test_looking_changes_nothing(alice: User) -> None:
    _, token = invited(alice)
    before = list(Invitation.objects.values())
    invitation = joining.validate(token=token, now=SOON)
    assert invitation.masked_email == "b…@example.com"
    assert list(Invitation.objects.values()) == before


def test_what_waits_for_ones_addresses_is_accepted_without_the_link(
    alice: User, bob: User, charlie: User
) -> None:
    organization, _ = invited(alice)
    invitation = Invitation.objects.get()
    assert list(joining.waiting_for(bob, now=SOON)) == [invitation]
    assert not joining.waiting_for(charlie, now=SOON)
    for act in (joining.accept_own, joining.decline_own):
        with pytest.raises(NotFound):
            act(session=session_of(charlie), invitation_id=invitation.id, now=SOON)  # type: ignore[operator]
    joining.accept_own(session=session_of(bob), invitation_id=invitation.id, now=SOON)
    assert bob.id in members_of(organization)
    assert not joining.waiting_for(bob, now=SOON)


def test_declining_is_final_and_tells_who_did(alice: User, bob: User) -> None:
    _, token = invited(alice)
    invitation = Invitation.objects.get()
    joining.decline_own(session=session_of(bob), invitation_id=invitation.id, now=SOON)
    assert Event.objects.get(action="invitation.declined").actor_id == bob.id
    with pytest.raises(Conflict):
        joining.decline_by_link(token=token, user=None, now=SOON)


def test_whoever_is_new_signs_up_first_and_a_squatter_gains_nothing(alice: User) -> None:
    """The squatter's sign-up waits with another password; the mailbox decides whose account it is."""
    organization, token = invited(alice)
    squatted = sign_up.request_sign_up(Applicant(email=BOB, password="squatters-own-secret-1"), now=NOW)
    applied = sign_up.request_sign_up(Applicant(email=BOB, password="plum-tractor-velvet-94"), now=NOW)
    user = sign_up.complete_by_code(
        sign_up_id=applied.sign_up_id, email=BOB, code=last_letter(BOB).code, now=SOON
    )
    assert user is not None and user.check_password("plum-tractor-velvet-94")
    accept(user, token)
    assert members_of(organization) == {alice.id, user.id}
    assert squatted.user_id not in members_of(organization)


def test_accepting_takes_a_bounded_number_of_statements(
    alice: User, bob: User, django_assert_max_num_queries: object
) -> None:
    _, token = invited(alice)
    session = session_of(bob, proven_at=NOW)
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        joining.accept_by_link(session=session, token=token, now=SOON)


def test_whoever_is_removed_does_not_come_back_by_another_invitation(alice: User, bob: User) -> None:
    organization, token = invited(alice)
    further(bob, "robert@home.example")
    other = invite(organization, alice, "robert@home.example", "admin")
    stays = invite(organization, alice, "carol@example.com")
    accept(bob, token)
    place = Membership.objects.get(user=bob)
    owner = acting(alice)
    members.remove(actor=owner, organization_id=organization.id, membership_id=place.id, now=SOON)
    other.refresh_from_db()
    stays.refresh_from_db()
    assert (other.revoked_at, stays.revoked_at) == (SOON, None)
    with pytest.raises(Conflict):
        joining.accept_own(session=session_of(bob), invitation_id=other.id, now=SOON)
    assert Event.objects.filter(action="invitation.revoked").count() == 1

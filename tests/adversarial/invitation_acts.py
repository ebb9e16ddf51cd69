"""How each route of invitations is made to change something, and the one event that says so (S260)."""

from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from accounts.factories import UserFactory
from core import clock
from organizations.factories import make_organization
from organizations.models import Invitation, Organization
from organizations.services import invitations
from organizations.services.access import Actor
from tests.adversarial.tools import api_login, bearer, newest_mail, session_for, token_in

NEW = "invited@example.com"


def _rest(scene: Any, path: str, body: Any = None, method: str = "post") -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    send = getattr(Browser(), method)
    return send(f"/api/v1{path}", body or {}, content_type="application/json", **scene.headers, **header)


def _acme(owner: Any) -> Organization:
    return make_organization(owner, slug="acme")


def _invited(owner: Any, email: str = NEW) -> tuple[Organization, Invitation, str]:
    """By this owner: the organization, the invitation, its link's token."""
    acme = _acme(owner)
    actor = Actor.of_session(session_for(Browser(), owner))
    made = invitations.invite(
        actor=actor, organization_id=acme.id, email=email, role_key="member", now=clock.now()
    )
    return acme, made, token_in(newest_mail(email, "invitation"))


def _for_alice(scene: Any) -> tuple[Invitation, str]:
    return _invited(UserFactory(email="host@example.com"), scene.alice.email)[1:]


def _page(path: str, form: dict[str, str]) -> Callable[[Any], Any]:
    def act(scene: Any) -> Any:
        _acme(scene.alice)
        return scene.page(f"/organizations/acme/invitations{path}", form)

    return act


def _revoke_page(scene: Any) -> Any:
    _, made, _ = _invited(scene.alice)
    return scene.page("/organizations/acme/invitations", {"revoke": str(made.id)})


def _own_page(scene: Any) -> Any:
    return scene.page("/invitations", {"decline": str(_for_alice(scene)[0].id)})


def _accept_page(scene: Any) -> Any:
    return scene.page(f"/invitations/accept?token={_for_alice(scene)[1]}", {})


def _decline_page(scene: Any) -> Any:
    return scene.page(f"/invitations/decline?token={_for_alice(scene)[1]}", {}, Browser())


def _api_invite(scene: Any) -> Any:
    path = f"/organizations/{_acme(scene.alice).id}/invitations"
    return _rest(scene, path, {"email": NEW, "role": "member"})


def _api_bulk(scene: Any) -> Any:
    path = f"/organizations/{_acme(scene.alice).id}/invitations/bulk"
    return _rest(scene, path, {"invitations": [{"email": NEW, "role": "member"}]})


def _api_one(suffix: str, method: str) -> Callable[[Any], Any]:
    def act(scene: Any) -> Any:
        acme, made, _ = _invited(scene.alice)
        return _rest(scene, f"/organizations/{acme.id}/invitations/{made.id}{suffix}", method=method)

    return act


def _api_own(act: str) -> Callable[[Any], Any]:
    return lambda scene: _rest(scene, f"/users/me/invitations/{_for_alice(scene)[0].id}/{act}")


def _api_accept(scene: Any) -> Any:
    return _rest(scene, "/invitations/accept", {"token": _for_alice(scene)[1]})


def _api_decline(scene: Any) -> Any:
    return scene.json("invitations/decline", {"token": _for_alice(scene)[1]})


INVITATION_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "own_invitations": (_own_page, "invitation.declined"),
    "invitation_accept": (_accept_page, "invitation.accepted"),
    "invitation_decline": (_decline_page, "invitation.declined"),
    "organization_invitations": (_revoke_page, "invitation.revoked"),
    "organization_invite": (_page("/new", {"email": NEW, "role": "member"}), "invitation.created"),
    "organization_invite_many": (_page("/many", {"text": NEW, "role": "member"}), "invitation.created_many"),
    "api_invitations": (_api_invite, "invitation.created"),
    "api_invitations_bulk": (_api_bulk, "invitation.created_many"),
    "api_invitation": (_api_one("", "delete"), "invitation.revoked"),
    "api_invitation_resend": (_api_one("/resend", "post"), "invitation.resent"),
    "api_invitation_accept": (_api_accept, "invitation.accepted"),
    "api_invitation_decline": (_api_decline, "invitation.declined"),
    "api_own_invitation_accept": (_api_own("accept"), "invitation.accepted"),
    "api_own_invitation_decline": (_api_own("decline"), "invitation.declined"),
}
INVITATIONS_CHANGE_NOTHING = {"invitation_open", "api_invitation_validate", "api_own_invitations"}

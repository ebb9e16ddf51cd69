"""How each operators' route for people is made to change something, and the one event that says so (S260)."""

from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from accounts.models import Session
from accounts.services import users
from core import clock
from tests.adversarial.client_acts import operator
from tests.adversarial.tools import api_login, bearer, session_for


def rest(method: str, path: str = "", body: str = "") -> Callable[[Any], Any]:
    """An operator's request about alice."""

    def act(scene: Any) -> Any:
        header = bearer(api_login(Browser(), operator())["access_token"])
        address = f"/api/v1/users/{scene.alice.id}{path}"
        return Browser().generic(method, address, body, "application/json", **scene.headers, **header)

    return act


def _create(scene: Any) -> Any:
    header = bearer(api_login(Browser(), operator())["access_token"])
    return scene.json("users", {"email": "made@example.com"}, **header)


def _reactivate(scene: Any) -> Any:
    users.suspend(actor=operator(), user=scene.alice, now=clock.now())
    return rest("POST", "/reactivate")(scene)


def _end_session(scene: Any) -> Any:
    return rest("DELETE", f"/sessions/{_another(scene).id}")(scene)


def _end_sessions(scene: Any) -> Any:
    return rest("DELETE", "/sessions")(scene)


def _another(scene: Any) -> Session:
    return session_for(Browser(), scene.alice)


PEOPLE_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "api_users": (_create, "user.created"),
    "api_user": (rest("PATCH", "", '{"given_name": "Al"}'), "user.updated"),
    "api_user_suspend": (rest("POST", "/suspend"), "user.suspended"),
    "api_user_reactivate": (_reactivate, "user.reactivated"),
    "api_user_password_reset": (rest("POST", "/require-password-reset"), "user.password_reset_required"),
    "api_user_unlock": (rest("POST", "/unlock"), "user.unlocked"),
    "api_user_sessions": (_end_sessions, "session.ended"),
    "api_user_session": (_end_session, "session.ended"),
}

"""How each route for one's own data is made to change something, and the one event that says so (S260)."""

from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from accounts.models import ConsentPurpose, DataExport
from accounts.services import exports, purposes, terms
from core import clock
from tests.adversarial.tools import api_login, bearer, newest_mail, session_for, token_in


def _rest(scene: Any, path: str, body: Any = None, method: str = "post") -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    send = getattr(Browser(), method)
    return send(f"/api/v1/users/me{path}", body, content_type="application/json", **scene.headers, **header)


def _ready(scene: Any) -> DataExport:
    row = exports.request_export(session_for(Browser(), scene.alice), now=clock.now())
    exports.prepare(row.id, now=clock.now())
    return row


def _news() -> ConsentPurpose:
    return purposes.define(name="news", title="News", text="-", now=clock.now())


def _publish() -> str:
    """The id of a version that everybody has to accept."""
    document = terms.Document(kind="terms", version="1", url="https://a.example/terms")
    return str(terms.publish(document, now=clock.now()).id)


def _answer(scene: Any) -> Any:
    _news()
    return scene.page("/account/privacy", {"purpose": "news", "is_granted": "yes"})


def _take(scene: Any) -> Any:
    return scene.page(f"/account/privacy/exports/{_ready(scene).id}", {"x": "1"})


def _accept(scene: Any) -> Any:
    return scene.page("/account/terms", {"next": "", "version": _publish()})


def _delete(scene: Any) -> Any:
    return scene.page("/account/deletion", {"email": scene.alice.email})


def _keep(scene: Any) -> Any:
    _delete(scene)
    token = token_in(newest_mail(scene.alice.email, "deletion_requested"))
    return scene.page(f"/account/deletion/cancel?token={token}", {"next": ""}, Browser())


def _api_take(scene: Any) -> Any:
    return _rest(scene, f"/exports/{_ready(scene).id}/download")


def _api_answer(scene: Any) -> Any:
    _news()
    return _rest(scene, "/consents", {"purpose": "news", "is_granted": True})


def _api_accept(scene: Any) -> Any:
    return _rest(scene, "/terms", {"versions": [_publish()]})


PRIVACY_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "account_privacy": (_answer, "consent_purpose.answered"),
    "account_export": (_take, "data_export.downloaded"),
    "account_terms": (_accept, "terms.accepted"),
    "account_deletion": (_delete, "user.deletion_requested"),
    "account_deletion_cancel": (_keep, "user.deletion_cancelled"),
    "api_exports": (lambda scene: _rest(scene, "/exports"), "data_export.requested"),
    "api_export_download": (_api_take, "data_export.downloaded"),
    "api_deletion": (
        lambda scene: _rest(scene, "/deletion", {"email": scene.alice.email}),
        "user.deletion_requested",
    ),
    "api_consents": (_api_answer, "consent_purpose.answered"),
    "api_own_terms": (_api_accept, "terms.accepted"),
}

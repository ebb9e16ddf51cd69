"""/api/v1/users/me/exports, /deletion, /consents and /terms: one's own data over REST."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import DataExport, Session, User
from accounts.services import purposes, terms
from accounts.tasks import sweep_exports
from accounts.tests.test_me_api import bearer
from core import clock

pytestmark = pytest.mark.django_db
BASE = "/api/v1/users/me"


@pytest.fixture
def call(alice: User) -> Any:
    return caller(alice)


def caller(user: User) -> Any:
    headers = bearer(user)

    def call(method: str, path: str, body: Any = None) -> Any:
        send = getattr(Client(), method)
        return send(f"{BASE}{path}", body, content_type="application/json", headers=headers)

    return call


def close_sudo() -> None:
    Session.objects.update(sudo_until=clock.now() - timedelta(seconds=1))


def test_an_archive_is_asked_for_and_downloaded_once(call: Any) -> None:
    asked = call("post", "/exports")
    assert (asked.status_code, asked.json()["status"]) == (202, "preparing")
    assert call("post", "/exports").json()["reason"] == "export_in_progress"
    path = f"/exports/{asked.json()['id']}/download"
    assert call("post", path).json()["reason"] == "export_preparing"
    sweep_exports()
    [shown] = call("get", "/exports").json()["data"]
    assert shown["status"] == "ready"
    answer = call("post", path)
    assert answer["Content-Type"] == "application/zip"
    assert "profile.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert len(answer.content) == shown["size"]
    assert call("post", path).status_code == 409


@pytest.mark.parametrize(
    ("path", "body"), [("/exports", None), ("/deletion", {"email": "alice@example.com"})]
)
def test_what_is_sensitive_asks_for_a_fresh_proof(call: Any, path: str, body: Any) -> None:
    close_sudo()
    answer = call("post", path, body)
    assert (answer.status_code, answer.json()["reason"]) == (401, "reauthentication_required")
    assert "max_age" in answer["WWW-Authenticate"]


def test_somebody_elses_archive_and_receipt_are_not_there(call: Any, alice: User, charlie: User) -> None:
    asked = call("post", "/exports").json()["id"]
    sweep_exports()
    purposes.define(name="news", title="News", text="-", now=clock.now())
    receipt = call("post", "/consents", {"purpose": "news", "is_granted": True}).json()["receipt_id"]
    theirs = caller(charlie)
    assert theirs("post", f"/exports/{asked}/download").status_code == 404
    assert theirs("get", f"/consents/receipts/{receipt}").status_code == 404
    assert DataExport.objects.get().used_at is None


def test_the_account_is_to_be_deleted_and_kept(call: Any, alice: User) -> None:
    assert call("get", "/deletion").json() == {"deletion_due_at": None}
    assert call("post", "/deletion", {"email": "bob@example.com"}).status_code == 422
    asked = call("post", "/deletion", {"email": "ALICE@example.com"})
    assert asked.status_code == 202
    assert call("get", "/deletion").status_code == 401  # this session ended with all others
    again = caller(alice)
    assert again("get", "").json()["deletion_due_at"] == asked.json()["deletion_due_at"]
    assert again("delete", "/deletion").status_code == 204
    assert again("get", "").json()["deletion_due_at"] is None
    assert again("delete", "/deletion").status_code == 204


def test_the_last_superadmin_is_told_why_not(olivia: User) -> None:
    answer = caller(olivia)("post", "/deletion", {"email": olivia.email})
    assert (answer.status_code, answer.json()["reason"]) == (409, "last_superadmin")


def test_consents_are_given_and_withdrawn_with_receipts(call: Any) -> None:
    purposes.define(name="news", title="News", text="We mail you.", now=clock.now())
    [before] = call("get", "/consents").json()["data"]
    assert (before["is_granted"], before["receipt_id"]) == (False, None)
    given = call("post", "/consents", {"purpose": "news", "is_granted": True})
    assert (given.status_code, given.json()["collection_method"]) == (201, "REST API")
    [after] = call("get", "/consents").json()["data"]
    assert (after["is_granted"], after["receipt_id"]) == (True, given.json()["receipt_id"])
    assert call("get", f"/consents/receipts/{after['receipt_id']}").json() == given.json()
    assert (
        call("post", "/consents", {"purpose": "news", "is_granted": False}).json()["event"]
        == "consent withdrawn"
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"purpose": "news"},
        {"purpose": "news", "is_granted": "yes"},
        {"purpose": "news", "is_granted": True, "x": 1},
    ],
)
def test_a_faulty_answer_is_refused(call: Any, body: Any) -> None:
    assert call("post", "/consents", body).status_code == 422


def test_an_unknown_purpose_is_not_there(call: Any) -> None:
    assert call("post", "/consents", {"purpose": "x", "is_granted": True}).status_code == 404


def test_terms_are_told_and_accepted_and_bar_nobody_from_the_api(call: Any) -> None:
    terms.publish(terms.Document(kind="terms", version="1", url="https://a.example/t"), now=clock.now())
    assert call("get", "").status_code == 200
    before = call("get", "/terms").json()
    assert (before["terms_required"], before["due"][0]["version"], before["accepted"]) == (True, "1", [])
    after = call("post", "/terms", {"versions": [before["due"][0]["id"]]}).json()
    assert (after["terms_required"], after["due"]) == (False, [])
    assert [(row["version"], row["via"]) for row in after["accepted"]] == [("1", "api")]

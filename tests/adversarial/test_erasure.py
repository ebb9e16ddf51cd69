"""Deleting one's own account (S272): asked for, kept in the days of grace, or erased."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from accounts.factories import PASSWORD, UserFactory
from accounts.models import DeletionLink, Session, SignUp, User
from accounts.services import deletion, exports, purposes, sign_up, terms
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter, letters_to
from accounts.tests.test_exports import session_of
from audit.models import Event, PersonalData
from audit.tests.trail import audit_verify
from core import clock, purging
from core.errors import Conflict, ReauthenticationRequired, ValidationFailed
from core.models import Mail
from oauth.factories import register_client
from oauth.models import Client as OAuthClient
from oauth.services import consents
from oauth.tests.flows import tokens_for
from tests.adversarial.tools import asked

pytestmark = pytest.mark.django_db


def ask(user: User) -> str:
    """Ask for deletion; the token of the mailed link."""
    deletion.request_deletion(session_of(user), typed_email=user.email, now=clock.now())
    user.refresh_from_db()
    return last_letter(user.email).token


def later(**delta: float) -> Any:
    return clock.now() + timedelta(**delta)


def log_in(user: User) -> Any:
    body = {"email": user.email, "password": PASSWORD}
    return Client().post("/api/v1/auth/login", body, content_type="application/json")


def test_every_session_and_token_ends_and_a_mail_names_the_day(alice: User) -> None:
    browser, tokens = signed_in(alice), log_in(alice).json()["tokens"]
    ask(alice)
    assert alice.deletion_due_at is not None
    assert timedelta(days=13) < alice.deletion_due_at - clock.now() <= timedelta(days=14)
    assert browser.get("/account").status_code == 302
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert Client().get("/api/v1/users/me", headers=bearer).status_code == 401
    refreshed = Client().post(
        "/api/v1/auth/token/refresh",
        {"refresh_token": tokens["refresh_token"]},
        content_type="application/json",
    )
    assert refreshed.status_code == 401
    letter = last_letter(alice.email)
    assert letter.kind == "deletion_requested"
    assert "/account/deletion/cancel?token=jnu_ml_" in letter.text


@pytest.mark.parametrize("typed", ["", "alice@example.org", "bob@example.com", "alice"])
def test_the_address_is_typed_in_full(alice: User, bob: User, typed: str) -> None:
    with pytest.raises(ValidationFailed):
        deletion.request_deletion(session_of(alice), typed_email=typed, now=clock.now())
    alice.refresh_from_db()
    assert alice.deletion_due_at is None


def test_it_asks_for_a_fresh_proof(alice: User) -> None:
    session = session_of(alice)
    session.sudo_until = None
    with pytest.raises(ReauthenticationRequired):
        deletion.request_deletion(session, typed_email=alice.email, now=clock.now())


def test_s272_an_owner_of_living_apps_is_told_to_see_to_them_first(alice: User) -> None:
    registered = register_client(client_name="Herbs")
    OAuthClient.objects.filter(pk=registered.client.pk).update(user=alice)
    with pytest.raises(Conflict, match="Herbs"):
        deletion.request_deletion(session_of(alice), typed_email=alice.email, now=clock.now())
    page = signed_in(alice).get("/account/deletion")
    assert "Herbs" in page.content.decode()
    OAuthClient.objects.update(is_enabled=False)
    ask(alice)


def test_the_last_superadmin_stays(olivia: User) -> None:
    with pytest.raises(Conflict) as refused:
        deletion.request_deletion(session_of(olivia), typed_email=olivia.email, now=clock.now())
    assert refused.value.reason == "last_superadmin"
    other = UserFactory(email="other@janua.dev", role="superadmin")
    ask(other)
    with pytest.raises(Conflict):  # the other one is about to go
        ask(olivia)


def test_the_last_superadmin_is_not_erased_either(olivia: User) -> None:
    other = UserFactory(email="other@janua.dev", role="superadmin")
    ask(olivia)
    User.objects.filter(id=other.id).update(role="")
    assert deletion.erase_due(now=later(days=15)) == 0
    assert User.objects.filter(id=olivia.id, status="active").exists()


def test_signing_in_leads_to_the_question_and_nowhere_else(alice: User) -> None:
    ask(alice)
    browser = Client()
    entered = browser.post("/login", {"email": alice.email, "password": PASSWORD})
    assert entered.status_code == 303
    for path in ("/account", "/account/profile", "/account/password", "/account/apps"):
        assert browser.get(path)["Location"].startswith("/account/deletion?next=")
    assert browser.post("/account/profile", {"given_name": "Al"}).status_code == 303
    alice.refresh_from_db()
    assert alice.given_name == "Alice"
    shown = browser.get("/account/deletion")
    assert "will be deleted on" in shown.content.decode()
    assert browser.get("/account/privacy").status_code == 200  # the data may be taken along
    kept = browser.post("/account/deletion", {"next": "/account/profile"})
    assert kept["Location"] == "/account/profile"
    assert browser.get("/account/profile").status_code == 200


def test_clients_get_nothing_in_the_days_of_grace(alice: User) -> None:
    registered = register_client()
    ask(alice)
    browser = signed_in(alice)
    answer = browser.get("/oauth/authorize", asked(registered))
    assert answer["Location"].startswith("/oauth/authorize/")
    waits = answer["Location"]
    assert browser.get(waits)["Location"] == f"/account/deletion?next={waits.replace('/', '%2F')}"
    silent = browser.get("/oauth/authorize", asked(registered, prompt="none"))
    assert "error=interaction_required" in silent["Location"]
    browser.post("/account/deletion", {"next": waits})
    assert browser.get(waits).status_code == 200


def test_the_mailed_link_keeps_the_account_signed_out_and_once(alice: User) -> None:
    token = ask(alice)
    browser, path = Client(), f"/account/deletion/cancel?token={token}"
    assert browser.get(path).status_code == 200
    alice.refresh_from_db()
    assert alice.deletion_due_at is not None  # GET shows, POST acts
    assert browser.post(path).status_code == 200
    alice.refresh_from_db()
    assert alice.deletion_due_at is None
    assert browser.post(path).status_code == 422
    assert Event.objects.get(action="user.deletion_cancelled").data == {"by": "link"}


def test_an_older_link_does_not_cancel_a_newer_request(alice: User) -> None:
    old = ask(alice)
    deletion.keep(alice, now=clock.now())
    ask(alice)
    with pytest.raises(ValidationFailed):
        deletion.keep_by_link(old, now=clock.now())
    alice.refresh_from_db()
    assert alice.deletion_due_at is not None


@pytest.mark.parametrize("token", ["", "jnu_ml_nonsense", "x" * 5000])
def test_a_wrong_link_keeps_nothing(alice: User, token: str) -> None:
    ask(alice)
    with pytest.raises(ValidationFailed):
        deletion.keep_by_link(token, now=clock.now())


def test_nothing_is_erased_before_its_time(alice: User, bob: User) -> None:
    ask(alice)
    assert deletion.erase_due(now=later(days=13)) == 0
    assert User.objects.count() == 2


def fill(user: User) -> None:
    """Something in every table that a person can fill."""
    now = clock.now()
    document = terms.Document(kind="terms", version="1", url="https://a.example/terms")
    terms.accept(user, [terms.publish(document, now=now).id], via="page", now=now)
    purposes.define(name="news", title="News", text="We mail you news.", now=now)
    purposes.answer(user, "news", is_granted=True, via="page", now=now)
    registered = register_client()
    consents.grant(user, registered.client, ("openid",), now=now)
    tokens_for(user, registered)
    log_in(user)
    Client().post("/login", {"email": user.email, "password": "wrong"})
    sign_up.request_sign_up(sign_up.Applicant(email=user.email, password=f"other-{PASSWORD}"), now=now)
    row = exports.request_export(session_of(user), now=now)
    exports.prepare(row.id, now=now)


def every_value() -> str:
    """Everything in the database, as text, but for the trail's ids."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.managed and model is not Event:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
                found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_s272_after_the_days_of_grace_nothing_of_the_person_is_left(alice: User, bob: User) -> None:
    session_of(bob)
    fill(alice)
    ask(alice)
    user_id, email, at = alice.id, alice.email, later(days=15)
    events = Event.objects.filter(actor_id=user_id).count()
    assert events > 5
    assert deletion.erase_due(now=at) == 1
    [mail] = Mail.objects.filter(recipient=email)
    assert mail.kind == "account_deleted"
    mail.delete()
    left = every_value()
    for personal in (str(user_id), user_id.hex, email, "Alice"):
        assert personal not in left
    assert Event.objects.filter(actor_id=user_id).count() == events  # the pseudonym stays
    assert not PersonalData.objects.filter(event__actor_id=user_id).exists()
    assert audit_verify()[0] == 0
    assert Event.objects.get(action="user.erased").target_id == str(user_id)
    assert User.objects.filter(id=bob.id).exists()
    assert Session.objects.filter(user=bob).exists()
    assert deletion.erase_due(now=at) == 0
    assert not SignUp.objects.filter(email=email).exists()


def test_what_came_in_the_days_of_grace_is_left_to_operators(alice: User) -> None:
    ask(alice)
    registered = register_client(contacts=["alice@example.com"])
    OAuthClient.objects.filter(pk=registered.client.pk).update(user=alice)
    deletion.erase_due(now=later(days=15))
    client = OAuthClient.objects.get(pk=registered.client.pk)
    assert (client.user, client.is_enabled, client.contacts) == (None, False, [])


def test_an_erasure_that_stops_halfway_is_finished_by_the_next_run(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = ask(alice)
    monkeypatch.setattr(purging, "MAX_ROWS", 1)
    assert deletion.erase_due(now=later(days=15)) == 0
    assert User.objects.get(id=alice.id).status == User.Status.ERASING
    assert not deletion.keep(alice, now=clock.now())  # no way back
    with pytest.raises(ValidationFailed):
        deletion.keep_by_link(token, now=clock.now())
    assert log_in(alice).status_code == 401
    monkeypatch.undo()
    assert deletion.erase_due(now=later(days=15)) == 1
    assert not User.objects.exists()
    assert [letter.kind for letter in letters_to("alice@example.com")] == ["account_deleted"]


def test_whoever_keeps_the_account_at_the_last_moment_has_it(alice: User) -> None:
    ask(alice)
    assert deletion.keep(alice, now=later(days=15))
    assert deletion.erase_due(now=later(days=15)) == 0
    assert User.objects.filter(id=alice.id, deletion_due_at=None, status="active").exists()


def test_links_are_cleaned_away(alice: User) -> None:
    from accounts.tasks import purge_accounts

    ask(alice)
    purge_accounts()
    assert DeletionLink.objects.count() == 1
    DeletionLink.objects.update(expires_at=later(days=-2))
    purge_accounts()
    assert DeletionLink.objects.count() == 0


def test_one_erasure_that_fails_stops_no_other_and_is_seen(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = deletion._finish

    def fails_for_alice(user: User, **arguments: Any) -> bool:
        if user.id == alice.id:
            raise RuntimeError
        return finish(user, **arguments)

    ask(alice)
    ask(bob)
    monkeypatch.setattr(deletion, "_finish", fails_for_alice)
    with pytest.raises(ExceptionGroup):
        deletion.erase_due(now=later(days=15))
    assert [user.email for user in User.objects.all()] == [alice.email]

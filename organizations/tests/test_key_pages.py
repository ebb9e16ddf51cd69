"""The pages of keys and service accounts, without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Session, User
from accounts.tests.browsers import signed_in
from core import clock
from organizations.factories import join, make_organization
from organizations.models import ApiKey, Organization, ServiceAccount
from organizations.tests.keys import make_account, make_key, opens

pytestmark = pytest.mark.django_db
HOME = "/organizations/acme"


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    made = make_organization(alice, slug="acme")
    join(made, bob)
    return made


def secret_on(page: bytes) -> str:
    found = re.search(rb'<code id="secret">(jnu_sk_[\w-]{43})</code>', page)
    assert found
    return found[1].decode()


def test_a_key_is_made_shown_once_replaced_and_revoked(acme: Organization, bob: User) -> None:
    browser = signed_in(bob)
    form = {"name": "Nightly", "scopes": ["organization:read"], "days": "30", "networks": "", "owner": ""}
    made = browser.post(f"{HOME}/keys/new", form)
    secret = secret_on(made.content)
    key = ApiKey.objects.get()
    assert made["Cache-Control"] == "no-store"
    assert opens(secret)
    assert key.expires_at is not None
    assert timedelta(days=29) < key.expires_at - clock.now() < timedelta(days=31)
    page = f"{HOME}/keys/{key.id}"
    assert secret.encode() not in browser.get(page).content + browser.get(f"{HOME}/keys").content
    newer = secret_on(browser.post(page, {"act": "rotate", "overlap_hours": "0"}).content)
    assert not opens(secret)
    assert opens(newer)
    assert browser.post(page, {"act": "revoke"}).status_code == 303
    assert not opens(newer)


@pytest.mark.parametrize("form", [{}, {"name": "x"}, {"name": "x", "scopes": ["member:invite"]}])
def test_a_form_that_is_not_whole_or_asks_too_much_makes_nothing(
    acme: Organization, bob: User, form: dict[str, object]
) -> None:
    assert signed_in(bob).post(f"{HOME}/keys/new", form).status_code == 422
    assert not ApiKey.objects.exists()


def test_what_the_service_refuses_stands_at_its_field(acme: Organization, bob: User) -> None:
    form = {"name": "x", "scopes": ["organization:read"], "networks": "nowhere"}
    answer = signed_in(bob).post(f"{HOME}/keys/new", form)
    assert answer.status_code == 422
    assert b'id="id_networks_error"' in answer.content


def test_the_form_and_a_rotation_ask_for_a_fresh_proof(acme: Organization, bob: User) -> None:
    key, _ = make_key(bob, acme)
    browser = signed_in(bob)
    Session.objects.update(sudo_until=None)
    for answer in (
        browser.get(f"{HOME}/keys/new"),
        browser.post(f"{HOME}/keys/{key.id}", {"act": "rotate", "overlap_hours": "1"}),
    ):
        assert answer.status_code == 303
        assert answer["Location"].startswith("/account/confirm?")


def test_members_see_their_own_and_no_service_accounts(acme: Organization, alice: User, bob: User) -> None:
    hers, _ = make_key(alice, acme)
    browser = signed_in(bob)
    assert str(hers.id) not in browser.get(f"{HOME}/keys").content.decode()
    assert browser.get(f"{HOME}/keys/{hers.id}").status_code == 404
    assert browser.post(f"{HOME}/keys/{hers.id}", {"act": "revoke"}).status_code == 404
    assert browser.get(f"{HOME}/service-accounts").status_code == 403


def test_to_outsiders_no_page_is_there(acme: Organization, alice: User, charlie: User) -> None:
    key, _ = make_key(alice, acme)
    account = make_account(acme)
    browser = signed_in(charlie)
    Session.objects.filter(user=charlie).update(sudo_until=None)
    for path in ("keys", "keys/new", f"keys/{key.id}", "service-accounts", f"service-accounts/{account.id}"):
        assert browser.get(f"{HOME}/{path}").status_code == 404
        if path != "keys":  # which answers no POST to anybody
            assert browser.post(f"{HOME}/{path}", {"act": "delete"}).status_code == 404


def test_a_service_account_is_made_changed_stopped_and_deleted(acme: Organization, alice: User) -> None:
    browser = signed_in(alice)
    form = {"name": "robot", "description": "", "role": "member"}
    assert browser.post(f"{HOME}/service-accounts", form).status_code == 303
    page = f"{HOME}/service-accounts/{ServiceAccount.objects.get().id}"
    browser.post(page, {**form, "act": "save", "role": "viewer"})
    assert ServiceAccount.objects.get().role.key == "viewer"
    browser.post(page, {"act": "disable"})
    assert ServiceAccount.objects.get().disabled_at is not None
    browser.post(page, {"act": "enable"})
    assert ServiceAccount.objects.get().disabled_at is None
    assert b"robot" in browser.get(f"{HOME}/keys/new?account={ServiceAccount.objects.get().id}").content
    assert browser.post(page, {"act": "delete"}).status_code == 303
    assert not ServiceAccount.objects.exists()


def test_a_taken_name_is_refused_on_both_pages(acme: Organization, alice: User) -> None:
    make_account(acme, name="one")
    two = make_account(acme, name="two")
    form = {"name": "one", "description": "", "role": "member"}
    browser: Client = signed_in(alice)
    for path in (f"{HOME}/service-accounts", f"{HOME}/service-accounts/{two.id}"):
        answer = browser.post(path, {**form, "act": "save"})
        assert answer.status_code == 409
        assert b'role="alert"' in answer.content
    two.refresh_from_db()
    assert two.name == "two"


def test_a_strange_cursor_is_no_page(acme: Organization, bob: User) -> None:
    assert signed_in(bob).get(f"{HOME}/keys?cursor=nonsense").status_code == 404


def test_the_option_leaves_no_longer_choice(acme: Organization, bob: User, janua_options: object) -> None:
    janua_options(api_key_max_days=30)  # type: ignore[operator]
    page = signed_in(bob).get(f"{HOME}/keys/new").content.decode()
    assert 'value="30"' in page
    assert 'value="90"' not in page

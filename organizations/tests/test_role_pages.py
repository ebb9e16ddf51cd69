"""The pages of roles, groups and rules: the same services, by forms, without JavaScript."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock
from organizations.factories import join, make_role
from organizations.models import AccessRule, Group, Role
from organizations.tests.role_cast import Acme, acme_of, allowed, app_permission

CONDITION = '{"less": [{"attr": "resource.amount"}, 100]}'
RULE = {
    "name": "Small sums", "effect": "allow", "actions": "invoices:pay\r\ninvoices:write", "condition": CONDITION, "is_enabled": "on",
}  # fmt: skip


@pytest.fixture
def acme(alice: User, bob: User) -> Acme:
    """bob manages roles and groups."""
    return acme_of(alice, bob, "role:manage", "group:manage")


def at(acme: Acme, view: str, *ids: Any) -> str:
    return reverse(f"organization_{view}", args=[acme.organization.slug, *ids])


def make_group(acme: Acme, *permissions: str) -> Group:
    now = clock.now()
    group: Group = Group.objects.create(
        organization=acme.organization, name="Sales", created_at=now, updated_at=now
    )
    if permissions:
        group.roles.add(make_role(acme.organization, *permissions))
    return group


def test_a_role_is_made_changed_and_deleted(acme: Acme) -> None:
    app_permission()
    browser = signed_in(acme.alice)
    assert b"invoices:write" in browser.get(at(acme, "role_new")).content
    form = {"name": "Book keeper", "permissions": ["invoices:write", "member:read"]}
    assert browser.post(at(acme, "role_new"), form).status_code == 303
    role = Role.objects.get(key="book-keeper")
    assert role.permissions == ["invoices:write", "member:read"]
    assert b"Book keeper" in browser.get(at(acme, "roles")).content
    page = at(acme, "role", role.id)
    assert browser.post(page, {"name": "Keeper", "permissions": ["member:read"]}).status_code == 303
    role.refresh_from_db()
    assert (role.name, role.permissions) == ("Keeper", ["member:read"])
    assert browser.post(page, {"act": "delete", "move_to": ""}).status_code == 303
    assert browser.get(page).status_code == 404


def test_the_form_offers_what_one_may_give(acme: Acme) -> None:
    browser = signed_in(acme.bob)
    shown = browser.get(at(acme, "role_new")).content.decode()
    assert 'value="role:manage"' in shown
    assert 'value="organization:delete"' not in shown
    refused = browser.post(at(acme, "role_new"), {"name": "X", "permissions": ["organization:delete"]})
    assert refused.status_code == 422
    assert not Role.objects.filter(name="X").exists()


def test_a_role_in_use_names_its_heir(acme: Acme) -> None:
    browser, own = signed_in(acme.alice), acme.member.role
    page, heir = at(acme, "role", own.id), make_role(acme.organization, "member:read")
    assert browser.post(page, {"act": "delete", "move_to": ""}).status_code == 409
    assert browser.post(page, {"act": "delete", "move_to": str(heir.id)}).status_code == 303
    assert allowed(acme.member) == {"member:read"}


def test_a_refusal_stands_on_the_page(acme: Acme) -> None:
    browser = signed_in(acme.alice)
    make_role(acme.organization, key="taken")
    refused = browser.post(at(acme, "role_new"), {"name": "X", "key": "taken"})
    assert refused.status_code == 409
    assert refused.context["form"].errors.keys() == {"key"}


def test_system_roles_are_looked_at(acme: Acme) -> None:
    browser, role = signed_in(acme.alice), Role.objects.system("admin")
    page = at(acme, "role", role.id)
    shown = browser.get(page)
    assert b"audit:read" in shown.content
    assert b"<textarea" not in shown.content and b'name="permissions"' not in shown.content
    assert browser.post(page, {"name": "Mine"}).status_code == 403


def test_a_group_is_filled_and_emptied(acme: Acme) -> None:
    browser, role = signed_in(acme.alice), make_role(acme.organization, "audit:read")
    assert browser.post(at(acme, "group_new"), {"name": "Sales"}).status_code == 303
    group = Group.objects.get()
    page = at(acme, "group", group.id)
    assert browser.post(page, {"act": "add_role", "role": str(role.id)}).status_code == 303
    assert browser.post(page, {"act": "add_member", "email": "BOB@example.com"}).status_code == 303
    assert "audit:read" in allowed(acme.member)
    assert acme.bob.email in browser.get(page).content.decode()
    assert browser.post(page, {"act": "remove_member", "id": str(acme.member.id)}).status_code == 303
    assert "audit:read" not in allowed(acme.member)
    assert browser.post(page, {"act": "remove_role", "id": str(role.id)}).status_code == 303
    assert browser.post(page, {"name": "Support"}).status_code == 303
    assert b"Support" in browser.get(at(acme, "groups")).content
    assert browser.post(page, {"act": "delete"}).status_code == 303
    assert browser.get(page).status_code == 404


def test_whoever_is_no_member_comes_into_no_group(acme: Acme, charlie: User) -> None:
    browser, group = signed_in(acme.alice), make_group(acme)
    for email in (charlie.email, "nobody@example.com", "no address"):
        refused = browser.post(at(acme, "group", group.id), {"act": "add_member", "email": email})
        assert refused.status_code == 422
        assert refused.context["member_form"].errors
    assert not group.member_links.exists()


def test_a_group_beyond_ones_own_is_refused_on_the_page(acme: Acme) -> None:
    browser, group = signed_in(acme.bob), make_group(acme, "audit:read")
    page = at(acme, "group", group.id)
    for form in ({"act": "add_member", "email": acme.bob.email}, {"act": "delete"}, {"name": "Mine"}):
        assert browser.post(page, form).status_code == 403
    assert "audit:read" not in allowed(acme.member)
    assert Group.objects.get().name == "Sales"


def test_a_rule_is_made_changed_and_deleted(acme: Acme) -> None:
    browser = signed_in(acme.alice)
    assert browser.get(at(acme, "rule_new")).status_code == 200
    assert browser.post(at(acme, "rule_new"), RULE).status_code == 303
    rule = AccessRule.objects.get()
    assert rule.actions == ["invoices:pay", "invoices:write"]
    assert rule.condition == {"less": [{"attr": "resource.amount"}, 100]}
    page = at(acme, "rule", rule.id)
    assert "resource.amount" in browser.get(page).content.decode()
    changed = {name: value for name, value in RULE.items() if name not in ("is_enabled", "condition")}
    assert browser.post(page, {**changed, "condition": ""}).status_code == 303
    rule.refresh_from_db()
    assert (rule.is_enabled, rule.condition) == (False, {})
    assert b"Small sums" in browser.get(at(acme, "rules")).content
    assert browser.post(page, {"act": "delete"}).status_code == 303
    assert not AccessRule.objects.exists()


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ('{"less": ', "line 1, column"),
        ("[]", "{…}"),
        ('{"less": [NaN, 1]}', "JSON"),
        ('{"all": [{"equals": [1, 1]}, {"equals": [1]}]}', "condition.all[1].equals"),
        ("{" * 5000, "JSON"),
    ],
)
def test_a_mistake_in_a_condition_is_shown_at_its_place(acme: Acme, condition: str, said: str) -> None:
    refused = signed_in(acme.alice).post(at(acme, "rule_new"), {**RULE, "condition": condition})
    assert refused.status_code == 422
    assert said in str(refused.context["form"].errors["condition"][0])
    assert not AccessRule.objects.exists()


def test_rules_are_tried_with_an_explanation(acme: Acme) -> None:
    browser = signed_in(acme.alice)
    browser.post(at(acme, "rule_new"), RULE)
    page, form = at(acme, "rule_try"), {"action": "invoices:pay", "email": acme.bob.email}
    allowed_ = browser.post(page, {**form, "resource": '{"amount": 99}'})
    assert allowed_.context["result"].decision.is_allowed
    assert "Small sums" in allowed_.content.decode()
    refused = browser.post(page, form)
    assert not refused.context["result"].decision.is_allowed
    assert "resource.amount is missing" in refused.content.decode()
    for bad in ({"action": "pay"}, {"email": "nobody@example.com"}, {"resource": "x"}):
        assert browser.post(page, {**form, **bad}).status_code == 422


def test_a_rule_asks_for_a_fresh_proof(acme: Acme) -> None:
    from datetime import timedelta

    browser = signed_in(acme.alice, auth_time=clock.now() - timedelta(hours=1))
    asked = browser.post(at(acme, "rule_new"), RULE)
    assert asked.status_code == 303
    assert asked["Location"].startswith("/account/confirm?next=")
    assert not AccessRule.objects.exists()


PAGES = ["roles", "role_new", "role", "groups", "group_new", "group", "rules", "rule_new", "rule_try", "rule"]


@pytest.mark.parametrize("view", PAGES)
def test_to_charlie_no_page_is_there(acme: Acme, charlie: User, view: str) -> None:
    signed_in(acme.alice).post(at(acme, "rule_new"), RULE)
    ids = {
        "role": [acme.member.role_id],
        "group": [make_group(acme).id],
        "rule": [AccessRule.objects.get().id],
    }
    page, browser = at(acme, view, *ids.get(view, [])), signed_in(charlie)
    assert signed_in(acme.alice).get(page).status_code == 200
    assert browser.get(page).status_code == 404
    assert browser.post(page, {"name": "Mine"}).status_code in (404, 405)
    if view in ids:
        assert signed_in(acme.alice).get(at(acme, view, uuid4())).status_code == 404


@pytest.mark.parametrize("view", ["role_new", "group_new", "rules", "rule_new", "rule_try"])
def test_to_a_viewer_these_pages_are_shut(acme: Acme, charlie: User, view: str) -> None:
    join(acme.organization, charlie, "viewer")
    browser = signed_in(charlie)
    assert browser.get(at(acme, view)).status_code == 403
    assert b'href="/organizations' in browser.get(at(acme, "roles")).content
    assert at(acme, "rules").encode() not in browser.get(at(acme, "roles")).content


def test_roles_of_the_system_are_called_in_the_readers_language(alice: User, acme: Acme) -> None:
    make_role(acme.organization, key="Owner of herbs")
    browser = signed_in(alice)
    text = browser.get(at(acme, "roles"), headers={"Accept-Language": "de"}).content.decode()
    assert "Inhaber" in text
    assert "Owner of herbs" in text  # its own name, whatever the language
    assert Role.objects.system("owner").name == "Owner"

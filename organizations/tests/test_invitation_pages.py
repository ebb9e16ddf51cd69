"""The pages of invitations: of who invites, and of the invited."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.browsers import proven, signed_in
from accounts.tests.mails import last_letter
from core import clock
from organizations.factories import join, make_organization, make_role
from organizations.models import Invitation, Membership, Organization, OrganizationPolicy
from organizations.services import invitations
from organizations.services.access import Actor
from organizations.tests.invitation_cast import BOB, members_of, policy


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.background.wake", lambda *_: None)


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, name="Acme", slug="acme")


@pytest.fixture
def link(acme: Organization, alice: User) -> str:
    """The address in bob's mail."""
    actor = Actor.of_session(proven(alice))
    invitations.invite(actor=actor, organization_id=acme.id, email=BOB, role_key="member", now=clock.now())
    return f"/invitations/open?token={last_letter(BOB).token}"


def act_of(page: Any, which: str) -> str:
    """Where the page's form of this name posts to."""
    found = re.search(rf'action="(/invitations/{which}\?token=[\w-]+)"', page.content.decode())
    assert found, page.content.decode()
    return found[1]


def test_inviting_one(acme: Organization, alice: User) -> None:
    browser = signed_in(alice)
    answer = browser.post(
        "/organizations/acme/invitations/new", {"email": "Bob@example.com", "role": "admin"}
    )
    assert (answer.status_code, answer["Location"]) == (303, "/organizations/acme/invitations")
    page = browser.get(answer["Location"]).content.decode()
    assert Invitation.objects.get().role.key == "admin"
    assert "bob@" in page


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"email": "none", "role": "member"}, 422),
        ({"email": BOB, "role": "boss"}, 422),
        ({"email": "alice@example.com", "role": "member"}, 409),
        ({}, 422),
    ],
)
def test_what_is_wrong_comes_back_on_the_form(
    acme: Organization, alice: User, form: dict[str, str], status: int
) -> None:
    answer = signed_in(alice).post("/organizations/acme/invitations/new", form)
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert not Invitation.objects.exists()


def test_only_roles_that_one_may_give_are_offered(acme: Organization, bob: User) -> None:
    join(acme, bob, "admin")
    page = signed_in(bob).get("/organizations/acme/invitations/new").content.decode()
    select = page[page.index('name="role"') :]
    assert re.findall(r'<option value="(\w+)"', select[: select.index("</select>")]) == [
        "viewer",
        "member",
        "admin",
    ]


def test_a_list_with_a_fault_comes_back_and_the_good_ones_may_be_sent(
    acme: Organization, alice: User
) -> None:
    browser, path = signed_in(alice), "/organizations/acme/invitations/many"
    form = {"text": "good@example.com\n<b>bad</b>\n", "role": "member"}
    answer = browser.post(path, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="send_good"' in page
    assert "&lt;b&gt;bad&lt;/b&gt;" in page
    assert "<b>bad" not in page
    assert not Invitation.objects.exists()
    assert browser.post(path, {**form, "send_good": "1"}).status_code == 303
    assert Invitation.objects.get().email == "good@example.com"


def test_a_file_takes_the_place_of_what_was_pasted_and_stays_to_be_corrected(
    acme: Organization, alice: User
) -> None:
    browser, path = signed_in(alice), "/organizations/acme/invitations/many"
    file = SimpleUploadedFile("people.csv", b"email,role\na@example.com,viewer\nbad,\n", "text/csv")
    answer = browser.post(path, {"text": "b@example.com", "file": file, "role": "member"})
    assert answer.status_code == 422
    assert "a@example.com,viewer" in answer.content.decode()
    good = SimpleUploadedFile("people.csv", b"email,role\na@example.com,viewer\n", "text/csv")
    assert browser.post(path, {"text": "", "file": good, "role": "member"}).status_code == 303
    assert Invitation.objects.get().role.key == "viewer"


def test_a_file_that_is_no_list_is_refused(acme: Organization, alice: User) -> None:
    browser, path = signed_in(alice), "/organizations/acme/invitations/many"
    for raw in (b"\xff\xfe\x00", b"", b"email,is_owner\na@example.com,1\n"):
        file = SimpleUploadedFile("people.csv", raw, "text/csv")
        assert browser.post(path, {"text": "", "file": file, "role": "member"}).status_code == 422
    assert not Invitation.objects.exists()


def test_sending_again_and_taking_back(acme: Organization, alice: User, link: str) -> None:
    browser, path = signed_in(alice), "/organizations/acme/invitations"
    one = str(Invitation.objects.get().id)
    assert browser.post(path, {"resend": one}).status_code == 303
    assert last_letter(BOB).token not in link
    assert browser.post(path, {"revoke": one}).status_code == 303
    assert Invitation.objects.get().revoked_at
    assert browser.post(path, {"revoke": "nonsense"}).status_code == 404


def test_charlie_finds_no_page_and_a_member_may_not(acme: Organization, bob: User, charlie: User) -> None:
    join(acme, bob)
    for path in ("", "/new", "/many"):
        address = f"/organizations/acme/invitations{path}"
        assert signed_in(charlie).get(address).status_code == 404
        assert signed_in(charlie).post(address, {"email": BOB}).status_code == 404
        assert signed_in(bob).get(address).status_code == 403
    policy(acme, inviters=OrganizationPolicy.Inviters.MEMBERS)
    assert signed_in(bob).get("/organizations/acme/invitations/new").status_code == 200


def test_whoever_may_invite_finds_the_way_without_a_further_statement(
    acme: Organization, bob: User, django_assert_num_queries: Any
) -> None:
    join(acme, bob)
    browser, entry = signed_in(bob), 'href="/organizations/acme/invitations"'
    with CaptureQueriesContext(connection) as before:
        assert entry not in browser.get("/organizations/acme").content.decode()
    policy(acme, inviters=OrganizationPolicy.Inviters.MEMBERS)
    with django_assert_num_queries(len(before)):
        assert entry in browser.get("/organizations/acme").content.decode()
    Membership.objects.filter(user=bob).update(role=make_role(acme))
    assert (
        browser.get("/organizations/acme/invitations").status_code == 403
    )  # no part in it: nor in its policy


def test_opening_the_link_does_nothing_and_tells_strangers_little(link: str) -> None:
    page = Client().get(link)
    text = page.content.decode()
    assert page.status_code == 200
    assert "Acme" in text and "b…@example.com" in text
    assert BOB not in text
    assert page["Referrer-Policy"] == "strict-origin"
    assert Invitation.objects.get().used_at is None


def test_whoever_is_signed_in_with_the_address_accepts(acme: Organization, bob: User, link: str) -> None:
    browser = signed_in(bob)
    answer = browser.post(act_of(browser.get(link), "accept"))
    assert (answer.status_code, answer["Location"]) == (303, "/organizations/acme")
    assert browser.get(answer["Location"]).status_code == 200
    assert bob.id in members_of(acme)


def test_another_account_sees_how_to_switch_and_cannot_accept(
    acme: Organization, charlie: User, link: str
) -> None:
    browser = signed_in(charlie)
    text = browser.get(link).content.decode()
    assert "/invitations/accept" not in text
    assert "/login/choose?next=" in text and "charlie" in text
    assert BOB not in text
    answer = browser.post(link.replace("open", "accept"))
    assert answer.status_code == 403
    assert BOB not in answer.content.decode()
    assert charlie.id not in members_of(acme)


def test_who_is_not_signed_in_signs_in_and_comes_back(acme: Organization, bob: User, link: str) -> None:
    browser = Client()
    text = browser.get(link).content.decode()
    signin = re.search(r'href="(/login\?next=[^"]+)"', text)
    assert signin
    page = browser.get(signin[1].replace("&amp;", "&"))
    back = re.search(r'name="next" value="([^"]+)"', page.content.decode())
    assert back
    answer = browser.post(
        "/login", {"email": BOB, "password": PASSWORD, "next": back[1].replace("&amp;", "&")}
    )
    assert answer["Location"] == link
    assert browser.post(act_of(browser.get(link), "accept"))["Location"] == "/organizations/acme"


def test_accepting_without_a_session_leads_to_the_sign_in_and_back_to_the_invitation(link: str) -> None:
    accept = link.replace("open", "accept")
    answer = Client().post(accept)
    assert answer["Location"].startswith("/login?next=%2Finvitations%2Faccept")
    assert Invitation.objects.get().used_at is None


def test_a_get_of_the_acts_only_shows_the_invitation(bob: User, link: str) -> None:
    for act in ("accept", "decline"):
        answer = signed_in(bob).get(link.replace("open", act))
        assert (answer.status_code, answer["Location"]) == (303, link)
    invitation = Invitation.objects.get()
    assert invitation.used_at is None and invitation.declined_at is None


def test_declining_without_a_session(link: str) -> None:
    browser = Client()
    assert browser.post(act_of(browser.get(link), "decline")).status_code == 200
    assert Invitation.objects.get().declined_at
    over = browser.get(link)
    assert over.status_code == 409
    assert "/invitations/decline" not in over.content.decode()


def test_declining_asks_for_our_own_form(link: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(link.replace("open", "decline")).status_code == 403
    assert Invitation.objects.get().declined_at is None


def test_a_link_of_nobody(db: None) -> None:
    assert Client().get("/invitations/open?token=jnu_in_nonsense").status_code == 404
    assert Client().get("/invitations/open").status_code == 404


def test_what_waits_for_oneself(acme: Organization, bob: User, charlie: User, link: str) -> None:
    one = str(Invitation.objects.get().id)
    assert one not in signed_in(charlie).get("/invitations").content.decode()
    assert signed_in(charlie).post("/invitations", {"accept": one}).status_code == 404
    browser = signed_in(bob)
    assert one in browser.get("/invitations").content.decode()
    assert browser.post("/invitations", {"accept": one})["Location"] == "/organizations/acme"
    assert browser.post("/invitations", {"decline": one}).status_code == 303
    assert Invitation.objects.get().declined_at is None


def test_whoever_is_new_signs_up_and_lands_in_the_organization(acme: Organization, link: str) -> None:
    browser = Client()
    signup = re.search(r'href="(/signup\?next=[^"]+)"', browser.get(link).content.decode())
    assert signup
    page = browser.get(signup[1].replace("&amp;", "&"))
    back = re.search(r'name="next" value="([^"]+)"', page.content.decode())
    assert back
    form = {"email": BOB, "password": "quarry-lantern-hazel-27", "next": back[1].replace("&amp;", "&")}
    browser.post("/signup", form)
    answer = browser.post("/signup/verify", {"code": last_letter(BOB).code})
    assert answer["Location"] == link
    assert browser.post(act_of(browser.get(link), "accept"))["Location"] == "/organizations/acme"
    assert User.objects.get(email=BOB).id in members_of(acme)

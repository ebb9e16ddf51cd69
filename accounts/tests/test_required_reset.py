"""An operator has a password replaced: sessions end, and the old one only leads to the mail."""

import io
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from accounts.factories import UserFactory
from accounts.models import User
from accounts.services import recovery
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter
from audit.models import Event
from core.errors import NotAllowed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEW = "copper-lantern-meadow-31"


def is_required(user: User) -> bool:
    return User.objects.get(id=user.id).password_reset_required


def test_sessions_end_and_the_trail_says_who_did_it(alice: User, olivia: User) -> None:
    browser = signed_in(alice)
    recovery.require_reset(actor=olivia, user=alice, now=NOW)
    recovery.require_reset(actor=olivia, user=alice, now=NOW)
    assert is_required(alice)
    assert browser.get("/account").status_code == 302
    event = Event.objects.get(action="user.password_reset_required")
    assert (event.actor_id, event.target_id, event.data) == (
        olivia.id,
        str(alice.id),
        {"because": "operator"},
    )


def test_only_who_may_manage_the_person_may(alice: User, bob: User, olivia: User) -> None:
    admin = UserFactory(email="admin@janua.dev", role="admin")
    for actor, user in ((bob, alice), (alice, alice), (admin, olivia), (olivia, olivia)):
        with pytest.raises(NotAllowed):
            recovery.require_reset(actor=actor, user=user, now=NOW)
        assert not is_required(user)


def test_a_reset_lifts_it(alice: User, olivia: User) -> None:
    recovery.require_reset(actor=olivia, user=alice, now=NOW)
    recovery.request_reset(alice.email, now=NOW)
    recovery.reset_by_link(last_letter(alice.email).token, NEW, now=NOW)
    assert not is_required(alice)


def test_the_console_has_an_action_for_it(alice: User, olivia: User) -> None:
    form = {"action": "require_password_reset", "_selected_action": [str(alice.id), str(olivia.id)]}
    response = signed_in(olivia).post("/admin/accounts/user/", form, follow=True)
    assert is_required(alice)
    assert not is_required(olivia)
    assert f"Not done for {olivia.email}" in response.content.decode()


def test_the_command_prints_the_id(alice: User) -> None:
    out = io.StringIO()
    call_command("require_password_reset", "Alice@Example.com", stdout=out)
    assert out.getvalue().strip() == str(alice.id)
    assert is_required(alice)
    assert Event.objects.get(action="user.password_reset_required").actor_type == "system"


@pytest.mark.parametrize("email", ["nobody@example.com", "nonsense"])
def test_nobody_is_one_clear_line(db: None, email: str) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("require_password_reset", email)
    assert "\n" not in str(caught.value)

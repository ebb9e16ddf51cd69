"""manage.py create_user prints the id, or says in one line why not."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.factories import PASSWORD
from accounts.models import User

pytestmark = pytest.mark.django_db


def create(*arguments: str) -> str:
    out = io.StringIO()
    call_command("create_user", *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_id_is_printed() -> None:
    printed = create(
        "--email", "Dora@Example.com", "--password", PASSWORD, "--verified", "--role", "superadmin"
    )
    user = User.objects.get()
    assert printed == str(user.id)
    assert (user.email, user.email_verified, user.role) == ("dora@example.com", True, "superadmin")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--email", "nonsense", "--password", PASSWORD),
        ("--email", "dora@example.com", "--password", "short"),
        ("--email", "dora@example.com", "--password", ""),
        ("--email", "dora@example.com"),
        ("--password", PASSWORD),
        ("--email", "dora@example.com", "--password", PASSWORD, "--role", "emperor"),
    ],
)
def test_bad_input_is_one_clear_line(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as caught:
        create(*arguments)
    assert "\n" not in str(caught.value)
    assert caught.value.returncode != 0
    assert not User.objects.exists()


def test_a_taken_address_is_one_clear_line(alice: User) -> None:
    with pytest.raises(CommandError, match="already"):
        create("--email", alice.email, "--password", PASSWORD)

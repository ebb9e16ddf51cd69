"""A sealed field reads as text in Python and lies encrypted in the table."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from core.fields import SealedTextField
from core.models import Mail

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def a_mail(text: str) -> Mail:
    return Mail.objects.create(
        kind="verify_email", recipient="a@example.com", text=text, created_at=NOW, next_attempt_at=NOW
    )


def stored_text() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM core_mail")
        return str(cursor.fetchone()[0])


def test_text_is_sealed_in_the_table_and_clear_in_python() -> None:
    a_mail("your code is 123456")
    assert "123456" not in stored_text()
    assert Mail.objects.get().text == "your code is 123456"


def test_update_seals_too() -> None:
    a_mail("before")
    Mail.objects.update(text="after")
    assert "after" not in stored_text()
    assert Mail.objects.get().text == "after"


def test_nothing_stays_nothing() -> None:
    a_mail("")
    assert stored_text() == ""
    assert Mail.objects.get().text == ""


def test_migrations_remember_the_purpose() -> None:
    field = SealedTextField(purpose="mail", blank=True)
    _name, path, args, kwargs = field.deconstruct()
    assert (path, args, kwargs) == ("core.fields.SealedTextField", [], {"blank": True, "purpose": "mail"})

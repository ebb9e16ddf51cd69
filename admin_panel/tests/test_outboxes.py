"""The outboxes in the console: state, attempts and the next try, never the words."""

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock
from core.models import Mail, Sms


@pytest.mark.parametrize(("model", "path"), [(Mail, "mail"), (Sms, "sms")])
def test_operators_see_state_attempts_and_the_next_try(
    olivia: User, model: type[Mail | Sms], path: str
) -> None:
    now = clock.now()
    usual = {"kind": "code", "recipient": "ann", "text": "Your code", "created_at": now}
    waiting = model.objects.create(
        **usual, attempts=3, last_error="HTTP 503", next_attempt_at=now + timedelta(minutes=5)
    )
    model.objects.create(**usual, status="failed", attempts=7, last_error="HTTP 400", next_attempt_at=now)
    browser = signed_in(olivia)
    pages = [browser.get(f"/admin/core/{path}/{end}") for end in ("", f"{waiting.pk}/change/")]
    shown = [page.content.decode() for page in pages]
    assert [page.status_code for page in pages] == [200, 200]
    for text in ("Next try", "Attempts", "HTTP 503", "HTTP 400", "Pending", "Failed"):
        assert text in shown[0]
    assert "not shown" in shown[1]
    assert not any("Your code" in page for page in shown)

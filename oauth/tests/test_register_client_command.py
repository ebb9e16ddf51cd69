"""manage.py register_client: RFC 7591 JSON in, RFC 7591 JSON out, or one clear line."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from oauth.models import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(raw: bytes) -> str:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
        out = io.StringIO()
        call_command("register_client", stdout=out)
        return out.getvalue()

    return run


def test_the_answer_is_json_and_the_client_is_there(register: Any) -> None:
    given = {"client_name": "Acme", "redirect_uris": ["https://app.example/cb"]}
    body = json.loads(register(json.dumps(given).encode()))
    assert given.items() <= body.items()
    assert Client.objects.get().client_id == body["client_id"]
    assert Event.objects.filter(action="client.registered", target_id=body["client_id"]).count() == 1


BAD = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a member twice": b'{"scope": "a", "scope": "b"}',
    "Latin-1": b'{"client_name": "\xe9"}',
    "a NUL": b'{"client_name": "\\u0000"}',
    "no redirect URI": b'{"client_name": "Acme"}',
    "an http redirect URI": b'{"redirect_uris": ["http://app.example/"]}',
    "a line break in a redirect URI": b'{"redirect_uris": ["https://app.example/\\nb"]}',
    "an unknown grant": b'{"grant_types": ["magic"]}',
    "an overlong name": b'{"redirect_uris": ["https://app.example/"], "client_name": "' + b"x" * 300 + b'"}',
    "an overlong home page": b'{"redirect_uris": ["https://app.example/"], "client_uri": "https://a.example/'
    + b"x" * 600
    + b'"}',
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line(register: Any, case: str) -> None:
    with pytest.raises(CommandError) as caught:
        register(BAD[case])
    line = str(caught.value)
    assert line.startswith(("invalid_client_metadata: ", "invalid_redirect_uri: "))
    assert "\n" not in line
    assert caught.value.returncode != 0
    assert not Client.objects.exists()

"""Who is the client? By Basic header, by body, or public by its id alone; never two ways at once."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from audit.models import Event
from core import clock
from oauth.factories import register_client
from oauth.models import ClientSecret
from oauth.services import client_secrets, clients
from oauth.services.clients import Registered
from oauth.tests.flows import FORM, basic, error_of, post

pytestmark = pytest.mark.django_db
INVALID_CLIENT = (401, "invalid_client")
INVALID_REQUEST = (400, "invalid_request")


@pytest.fixture
def machine() -> Registered:
    return register_client(grant_types=["client_credentials"], scope="reports")


def ask(headers: dict[str, str] | None = None, **form: Any) -> Any:
    """A client_credentials request with these headers and further members of the form."""
    body = urlencode({"grant_type": "client_credentials", **form}, doseq=True)
    return Client().post("/oauth/token", body, content_type=FORM, headers=headers or {})


def raw_basic(pair: bytes) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


def test_by_header(machine: Registered) -> None:
    assert ask(basic(machine.client.client_id, machine.secret)).status_code == 200


def test_by_header_with_the_id_repeated_in_the_body(machine: Registered) -> None:
    headers = basic(machine.client.client_id, machine.secret)
    assert ask(headers, client_id=machine.client.client_id).status_code == 200


def test_both_halves_of_the_header_are_form_encoded(machine: Registered) -> None:
    """RFC 6749 section 2.3.1: what is encoded without need is decoded too."""
    encoded = "".join(f"%{byte:02X}" for byte in (machine.secret or "").encode())
    assert ask(raw_basic(f"{machine.client.client_id}:{encoded}".encode())).status_code == 200


def test_the_scheme_may_be_written_in_any_case(machine: Registered) -> None:
    header = basic(machine.client.client_id, machine.secret)["Authorization"]
    assert ask({"Authorization": header.replace("Basic", "bAsIc")}).status_code == 200


def test_by_body(machine: Registered) -> None:
    assert ask(client_id=machine.client.client_id, client_secret=machine.secret).status_code == 200


def test_two_ways_at_once_are_refused(machine: Registered) -> None:
    client_id = machine.client.client_id
    headers = basic(client_id, machine.secret)
    assert error_of(ask(headers, client_id=client_id, client_secret=machine.secret)) == INVALID_REQUEST
    assert error_of(ask(headers, client_secret=machine.secret)) == INVALID_REQUEST
    assert error_of(ask(headers, client_id="another")) == INVALID_REQUEST


def test_a_doubled_secret_is_refused(machine: Registered) -> None:
    response = ask(client_id=machine.client.client_id, client_secret=[machine.secret, machine.secret])
    assert error_of(response) == INVALID_REQUEST


WRONG_HEADERS = {
    "a wrong secret": lambda m: basic(m.client.client_id, "jnu_cs_" + "x" * 43),
    "a short secret": lambda m: basic(m.client.client_id, "x"),
    "an empty secret": lambda m: basic(m.client.client_id, ""),
    "an unknown client": lambda m: basic("nobody", m.secret),
    "an empty client": lambda m: basic("", m.secret),
    "no colon": lambda m: raw_basic(m.client.client_id.encode()),
    "not base64": lambda _: {"Authorization": "Basic !!!"},
    "not UTF-8": lambda _: raw_basic(b"\xff:\xff"),
    "nothing behind the scheme": lambda _: {"Authorization": "Basic"},
    "another scheme": lambda m: {"Authorization": f"Bearer {m.secret}"},
    "a NUL": lambda m: raw_basic(f"{m.client.client_id}\0:{m.secret}".encode()),
    "an encoded NUL": lambda m: raw_basic(f"{m.client.client_id}%00:{m.secret}".encode()),
    "an overlong id": lambda m: basic("x" * 300, m.secret),
}


@pytest.mark.parametrize("case", WRONG_HEADERS)
def test_a_wrong_header_is_401_with_the_scheme_to_use(machine: Registered, case: str) -> None:
    response = ask(WRONG_HEADERS[case](machine))
    assert error_of(response) == INVALID_CLIENT
    assert response["WWW-Authenticate"].startswith('Basic realm="janua"')


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"client_id": "{id}"},
        {"client_id": "{id}", "client_secret": "wrong"},
        {"client_secret": "{secret}"},
        {"client_id": "x" * 300},
        {"client_id": "{id}\0"},
    ],
)
def test_a_wrong_body_is_401_or_400(machine: Registered, form: dict[str, str]) -> None:
    facts = {"id": machine.client.client_id, "secret": machine.secret}
    response = ask(**{name: value.format(**facts) for name, value in form.items()})
    assert response.status_code in {400, 401}


def test_a_confidential_client_is_not_public_by_leaving_its_secret_out(alice: User) -> None:
    acme = register_client()
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": acme.client.client_id}
    assert error_of(Client().post("/oauth/token", urlencode(form), content_type=FORM)) == INVALID_CLIENT


def test_a_public_client_has_no_secret_to_show() -> None:
    spa = register_client(token_endpoint_auth_method="none")
    assert spa.secret is None
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    assert error_of(post("/oauth/token", spa, **form)) == (400, "invalid_grant")
    assert error_of(post("/oauth/token", spa, client_secret="x", **form)) == INVALID_CLIENT


def test_one_clients_secret_is_not_anothers(machine: Registered) -> None:
    other = register_client(grant_types=["client_credentials"])
    assert error_of(ask(basic(machine.client.client_id, other.secret))) == INVALID_CLIENT


def test_two_secrets_may_live_while_one_replaces_the_other(machine: Registered) -> None:
    second = client_secrets.add(machine.client, now=clock.now())
    client_id = machine.client.client_id
    assert ask(basic(client_id, machine.secret)).status_code == 200
    assert ask(basic(client_id, second)).status_code == 200


def test_an_expired_secret_opens_nothing(machine: Registered) -> None:
    ClientSecret.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert error_of(ask(basic(machine.client.client_id, machine.secret))) == INVALID_CLIENT


def test_secrets_are_kept_as_hashes(machine: Registered) -> None:
    assert str(machine.secret) not in str(ClientSecret.objects.values().get())


def test_a_disabled_client_is_unknown_until_it_is_enabled(machine: Registered, olivia: User) -> None:
    headers = basic(machine.client.client_id, machine.secret)
    clients.disable(actor=olivia, client=machine.client, now=clock.now())
    assert error_of(ask(headers)) == INVALID_CLIENT
    clients.enable(actor=olivia, client=machine.client)
    assert ask(headers).status_code == 200


def test_failures_are_told_and_limited_per_network(machine: Registered, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    wrong = basic(machine.client.client_id, "jnu_cs_" + "x" * 43)
    for _ in range(60):
        assert ask(wrong).status_code == 401
    refused = ask(wrong)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert Event.objects.filter(action="client.authentication_failed").count() == 61
    assert ask(basic(machine.client.client_id, machine.secret)).status_code == 200


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"]
)
def test_the_body_must_be_a_form(machine: Registered, content_type: str) -> None:
    response = Client().post(
        "/oauth/token",
        b"grant_type=client_credentials",
        content_type=content_type,
        headers=basic(machine.client.client_id, machine.secret),
    )
    assert error_of(response) == INVALID_REQUEST


def test_the_query_is_not_read(machine: Registered) -> None:
    query = urlencode({"client_id": machine.client.client_id, "client_secret": machine.secret})
    body = "grant_type=client_credentials"
    response = Client().post(f"/oauth/token?{query}", body, content_type=FORM)
    assert error_of(response) == INVALID_CLIENT

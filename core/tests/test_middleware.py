"""What stands before every view: the request's name, who asks, clean input, one form of every address."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from core import context
from core import middleware as m


@pytest.fixture
def behind_proxies(janua_options: Any) -> None:
    janua_options(trusted_proxies=(ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")))


def ip_of(remote: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return m.client_ip(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers))


def test_a_good_request_id_is_kept_and_comes_back(db: None, client: Client) -> None:
    assert client.get("/login", headers={"X-Request-ID": "req-12345678"})["X-Request-ID"] == "req-12345678"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "has space 123", 'quote"12345', "a\tb-12345678"])
def test_any_other_request_id_is_replaced(db: None, client: Client, given: str) -> None:
    answered = client.get("/login", headers={"X-Request-ID": given})["X-Request-ID"]
    assert answered != given
    assert len(answered) == 32


def test_views_run_inside_the_request_context() -> None:
    seen = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(context.current())
        return HttpResponse()

    agent = "x" * 1000
    m.RequestContextMiddleware(view)(RequestFactory().get("/", headers={"User-Agent": agent}))
    assert (seen[0].ip, len(seen[0].user_agent)) == ("127.0.0.1", 400)
    assert context.current() == context.RequestContext()


def test_without_trusted_proxies_nobody_chooses_their_address() -> None:
    assert ip_of("192.0.2.7", "198.51.100.1") == "192.0.2.7"


@pytest.mark.usefixtures("behind_proxies")
@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("2001:db8::1", "2001:DB9:0::1", "2001:db9::1"),
    ],
)
def test_forwarded_addresses_are_believed_as_far_as_our_proxies_wrote_them(
    remote: str, forwarded: str | None, expected: str
) -> None:
    assert ip_of(remote, forwarded) == expected


def test_a_socket_without_an_address_is_nowhere() -> None:
    assert ip_of("") == ""


@pytest.mark.parametrize("path", ["/login?next=%00", "/login?a=%ff", "/login%00", "/login?a=%c0%80"])
def test_addresses_that_are_not_text_are_refused(db: None, client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 400
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("body", ["email=%00", "email=%ff", "email=\xff"])
def test_forms_that_are_not_text_are_refused(db: None, client: Client, body: str) -> None:
    response = client.post("/login", body.encode("latin-1"), content_type=m.FORM)
    assert response.status_code == 400


def test_a_long_address_is_refused(db: None, client: Client) -> None:
    assert client.get("/login?a=" + "x" * m.MAX_QUERY_BYTES).status_code == 414


def test_a_large_form_and_one_of_many_fields_are_refused(db: None, client: Client) -> None:
    assert client.post("/oauth/token", "a=" + "x" * 1_100_000, content_type=m.FORM).status_code == 413
    assert client.post("/oauth/token", "a=1&" * 300, content_type=m.FORM).status_code == 400


@pytest.mark.parametrize("path", ["/login/", "/login//", "/api/v1/auth/me/", "/oauth/userinfo/"])
def test_a_final_slash_changes_nothing(db: None, client: Client, path: str) -> None:
    assert client.get(path).status_code == client.get(path.rstrip("/")).status_code != 404


def test_probes_answer_any_host(db: None, client: Client) -> None:
    for path, word in (("/livez", "alive"), ("/readyz", "ready")):
        response = client.get(path, headers={"Host": "10.1.2.3:9999"})
        assert (response.status_code, response.json()["status"]) == (200, word)
        assert response["Cache-Control"] == "no-store"


def test_any_other_address_answers_our_hosts_only(db: None, client: Client) -> None:
    assert client.get("/login", headers={"Host": "evil.example"}).status_code == 400


def test_not_ready_while_the_database_is_away(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(m.connection, "cursor", away)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (503, "database away")
    assert client.get("/livez").status_code == 200


def test_the_log_names_the_pattern_and_never_the_path(db: None, client: Client) -> None:
    from structlog.testing import capture_logs

    with capture_logs() as lines:
        client.get("/oauth/authorize/3f0f3b0e-0000-4000-8000-000000000001?secret=1")
    (line,) = [line for line in lines if line["event"] == "request"]
    assert line["route"] == "oauth/authorize/<uuid:request_id>"
    assert "3f0f3b0e" not in str(line)
    assert "secret" not in str(line)

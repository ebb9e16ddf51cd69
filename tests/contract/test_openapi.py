"""Whatever is sent to the live API, it answers as its own OpenAPI document says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pyotp
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.tests.pictures import picture
from organizations.tests.dns_server import Zone, serving
from tests.contract.domains import about_domains
from tests.contract.invitations import as_a_host_and_a_guest
from tests.contract.keys import with_keys
from tests.contract.organizations import about_organizations
from tests.contract.organizations_audited import with_an_audit_trail
from tests.contract.roles import with_roles, with_system_roles
from tests.contract.social import as_a_traveller, options_for
from tests.support.authenticator import Authenticator
from tests.support.http_client import Browserless
from tests.support.identity_providers.openid import OpenIDProvider
from tests.support.oauth_client import OAuthClient, authorize_code_flow
from tests.support.process import REPOSITORY
from tests.support.smtp import code_in, link_in
from tests.support.stage import Stage, open_stage

PASSWORD = "plum-tractor-velvet-94"
EXAMPLES = 25
CONFORMANCE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Deterministic: the same examples in every run, none kept for later ones.
EXAMPLE_SETTINGS = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("image/png", "image/jpeg", "image/webp", "image/gif")
def picture_bytes(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def documented_operations() -> list[tuple[str, str]]:
    """(path, method) of each operation in the committed document, so that each is a test of its own."""
    document: dict[str, Any] = json.loads(Path(REPOSITORY, "openapi.json").read_text())
    return [(path, method.upper()) for path, methods in document["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIDProvider]:
    """Where people may come from."""
    with OpenIDProvider() as provider:
        yield provider


@pytest.fixture(scope="module")
def zone() -> Iterator[Zone]:
    """What proves domains."""
    with serving() as zone:
        yield zone


@pytest.fixture(scope="module")
def stage(provider: OpenIDProvider, zone: Zone) -> Iterator[Stage]:
    options = {"RATE_LIMITS": "off", "CLIENT_REGISTRATION": "people", **options_for(provider)}
    options["DNS_RESOLVER"] = zone.at
    with open_stage(options) as stage:
        yield stage


@pytest.fixture(scope="module")
def schema(stage: Stage) -> BaseSchema:
    """The document as the server gives it out."""
    load_all_checks()
    return schemathesis.openapi.from_url(f"{stage.base_url}/openapi.json")


class Account:
    """A throw-away account with a living access token: some operations end its session."""

    def __init__(self, stage: Stage, email: str) -> None:
        self.base_url = stage.base_url
        self.email = email
        stage.janua.create_user(email, PASSWORD)
        self.tokens = self.log_in()

    def log_in(self) -> dict[str, str]:
        body = {"email": self.email, "password": PASSWORD}
        answer = requests.post(f"{self.base_url}/api/v1/auth/login", json=body, timeout=20)
        tokens: dict[str, str] = answer.json()["tokens"]
        return tokens

    def headers_for(self, operation: APIOperation) -> dict[str, str]:
        """An Authorization header where the document asks for one."""
        if not operation.definition.raw.get("security"):
            return {}
        if operation.definition.raw["operationId"] in ("logout", "end_all_sessions"):
            self.tokens = self.log_in()
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}


@pytest.fixture(scope="module")
def account(stage: Stage) -> Account:
    return Account(stage, "fuzzed@example.com")


def require_conformance(operation: APIOperation, answer: requests.Response) -> None:
    """Its status, media type, headers and body stand in the document."""
    operation.Case().validate_response(answer, checks=CONFORMANCE)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), documented_operations())
def test_operation_answers_as_documented(
    stage: Stage, schema: BaseSchema, account: Account, path: str, method: str, mode: GenerationMode
) -> None:
    operation = schema[path][method]
    if mode is GenerationMode.NEGATIVE and not operation.body:
        return  # nothing to get wrong

    @EXAMPLE_SETTINGS
    @given(case=operation.as_strategy(generation_mode=mode))
    def conforms(case: Case) -> None:
        answer = case.call(base_url=stage.base_url, headers=account.headers_for(operation))
        case.validate_response(answer, checks=[*CONFORMANCE, negative_data_rejection])

    conforms()


@pytest.mark.parametrize(("path", "method"), documented_operations())
def test_operation_refuses_other_callers_as_documented(
    stage: Stage, schema: BaseSchema, path: str, method: str
) -> None:
    """Without a token, with a wrong one, with a body that is no JSON, of another type, too large."""
    operation = schema[path][method]
    requests_to_send: list[dict[str, Any]] = [{"headers": {"Authorization": "Bearer nonsense"}}, {}]
    if operation.body:
        requests_to_send += [
            {"headers": {"Content-Type": "application/json"}, "data": "{"},
            {"headers": {"Content-Type": "text/plain"}, "data": "{}"},
            {"json": {"email": "a" * 300_000}},
        ]
    for sent in requests_to_send:
        answer = requests.request(method, f"{stage.base_url}{path}", timeout=20, **sent)
        require_conformance(operation, answer)


class Caller:
    """Calls operations that must succeed, and keeps which did."""

    def __init__(self, stage: Stage, schema: BaseSchema) -> None:
        self.base_url = stage.base_url
        self.schema = schema
        self.token = ""
        self.succeeded: set[tuple[str, str]] = set()

    def __call__(self, method: str, path: str, ids: dict[str, str] | None = None, /, **body: Any) -> Any:
        """Send a JSON body, or what `data` and `content_type` say; `authorization`: instead of the token."""
        path = f"/api/v1{path}"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if authorization := body.pop("authorization", ""):
            headers["Authorization"] = authorization
        if content_type := body.pop("content_type", ""):
            sent: dict[str, Any] = {"data": body["data"]}
            headers["Content-Type"] = content_type
        else:
            sent = {"params": body} if method == "GET" else {"json": body or None}
        url = f"{self.base_url}{path.format(**ids or {})}"
        answer = requests.request(method, url, headers=headers, timeout=20, **sent)
        assert answer.ok, (path, answer.text)
        require_conformance(self.schema[path][method], answer)
        self.succeeded.add((path, method))
        is_json = "application/json" in answer.headers.get("Content-Type", "")
        return answer.json() if answer.content and is_json else {}


def test_every_success_is_as_documented(
    stage: Stage, schema: BaseSchema, provider: OpenIDProvider, zone: Zone
) -> None:
    """What chance does not find: each operation with what makes it succeed."""
    call = Caller(stage, schema)
    as_a_person(call, stage)
    and_goes(call, stage)
    as_an_operator(call, stage)
    about_people(call, stage)
    with_an_audit_trail(call, stage, "documented@janua.dev")
    with_system_roles(call)
    with_roles(call, stage, PASSWORD)
    as_a_traveller(call, stage, provider, PASSWORD)
    # Organizations and members
    about_organizations(call, stage, PASSWORD)
    # Invitations
    as_a_host_and_a_guest(call, stage, PASSWORD)
    # Keys
    with_keys(call, stage, PASSWORD)
    # Organizations: policy and domains
    about_domains(call, stage, zone, PASSWORD)
    assert call.succeeded == set(documented_operations())


def test_the_document_says_what_a_deletion_is_sent(schema: BaseSchema) -> None:
    """Generated clients could not close an organization else; a deletion that takes nothing says nothing."""
    one = "/api/v1/organizations/{organization_id}"
    sent = schema[one]["DELETE"].definition.raw["requestBody"]
    assert sent["required"]
    assert [*sent["content"]] == ["application/json"]
    assert "requestBody" not in schema[f"{one}/deletion"]["DELETE"].definition.raw


def as_a_person(call: Caller, stage: Stage) -> None:
    email, new_password = "documented@example.com", f"new-{PASSWORD}"
    call("POST", "/auth/register", email=email, password=PASSWORD)
    first = stage.mail.wait_for_mail(to=email, subject="code")
    call("POST", "/auth/email/resend", email=email)
    second = stage.mail.wait_for_mail(to=email, subject="code", after=stage.mail.messages.index(first) + 1)
    call("POST", "/auth/email/verify", email=email, code=code_in(second))
    mails = len(stage.mail.messages)
    asked = call("POST", "/auth/magic-link/request", email=email)
    code = code_in(stage.mail.wait_for_mail(to=email, subject="sign in", after=mails))
    call("POST", "/auth/magic-link/verify", id=asked["id"], code=code)
    call("POST", "/auth/password/forgot", email=email)
    token = link_in(stage.mail.wait_for_mail(to=email, text="/password/reset?token="), "token=")
    call("POST", "/auth/password/reset", token=token.partition("token=")[2], new_password=PASSWORD)
    tokens = call("POST", "/auth/login", email=email, password=PASSWORD)["tokens"]
    tokens = call("POST", "/auth/token/refresh", refresh_token=tokens["refresh_token"])
    call.token = tokens["access_token"]
    assert call("POST", "/auth/reauthenticate")["methods"] == ["password"]
    call("POST", "/auth/reauthenticate", password=PASSWORD)
    call("GET", "/auth/me")
    call("GET", "/users/me")
    ended = call("POST", "/auth/login", email=email, password=PASSWORD)["session"]["id"]
    assert call("GET", "/sessions")["total"] >= 2
    call("GET", "/sessions/current")
    call("DELETE", "/sessions/{session_id}", {"session_id": ended})
    call("DELETE", "/sessions/others")
    Browserless(stage.base_url).sign_in(email, PASSWORD)
    [device] = call("GET", "/users/me/devices")["data"]
    stage.execute("UPDATE accounts_device SET trusted_until = now() + interval '1 day'")
    call("DELETE", "/users/me/devices/{device_id}/trust", {"device_id": device["id"]})
    assert call("DELETE", "/users/me/devices/trust")["ended"] == 0
    call("DELETE", "/users/me/devices/{device_id}", {"device_id": device["id"]})
    call("PATCH", "/users/me", given_name="Doc", locale="en", timezone="Europe/Berlin", birthdate="1990")
    call("PUT", "/users/me/avatar", data=picture(), content_type="image/png")
    call("DELETE", "/users/me/avatar")
    call("GET", "/users/me/preferences")
    call("PATCH", "/users/me/preferences", theme="dark")
    assert call("GET", "/users/me/activity")["data"]
    remove_an_app(call, stage, email)
    with_addresses(call, stage, email)
    with_ones_own_data(call, stage)
    with_two_steps(call, stage, email)
    with_passkeys(call, stage, email)
    call("POST", "/auth/password/change", current_password=PASSWORD, new_password=new_password)
    stage.execute(f"UPDATE accounts_user SET password = '!' WHERE email = '{email}'")
    call("POST", "/auth/reauthenticate")
    call("POST", "/auth/password/set", new_password=new_password)
    call("POST", "/auth/logout")
    call.token = ""
    call.token = call("POST", "/auth/login", email=email, password=new_password)["tokens"]["access_token"]
    call("DELETE", "/sessions")
    call.token = ""


def remove_an_app(call: Caller, stage: Stage, email: str) -> None:
    members = {"client_name": "Garden", "redirect_uris": ["https://garden.example/cb"]}
    client = OAuthClient.registered(stage.base_url, stage.janua.register_client(**members))
    authorize_code_flow(Browserless(stage.base_url), client, email=email, password=PASSWORD)
    [app] = call("GET", "/users/me/apps")["data"]
    call("DELETE", "/users/me/apps/{app_id}", {"app_id": app["id"]})


def with_addresses(call: Caller, stage: Stage, email: str) -> None:
    """Another address that becomes primary, one that replaces it, and a number."""
    path, new = "/users/me/emails", "documented.too@example.com"
    waiting = call("POST", path, email=new)["id"]
    first = stage.mail.wait_for_mail(to=new, subject="code")
    call("POST", f"{path}/{{email_id}}/resend", {"email_id": waiting})
    second = stage.mail.wait_for_mail(to=new, subject="code", after=stage.mail.messages.index(first) + 1)
    call("POST", f"{path}/{{email_id}}/verify", {"email_id": waiting}, code=code_in(second))
    [further] = [each["id"] for each in call("GET", path)["data"] if not each["is_primary"]]
    call("POST", f"{path}/{{email_id}}/primary", {"email_id": further})
    [old] = [each["id"] for each in call("GET", path)["data"] if not each["is_primary"]]
    call("DELETE", f"{path}/{{email_id}}", {"email_id": old})
    mails = len(stage.mail.messages)
    waiting = call("POST", "/auth/email/change", email=email)["id"]
    mail = stage.mail.wait_for_mail(to=email, subject="code", after=mails)
    call("POST", f"{path}/{{email_id}}/verify", {"email_id": waiting}, code=code_in(mail))
    call("POST", "/users/me/phone", phone_number="+4915123456789")
    call("POST", "/users/me/phone/verify", code=stage.sms_code_to("+4915123456789"))
    call("DELETE", "/users/me/phone")


def with_two_steps(call: Caller, stage: Stage, email: str) -> None:
    """An authenticator app and a phone come and go."""
    path, ids = "/auth/mfa", {}
    for _ in range(2):
        made = call("POST", f"{path}/setup", method="totp", name="Phone")
        ids = {"factor_id": made["id"]}
        confirm = f"{path}/setup/{{factor_id}}/confirm"
        call("POST", confirm, ids, code=pyotp.TOTP(made["secret"]).now())
    assert len(call("GET", path)["methods"]) == 2
    call("PATCH", f"{path}/factors/{{factor_id}}", ids, name="Tablet")
    codes = call("POST", f"{path}/recovery-codes")["recovery_codes"]
    assert len(codes) == 10
    call("POST", "/auth/reauthenticate", method="recovery_code", code=codes[0])
    call("DELETE", f"{path}/factors/{{factor_id}}", ids)
    call("POST", f"{path}/disable")
    made = call("POST", f"{path}/setup", method="sms", phone_number="+4915123456787")
    code = stage.sms_code_to("+4915123456787")
    call("POST", f"{path}/setup/{{factor_id}}/confirm", {"factor_id": made["id"]}, code=code)
    token = call("POST", "/auth/login", email=email, password=PASSWORD)["mfa_token"]
    stage.execute("DELETE FROM core_throttlecounter")  # another minute
    call("POST", f"{path}/challenge", mfa_token=token, method="sms")
    call("POST", f"{path}/verify", mfa_token=token, code=stage.sms_code_to("+4915123456787"))
    call("POST", f"{path}/disable")


def with_passkeys(call: Caller, stage: Stage, email: str) -> None:
    """A passkey signs in, a security key answers the challenge; both go."""
    key = Authenticator(origin=stage.base_url, rp_id=urlsplit(stage.base_url).hostname or "")
    path = "/auth/passkey/register"
    made = call("POST", f"{path}/options", kind="security_key")["public_key"]
    kept = call("POST", path, credential=key.register(made), name="Blue")
    assert len(kept["recovery_codes"]) == 10
    token = call("POST", "/auth/login", email=email, password=PASSWORD)["mfa_token"]
    due = call("POST", "/auth/mfa/challenge", mfa_token=token, method="passkey")["public_key"]
    call("POST", "/auth/mfa/verify", mfa_token=token, credential=key.sign(due))
    own = Authenticator(origin=key.origin, rp_id=key.rp_id)
    call("POST", path, credential=own.register(call("POST", f"{path}/options", kind="passkey")["public_key"]))
    asked = call("POST", "/auth/passkey/authenticate/options")
    call("POST", "/auth/passkey/authenticate", id=asked["id"], credential=own.sign(asked["public_key"]))
    for each in call("GET", "/auth/passkeys")["data"]:
        ids = {"passkey_id": each["id"]}
        call("PATCH", "/auth/passkeys/{passkey_id}", ids, name="Green")
        call("DELETE", "/auth/passkeys/{passkey_id}", ids)


def without_a_factor(call: Caller, stage: Stage) -> None:
    """Somebody lost the authenticator app; the operator who is logged in helps."""
    email, operator = "locked.out@example.com", call.token
    stage.janua.create_user(email, PASSWORD)
    stage.janua.manage(
        "shell", "-c",
        "from accounts.models import User; from mfa.factories import enrol_totp; "
        f"enrol_totp(User.objects.get(email='{email}'))",
    )  # fmt: skip
    call.token = ""
    due = call("POST", "/auth/login", email=email, password=PASSWORD)["mfa_token"]
    call("POST", "/auth/mfa/recover", mfa_token=due)
    code = code_in(stage.mail.wait_for_mail(to=email, subject="code"))
    assert call("POST", "/auth/mfa/recover/verify", mfa_token=due, code=code)["due_at"]
    call.token = operator
    [user] = [each for each in call("GET", "/users")["data"] if each["mfa_enabled"]]
    ids, reset = {"user_id": user["id"]}, "/users/{user_id}/mfa/reset"
    assert call("GET", reset, ids)["reset"]["approved_by"] is None
    assert call("POST", reset, ids, reason="Showed a passport")["reset"]["approved_by"]


def with_ones_own_data(call: Caller, stage: Stage) -> None:
    """Archive, consents and terms; the account itself is deleted in `and_goes`."""
    stage.janua.manage("publish_terms", "terms", "1", "https://example.com/terms", "--optional")
    stage.janua.manage("define_purpose", "news", "News", "We mail you news.")
    call("GET", "/terms")
    due = call("GET", "/users/me/terms")["due"]
    call("POST", "/users/me/terms", versions=[version["id"] for version in due] or [str(uuid4())])
    receipt = call("POST", "/users/me/consents", purpose="news", is_granted=True)
    call("GET", "/users/me/consents")
    call("GET", "/users/me/consents/receipts/{change_id}", {"change_id": receipt["receipt_id"]})
    mails = len(stage.mail.messages)
    export = call("POST", "/users/me/exports")
    stage.mail.wait_for_mail(text=export["id"], after=mails, timeout=90)
    assert call("GET", "/users/me/exports")["data"][0]["status"] == "ready"
    call("POST", "/users/me/exports/{export_id}/download", {"export_id": export["id"]})


def and_goes(call: Caller, stage: Stage) -> None:
    """The last acts of a person."""
    email = "going@example.com"
    stage.janua.create_user(email, PASSWORD)
    for _ in range(2):
        call.token = ""
        signed_in = call("POST", "/auth/login", email=email, password=PASSWORD)
        call.token = signed_in["tokens"]["access_token"]
        call("GET", "/users/me/deletion")
        if signed_in["user"]["deletion_due_at"]:
            call("DELETE", "/users/me/deletion")
        else:
            call("POST", "/users/me/deletion", email=email)
    call.token = ""


def as_an_operator(call: Caller, stage: Stage) -> None:
    email, one = "documented@janua.dev", "/oauth/clients/{client_id}"
    stage.janua.create_user(email, PASSWORD, role="admin")
    call.token = call("POST", "/auth/login", email=email, password=PASSWORD)["tokens"]["access_token"]
    members = {"client_name": "Documented", "redirect_uris": ["http://127.0.0.1/cb"]}
    made = call("POST", "/oauth/clients", **members)
    ids = {"client_id": made["client_id"]}
    assert call("GET", "/oauth/clients")["total"] >= 1
    call("GET", one, ids)
    call("PATCH", one, ids, client_name="Documented well")
    call("POST", f"{one}/secrets", ids)
    [_current, old] = call("GET", f"{one}/secrets", ids)["data"]
    call("DELETE", f"{one}/secrets/{{secret_id}}", {**ids, "secret_id": old["id"]})
    call("PUT", f"{one}/logo", ids, data=picture(), content_type="image/png")
    call("DELETE", f"{one}/logo", ids)
    client = OAuthClient.registered(stage.base_url, made)
    authorize_code_flow(Browserless(stage.base_url), client, email=email, password=PASSWORD)
    [consent] = call("GET", f"{one}/consents", ids)["data"]
    call("DELETE", f"{one}/consents/{{consent_id}}", {**ids, "consent_id": consent["id"]})
    call("DELETE", f"{one}/consents", ids)
    with_a_look(call, ids)
    call("POST", f"{one}/revoke-tokens", ids)
    call("POST", f"{one}/disable", ids)
    call("POST", f"{one}/enable", ids)
    call("POST", f"{one}/verify", ids, is_verified=True)
    call("POST", f"{one}/transfer", ids, email="documented@example.com")
    call("DELETE", one, ids)


def with_a_look(call: Caller, ids: dict[str, Any]) -> None:
    """Branding: of an organization that the person who is logged in makes, and of the client."""
    slug = "documented-looks"
    made = call("POST", "/organizations", name="Documented looks", slug=slug)
    look, one = "/organizations/{organization_id}/branding", {"organization_id": made["id"]}
    call("PUT", look, one, accent="#0b6b3a", corners="round")
    assert call("GET", look, one)["look"]["css_url"]
    belongs = "/oauth/clients/{client_id}/organization"
    call("PUT", belongs, ids, organization_id=made["id"])
    assert call("GET", "/auth/ui-config")["methods"]
    call("DELETE", belongs, ids)
    call("PUT", belongs, ids, organization_id=made["id"])
    [branded] = call("GET", f"{look}/clients", one)["data"]
    call("DELETE", f"{look}/clients/{{client_id}}", {**one, "client_id": branded["client_id"]})
    call("DELETE", look, one)


def about_people(call: Caller, stage: Stage) -> None:
    """As the operator who is logged in."""
    made = call("POST", "/users", email="made@example.com", given_name="Made", role="")
    ids, one = {"user_id": made["id"]}, "/users/{user_id}"
    assert call("GET", "/users")["data"]
    call("GET", one, ids)
    call("PATCH", one, ids, metadata={"plan": "gold"}, email_verified=True)
    call("POST", f"{one}/suspend", ids)
    call("POST", f"{one}/reactivate", ids)
    call("POST", f"{one}/unlock", ids)
    body = {"email": "documented@example.com", "password": f"new-{PASSWORD}"}
    answer = requests.post(f"{stage.base_url}/api/v1/auth/login", json=body, timeout=20).json()
    ids = {"user_id": answer["user"]["id"]}
    [session] = call("GET", f"{one}/sessions", ids)["data"]
    call("DELETE", f"{one}/sessions/{{session_id}}", {**ids, "session_id": session["id"]})
    call("DELETE", f"{one}/sessions", ids)
    call("POST", f"{one}/require-password-reset", ids)
    without_a_factor(call, stage)
    call("DELETE", one, {"user_id": made["id"]})

"""The successes of API keys and service accounts, for `test_openapi`."""

from base64 import b64encode
from typing import Any

from tests.support.stage import Stage

ONE = "/organizations/{organization_id}"
MADE = (
    "from accounts.models import User; from organizations.factories import make_organization as make; "
    "print(make(User.objects.get(email='{email}'), slug='of-keys').id)"
)


def with_keys(call: Any, stage: Stage, password: str) -> None:
    """A person makes, replaces and ends keys of their own and of a program; a service asks about one."""
    email = "keys@example.com"
    stage.janua.create_user(email, password)
    made = stage.janua.manage("shell", "--verbosity", "0", "-c", MADE.format(email=email))
    ids = {"organization_id": made.stdout.split()[0]}
    call.token = ""
    call.token = call("POST", "/auth/login", email=email, password=password)["tokens"]["access_token"]
    robot = call("POST", f"{ONE}/service-accounts", ids, name="robot", role="member")
    account = {**ids, "account_id": robot["id"]}
    path = f"{ONE}/service-accounts/{{account_id}}"
    call("GET", f"{ONE}/service-accounts", ids)
    call("GET", path, account)
    call("PATCH", path, account, description="Deploys")
    call("POST", f"{path}/disable", account)
    call("POST", f"{path}/enable", account)
    asked = {"name": "deploy", "scopes": ["organization:read"], "service_account_id": robot["id"]}
    key = call("POST", f"{ONE}/api-keys", ids, **asked)
    one, named = f"{ONE}/api-keys/{{key_id}}", {**ids, "key_id": key["id"]}
    assert call("GET", f"{ONE}/api-keys", ids)["data"]
    person, call.token = call.token, key["secret"]
    assert call("GET", f"{ONE}/permissions", ids) == {"is_owner": False, "permissions": asked["scopes"]}
    assert call("POST", f"{ONE}/check", ids, permission="organization:read")["allowed"]
    call.token = person
    call("GET", one, named)
    secret = call("POST", f"{one}/rotate", named, overlap_hours=1)["secret"]
    client = stage.janua.register_client(client_name="Service", redirect_uris=["https://service.example/cb"])
    pair = f"{client['client_id']}:{client['client_secret']}"
    basic = "Basic " + b64encode(pair.encode()).decode()
    assert call("POST", "/api-keys/verify", authorization=basic, key=secret)["valid"]
    call("POST", f"{one}/revoke", named)
    call("DELETE", path, account)
    call.token = ""

"""Logins with a second factor, and with a passkey."""

from itertools import cycle

from django_otp.oath import totp

from bench.site import EMAIL, PASSWORD, Site
from bench.wire import Connection, Operation, post_json
from tests.support.authenticator import Authenticator

# A code is good once in its thirty seconds: as many people as there are logins in all rounds, and some more.
PEOPLE = 200
SEED = b"12345678901234567890"  # RFC 6238 appendix B, as mfa.factories has it


def totp_login(site: Site) -> Operation:
    """Password, then the code of an app: somebody else each time."""
    people = cycle(site.populate("totp", PEOPLE))

    def operation(connection: Connection) -> None:
        asked = {"email": next(people), "password": PASSWORD}
        due = connection.exchange(post_json(site.host, "/api/v1/auth/login", asked)).json()
        code = f"{totp(SEED, t0=0):06d}"
        answer = {"mfa_token": due["mfa_token"], "method": "totp", "code": code}
        connection.exchange(post_json(site.host, "/api/v1/auth/mfa/verify", answer))

    return operation


def passkey_login(site: Site) -> Operation:
    """What to sign, then the signature: alice, without a password."""
    authenticator = _registered(site)

    def operation(connection: Connection) -> None:
        asked = post_json(site.host, "/api/v1/auth/passkey/authenticate/options", {})
        request = connection.exchange(asked).json()
        answer = {"id": request["id"], "credential": authenticator.sign(request["public_key"])}
        connection.exchange(post_json(site.host, "/api/v1/auth/passkey/authenticate", answer))

    return operation


def _registered(site: Site) -> Authenticator:
    """A passkey of alice's, registered as programs do it, right after her login (sudo is open)."""
    connection = Connection("localhost", site.server.port)
    login = {"email": EMAIL, "password": PASSWORD}
    tokens = connection.exchange(post_json(site.host, "/api/v1/auth/login", login)).json()["tokens"]
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    authenticator = Authenticator(origin=site.server.base_url, rp_id="localhost")
    register = "/api/v1/auth/passkey/register"
    options = connection.exchange(post_json(site.host, f"{register}/options", {"kind": "passkey"}, **bearer))
    credential = authenticator.register(options.json()["public_key"])
    kept = {"name": "Bench", "credential": credential}
    connection.exchange(post_json(site.host, register, kept, **bearer), expected=201)
    connection.close()
    return authenticator

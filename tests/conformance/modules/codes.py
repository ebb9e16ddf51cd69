"""What becomes of codes and refresh tokens after their first use."""

import time

from tests.conformance.relying_party import RelyingParty
from tests.conformance.suite import Suite, module


def check_reuse(party: RelyingParty, *, after_seconds: float) -> None:
    """RFC 6749 section 4.1.2: the code is refused, and what it was redeemed for is dead."""
    outcome = party.ask(party.browser())
    done = party.complete(outcome)
    time.sleep(after_seconds)
    again = party.redeem(outcome)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert again.headers["Content-Type"].split(";")[0] == "application/json"
    assert party.client.userinfo(done.tokens["access_token"]).status_code == 401


@module("oidcc-codereuse")
def oidcc_codereuse(suite: Suite) -> None:
    """A code works once: at once again it is invalid_grant, and the first access token is dead."""
    check_reuse(suite.party, after_seconds=0)


@module("oidcc-codereuse-30seconds")
def oidcc_codereuse_30seconds(suite: Suite) -> None:
    """The same half a minute later."""
    check_reuse(suite.party, after_seconds=30)


@module("oidcc-refresh-token")
def oidcc_refresh_token(suite: Suite) -> None:
    """A refresh token works for its client only; the new ID token is about the same login (section 12.2)."""
    for party, other in ((suite.party, suite.second), (suite.second, suite.party)):
        check_refresh(party, other)


def check_refresh(party: RelyingParty, other: RelyingParty) -> None:
    done = party.sign_in(party.browser(), scope="openid offline_access", prompt="consent")
    first = done.tokens["refresh_token"]
    stolen = other.client.refresh(first)
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    tokens = party.tokens_of(party.client.refresh(first))
    assert tokens["access_token"] != done.tokens["access_token"]
    # Section 12.2: the nonce may be left out; we do.
    claims = party.verify(tokens["id_token"], nonce="", access_token=tokens["access_token"])
    for name in ("iss", "sub", "aud", "auth_time"):
        assert claims[name] == done.claims[name]
    assert claims["iat"] >= done.claims["iat"]
    party.userinfo_of(party.client.userinfo(tokens["access_token"]), claims)
    party.tokens_of(party.client.refresh(tokens["refresh_token"]))

"""Requests that must be refused: to the client where that is safe, else on a page of ours."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any

from tests.conformance.relying_party import Outcome, RelyingParty
from tests.conformance.suite import Suite, module
from tests.support.http_client import origin_of


def check_page(party: RelyingParty, outcome: Outcome) -> None:
    """An error page of the provider: the browser was sent nowhere else."""
    assert outcome.answer is None
    assert outcome.page.status == 400
    assert origin_of(outcome.page.url) == party.provider["issuer"]
    assert outcome.page.response is not None
    assert "Location" not in outcome.page.response.headers
    assert outcome.asked == ()


def check_error(outcome: Outcome, *errors: str) -> None:
    """One of these errors at the client (which checked state and iss)."""
    assert outcome.answer is not None, f"no answer, but {outcome.page.url}: {outcome.page.text[:600]}"
    assert outcome.answer.error in errors
    assert outcome.asked == ()


def unsigned(claims: dict[str, Any]) -> str:
    """A JWT with `alg: none` (RFC 7519 section 6)."""
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def request_object(party: RelyingParty, **claims: str) -> str:
    """The request itself as an unsigned request object (OpenID Connect Core section 6.1)."""
    client_id = party.client.client_id
    standard = {"response_type": "code", "client_id": client_id, "redirect_uri": party.client.redirect_uri}
    addressed = {"iss": client_id, "aud": party.provider["issuer"], "scope": "openid"}
    return unsigned({**standard, **addressed, **claims})


@module("oidcc-response-type-missing")
def oidcc_response_type_missing(suite: Suite) -> None:
    """Without response_type the client hears so."""
    outcome = suite.party.ask(suite.party.browser(), response_type=None)
    check_error(outcome, "invalid_request", "unsupported_response_type")


@module("oidcc-ensure-registered-redirect-uri")
def oidcc_ensure_registered_redirect_uri(suite: Suite) -> None:
    """An address that the client never registered gets nothing; the person sees why."""
    party = suite.party
    outcome = party.ask(party.browser(), redirect_uri=f"{party.callback.origin}/unregistered")
    check_page(party, outcome)
    assert "redirect_uri" in outcome.page.text


@module("oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported")
def oidcc_request_uri_unsigned(suite: Suite) -> None:
    """An unsigned request object by reference is not supported; its address is not even visited."""
    party = suite.party
    request = party.request(request_uri=f"{party.callback.origin}/request-object.jwt")
    check_error(party.ask(party.browser(), request), "request_uri_not_supported")


@module("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported")
def oidcc_unsigned_request_object(suite: Suite) -> None:
    """An unsigned request object by value is not supported."""
    party = suite.party
    check_error(party.ask(party.browser(), request=request_object(party)), "request_not_supported")


@module("oidcc-ensure-request-object-with-redirect-uri")
def oidcc_ensure_request_object_with_redirect_uri(suite: Suite) -> None:
    """With two redirect URIs the object's is the one that counts, although the unsigned object is refused: the
    refusal goes there if it is registered, else nowhere. The unregistered address gets nothing either way."""
    party = suite.party
    elsewhere = f"{party.callback.origin}/unregistered"
    request = party.request(redirect_uri=elsewhere, request=request_object(party))
    answered = replace(request, redirect_uri=party.client.redirect_uri)
    check_error(party.ask(party.browser(), answered), "request_not_supported")
    request = party.request(request=request_object(party, redirect_uri=elsewhere))
    check_page(party, party.ask(party.browser(), request))

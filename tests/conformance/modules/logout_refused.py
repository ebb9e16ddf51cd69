"""Requests to sign out that are refused on a page of ours: no redirect, and nobody is signed out."""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.conformance.modules.logout import ask_to_sign_out, check_own_page, check_session, signed_in
from tests.conformance.relying_party import SignedIn
from tests.conformance.suite import Suite, module


def check_refused(suite: Suite, *, about: str, **changes: str | None) -> SignedIn:
    """A right request with these changes (None: left out) is refused, and the page tells about what."""
    party = suite.party
    browser, done = signed_in(party)
    right = {
        "id_token_hint": done.tokens["id_token"],
        "post_logout_redirect_uri": party.post_logout_redirect_uri,
        "state": "unused",
    }
    sent = {name: value for name, value in {**right, **changes}.items() if value is not None}
    page = ask_to_sign_out(party, browser, **sent)
    check_own_page(party, page, 400)
    assert about in page.text
    check_session(party, browser, done, lives=True)
    return done


def parts_of(token: str) -> list[dict[str, object]]:
    """Header and claims of a compact JWS."""
    return [json.loads(urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


def encoded(part: dict[str, object]) -> str:
    return urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def a_hint(suite: Suite) -> str:
    """An ID token of the client for some session of the person."""
    return str(suite.party.sign_in(suite.party.browser()).tokens["id_token"])


@module("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri")
def oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(suite: Suite) -> None:
    """An address that the client never registered."""
    uri = f"{suite.party.callback.origin}/elsewhere"
    check_refused(suite, about="post_logout_redirect_uri", post_logout_redirect_uri=uri)


@module("oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri")
def oidcc_rp_initiated_logout_query_added(suite: Suite) -> None:
    """A registered address with a query that was not registered with it: equality is exact (section 3)."""
    uri = f"{suite.party.post_logout_redirect_uri}?foo=bar"
    check_refused(suite, about="post_logout_redirect_uri", post_logout_redirect_uri=uri)


@module("oidcc-rp-initiated-logout-no-id-token-hint")
def oidcc_rp_initiated_logout_no_id_token_hint(suite: Suite) -> None:
    """A return address of nobody. Section 2: without a hint we must not redirect unless we know by other
    means that the address is legitimate; the registration of a client named by client_id would be such a
    means (after the person's yes), but none is named here."""
    check_refused(suite, about="post_logout_redirect_uri", id_token_hint=None)


@module("oidcc-rp-initiated-logout-modified-id-token-hint")
def oidcc_rp_initiated_logout_modified_id_token_hint(suite: Suite) -> None:
    """The person's own ID token with its header turned to `alg: none`, the signature dropped or kept."""
    token = a_hint(suite)
    header, claims = parts_of(token)
    unsigned = f"{encoded({**header, 'alg': 'none'})}.{encoded(claims)}."
    check_refused(suite, about="id_token_hint", id_token_hint=unsigned)
    check_refused(suite, about="id_token_hint", id_token_hint=unsigned + token.rpartition(".")[2])


@module("oidcc-rp-initiated-logout-bad-id-token-hint")
def oidcc_rp_initiated_logout_bad_id_token_hint(suite: Suite) -> None:
    """The right claims, even under the right key's name, signed by somebody else."""
    header, claims = parts_of(a_hint(suite))
    theirs = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode({**claims, "iat": int(time.time())}, theirs, algorithm="RS256", headers=header)
    check_refused(suite, about="id_token_hint", id_token_hint=forged)

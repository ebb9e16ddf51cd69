"""Requests that must simply succeed, whatever they carry besides."""

import jwt
import requests

from tests.conformance.relying_party import RelyingParty, SignedIn
from tests.conformance.suite import Suite, module
from tests.support.oauth_client import TIMEOUT, AuthorizationRequest, challenge_of


def succeeds(party: RelyingParty, **extra: str | None) -> SignedIn:
    """A first login with these parameters ends in tokens; the person was asked to sign in."""
    done = party.sign_in(party.browser(), **extra)
    assert "login" in done.outcome.asked
    return done


@module("oidcc-server")
def oidcc_server(suite: Suite) -> None:
    """The plain code flow: answer with state, token response, ID token and userinfo fit each other."""
    done = succeeds(suite.party)
    answer = done.outcome.code_answer
    assert set(answer.parameters) == {"code", "state", "iss"}
    assert len(answer.code) >= 32
    assert done.claims["aud"] in (suite.party.client.client_id, [suite.party.client.client_id])
    assert done.claims["exp"] > done.claims["iat"]
    assert done.userinfo["sub"] == suite.party.person.id


@module("oidcc-server-client-secret-post")
def oidcc_server_client_secret_post(suite: Suite) -> None:
    """The same with the client's secret in the body, which Basic must then not replace."""
    party = suite.second
    assert party.client.authentication == "client_secret_post"
    assert "client_secret_post" in party.provider["token_endpoint_auth_methods_supported"]
    succeeds(party)


@module("oidcc-idtoken-signature")
def oidcc_idtoken_signature(suite: Suite) -> None:
    """A client that names no algorithm gets RS256, by a key that the JWKS shows for signatures."""
    header = jwt.get_unverified_header(succeeds(suite.party).tokens["id_token"])
    assert header["alg"] == "RS256"
    published = requests.get(suite.party.provider["jwks_uri"], timeout=TIMEOUT).json()["keys"]
    (key,) = [key for key in published if key["kid"] == header["kid"]]
    assert (key["kty"], key.get("use", "sig"), key.get("alg", "RS256")) == ("RSA", "sig", "RS256")


@module("oidcc-idtoken-unsigned")
def oidcc_idtoken_unsigned(suite: Suite) -> None:
    """We sign every ID token: `none` is not advertised (the official module then has nothing to test), no
    client can register for it, and what comes is signed."""
    assert "none" not in suite.party.provider["id_token_signing_alg_values_supported"]
    refused = suite.stage.janua.manage(
        "register_client",
        stdin='{"redirect_uris": ["https://app.example/cb"], "id_token_signed_response_alg": "none"}',
        check=False,
    )
    assert refused.returncode != 0
    assert "id_token_signed_response_alg" in refused.stderr
    succeeds(suite.party)


@module("oidcc-ensure-request-without-nonce-succeeds-for-code-flow")
def oidcc_ensure_request_without_nonce_succeeds_for_code_flow(suite: Suite) -> None:
    """The code flow needs no nonce; the ID token then has none."""
    assert "nonce" not in succeeds(suite.party, nonce=None).claims


@module("oidcc-alternate-happy-flow")
def oidcc_alternate_happy_flow(suite: Suite) -> None:
    """Neither the order of the scopes nor that of the parameters matters."""
    party = suite.party
    request = party.request(scope="phone address email profile openid")
    endpoint, _, query = request.url.partition("?")
    backwards = AuthorizationRequest(
        url=f"{endpoint}?{'&'.join(reversed(query.split('&')))}",
        redirect_uri=request.redirect_uri,
        state=request.state,
        nonce=request.nonce,
        code_verifier="",
    )
    done = party.complete(party.ask(party.browser(), backwards))
    assert set(done.tokens["scope"].split()) == {"openid", "profile", "email", "address", "phone"}


@module("oidcc-display-page")
def oidcc_display_page(suite: Suite) -> None:
    """`display=page` hinders nothing."""
    succeeds(suite.party, display="page")


@module("oidcc-display-popup")
def oidcc_display_popup(suite: Suite) -> None:
    """`display=popup` hinders nothing."""
    succeeds(suite.party, display="popup")


@module("oidcc-ensure-request-with-unknown-parameter-succeeds")
def oidcc_ensure_request_with_unknown_parameter_succeeds(suite: Suite) -> None:
    """RFC 6749 section 3.1: parameters that mean nothing to us are ignored, and do not come back."""
    assert "extra" not in succeeds(suite.party, extra="foobar").outcome.code_answer.parameters


@module("oidcc-login-hint")
def oidcc_login_hint(suite: Suite) -> None:
    """A hint at somebody unknown here hinders nobody; it stands in the sign-in page's field."""
    party = suite.party
    hint = "buffy@localhost.example"
    browser = party.browser()
    request = party.request(login_hint=hint)
    page = browser.get(request.url)
    assert page.form("password").fields["email"] == hint
    party.callback.take()
    party.complete(party.finish(browser, request, page))


@module("oidcc-ui-locales")
def oidcc_ui_locales(suite: Suite) -> None:
    """Languages that we may not have for our pages are no error."""
    succeeds(suite.party, ui_locales="se")


@module("oidcc-claims-locales")
def oidcc_claims_locales(suite: Suite) -> None:
    """Languages that we may not have for claims are no error."""
    succeeds(suite.party, claims_locales="se")


@module("oidcc-ensure-request-with-acr-values-succeeds")
def oidcc_ensure_request_with_acr_values_succeeds(suite: Suite) -> None:
    """Voluntary acr_values never fail the request; a level that was promised is told in the ID token."""
    promised = suite.party.provider.get("acr_values_supported", [])
    done = succeeds(suite.party, acr_values=" ".join(promised) or "1 2")
    if promised:
        assert done.claims["acr"] in promised


@module("oidcc-ensure-post-request-succeeds")
def oidcc_ensure_post_request_succeeds(suite: Suite) -> None:
    """A request that the browser posts is as good as one in the address."""
    party = suite.party
    outcome = party.post(party.browser())
    assert "login" in outcome.asked
    party.complete(outcome)


@module("oidcc-ensure-request-with-valid-pkce-succeeds")
def oidcc_ensure_request_with_valid_pkce_succeeds(suite: Suite) -> None:
    """RFC 7636 with S256: the right verifier gets tokens, and without it the code gets none."""
    party = suite.party
    verifier = "conformance-" + "v" * 40
    pkce = {"code_challenge": challenge_of(verifier), "code_challenge_method": "S256"}
    browser = party.browser()
    party.complete(party.ask(browser, **pkce), code_verifier=verifier)
    refused = party.redeem(party.ask(browser, **pkce))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")

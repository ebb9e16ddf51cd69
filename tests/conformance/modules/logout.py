"""Requests to sign out that are acted upon (OpenID Connect RP-Initiated Logout 1.0)."""

from typing import Any
from urllib.parse import urlencode

from tests.conformance.relying_party import RelyingParty, SignedIn
from tests.conformance.suite import Suite, module
from tests.support.http_client import Browserless, Page, origin_of


def signed_in(party: RelyingParty) -> tuple[Browserless, SignedIn]:
    browser = party.browser()
    return browser, party.sign_in(browser)


def ask_to_sign_out(party: RelyingParty, browser: Browserless, **parameters: str) -> Page:
    """Send the browser to the end_session_endpoint; the page where it ends up."""
    party.callback.take()
    return browser.get(f"{party.provider['end_session_endpoint']}?{urlencode(parameters)}")


def confirm(browser: Browserless, page: Page) -> Page:
    """Say yes on the page that asks; a page that does not ask is an error."""
    return browser.submit(page, page.form("decision"), button=("decision", "confirm"))


def check_session(party: RelyingParty, browser: Browserless, done: SignedIn, *, lives: bool) -> None:
    """Whether the person is signed in still: by a silent request, and by the access token at userinfo."""
    outcome = party.ask(browser, prompt="none")
    assert outcome.answer is not None
    assert outcome.answer.error == (None if lives else "login_required")
    status = party.client.userinfo(done.tokens["access_token"]).status_code
    assert status == (200 if lives else 401)


def check_own_page(party: RelyingParty, page: Page, status: int) -> None:
    """A page of the provider; the client was told nothing."""
    assert (origin_of(page.url), page.status) == (party.provider["issuer"], status)
    assert party.callback.take() == []


def check_landed(party: RelyingParty, parameters: dict[str, Any]) -> None:
    """The browser came to the post_logout_redirect_uri with exactly these parameters."""
    (received,) = party.callback.take()
    assert (received.method, received.path) == ("GET", "/signed-out")
    assert (received.parameters() if received.query else {}) == parameters


def check_asked_then_signed_out(suite: Suite, **parameters: str) -> None:
    """The person is asked, says yes, and sees that they are signed out."""
    party = suite.party
    browser, done = signed_in(party)
    question = ask_to_sign_out(party, browser, **parameters)
    check_own_page(party, question, 200)
    check_session(party, browser, done, lives=True)
    page = confirm(browser, question)
    check_own_page(party, page, 200)
    assert any("/login" in link for link in page.links)  # the page of who is signed out, in their language
    check_session(party, browser, done, lives=False)


@module("oidcc-rp-initiated-logout")
def oidcc_rp_initiated_logout(suite: Suite) -> None:
    """With the session's own ID token: out, and back at the registered address with `state` as it was."""
    party = suite.party
    browser, done = signed_in(party)
    ask_to_sign_out(
        party,
        browser,
        id_token_hint=done.tokens["id_token"],
        post_logout_redirect_uri=party.post_logout_redirect_uri,
        state="a/b+c=d&e f",
    )
    check_landed(party, {"state": "a/b+c=d&e f"})
    check_session(party, browser, done, lives=False)


@module("oidcc-rp-initiated-logout-no-state")
def oidcc_rp_initiated_logout_no_state(suite: Suite) -> None:
    """Without `state` the address gets none, nor an empty one."""
    party = suite.party
    browser, done = signed_in(party)
    ask_to_sign_out(
        party,
        browser,
        id_token_hint=done.tokens["id_token"],
        post_logout_redirect_uri=party.post_logout_redirect_uri,
    )
    check_landed(party, {})
    check_session(party, browser, done, lives=False)


@module("oidcc-rp-initiated-logout-no-post-logout-redirect-uri")
def oidcc_rp_initiated_logout_no_post_logout_redirect_uri(suite: Suite) -> None:
    """With the hint alone the person is signed out and reads so on a page of ours."""
    party = suite.party
    browser, done = signed_in(party)
    page = ask_to_sign_out(party, browser, id_token_hint=done.tokens["id_token"], state="unused")
    check_own_page(party, page, 200)
    assert any("/login" in link for link in page.links)  # the page of who is signed out, in their language
    check_session(party, browser, done, lives=False)


@module("oidcc-rp-initiated-logout-no-params")
def oidcc_rp_initiated_logout_no_params(suite: Suite) -> None:
    """Without any parameter nobody proves anything: the person is asked, then signed out."""
    check_asked_then_signed_out(suite)


@module("oidcc-rp-initiated-logout-only-state")
def oidcc_rp_initiated_logout_only_state(suite: Suite) -> None:
    """A `state` alone changes nothing about that, and leads nowhere."""
    check_asked_then_signed_out(suite, state="only-state")

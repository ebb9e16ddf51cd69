"""A second request while the person is signed in: when must they prove themselves again, when must they not."""

import time

from tests.conformance.relying_party import Outcome, RelyingParty, SignedIn
from tests.conformance.suite import Suite, module

SILENT_ERRORS = {"login_required", "interaction_required", "consent_required", "account_selection_required"}
A_LITTLE_MORE_THAN_A_SECOND = 1.2  # auth_time counts in seconds


def twice(
    party: RelyingParty, *, first: dict[str, str] | None = None, **second: str
) -> tuple[SignedIn, SignedIn]:
    """Sign in, wait, and ask again from the same browser; the same person both times."""
    browser = party.browser()
    before = party.sign_in(browser, **(first or {}))
    time.sleep(A_LITTLE_MORE_THAN_A_SECOND)
    after = party.sign_in(browser, **second)
    assert after.claims["sub"] == before.claims["sub"]
    return before, after


def check_silent_refusal(outcome: Outcome) -> None:
    """An error at the client that asks for interaction; the person saw no page (section 3.1.2.6)."""
    assert outcome.asked == ()
    assert outcome.answer is not None, outcome.page.text[:600]
    assert outcome.answer.error in SILENT_ERRORS


@module("oidcc-prompt-login")
def oidcc_prompt_login(suite: Suite) -> None:
    """`prompt=login` asks for the proof again, and auth_time moves."""
    before, after = twice(suite.party, prompt="login")
    assert "login" in after.outcome.asked
    assert after.claims["auth_time"] > before.claims["auth_time"]


@module("oidcc-prompt-none-not-logged-in")
def oidcc_prompt_none_not_logged_in(suite: Suite) -> None:
    """`prompt=none` without a session: login_required at the client, no page."""
    outcome = suite.party.ask(suite.party.browser(), prompt="none")
    check_silent_refusal(outcome)
    assert outcome.answer is not None
    assert outcome.answer.error == "login_required"


@module("oidcc-prompt-none-logged-in")
def oidcc_prompt_none_logged_in(suite: Suite) -> None:
    """`prompt=none` with a session: a code without any page, the same person and the same auth_time."""
    before, after = twice(suite.party, prompt="none")
    assert after.outcome.asked == ()
    assert after.claims["auth_time"] == before.claims["auth_time"]


@module("oidcc-max-age-1")
def oidcc_max_age_1(suite: Suite) -> None:
    """A proof older than max_age is asked for again, and the ID token says when it was given."""
    before, after = twice(suite.party, max_age="1")
    assert "login" in after.outcome.asked
    assert after.claims["auth_time"] > before.claims["auth_time"]
    assert abs(time.time() - after.claims["auth_time"]) < 60


@module("oidcc-max-age-10000")
def oidcc_max_age_10000(suite: Suite) -> None:
    """A proof younger than max_age is good enough; auth_time is there and stays."""
    before, after = twice(suite.party, first={"max_age": "15000"}, max_age="10000")
    assert after.outcome.asked == ()
    assert after.claims["auth_time"] == before.claims["auth_time"]


@module("oidcc-id-token-hint")
def oidcc_id_token_hint(suite: Suite) -> None:
    """`prompt=none` with the ID token of the person who is signed in: a code at once, of the same person."""
    party = suite.party
    browser = party.browser()
    before = party.sign_in(browser)
    after = party.sign_in(browser, prompt="none", id_token_hint=before.tokens["id_token"])
    assert after.outcome.asked == ()
    assert after.claims["sub"] == before.claims["sub"]

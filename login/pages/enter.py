"""The end of every door in a browser: in, or on to the second factor."""

from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token

from accounts.http import set_session_cookie
from accounts.services import devices as known_devices
from core import clock
from core.errors import DomainError
from login import devices
from login.outcomes import ChallengeRequired, SignedIn
from login.pages import brands, browser_accounts
from login.pages.flow import Flow, forget_flow, home_or, with_next, write_flow
from login.services import challenge


def go_on(
    request: HttpRequest, outcome: SignedIn | ChallengeRequired, next_path: str, *, keep: bool
) -> HttpResponse:
    """After a proof that was good."""
    match outcome:
        case SignedIn():
            return enter(request, outcome, next_path, keep=keep)
        case ChallengeRequired(secret, methods):
            # In this POST, never by opening the page: what was used last is sent at once, if it is a code.
            # There may be none at all: the challenge leads to the recovery then.
            with suppress(DomainError):  # too soon after the last one: the page offers to send it
                for method in methods[:1]:
                    with brands.on_mails(request):
                        challenge.send(secret, method, now=clock.now())
            response = HttpResponseRedirect("/login/challenge", status=303)
            return write_flow(
                response, Flow(email="", next=next_path, attempt=secret, organization=brands.slug_of(request))
            )


def enter(
    request: HttpRequest, outcome: SignedIn, next_path: str, *, keep: bool, trust: bool = False
) -> HttpResponse:
    """The cookie of a new session. What the browser held before ends, or waits under another secret
    (`login.pages.browser_accounts`): a planted session gains nothing."""
    now = clock.now()
    onward = with_next("/account/organizations", next_path) if outcome.has_offers else home_or(next_path)
    response = HttpResponseRedirect(onward, status=303)
    browser_accounts.make_room(request, response, outcome.new, now=now)
    set_session_cookie(response, outcome.new, keep=keep, now=now)
    session = outcome.new.session
    browser_id = devices.remember(request, response, session.user_id, door=session.door, renew=trust)
    with brands.on_mails(request):
        device = known_devices.note(session, browser_id=browser_id, now=now)
    if trust:
        known_devices.trust(session, device, now=now)
    rotate_token(request)
    return forget_flow(response) if settings.FLOW_COOKIE_NAME in request.COOKIES else response

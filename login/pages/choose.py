"""/login/choose: which of the accounts that are signed in on this browser goes on."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.http import forget_session_cookie, set_session_cookie
from accounts.services import sessions, switching
from accounts.services.sessions import NewSession
from core import clock
from login.destinations import destination_of
from login.pages import brands, browser_accounts
from login.pages.flow import allow_form_origin, home_or, next_of, with_next


@dataclass(frozen=True, slots=True)
class Choice:
    """One account on the page."""

    session_id: str
    name: str
    email: str
    initial: str
    is_current: bool


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """GET shows the accounts, POST goes on with one of them, or signs all of them out."""
    next_path, now = next_of(request), clock.now()
    at_hand, others = browser_accounts.current(request), browser_accounts.others(request, now=now)
    held = [at_hand, *others] if at_hand else others
    if not held:
        return HttpResponseRedirect(with_next("/login", next_path), status=303)
    if request.method == "POST" and "all" in request.POST:
        return sign_out_all(request, held)
    if request.method == "POST":
        wanted = request.POST.get("session_id", "")
        chosen = next((each for each in held if str(each.session.id) == wanted), None)
        if chosen:
            return _go_on(request, chosen, at_hand, others, next_path)
    return _page(request, held, at_hand, next_path)


def sign_out_all(request: HttpRequest, held: list[NewSession]) -> HttpResponse:
    """End every session that this browser holds."""
    now = clock.now()
    for each in held:
        sessions.end_session(user=each.session.user, session_id=each.session.id, reason="signed_out", now=now)
    response = render(request, "login/signed_out.html", {"signin_url": "/login"})
    forget_session_cookie(response)
    browser_accounts.write(response, [], now=now)
    return response


def _go_on(
    request: HttpRequest,
    chosen: NewSession,
    at_hand: NewSession | None,
    others: list[NewSession],
    next_path: str,
) -> HttpResponse:
    """The chosen session becomes the one at hand, the one before waits in its place."""
    now = clock.now()
    response = HttpResponseRedirect(home_or(next_path), status=303)
    resumed = switching.resume(chosen, now=now)
    if resumed is None:
        return response  # pressed twice: the first answer brings the cookies
    waiting = [each for each in others if each is not chosen]
    if at_hand and at_hand is not chosen and (kept := switching.set_aside(at_hand)):
        waiting.insert(0, kept)
    set_session_cookie(response, resumed, keep=resumed.session.is_kept, now=now)
    browser_accounts.write(response, waiting, now=now)
    rotate_token(request)
    return response


def _page(
    request: HttpRequest, held: list[NewSession], at_hand: NewSession | None, next_path: str
) -> HttpResponse:
    destination = destination_of(next_path)
    named = {"next": next_path, brands.PARAMETER: brands.slug_of(request)}
    query = {"another": "1", **{name: value for name, value in named.items() if value}}
    facts: dict[str, Any] = {
        "choices": [_choice(each, is_current=each is at_hand) for each in held],
        "destination": destination,
        "next": next_path,
        "another_url": f"/login?{urlencode(query)}",
    }
    brands.show(request, destination.brand if destination else None)
    return allow_form_origin(render(request, "login/choose.html", facts), destination)


def _choice(held: NewSession, *, is_current: bool) -> Choice:
    user = held.session.user
    name = user.name or user.email
    return Choice(str(held.session.id), user.name, user.email, name[:1].upper(), is_current)

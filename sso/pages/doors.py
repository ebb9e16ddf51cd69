"""/sso/social/{provider}/start and …/callback: to a provider and back, in a browser.

Setting out by GET is safe: what comes back is whoever this browser's person is at the provider, and it comes back
only to the browser that set out (state and cookie), so nobody can have another signed in as themselves. Connecting
an account is another thing: that begins with a form of ours (`sso.pages.connections`).
"""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import session_of
from accounts.models import Session
from accounts.services import identities
from accounts.services.identities import ToldIdentity
from core import clock, context
from core.errors import DomainError, NotFound
from login import devices
from login.destinations import level_of
from login.outcomes import ChallengeRequired, Refused, SignedIn
from login.pages.enter import go_on
from login.pages.flow import next_of, with_next
from login.services.federation import Entry, ProofNeeded, with_federation
from sso.errors import ConsentDenied, ProviderUnavailable, StateInvalid
from sso.models import SocialState
from sso.pages import cookies
from sso.pages.cookies import Waiting
from sso.providers import Provider
from sso.services import journey, states
from sso.services.states import Purpose

PASSED_ON = ("code", "state", "error", "iss", "user")


@require_safe
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the browser to the provider."""
    provider = _provider(slug)
    binding = cookies.binding_of(request) or states.new_binding()
    next_path = next_of(request)
    try:
        url, _secrets = journey.set_out(provider, Purpose(next=next_path), binding=binding, now=clock.now())
    except DomainError as error:
        return failed(request, provider, error, next_path=next_path)
    return cookies.bind(HttpResponseRedirect(url), binding)


@csrf_exempt  # a POST is only sent on by GET, and that needs the state and the cookie of the login
@require_http_methods(["GET", "HEAD", "POST"])
def callback(request: HttpRequest, slug: str) -> HttpResponse:
    """The provider's answer. Apple posts it from its own site, without our cookies: that goes once more, by GET."""
    provider = _provider(slug)
    given = request.POST if request.method == "POST" else request.GET
    answer = {name: given[name] for name in PASSED_ON if name in given}
    if request.method == "POST":
        return HttpResponseRedirect(f"{request.path}?{urlencode(answer)}", status=303)
    now, session = clock.now(), session_of(request)
    asked = states.peek(answer.get("state", ""), provider, now=now)
    if asked is not None and asked.app_redirect_uri:
        return _to_the_app(asked, answer)
    try:
        login, told = journey.come_back(
            provider,
            answer,
            binding=cookies.binding_of(request),
            session=session,
            now=now,
            app_redirect_uri="",
        )
        if login.process == SocialState.Process.LINK:
            return _linked(request, login, told)
        return _let_in(request, provider, login, told)
    except DomainError as error:
        is_link = asked is not None and asked.process == SocialState.Process.LINK
        next_path = asked.next if asked else ""
        return failed(request, provider, error, next_path=next_path, is_link=is_link)


def failed(
    request: HttpRequest,
    provider: Provider,
    error: DomainError,
    *,
    next_path: str = "",
    is_link: bool = False,
) -> HttpResponse:
    """What happened, in words, and the way on. Nothing was made of it."""
    facts = {
        "heading": _heading(provider, error),
        "text": error.detail,
        "provider": provider,
        "retry_url": "" if is_link else with_next(f"/sso/social/{provider.slug}/start", next_path),
        "back_url": "/account/connections" if is_link else with_next("/login", next_path),
        "is_link": is_link,
        "request_id": context.current().request_id,
    }
    response = render(request, "sso/failed.html", facts, status=error.status)
    if retry_after := getattr(error, "retry_after_seconds", 0):
        response["Retry-After"] = str(retry_after)
    return response


def _let_in(request: HttpRequest, provider: Provider, login: SocialState, told: ToldIdentity) -> HttpResponse:
    entry = Entry(kind=Session.Kind.BROWSER, device=devices.device_of(request), level=level_of(login.next))
    outcome = with_federation(told, entry, now=clock.now())
    match outcome:
        case SignedIn() | ChallengeRequired():
            return go_on(request, outcome, login.next, keep=False)
        case ProofNeeded():
            response = HttpResponseRedirect("/sso/social/email", status=303)
            return cookies.wait(response, Waiting(outcome.handle, outcome.email, login.next))
        case Refused():
            return refused(request, outcome, login.next)


def refused(request: HttpRequest, outcome: Refused, next_path: str) -> HttpResponse:
    """The provider vouched for the person, and the door stays shut all the same."""
    facts = {
        "heading": _("You cannot sign in this way"),
        "text": outcome.sentence,
        "back_url": with_next("/login", next_path),
        "request_id": context.current().request_id,
    }
    return render(request, "sso/failed.html", facts, status=403)


def _linked(request: HttpRequest, login: SocialState, told: ToldIdentity) -> HttpResponse:
    session = session_of(request)
    assert session is not None  # `redeem` compared it
    identities.link(session=session, told=told, now=clock.now())
    messages.success(request, _("Your %(provider)s account is connected.") % {"provider": told.provider_name})
    return HttpResponseRedirect("/account/connections", status=303)


def _to_the_app(asked: SocialState, answer: dict[str, str]) -> HttpResponse:
    """A login over REST: the app that began it takes the answer to us itself, with what it kept."""
    if asked.app_redirect_uri not in settings.JANUA.social_redirect_uris:
        raise Http404
    uri = asked.app_redirect_uri
    response = HttpResponse(status=302)
    response["Location"] = f"{uri}{'&' if '?' in uri else '?'}{urlencode(answer)}"
    return response


def _provider(slug: str) -> Provider:
    try:
        return journey.get_provider(slug)
    except NotFound:
        raise Http404 from None


def _heading(provider: Provider, error: DomainError) -> str:
    names = {"provider": provider.name}
    match error:
        case ConsentDenied():
            return _("You did not sign in with %(provider)s") % names
        case ProviderUnavailable():
            return _("%(provider)s does not answer") % names
        case StateInvalid():
            return _("This sign-in is no longer valid")
    return _("The sign-in with %(provider)s did not work") % names

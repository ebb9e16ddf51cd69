"""/account/connections: the accounts at other providers that open this one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import needs_sudo, required_session
from accounts.models import Identity
from accounts.services import identities, ways_in
from core import clock
from core.errors import DomainError, NotFound
from sso.models import SocialState
from sso.pages import cookies
from sso.pages.doors import failed
from sso.providers import list_providers
from sso.services import journey, states
from sso.services.states import Purpose


@dataclass(frozen=True, slots=True)
class Shown:
    """A connected account as people see it."""

    id: UUID
    provider_name: str
    icon: str
    display: str
    email: str
    created_at: datetime
    last_used_at: datetime
    is_only_way: bool


@require_http_methods(["GET", "HEAD", "POST"])
def connections(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _act(request)
    user = required_session(request).user
    connected, providers = list(identities.identities_of(user)), list_providers()
    is_only = len(connected) == 1 and not ways_in.has_another(user, besides=connected[0].id)
    icons = {provider.connection: provider.kind.key for provider in providers}
    facts = {
        "connected": [_shown(each, icons.get(each.connection, ""), is_only=is_only) for each in connected],
        "providers": providers,
    }
    return render(request, "account/connections.html", facts)


@needs_sudo
def _act(request: HttpRequest) -> HttpResponse:
    """Connecting and disconnecting change who may come in: both ask for a fresh proof."""
    session, now = required_session(request), clock.now()
    if slug := request.POST.get("connect", ""):
        return _connect(request, slug)
    try:
        identity_id = UUID(request.POST.get("disconnect", ""))
        identities.disconnect(session=session, identity_id=identity_id, now=now)
    except ValueError:
        messages.error(request, _("There is no such connected account."))
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("The account is no longer connected."))
    return HttpResponseRedirect("/account/connections", status=303)


def _connect(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the provider by a page of ours: a form may not end at another site (form-action)."""
    try:
        provider = journey.get_provider(slug)
    except NotFound as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect("/account/connections", status=303)
    binding = cookies.binding_of(request) or states.new_binding()
    purpose = Purpose(process=SocialState.Process.LINK, session=required_session(request))
    try:
        url, _secrets = journey.set_out(provider, purpose, binding=binding, now=clock.now())
    except DomainError as error:
        return failed(request, provider, error, is_link=True)
    return cookies.bind(render(request, "sso/going.html", {"provider": provider, "url": url}), binding)


def _shown(identity: Identity, icon: str, *, is_only: bool) -> Shown:
    return Shown(
        id=identity.id,
        provider_name=identity.provider_name,
        icon=icon,
        display=identity.display,
        email=identity.email,
        created_at=identity.created_at,
        last_used_at=identity.last_used_at,
        is_only_way=is_only,
    )

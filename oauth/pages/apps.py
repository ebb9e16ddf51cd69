"""/account/apps: the applications a person has allowed, each removable."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import required_session
from core import clock
from oauth import scopes
from oauth.models import Consent
from oauth.services import consents


@dataclass(frozen=True, slots=True)
class AllowedApp:
    """A consent in words."""

    id: UUID
    client_name: str
    client_uri: str
    scopes: list[str]
    granted_at: datetime


@require_http_methods(["GET", "HEAD", "POST"])
def apps(request: HttpRequest) -> HttpResponse:
    user = required_session(request).user
    if request.method == "POST":
        consent_id = _as_uuid(request.POST.get("consent_id", ""))
        if consent_id and consents.revoke(user=user, consent_id=consent_id, now=clock.now()):
            messages.success(request, _("The app can no longer use your account."))
        return HttpResponseRedirect("/account/apps", status=303)
    found = [_in_words(consent) for consent in consents.living_consents(user)]
    return render(request, "account/apps.html", {"consents": found})


def _in_words(consent: Consent) -> AllowedApp:
    words = [sentence for _scope, sentence in scopes.in_words(consent.scope.split())]
    client = consent.client
    return AllowedApp(consent.id, client.display_name, client.client_uri, words, consent.granted_at)


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

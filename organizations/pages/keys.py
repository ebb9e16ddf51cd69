"""/organizations/{slug}/keys: one's own API keys, and for who manages them all."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import required_session, to_confirm
from accounts.services import sudo
from core import clock
from core.errors import DomainError, NotFound, ReauthenticationRequired, ValidationFailed
from organizations.http import actor_of_page
from organizations.models import ApiKey
from organizations.pages.key_forms import KeyForm, RotateForm
from organizations.pages.permission_words import words_of
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import api_keys, service_accounts
from organizations.services.access import Access

SHOWN = 50


@require_safe
def key_list(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.KEY_OWN)
    now = clock.now()
    try:
        page = api_keys.page_of(
            actor=actor_of_page(request),
            organization_id=access.organization.id,
            cursor=request.GET.get("cursor"),
            limit=SHOWN,
            now=now,
        )
    except ValidationFailed:
        raise Http404 from None
    facts = {
        "keys": [(key, key.has_expired(now)) for key in page.rows],
        "next_cursor": page.next_cursor,
        "manages": access.has(Permission.KEY_MANAGE),
    }
    return render(request, "organizations/keys/list.html", _shell(request, access) | facts)


@require_http_methods(["GET", "HEAD", "POST"])
def key_new(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.KEY_OWN)
    now = clock.now()
    if not sudo.is_open(required_session(request), now=now):
        return to_confirm(request)
    form = _new_form(request, access)
    if request.method == "POST" and form.is_valid():
        try:
            key, secret = api_keys.create(
                actor=actor_of_page(request),
                organization_id=access.organization.id,
                asked=form.asked(now=now),
                now=now,
            )
        except ReauthenticationRequired:
            return to_confirm(request)
        except DomainError as error:
            form.put_fault(error)
        else:
            return _secret_page(request, access, key, secret, _("The key is made."))
    facts = _shell(request, access) | {"form": form}
    return render(request, "organizations/keys/new.html", facts, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def key_page(request: HttpRequest, slug: str, key_id: UUID) -> HttpResponse:
    access = open_page(request, slug, Permission.KEY_OWN)
    place: dict[str, Any] = {
        "actor": actor_of_page(request),
        "organization_id": access.organization.id,
        "now": clock.now(),
    }
    form = RotateForm(request.POST if request.POST.get("act") == "rotate" else None)
    try:
        if request.method == "POST" and request.POST.get("act") == "revoke":
            api_keys.revoke(**place, key_id=key_id)
            messages.success(request, _("The key works no more."))
            return HttpResponseRedirect(reverse("organization_keys", args=[slug]), status=303)
        if form.is_valid():
            key, secret = api_keys.rotate(**place, key_id=key_id, **form.cleaned_data)
            return _secret_page(request, access, key, secret, _("The key has a new secret."))
    except NotFound:
        raise Http404 from None
    except ReauthenticationRequired:
        return to_confirm(request)
    except DomainError as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect(request.path, status=303)
    try:
        key = api_keys.get(**place, key_id=key_id)
    except NotFound:
        raise Http404 from None
    facts = _shell(request, access) | _facts_of(key, access) | {"form": form}
    return render(request, "organizations/keys/key.html", facts, status=422 if form.errors else 200)


def _new_form(request: HttpRequest, access: Access) -> KeyForm:
    return KeyForm(
        request.POST if request.method == "POST" else None,
        scopes=api_keys.scopes_for(access),
        accounts=service_accounts.usable_by(access),
        initial={"owner": request.GET.get("account", "")},
    )


def _facts_of(key: ApiKey, access: Access) -> dict[str, Any]:
    return {
        "key": key,
        "scopes": [words_of(scope) for scope in key.scopes],
        "has_ended": key.revoked_at is not None or key.has_expired(clock.now()),
        "may_rotate": key.service_account is not None or key.user == access.actor.user,
    }


def _secret_page(
    request: HttpRequest, access: Access, key: ApiKey, secret: str, headline: str
) -> HttpResponse:
    """The one page that shows it (sent with `no-store`, as all pages behind a sign-in)."""
    facts = {"key": key, "secret": secret, "headline": headline}
    return render(request, "organizations/keys/secret.html", _shell(request, access) | facts)


def _shell(request: HttpRequest, access: Access) -> dict[str, Any]:
    return shell(request, access, "organization_keys")

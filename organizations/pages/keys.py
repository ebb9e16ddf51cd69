"""/organizations/{slug}/keys: one's own API keys, and for who manages them all."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import required_session, to_confirm
from accounts.services import sudo
from core import clock
from core.errors import NotFound, ValidationFailed
from organizations.http import actor_of_page
from organizations.models import ApiKey
from organizations.pages.acts import Answer, attempt, by, press, told
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
    answer, status = attempt(
        request,
        form,
        lambda: api_keys.create(**by(access), asked=form.asked(now=now)),
        _secret_page(request, access, _("The key is made.")),
    )
    facts = _shell(request, access) | {"form": form}
    return answer or render(request, "organizations/keys/new.html", facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def key_page(request: HttpRequest, slug: str, key_id: UUID) -> HttpResponse:
    access = open_page(request, slug, Permission.KEY_OWN)
    which = {**by(access), "key_id": key_id}
    if request.POST.get("act") == "revoke":
        ended = told(request, _("The key works no more."), reverse("organization_keys", args=[slug]))
        return press(request, lambda: api_keys.revoke(**which), ended)
    form = RotateForm(request.POST if request.POST.get("act") == "rotate" else None)
    shown = _secret_page(request, access, _("The key has a new secret."))
    answer, status = attempt(request, form, lambda: api_keys.rotate(**which, **form.cleaned_data), shown)
    if answer:
        return answer
    try:
        key = api_keys.get(**which)
    except NotFound:
        raise Http404 from None
    facts = _shell(request, access) | _facts_of(key, access) | {"form": form}
    return render(request, "organizations/keys/key.html", facts, status=status)


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


def _secret_page(request: HttpRequest, access: Access, headline: str) -> Answer[tuple[ApiKey, str]]:
    """The one page that shows it (sent with `no-store`, as all pages behind a sign-in)."""

    def page(made: tuple[ApiKey, str]) -> HttpResponse:
        facts = {"key": made[0], "secret": made[1], "headline": headline}
        return render(request, "organizations/keys/secret.html", _shell(request, access) | facts)

    return page


def _shell(request: HttpRequest, access: Access) -> dict[str, Any]:
    return shell(request, access, "organization_keys")

"""/organizations/{slug}/settings: its name, its address, its logo."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import DomainError
from organizations.http import actor_of_page
from organizations.pages.acts import done
from organizations.pages.forms import OrganizationLogoForm, SettingsForm
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import logos, organizations
from organizations.services.access import Access

VIEW = "organization_settings"


@require_http_methods(["GET", "HEAD", "POST"])
def organization_settings(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.ORGANIZATION_UPDATE)
    if request.method == "POST" and "logo" in request.POST:
        return _logo(request, access)
    form = SettingsForm(request.POST or None, initial=_shown(access))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                changed = organizations.update(
                    actor=actor_of_page(request),
                    organization_id=access.organization.id,
                    changes=form.cleaned_data,
                    now=clock.now(),
                )
            except DomainError as error:
                form.put_fault(error)
                status = error.status
            else:
                messages.success(request, _("The changes are saved."))
                return HttpResponseRedirect(reverse(VIEW, args=[changed.organization.slug]), status=303)
    return _page(request, access, form=form, status=status)


def _logo(request: HttpRequest, access: Access) -> HttpResponse:
    organization_id, now = access.organization.id, clock.now()
    if request.POST["logo"] == "remove":
        return done(
            request,
            lambda: logos.remove(actor=actor_of_page(request), organization_id=organization_id, now=now),
            notice=_("The logo is gone."),
            to=request.path,
        )
    form, status = OrganizationLogoForm(request.POST, request.FILES, auto_id="id_logo_%s"), 422
    if form.is_valid():
        upload: UploadedFile[Any] = form.cleaned_data["picture"]
        try:
            logos.put(
                actor=actor_of_page(request),
                organization_id=organization_id,
                picture=upload.read(),
                now=now,
            )
        except DomainError as error:
            form.put_fault(error)
            status = error.status
        else:
            messages.success(request, _("The new logo is there."))
            return HttpResponseRedirect(request.path, status=303)
    return _page(request, access, logo_form=form, status=status)


def _page(
    request: HttpRequest,
    access: Access,
    *,
    form: SettingsForm | None = None,
    logo_form: OrganizationLogoForm | None = None,
    status: int,
) -> HttpResponse:
    facts = {
        **shell(request, access, VIEW),
        "form": form or SettingsForm(initial=_shown(access)),
        "logo_form": logo_form or OrganizationLogoForm(auto_id="id_logo_%s"),
    }
    return render(request, "organizations/settings.html", facts, status=status)


def _shown(access: Access) -> dict[str, str]:
    return {"name": access.organization.name, "slug": access.organization.slug}

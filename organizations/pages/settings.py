"""/organizations/{slug}/settings: its name, its address, its logo."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organizations.pages.acts import attempt, by, told
from organizations.pages.forms import LogoForm, SettingsForm
from organizations.pages.logo import change_logo
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import organizations
from organizations.services.access import Access

VIEW = "organization_settings"


@require_http_methods(["GET", "HEAD", "POST"])
def organization_settings(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.ORGANIZATION_UPDATE)
    if request.method == "POST" and "logo" in request.POST:
        answer, logo_form, status = change_logo(request, access)
        return answer or _page(request, access, logo_form=logo_form, status=status)
    form = SettingsForm(request.POST or None, initial=_shown(access))
    answer, status = attempt(
        request,
        form,
        lambda: organizations.update(**by(access), changes=form.cleaned_data),
        lambda changed: told(
            request, _("The changes are saved."), reverse(VIEW, args=[changed.organization.slug])
        )(changed),
    )
    return answer or _page(request, access, form=form, status=status)


def _page(
    request: HttpRequest,
    access: Access,
    *,
    form: SettingsForm | None = None,
    logo_form: LogoForm | None = None,
    status: int,
) -> HttpResponse:
    facts = {
        **shell(request, access, VIEW),
        "form": form or SettingsForm(initial=_shown(access)),
        "logo_form": logo_form or LogoForm(),
    }
    return render(request, "organizations/settings.html", facts, status=status)


def _shown(access: Access) -> dict[str, str]:
    return {"name": access.organization.name, "slug": access.organization.slug}

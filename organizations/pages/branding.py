"""/organizations/{slug}/branding: colours, corners and the logo, with a preview of what people will see."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from organizations.brands import Brand, Look, brand_of
from organizations.models import Branding, Organization
from organizations.pages.acts import attempt, by, press, told
from organizations.pages.branding_css import preview_path
from organizations.pages.forms import LogoForm
from organizations.pages.logo import change_logo
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import branding
from organizations.services.access import Access

TEMPLATE = "organizations/branding.html"
CORNERS = (
    (Branding.Corners.SQUARE.value, gettext_lazy("Square")),
    (Branding.Corners.SOFT.value, gettext_lazy("Soft")),
    (Branding.Corners.ROUND.value, gettext_lazy("Round")),
)

THEMES = (
    ("light", gettext_lazy("A sign-in page on a light screen")),
    ("dark", gettext_lazy("A sign-in page on a dark screen")),
)


def _colour(label: Any, help_text: Any) -> forms.CharField:
    plain = {
        "autocomplete": "off",
        "spellcheck": "false",
        "maxlength": "7",
        "placeholder": "#rrggbb",
        "dir": "ltr",
    }
    widget = forms.TextInput(attrs={**plain, "data-colour": ""})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=7, widget=widget)


class BrandingForm(forms.Form):
    """What is chosen; whether it can be read, the service says."""

    accent = _colour(
        gettext_lazy("Colour on light pages"),
        gettext_lazy("Of links and of the main button, as #rrggbb. Empty: the usual one."),
    )
    accent_dark = _colour(
        gettext_lazy("Colour on dark pages"),
        gettext_lazy("Empty: the nearest shade of the other that can be read there."),
    )
    corners = forms.ChoiceField(label=gettext_lazy("Corners"), choices=CORNERS)

    @property
    def look(self) -> Look:
        return Look(**self.cleaned_data)


@require_http_methods(["GET", "HEAD", "POST"])
def branding_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Preview shows and keeps nothing; only Save does."""
    access = open_page(request, slug, Permission.BRANDING_MANAGE)
    if "logo" in request.POST:
        return _logo(request, access)
    if "reset" in request.POST:
        usual = told(request, _("The usual look is back."))
        return press(request, lambda: branding.remove(**by(access)), usual)
    brand = brand_of(access.organization)
    form = BrandingForm(request.POST) if request.method == "POST" else _form_of(brand)
    if "preview" in request.POST:
        answer, status = attempt(
            request,
            form,
            lambda: branding.judge(form.look),
            lambda look: _page(request, access, form, look, is_preview=True),
        )
        # While somebody types, the script asks again and again: that a half-typed colour is none is no failure.
        status = 200 if request.POST["preview"] == "live" else status
    else:
        saved = told(request, _("The new look is saved."))
        answer, status = attempt(request, form, lambda: branding.put(**by(access), look=form.look), saved)
    return answer or _page(request, access, form, brand.look, status=status)


def _logo(request: HttpRequest, access: Access) -> HttpResponse:
    """Set it or take it away; what is no picture is refused in words."""
    if not access.has(Permission.ORGANIZATION_UPDATE):
        raise PermissionDenied
    answer, form, status = change_logo(request, access)
    brand = brand_of(access.organization)
    return answer or _page(request, access, _form_of(brand), brand.look, logo_form=form, status=status)


def _form_of(brand: Brand) -> BrandingForm:
    look = brand.look
    return BrandingForm(
        initial={"accent": look.accent, "accent_dark": look.accent_dark, "corners": look.corners}
    )


def _page(
    request: HttpRequest,
    access: Access,
    form: BrandingForm,
    shown: Look,
    *,
    is_preview: bool = False,
    logo_form: LogoForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """`shown`: the look of the preview; of what was refused there is none, it stays the saved one."""
    facts = {
        **shell(request, access, "organization_branding"),
        "form": form,
        "logo_form": logo_form or LogoForm(),
        "brand_shown": brand_of(access.organization),
        "may_change_logo": access.has(Permission.ORGANIZATION_UPDATE),
        "preview_css": preview_path(shown),
        "is_preview": is_preview,
        "themes": THEMES,
        "sign_in_url": _sign_in_url(access.organization),
    }
    return render(request, TEMPLATE, facts, status=status)


def _sign_in_url(organization: Organization) -> str:
    """Where the door looks like the organization's; empty while it has proved no domain (`branding.of_slug`)."""
    return f"/login?organization={organization.slug}&another=1" if branding.of_slug(organization.slug) else ""

"""/organizations/{slug}/branding: colours, corners and the logo, with a preview of what people will see."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import DomainError
from organizations.brands import Brand, Look, brand_of
from organizations.http import actor_of_page
from organizations.models import Branding
from organizations.pages.branding_css import preview_path
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import branding, logos
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

    def refuse(self, error: DomainError) -> None:
        for field, sentences in (error.details or {"": [error.detail]}).items():
            self.add_error(field if field in self.fields else None, sentences)


class LogoForm(forms.Form):
    picture = forms.FileField(
        label=gettext_lazy("New logo"),
        max_length=255,
        help_text=gettext_lazy(
            "PNG, JPEG, WebP or GIF, at most 1 MB. People see it in 256 by 256 pixels at most."
        ),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def branding_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Preview shows and keeps nothing; only Save does."""
    access = open_page(request, slug, Permission.BRANDING_MANAGE)
    if "logo" in request.POST:
        return _logo(request, access)
    brand = brand_of(access.organization)
    if request.method != "POST":
        return _page(request, access, _form_of(brand), brand.look)
    if "reset" in request.POST:
        return _reset(request, access)
    form = BrandingForm(request.POST)
    # While somebody types, the script asks again and again: that a half-typed colour is none is no failure.
    is_live = request.POST.get("preview") == "live"
    if not form.is_valid():
        return _page(request, access, form, brand.look, status=200 if is_live else 422)
    try:
        if "preview" in request.POST:
            return _page(request, access, form, branding.judge(form.look), is_preview=True)
        branding.put(
            actor=actor_of_page(request),
            organization_id=access.organization.id,
            look=form.look,
            now=clock.now(),
        )
    except DomainError as error:
        form.refuse(error)
        return _page(request, access, form, brand.look, status=200 if is_live else error.status)
    return _done(request, access, _("The new look is saved."))


def _reset(request: HttpRequest, access: Access) -> HttpResponse:
    actor, organization_id = actor_of_page(request), access.organization.id
    return _taken_away(
        request,
        access,
        lambda: branding.remove(actor=actor, organization_id=organization_id, now=clock.now()),
        _("The usual look is back."),
    )


def _logo(request: HttpRequest, access: Access) -> HttpResponse:
    """Set it or take it away; what is no picture is refused in words."""
    if not access.has(Permission.ORGANIZATION_UPDATE):
        raise PermissionDenied
    actor, organization_id, now = actor_of_page(request), access.organization.id, clock.now()
    if request.POST["logo"] == "remove":
        return _taken_away(
            request,
            access,
            lambda: logos.remove(actor=actor, organization_id=organization_id, now=now),
            _("The logo is gone."),
        )
    form = LogoForm(request.POST, request.FILES, auto_id="id_logo_%s")
    if not form.is_valid():
        return _with_logo_form(request, access, form, status=422)
    upload: UploadedFile[Any] = form.cleaned_data["picture"]
    try:
        logos.put(actor=actor, organization_id=organization_id, picture=upload.read(), now=now)
    except DomainError as error:
        form.add_error("picture", error.detail)
        return _with_logo_form(request, access, form, status=error.status)
    return _done(request, access, _("The new logo is there."))


def _taken_away(
    request: HttpRequest, access: Access, take_away: Callable[[], object], sentence: str
) -> HttpResponse:
    """A button without a form around it: a refusal stands above the page."""
    try:
        take_away()
    except DomainError as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect(request.path, status=303)
    return _done(request, access, sentence)


def _with_logo_form(request: HttpRequest, access: Access, form: LogoForm, *, status: int) -> HttpResponse:
    brand = brand_of(access.organization)
    return _page(request, access, _form_of(brand), brand.look, logo_form=form, status=status)


def _form_of(brand: Brand) -> BrandingForm:
    look = brand.look
    return BrandingForm(
        initial={"accent": look.accent, "accent_dark": look.accent_dark, "corners": look.corners}
    )


def _done(request: HttpRequest, access: Access, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(f"/organizations/{access.organization.slug}/branding", status=303)


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
        "logo_form": logo_form or LogoForm(auto_id="id_logo_%s"),
        "brand_shown": brand_of(access.organization),
        "may_change_logo": access.has(Permission.ORGANIZATION_UPDATE),
        "preview_css": preview_path(shown),
        "is_preview": is_preview,
        "themes": THEMES,
        "sign_in_url": f"/login?organization={access.organization.slug}",
    }
    return render(request, TEMPLATE, facts, status=status)

"""/logos/organizations/{key}.png: an organization's logo as we encoded it, and how the pages with its form change it."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from core.served_pictures import serve_png
from organizations.pages.acts import attempt, by, press, told
from organizations.pages.forms import LogoForm
from organizations.services import logos
from organizations.services.access import Access

KEEP = timedelta(days=1)  # whoever takes a logo away finds it gone from caches the day after


@csrf_exempt  # reads no cookie
@require_safe
def organization_logo(request: HttpRequest, key: str) -> HttpResponse:
    """For our own pages, and for apps that show where one works."""
    png = logos.find_png(key)
    if png is None:
        raise Http404
    return serve_png(png, name="logo", keep=KEEP, for_other_sites=True)


def change_logo(request: HttpRequest, access: Access) -> tuple[HttpResponse | None, LogoForm, int]:
    """Set it or take it away: the answer, or the form with what was refused, and its status."""
    form = LogoForm(request.POST, request.FILES)
    if request.POST["logo"] == "remove":
        gone = told(request, _("The logo is gone."))
        return press(request, lambda: logos.remove(**by(access)), gone), form, 303
    answer, status = attempt(
        request,
        form,
        lambda: logos.put(**by(access), picture=form.cleaned_data["picture"].read()),
        told(request, _("The new logo is there.")),
    )
    return answer, form, status

"""/organizations: the person's own, a new one, and the first page of each."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import required_session
from core import clock
from organizations.http import actor_of_page
from organizations.pages.acts import attempt, press, told
from organizations.pages.forms import OrganizationForm
from organizations.pages.shell import find_id, open_page, shell
from organizations.permissions import Permission
from organizations.services import organizations
from organizations.services.organizations import NewOrganization

SHOWN_AT_MOST = 200


@require_safe
def organization_list(request: HttpRequest) -> HttpResponse:
    person = required_session(request).user
    places = organizations.places_of(person)[:SHOWN_AT_MOST]
    facts = {"places": places, "may_create": organizations.may_create(person)}
    return render(request, "organizations/list.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def organization_new(request: HttpRequest) -> HttpResponse:
    session = required_session(request)
    if not organizations.may_create(session.user):
        raise Http404
    form = OrganizationForm(request.POST or None)
    answer, status = attempt(
        request,
        form,
        lambda: organizations.create(
            session=session, new=NewOrganization(**form.cleaned_data), now=clock.now()
        ),
        lambda access: HttpResponseRedirect(
            reverse("organization", args=[access.organization.slug]), status=303
        ),
    )
    return answer or render(request, "organizations/new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    """What the organization is, and whether its reader starts there."""
    if request.method == "POST":
        starts = request.POST.get("is_default") == "yes"
        notice = _("You start here from now on.") if starts else _("You do not start here any more.")
        return press(
            request,
            lambda: organizations.set_default(
                actor=actor_of_page(request),
                organization_id=find_id(request, slug),
                is_default=starts,
                now=clock.now(),
            ),
            told(request, notice),
        )
    access = open_page(request, slug, Permission.ORGANIZATION_READ)
    return render(request, "organizations/overview.html", shell(request, access, "organization"))

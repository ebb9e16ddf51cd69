"""/organizations/{slug}/branding/clients: the apps that have an organization's look, and taking it back.

Of an organization, but here: organizations know no clients.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import required_session
from core import clock
from oauth.services import client_organizations, logos
from organizations.pages.acts import press, told
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission

SHOWN_AT_MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
def branded_clients(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.BRANDING_MANAGE)
    session, organization_id = required_session(request), access.organization.id
    if request.method == "POST":
        client_id = request.POST.get("client", "").replace("\0", "")  # which multipart forms may bring along
        return press(
            request,
            lambda: client_organizations.take_back(
                session=session,
                organization_id=organization_id,
                client_id=client_id,
                now=clock.now(),
            ),
            told(request, _("The usual look is back.")),
        )
    rows = client_organizations.carrying(session=session, organization_id=organization_id, now=clock.now())
    shown = [(row, logos.path_to(row.client_id, row.logo_digest)) for row in rows[:SHOWN_AT_MOST]]
    facts = {"clients": shown, **shell(request, access, "organization_branding")}
    return render(request, "organizations/branded_clients.html", facts)

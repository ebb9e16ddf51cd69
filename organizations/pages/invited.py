"""/invitations: what a mailed link shows, accepting and declining, and what waits for oneself.

Opening a link does nothing: programs that look at mail open links too. Only a POST acts. Accepting is a route of its
own, so that the gate sends who is not signed in there, and who must see something else first.
"""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import required_session, user_of
from core import clock
from core.errors import DomainError, NotFound
from core.identifiers import find_uuid
from organizations.models import Membership
from organizations.services import joining


@require_safe
def open_link(request: HttpRequest) -> HttpResponse:
    """What the invitation is, and who could accept it. The address is shown masked: links get passed on."""
    try:
        invitation = joining.validate(token=_token(request), now=clock.now())
    except DomainError as error:
        return _over(request, error)
    user = user_of(request)
    back = urlencode({"next": request.get_full_path()})
    facts = {
        "invitation": invitation,
        "person": user,
        "is_theirs": user is not None and joining.is_for(user, invitation),
        "query": urlencode({"token": _token(request)}),
        "signin_url": f"/login?{back}",
        "signup_url": f"/signup?{back}",
        "choose_url": f"/login/choose?{back}",
    }
    return _shut(render(request, "organizations/invited.html", facts))


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Become a member; whoever comes here by GET, from the sign-in, sees the invitation once more."""
    if request.method != "POST":
        return _to_open(request)
    try:
        membership = joining.accept_by_link(
            session=required_session(request), token=_token(request), now=clock.now()
        )
    except DomainError as error:
        return _over(request, error)
    return _joined(request, membership)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest) -> HttpResponse:
    """Signed in or not."""
    if request.method != "POST":
        return _to_open(request)
    try:
        joining.decline_by_link(token=_token(request), user=user_of(request), now=clock.now())
    except DomainError as error:
        return _over(request, error)
    facts = {
        "heading": _("The invitation is declined"),
        "text": _("Nothing else has changed. You can close this page."),
    }
    return _shut(render(request, "login/done.html", facts))


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """What waits for one of the person's addresses."""
    session, now = required_session(request), clock.now()
    if request.method != "POST":
        facts = {"invitations": joining.waiting_for(session.user, now=now)}
        return render(request, "organizations/own_invitations.html", facts)
    try:
        if "accept" in request.POST:
            which = _id(request.POST["accept"])
            return _joined(request, joining.accept_own(session=session, invitation_id=which, now=now))
        which = _id(request.POST.get("decline", ""))
        joining.decline_own(session=session, invitation_id=which, now=now)
        messages.success(request, _("The invitation is declined."))
    except NotFound:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, error.detail)
    return HttpResponseRedirect(request.path, status=303)


def _token(request: HttpRequest) -> str:
    return request.GET.get("token", "")[:200]


def _id(text: str) -> UUID:
    if (found := find_uuid(text)) is None:
        raise Http404
    return found


def _to_open(request: HttpRequest) -> HttpResponse:
    query = urlencode({"token": _token(request)})
    return HttpResponseRedirect(f"{reverse('invitation_open')}?{query}", status=303)


def _joined(request: HttpRequest, membership: Membership) -> HttpResponse:
    organization = membership.organization
    messages.success(request, _("Welcome. You belong to %(name)s now.") % {"name": organization.name})
    return HttpResponseRedirect(reverse("organization", args=[organization.slug]), status=303)


def _over(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The invitation cannot be accepted: why, and where to go on."""
    facts = {"detail": error.detail, "person": user_of(request)}
    return _shut(render(request, "organizations/invitation_over.html", facts, status=error.status))


def _shut(response: HttpResponse) -> HttpResponse:
    """The address holds a token: nobody reads it from a Referer."""
    response["Referrer-Policy"] = "strict-origin"
    return response

"""/organizations/{slug}/members: who belongs to it, and one of them."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import NotFound, ValidationFailed
from core.identifiers import find_uuid
from core.keyset import read_page
from core.plans import planned_by_values
from organizations.http import actor_of_page
from organizations.models import Membership
from organizations.pages.acts import done
from organizations.pages.forms import MemberRoleForm, MemberSearchForm
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import members
from organizations.services.access import Access
from organizations.services.members import Wanted

VIEW, PER_PAGE = "organization_members", 50


@require_safe
def member_list(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.MEMBER_READ)
    form = MemberSearchForm(request.GET or None)
    text = form.cleaned_data["search"].strip() if form.is_valid() else ""
    cursor = request.GET.get("cursor")
    rows = members.find(
        actor=actor_of_page(request),
        organization_id=access.organization.id,
        wanted=Wanted(search=text),
        now=clock.now(),
    )
    try:
        with planned_by_values():
            of = f"members of {access.organization.id}"
            page = read_page(rows, of=of, by="joined_at", cursor=cursor, limit=PER_PAGE, is_ascending=True)
    except ValidationFailed:  # a cursor that is none of ours: begin at the beginning
        return HttpResponseRedirect(request.path, status=303)
    facts = {
        "form": form,
        "search": text,
        "cursor": cursor,
        "members": page.rows,
        "further": urlencode({"search": text, "cursor": page.next_cursor}) if page.next_cursor else "",
    }
    return render(request, "organizations/members.html", {**shell(request, access, VIEW), **facts})


@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, slug: str, membership_id: UUID) -> HttpResponse:
    access = open_page(request, slug, Permission.MEMBER_READ)
    try:
        found = members.get(
            actor=actor_of_page(request),
            organization_id=access.organization.id,
            membership_id=membership_id,
            now=clock.now(),
        )
    except NotFound:
        raise Http404 from None
    if request.method == "POST":
        return _act(request, access, membership_id)
    powers = members.powers_over(access, found)
    facts = {"member": found, "powers": powers, "role_form": _form_for(found, powers)}
    return render(request, "organizations/member.html", {**shell(request, access, VIEW), **facts})


def _form_for(member: Membership, powers: members.Powers) -> MemberRoleForm:
    return MemberRoleForm(initial={"role": str(member.role_id)}, roles=powers.roles)


def _act(request: HttpRequest, access: Access, membership_id: UUID) -> HttpResponse:
    whom: dict[str, Any] = {
        "actor": actor_of_page(request),
        "organization_id": access.organization.id,
        "membership_id": membership_id,
        "now": clock.now(),
    }
    act = request.POST.get("act", "")
    if act == "role" and (role_id := find_uuid(request.POST.get("role", ""))):
        return done(
            request,
            lambda: members.change_role(**whom, role_id=role_id),
            notice=_("The role is changed. It counts from now on."),
            to=request.path,
        )
    if act == "suspend":
        notice = _("This member finds nothing of the organization any more, until you let them in again.")
        return done(request, lambda: members.suspend(**whom), notice=notice, to=request.path)
    if act == "resume":
        notice = _("This member is in again.")
        return done(request, lambda: members.resume(**whom), notice=notice, to=request.path)
    if act == "remove":
        to = reverse(VIEW, args=[access.organization.slug])
        return done(
            request, lambda: members.remove(**whom), notice=_("This person is no member any more."), to=to
        )
    return HttpResponseRedirect(request.path, status=303)

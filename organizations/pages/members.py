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
from organizations.pages.acts import by, press, told
from organizations.pages.forms import MemberSearchForm
from organizations.pages.role_forms import GivenRoleForm
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import members, role_grants
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
    facts = {
        "member": found,
        "powers": powers,
        "role_form": GivenRoleForm(initial={"role": str(found.role_id)}, roles=powers.roles),
        **_further(access, found, powers),
    }
    return render(request, "organizations/member.html", {**shell(request, access, VIEW), **facts})


def _further(access: Access, member: Membership, powers: members.Powers) -> dict[str, Any]:
    """The roles besides the first, to who may read roles; and those that may be added."""
    if not access.has(Permission.ROLE_READ):
        return {}
    held = role_grants.of_member(access.actor, access.organization.id, member.id, now=clock.now())
    own = {each.role.id for each in held if each.via != "group"}
    free = [role for role in powers.roles if role.id not in own and not role.granted.is_owner]
    return {"further": held[1:], "further_form": GivenRoleForm(auto_id="id_further_%s", roles=free)}


def _act(request: HttpRequest, access: Access, membership_id: UUID) -> HttpResponse:
    whom = {**by(access), "membership_id": membership_id}
    act, role_id = request.POST.get("act", ""), find_uuid(request.POST.get("role", ""))
    if act == "role" and role_id:
        notice = _("The role is changed. It counts from now on.")
        return press(request, lambda: members.change_role(**whom, role_id=role_id), told(request, notice))
    if act in ("grant", "take") and role_id:
        service = role_grants.grant if act == "grant" else role_grants.take
        which = {**by(access), "member_id": membership_id, "role_id": role_id}
        return press(request, lambda: service(**which), told(request, _("The changes are saved.")))
    if act == "suspend":
        notice = _("This member finds nothing of the organization any more, until you let them in again.")
        return press(request, lambda: members.suspend(**whom), told(request, notice))
    if act == "resume":
        notice = _("This member is in again.")
        return press(request, lambda: members.resume(**whom), told(request, notice))
    if act == "remove":
        gone = told(
            request, _("This person is no member any more."), reverse(VIEW, args=[access.organization.slug])
        )
        return press(request, lambda: members.remove(**whom), gone)
    return HttpResponseRedirect(request.path, status=303)

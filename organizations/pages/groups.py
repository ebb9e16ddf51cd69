"""/organizations/{slug}/groups: members who share roles."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import NotFound
from organizations.models import Group, Role
from organizations.pages.acts import attempt, by, told
from organizations.pages.role_forms import ChosenForm, GivenRoleForm, GroupForm, GroupMemberForm
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import group_contents, groups, roles
from organizations.services.access import Access

SECTION = "organization_groups"
SHOWN_AT_MOST = 200


@require_safe
def group_list(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.GROUP_READ)
    rows = groups.list_of(access.actor, access.organization.id, now=clock.now())
    facts = {"groups": rows, "may_manage": access.has(Permission.GROUP_MANAGE)}
    return render(request, "organizations/groups.html", {**shell(request, access, SECTION), **facts})


@require_http_methods(["GET", "HEAD", "POST"])
def group_new(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.GROUP_MANAGE)
    form = GroupForm(request.POST or None)
    then = told(request, _("The group is there."), reverse(SECTION, args=[slug]))
    answer, status = attempt(request, form, lambda: groups.create(**by(access), **form.cleaned_data), then)
    facts = {**shell(request, access, SECTION), "form": form}
    return answer or render(request, "organizations/group_new.html", facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, slug: str, group_id: UUID) -> HttpResponse:
    access = open_page(request, slug, Permission.GROUP_READ)
    try:
        shown = groups.get(access.actor, access.organization.id, group_id, now=clock.now())
    except NotFound:
        raise Http404 from None
    forms, answer, status = _forms(access, shown), None, 200
    if request.method == "POST":
        answer, status = _act(request, slug, access, shown, forms)
    links = shown.member_links.select_related("membership__user").order_by("created_at", "id")
    facts = {
        **shell(request, access, SECTION),
        **forms,
        "group": shown,
        "links": links[:SHOWN_AT_MOST] if access.has(Permission.MEMBER_READ) else [],
        "may_manage": access.has(Permission.GROUP_MANAGE),
    }
    return answer or render(request, "organizations/group.html", facts, status=status)


def _forms(access: Access, shown: Group) -> dict[str, Any]:
    return {
        "form": GroupForm(initial={"name": shown.name, "description": shown.description}),
        "role_form": GivenRoleForm(roles=_to_give(access, shown)),
        "member_form": GroupMemberForm(),
    }


def _act(
    request: HttpRequest, slug: str, access: Access, shown: Group, forms: dict[str, Any]
) -> tuple[HttpResponse | None, int]:
    """Do what the pressed button says; a refused form is shown in its place."""
    form: Any
    which = {**by(access), "group_id": shown.id}
    here, sent = reverse("organization_group", args=[slug, shown.id]), request.POST
    changed, left = (
        told(request, _("The changes are saved."), here),
        told(request, _("The group is gone."), reverse(SECTION, args=[slug])),
    )
    match sent.get("act"):
        case "add_member":
            form = forms["member_form"] = GroupMemberForm(sent)
            return attempt(
                request, form, lambda: group_contents.add_by_email(**which, **form.cleaned_data), changed
            )
        case "add_role":
            form = forms["role_form"] = GivenRoleForm(sent, roles=_to_give(access, shown))
            act = group_contents.add_role
            return attempt(
                request, form, lambda: act(**which, role_id=UUID(form.cleaned_data["role"])), changed
            )
        case "remove_member" | "remove_role" | "delete" as what:
            form = forms["chosen_form"] = ChosenForm(sent)
            return attempt(
                request,
                form,
                lambda: _remove(what, which, form.cleaned_data["id"]),
                left if what == "delete" else changed,
            )
    form = forms["form"] = GroupForm(sent)
    return attempt(request, form, lambda: groups.change(**which, changes=form.cleaned_data), changed)


def _remove(what: str, which: dict[str, Any], chosen: UUID | None) -> None:
    if what == "delete":
        groups.delete(**which)
    elif chosen is None:
        raise NotFound("")
    elif what == "remove_member":
        group_contents.remove_member(**which, member_id=chosen)
    else:
        group_contents.remove_role(**which, role_id=chosen)


def _to_give(access: Access, shown: Group) -> list[Role]:
    """Which further roles its reader may give the group."""
    held = {role.id for role in shown.roles.all()}
    rows = [row for row in roles.usable(access.organization.id) if row.id not in held]
    return [row for row in rows if access.granted.covers(row.granted) and not row.granted.is_owner]

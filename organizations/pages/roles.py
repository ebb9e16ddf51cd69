"""/organizations/{slug}/roles: the roles that can be had there."""

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import NotFound
from organizations.models import Role
from organizations.pages.acts import attempt, by, told
from organizations.pages.role_forms import NewRoleForm, RoleDeletionForm, RoleForm
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import roles
from organizations.services.access import Access
from organizations.services.roles import RoleFacts

SECTION = "organization_roles"


@require_safe
def role_list(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.ROLE_READ)
    rows = roles.list_of(access.actor, access.organization.id, now=clock.now())
    facts = {"roles": rows, "may_manage": access.has(Permission.ROLE_MANAGE)}
    return render(request, "organizations/roles.html", {**shell(request, access, SECTION), **facts})


@require_http_methods(["GET", "HEAD", "POST"])
def role_new(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.ROLE_MANAGE)
    form = NewRoleForm(request.POST or None, access=access)
    answer, status = attempt(
        request,
        form,
        lambda: roles.create(**by(access), key=form.cleaned_data["key"], facts=_facts_of(form)),
        told(request, _("The role is there."), reverse(SECTION, args=[slug])),
    )
    facts = {**shell(request, access, SECTION), "form": form, "may_manage": True}
    return answer or render(request, "organizations/role.html", facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, slug: str, role_id: UUID) -> HttpResponse:
    access = open_page(request, slug, Permission.ROLE_READ)
    try:
        shown = roles.find(access.organization.id, role_id)
    except NotFound:
        raise Http404 from None
    sent = request.POST if request.method == "POST" else None
    is_deletion = sent is not None and sent.get("act") == "delete"
    given = {"name": shown.name, "description": shown.description, "permissions": shown.permissions}
    form = RoleForm(None if is_deletion else sent, access=access, present=shown.permissions, initial=given)
    deletion = RoleDeletionForm(sent if is_deletion else None, roles=_heirs(access, shown))
    if is_deletion:
        then = told(request, _("The role is gone."), reverse(SECTION, args=[slug]))
        answer, status = attempt(request, deletion, lambda: _delete(access, shown, deletion), then)
    else:
        then = told(request, _("The changes are saved."), reverse(SECTION, args=[slug]))
        act = {**by(access), "role_id": role_id}
        answer, status = attempt(request, form, lambda: roles.change(**act, facts=_facts_of(form)), then)
    may_manage = access.has(Permission.ROLE_MANAGE) and not shown.is_system
    facts = {"role": shown, "form": form, "deletion": deletion, "may_manage": may_manage}
    facts["allowed"] = sorted(shown.granted.names)
    all_facts = {**shell(request, access, SECTION), **facts}
    return answer or render(request, "organizations/role.html", all_facts, status=status)


def _delete(access: Access, shown: Role, form: forms.Form) -> None:
    heir = form.cleaned_data["move_to"]
    roles.delete(**by(access), role_id=shown.id, move_to=UUID(heir) if heir else None)


def _heirs(access: Access, gone: Role) -> list[Role]:
    """Which roles its reader may give instead."""
    rows = roles.usable(access.organization.id).exclude(id=gone.id)
    return [row for row in rows if access.granted.covers(row.granted) and not row.granted.is_owner]


def _facts_of(form: forms.Form) -> RoleFacts:
    data = form.cleaned_data
    return RoleFacts(
        name=data["name"], description=data["description"], permissions=tuple(data["permissions"])
    )

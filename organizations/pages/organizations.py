"""/organizations, and the first page of each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import required_session
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import organizations


@require_safe
def organization_list(request: HttpRequest) -> HttpResponse:
    facts = {"places": organizations.places_of(required_session(request).user)}
    return render(request, "organizations/list.html", facts)


@require_safe
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.ORGANIZATION_READ)
    return render(request, "organizations/overview.html", shell(request, access, "organization"))

"""/organizations/{slug}/policy: what the organization asks of sign-ins and of invitations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import to_confirm
from core import clock
from core.errors import DomainError, ReauthenticationRequired
from organizations.http import actor_of_page
from organizations.pages.policy_form import PolicyForm
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.policies import policy_of
from organizations.services import policy

VIEW = "organization_policy"


@require_http_methods(["GET", "HEAD", "POST"])
def organization_policy(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.POLICY_READ)
    present = policy_of(access.organization)
    is_post = request.method == "POST"
    form = PolicyForm(present, policy.version_of(present), request.POST if is_post else None)
    status = 422 if is_post else 200
    if is_post and form.is_valid():
        try:
            policy.change(
                actor=actor_of_page(request),
                organization_id=access.organization.id,
                changes=form.changes,
                if_version={form.cleaned_data["version"]},
                now=clock.now(),
            )
        except ReauthenticationRequired:
            return to_confirm(request)
        except DomainError as error:
            form.put_fault(error)
            status = error.status
        else:
            messages.success(request, _("The changes are saved."))
            return HttpResponseRedirect(request.path, status=303)
    facts = {"form": form, "may_change": access.has(Permission.POLICY_MANAGE), **shell(request, access, VIEW)}
    return render(request, "organizations/policy.html", facts, status=status)

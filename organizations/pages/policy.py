"""/organizations/{slug}/policy: what the organization asks of sign-ins and of invitations."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organizations.pages.acts import attempt, by, told
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
    sent = request.POST if request.method == "POST" else None
    form = PolicyForm(present, policy.version_of(present), sent)
    answer, status = attempt(
        request,
        form,
        lambda: policy.change(**by(access), changes=form.changes, if_version={form.cleaned_data["version"]}),
        told(request, _("The changes are saved.")),
    )
    facts = {"form": form, "may_change": access.has(Permission.POLICY_MANAGE), **shell(request, access, VIEW)}
    return answer or render(request, "organizations/policy.html", facts, status=status)

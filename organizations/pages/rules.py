"""/organizations/{slug}/rules: rules over the organization's own resources, and a place to try them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import NotFound
from organizations.pages.acts import attempt, by, told
from organizations.pages.role_forms import ChosenForm
from organizations.pages.rule_forms import RuleForm, TryForm
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import evaluations, rules
from organizations.services.evaluations import Answer

SECTION = "organization_rules"
EXAMPLE = """{
  "all": [
    {"equals": [{"attr": "subject.department"}, "finance"]},
    {"less": [{"attr": "resource.amount"}, 5000]},
    {"not": {"ip_in": [{"attr": "request.ip"}, ["203.0.113.0/24"]]}}
  ]
}"""


@require_safe
def rule_list(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.POLICY_READ)
    rows = rules.list_of(access.actor, access.organization.id, now=clock.now())
    facts = {"rules": rows, "may_manage": access.has(Permission.POLICY_MANAGE)}
    return render(request, "organizations/rules.html", {**shell(request, access, SECTION), **facts})


@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.POLICY_MANAGE)
    form = RuleForm(request.POST or None)
    then = told(request, _("The rule is in force."), reverse(SECTION, args=[slug]))
    answer, status = attempt(request, form, lambda: rules.create(**by(access), facts=form.facts), then)
    facts = {**shell(request, access, SECTION), "form": form, "example": EXAMPLE, "may_manage": True}
    return answer or render(request, "organizations/rule.html", facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, slug: str, rule_id: UUID) -> HttpResponse:
    access = open_page(request, slug, Permission.POLICY_READ)
    try:
        shown = rules.get(access.actor, access.organization.id, rule_id, now=clock.now())
    except NotFound:
        raise Http404 from None
    sent = request.POST if request.method == "POST" else None
    is_deletion = sent is not None and sent.get("act") == "delete"
    form = RuleForm(None if is_deletion else sent, initial=RuleForm.initial_of(shown))
    chosen_form, which = ChosenForm(sent if is_deletion else None), {**by(access), "rule_id": rule_id}
    back = reverse(SECTION, args=[slug])
    if is_deletion:
        then = told(request, _("The rule is gone."), back)
        answer, status = attempt(request, chosen_form, lambda: rules.delete(**which), then)
    else:
        then = told(request, _("The changes are saved."), back)
        answer, status = attempt(request, form, lambda: rules.change(**which, facts=form.facts), then)
    facts = {"rule": shown, "form": form, "chosen_form": chosen_form, "example": EXAMPLE}
    facts["may_manage"] = access.has(Permission.POLICY_MANAGE)
    all_facts = {**shell(request, access, SECTION), **facts}
    return answer or render(request, "organizations/rule.html", all_facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_try(request: HttpRequest, slug: str) -> HttpResponse:
    """Changes nothing; a POST, so that what is tried stays out of addresses."""
    access = open_page(request, slug, Permission.POLICY_READ)
    form = TryForm(request.POST or None)

    def page(result: Answer | None, status: int = 200) -> HttpResponse:
        facts = {**shell(request, access, SECTION), "form": form, "result": result}
        return render(request, "organizations/rule_try.html", facts, status=status)

    answer, status = attempt(
        request,
        form,
        lambda: evaluations.evaluate_for(
            **by(access), question=form.question, email=form.cleaned_data["email"]
        ),
        page,
    )
    return answer or page(None, status)

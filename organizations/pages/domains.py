"""/organizations/{slug}/domains, and /account/organizations: those that one's own domain opens."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.http import required_session
from core import clock
from core.identifiers import find_uuid
from core.paths import safe_next
from organizations import dns_records
from organizations.models import Domain, Role
from organizations.pages.acts import attempt, by, press, told
from organizations.pages.shell import open_page, shell
from organizations.permissions import OWNER, Permission
from organizations.services import domains, enrolment
from organizations.services.access import Access

VIEW = "organization_domains"
ENROLMENTS = (
    (Domain.Enrolment.NONE, gettext_lazy("Nobody joins by it")),
    (Domain.Enrolment.SUGGESTED, gettext_lazy("They are offered to join")),
    (Domain.Enrolment.AUTOMATIC, gettext_lazy("They join when they sign in")),
)


class DomainForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Domain"),
        max_length=300,
        help_text=gettext_lazy("What stands behind the @ of your addresses, like example.com."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}
        ),
    )


class EnrolmentForm(forms.Form):
    enrolment = forms.ChoiceField(label=gettext_lazy("People with an address of it"), choices=ENROLMENTS)
    role_id = forms.ChoiceField(label=gettext_lazy("Their role"))

    def __init__(self, row: Domain, roles: list[Role], data: Any = None) -> None:
        initial = {"enrolment": row.enrolment, "role_id": str(row.role_id)}
        super().__init__(data, initial=initial, auto_id=f"id_{row.id}_%s")
        self.fields["role_id"].choices = [(str(role.id), role.title) for role in roles]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def organization_domains(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.DOMAIN_READ)
    if "act" in request.POST:
        return _act(request, access)
    form = DomainForm(request.POST if request.method == "POST" else None)
    answer, status = attempt(
        request,
        form,
        lambda: domains.add(**by(access), name=form.cleaned_data["name"]),
        lambda row: HttpResponseRedirect(f"{request.path}#domain-{row.id}", status=303),
    )
    return answer or _page(request, access, form, status=status)


def _act(request: HttpRequest, access: Access) -> HttpResponse:
    """What one of the buttons beside a domain does."""
    if (domain_id := find_uuid(request.POST.get("domain", ""))) is None:
        raise Http404
    which = {**by(access), "domain_id": domain_id}
    chosen = {name: request.POST[name] for name in ("enrolment", "role_id") if name in request.POST}
    acts = {
        "verify": (lambda: domains.verify(**which), _("The domain is verified.")),
        "remove": (lambda: domains.remove(**which), _("The domain is removed.")),
        "change": (lambda: _change(access, which, chosen), _("The changes are saved.")),
    }
    if request.POST["act"] not in acts:
        raise Http404
    act, notice = acts[request.POST["act"]]
    return press(request, act, told(request, notice))


@require_http_methods(["GET", "HEAD", "POST"])
def joinable_organizations(request: HttpRequest) -> HttpResponse:
    """What the person's own domain opens: shown after a sign-in until they answered, and from the list of organizations."""
    session, onward = required_session(request), safe_next(request.GET.get("next", ""))
    if request.method == "POST":
        if (organization_id := find_uuid(request.POST.get("organization", ""))) is None:
            raise Http404
        is_joining = request.POST.get("answer") == "join"
        act = enrolment.accept if is_joining else enrolment.decline
        notice = _("You are a member now.") if is_joining else _("You will not be asked again.")
        return press(
            request,
            lambda: act(session=session, organization_id=organization_id, now=clock.now()),
            told(request, notice, request.get_full_path()),
        )
    facts = {"offers": enrolment.offers_to(session.user), "onward": onward or "/account"}
    return render(request, "organizations/joinable.html", facts)


def _change(access: Access, which: dict[str, Any], chosen: dict[str, str]) -> object:
    row = domains.get(access, which["domain_id"])
    form = EnrolmentForm(row, _roles(access), chosen)
    if not form.is_valid():
        raise Http404
    return domains.change(
        **which, enrolment=form.cleaned_data["enrolment"], role_id=UUID(form.cleaned_data["role_id"])
    )


def _roles(access: Access) -> list[Role]:
    """Those that the reader may have a domain give."""
    usable = Role.objects.usable_in(access.organization.id).order_by("organization", "name")
    return [role for role in usable if role.key != OWNER and access.granted.covers(role.granted)]


def _page(request: HttpRequest, access: Access, form: DomainForm, *, status: int) -> HttpResponse:
    roles, may_manage = _roles(access), access.has(Permission.DOMAIN_MANAGE)
    rows = Domain.objects.filter(organization=access.organization).select_related("role").order_by("name")
    shown = [
        {
            "row": row,
            "host": dns_records.host_of(row.name),
            "value": dns_records.value_of(row.token),
            "form": EnrolmentForm(row, roles),
        }
        for row in rows
    ]
    facts = {"domains": shown, "form": form, "may_manage": may_manage, **shell(request, access, VIEW)}
    return render(request, "organizations/domains.html", facts, status=status)

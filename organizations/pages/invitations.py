"""/organizations/{slug}/invitations: who is invited, and inviting one or many."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core import background, clock
from core.errors import NotAllowed, NotFound, ValidationFailed
from core.identifiers import find_uuid
from organizations import invitation_files, tasks
from organizations.http import actor_of_page
from organizations.pages.acts import attempt, by, press, told
from organizations.pages.invitation_forms import InvitationForm, InvitationListForm
from organizations.pages.shell import find_id, shell
from organizations.services import bulk_invitations, invitation_rules, invitations
from organizations.services.access import Access
from organizations.services.bulk_invitations import Report

VIEW = "organization_invitations"
FAULTS_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, and what is done with one of it."""
    access, now = _open(request, slug), clock.now()
    if request.method == "POST":
        return _act(request, access)
    place = invitations.Place(request.GET.get("cursor"))
    try:
        page = invitations.page_of(access, place, now=now)
    except ValidationFailed:  # a cursor that is none of ours: begin at the beginning
        return HttpResponseRedirect(request.path, status=303)
    facts = {
        "rows": [(row, row.state_at(now).value) for row in page.rows],
        "cursor": place.cursor,
        "next_cursor": page.next_cursor,
    }
    return render(request, "organizations/invitations.html", {**shell(request, access, VIEW), **facts})


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite one person."""
    access = _open(request, slug)
    roles = invitations.roles_to_give(access)
    form = InvitationForm(request.POST if request.method == "POST" else None, roles=roles)
    answer, status = attempt(
        request,
        form,
        lambda: invitations.invite(
            **by(access), email=form.cleaned_data["email"], role_key=form.cleaned_data["role"]
        ),
        lambda row: _sent(
            request, access, _("The invitation is on its way to %(email)s.") % {"email": row.email}
        ),
    )
    facts = {**shell(request, access, VIEW), "form": form}
    return answer or render(request, "organizations/invite.html", facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def invite_many(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite by a pasted list or a CSV file; its faults come back line by line, with the list to correct."""
    access = _open(request, slug)
    roles = invitations.roles_to_give(access)
    is_sent = request.method == "POST"
    form = InvitationListForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, roles=roles
    )

    def page(report: Report | None, status: int = 422) -> HttpResponse:
        if report and report.sent:
            background.wake(tasks.send_invitations)
            return _sent(request, access, _in_words(report.sent))
        faults = report.faults[:FAULTS_SHOWN] if report else []
        facts = {**shell(request, access, VIEW), "form": form, "report": report, "faults": faults}
        return render(request, "organizations/invite_many.html", facts, status=status)

    answer, status = attempt(request, form, lambda: _invited(request, access, form), page)
    return answer or page(None, status)


def _open(request: HttpRequest, slug: str) -> Access:
    """For who may invite, by permission or as a member where the policy lets all of them."""
    try:
        return invitation_rules.look(actor_of_page(request), find_id(request, slug), now=clock.now())
    except NotFound:
        raise Http404 from None
    except NotAllowed:
        raise PermissionDenied from None


def _act(request: HttpRequest, access: Access) -> HttpResponse:
    act = "resend" if "resend" in request.POST else "revoke"
    invitation_id = find_uuid(request.POST.get(act, ""))
    if invitation_id is None:
        raise Http404
    which = {**by(access), "invitation_id": invitation_id}
    if act == "resend":
        notice = _("A new link is on its way. The one before no longer works.")
        return press(request, lambda: invitations.resend(**which), told(request, notice))
    notice = _("The invitation is taken back. Its link does nothing any more.")
    return press(request, lambda: invitations.revoke(**which), told(request, notice))


def _invited(request: HttpRequest, access: Access, form: InvitationListForm) -> Report:
    return bulk_invitations.invite_many(
        **by(access),
        lines=invitation_files.read(form.list_text()),
        default_role=form.cleaned_data["role"],
        send_good="send_good" in request.POST,
    )


def _in_words(number: int) -> str:
    sentence = ngettext(
        "%(number)s invitation is on its way.", "%(number)s invitations are on their way.", number
    )
    return sentence % {"number": number}


def _sent(request: HttpRequest, access: Access, notice: str) -> HttpResponse:
    return told(request, notice, reverse(VIEW, args=[access.organization.slug]))(None)

"""/organizations/{slug}/invitations: who is invited, and inviting one or many."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import to_confirm
from accounts.pages.refusals import put_on_form
from core import background, clock
from core.errors import DomainError, NotAllowed, NotFound, ReauthenticationRequired, ValidationFailed
from core.identifiers import find_uuid
from organizations import invitation_files, tasks
from organizations.http import actor_of_page
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
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invitations.invite(
                actor=actor_of_page(request),
                organization_id=access.organization.id,
                email=form.cleaned_data["email"],
                role_key=form.cleaned_data["role"],
                now=clock.now(),
            )
        except ReauthenticationRequired:
            return to_confirm(request)
        except DomainError as error:
            status = put_on_form(form, error)
        else:
            sent = _("The invitation is on its way to %(email)s.") % {"email": invitation.email}
            messages.success(request, sent)
            return HttpResponseRedirect(reverse(VIEW, args=[slug]), status=303)
    return _form_page(request, access, "organizations/invite.html", form, status)


@require_http_methods(["GET", "HEAD", "POST"])
def invite_many(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite by a pasted list or a CSV file; its faults come back line by line, with the list to correct."""
    access = _open(request, slug)
    roles = invitations.roles_to_give(access)
    is_sent = request.method == "POST"
    form = InvitationListForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, roles=roles
    )
    status, report = 200, None
    if is_sent and form.is_valid():
        try:
            text = form.list_text()
            form = InvitationListForm({**request.POST.dict(), "text": text}, roles=roles)
            form.full_clean()
            report = _invited(request, access, text, form.cleaned_data["role"])
        except ReauthenticationRequired:
            return to_confirm(request)
        except DomainError as error:
            status = put_on_form(form, error)
    if report and report.sent:
        return _sent(request, access, report)
    facts = {"report": report, "faults": report.faults[:FAULTS_SHOWN] if report else []}
    status = 422 if report else status
    return _form_page(request, access, "organizations/invite_many.html", form, status, **facts)


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
    try:
        _change(act, request, access, invitation_id)
    except ReauthenticationRequired:
        return to_confirm(request)
    except NotFound:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, error.detail)
    return HttpResponseRedirect(request.path, status=303)


def _change(act: str, request: HttpRequest, access: Access, invitation_id: UUID) -> None:
    which: dict[str, Any] = {
        "actor": actor_of_page(request),
        "organization_id": access.organization.id,
        "invitation_id": invitation_id,
        "now": clock.now(),
    }
    if act == "resend":
        invitations.resend(**which)
        messages.success(request, _("A new link is on its way. The one before no longer works."))
    else:
        invitations.revoke(**which)
        messages.success(request, _("The invitation is taken back. Its link does nothing any more."))


def _invited(request: HttpRequest, access: Access, text: str, role: str) -> Report:
    return bulk_invitations.invite_many(
        actor=actor_of_page(request),
        organization_id=access.organization.id,
        lines=invitation_files.read(text),
        default_role=role,
        send_good="send_good" in request.POST,
        now=clock.now(),
    )


def _sent(request: HttpRequest, access: Access, report: Report) -> HttpResponse:
    background.wake(tasks.send_invitations)
    sentence = ngettext(
        "%(number)s invitation is on its way.", "%(number)s invitations are on their way.", report.sent
    )
    messages.success(request, sentence % {"number": report.sent})
    return HttpResponseRedirect(reverse(VIEW, args=[access.organization.slug]), status=303)


def _form_page(
    request: HttpRequest, access: Access, template: str, form: forms.Form, status: int, **facts: object
) -> HttpResponse:
    status = 422 if form.errors and status == 200 else status
    return render(request, template, {**shell(request, access, VIEW), "form": form, **facts}, status=status)

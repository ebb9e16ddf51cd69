"""/account/security/factors: one factor is renamed or removed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import needs_sudo, required_session
from core import clock
from core.errors import DomainError, NotFound
from mfa.pages.forms import NameForm
from mfa.pages.security import HOME
from mfa.services import own_factors
from mfa.shown import ShownFactor, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def factor(request: HttpRequest, factor_id: UUID) -> HttpResponse:
    session, now = required_session(request), clock.now()
    try:
        found = own_factors.get(session.user, factor_id)
    except NotFound as error:
        messages.warning(request, error.detail)
        return HttpResponseRedirect(HOME, status=303)
    if "remove" in request.POST:
        return _remove(request, factor_id)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        own_factors.rename(session=session, factor_id=factor_id, **form.cleaned_data, now=now)
        messages.success(request, _("Your changes are saved."))
        return HttpResponseRedirect(HOME, status=303)
    facts = {
        "form": form,
        "factor": ShownFactor.of(found),
        "is_last": len(status_of(session.user).methods) == 1,
    }
    return render(request, "account/security/factor.html", facts, status=422 if form.errors else 200)


def _remove(request: HttpRequest, factor_id: UUID) -> HttpResponse:
    try:
        user = own_factors.remove(session=required_session(request), factor_id=factor_id, now=clock.now())
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        sentence = _("It is removed.") if user.has_mfa else _("It is removed. Two-step sign-in is off.")
        messages.success(request, sentence)
    return HttpResponseRedirect(HOME, status=303)

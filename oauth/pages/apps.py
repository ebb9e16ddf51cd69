"""/account/apps: the applications a person has allowed, each removable."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import required_session
from core import clock
from core.identifiers import find_uuid
from oauth.services import apps as service
from oauth.services import consents


@require_http_methods(["GET", "HEAD", "POST"])
def apps(request: HttpRequest) -> HttpResponse:
    user = required_session(request).user
    if request.method == "POST":
        consent_id = find_uuid(request.POST.get("consent_id", ""))
        if consent_id and consents.revoke(user=user, consent_id=consent_id, now=clock.now()):
            messages.success(request, _("The app can no longer use your account."))
        return HttpResponseRedirect("/account/apps", status=303)
    facts = {"apps": service.allowed_by(user), "watched_days": service.watched_for().days}
    return render(request, "account/apps.html", facts)

"""/organizations/<slug>/audit: what happened in an organization."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.devices import describe
from audit.models import Event
from core import clock, pages
from core.downloads import streamed
from core.errors import RateLimited, ValidationFailed
from organizations import trail_words
from organizations.http import actor_of_page
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import trail
from organizations.services.trail import BY_OPERATORS, Line, Wanted
from organizations.trail_files import FORMATS, as_file

RESULTS = {
    Event.Result.SUCCESS: gettext_lazy("Done"),
    Event.Result.FAILURE: gettext_lazy("Failed"),
    Event.Result.DENIED: gettext_lazy("Refused"),
}
SHOWN_APART = frozenset({"ip", "user_agent", "from_outside"})
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilterForm(forms.Form):
    """By GET: a filtered page has an address of its own."""

    action = forms.ChoiceField(
        label=gettext_lazy("What"),
        required=False,
        choices=[("", gettext_lazy("Everything")), *trail_words.WORDS.items()],
    )
    result = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        required=False,
        choices=[("", gettext_lazy("Either way")), *RESULTS.items()],
    )
    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=DAY)
    last = forms.DateField(label=gettext_lazy("To"), required=False, widget=DAY)
    actor = forms.UUIDField(required=False, widget=forms.HiddenInput)
    target = forms.CharField(required=False, max_length=255, widget=forms.HiddenInput)

    @property
    def wanted(self) -> Wanted:
        """Whole days, in the reader's time zone."""
        given = self.cleaned_data
        last: date | None = given["last"]
        return Wanted(
            action=given["action"],
            result=given["result"],
            actor_id=given["actor"],
            target_id=given["target"],
            since=_midnight(given["first"]),
            until=_midnight(last + timedelta(days=1)) if last and last < date.max else None,
        )

    @property
    def query(self) -> dict[str, str]:
        return {name: self.data[name] for name in self.fields if self.data.get(name)}


@dataclass(frozen=True, slots=True)
class Told:
    """A line as people read it."""

    id: UUID
    at: datetime
    what: str | Promise
    ending: str | Promise
    is_done: bool
    actor: str
    actor_id: UUID | None
    target: str
    target_id: str
    device: str
    ip: str
    facts: Mapping[str, str]


@require_safe
def audit_page(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.AUDIT_READ)
    form = FilterForm(request.GET)
    here = reverse("organization_audit", args=[slug])
    facts: dict[str, Any] = {**shell(request, access, "organization_audit"), "form": form, "formats": FORMATS}
    if not form.is_valid():
        return render(request, "organizations/audit.html", facts, status=422)
    cursor = request.GET.get("cursor", "")
    try:
        found = trail.read(
            actor_of_page(request),
            organization_id=access.organization.id,
            wanted=form.wanted,
            cursor=cursor,
            now=clock.now(),
        )
    except ValidationFailed:
        return HttpResponseRedirect(here)  # a link that somebody cut off
    newest = f"{here}?{urlencode(form.query)}" if form.query else here
    older = f"{here}?{urlencode({**form.query, 'cursor': found.next_cursor})}" if found.next_cursor else ""
    facts |= {"lines": list(map(_told, found.lines)), "cursor": cursor, "newest": newest, "older": older}
    return render(request, "organizations/audit.html", facts)


@require_POST
def audit_export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What the filters leave, as a file."""
    access = open_page(request, slug, Permission.AUDIT_READ)
    form, file_format = FilterForm(request.POST), request.POST.get("format", "")
    if not form.is_valid() or file_format not in FORMATS:
        return pages.refusal(request, 400, _("There is no such file. Go back and choose one."))
    try:
        lines = trail.export(
            actor_of_page(request),
            organization_id=access.organization.id,
            wanted=form.wanted,
            file_format=file_format,
            now=clock.now(),
        )
    except RateLimited as error:
        return pages.refusal(request, 429, error.detail, retry_after=error.retry_after_seconds)
    return streamed(**as_file(lines, file_format))


def _told(line: Line) -> Told:
    event, personal = line.event, line.personal
    return Told(
        id=event.id,
        at=event.at,
        what=trail_words.of(event.action),
        ending=RESULTS[Event.Result(event.result)],
        is_done=event.result == Event.Result.SUCCESS,
        actor=line.actor_name or _nameless(event),
        actor_id=event.actor_id if line.actor_name else None,
        target=line.target_name,
        target_id=event.target_id if line.target_name else "",
        device=describe(personal["user_agent"]) if personal.get("user_agent") else "",
        ip=personal.get("ip", ""),
        facts=_facts(event.data, personal),
    )


def _nameless(event: Event) -> str:
    if event.action in BY_OPERATORS:
        return _("An operator")
    if event.actor_type == Event.ActorType.SYSTEM:
        return _("Janua itself")
    return _("Somebody who does not belong to it")


def _facts(data: Mapping[str, Any], personal: Mapping[str, Any]) -> dict[str, str]:
    """What the event says besides what has a place of its own on the page."""
    told = {**data, **personal}
    return {name: _plain(value) for name, value in told.items() if value and name not in SHOWN_APART}


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None

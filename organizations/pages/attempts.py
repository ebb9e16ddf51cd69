"""How the forms of an organization's pages carry out what they ask: once, here, the same for all."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.http import to_confirm
from core.errors import DomainError, NotFound, ReauthenticationRequired


@dataclass(frozen=True, slots=True)
class Done:
    """Where it leads, and what is said there."""

    back: str
    notice: str


def attempt(
    request: HttpRequest, form: forms.Form, act: Callable[[], object], done: Done
) -> tuple[HttpResponse | None, int]:
    """The answer, after a valid form's `act` was done; else none, the refusal put into the form, and its status.

    Raises `Http404` for what is not there. A missing proof leads to the page that asks for it, and back.
    """
    if not form.is_bound:
        return None, 200
    if not form.is_valid():
        return None, 422
    try:
        act()
    except ReauthenticationRequired:
        return to_confirm(request), 303
    except NotFound:
        raise Http404 from None
    except DomainError as error:
        put_fault(form, error)
        return None, error.status
    messages.success(request, done.notice)
    return HttpResponseRedirect(done.back, status=303), 303


def put_fault(form: forms.Form, error: DomainError) -> None:
    """At the fields that it names, else above the form."""
    named = {name: sentences for name, sentences in error.details.items() if name in form.fields}
    for name, sentences in named.items():
        form.add_error(name, list(sentences))
    if not named:
        form.add_error(None, error.detail)

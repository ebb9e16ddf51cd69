"""How a page of an organization carries out what is asked on it: once, here, the same for all."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.http import to_confirm
from accounts.pages.refusals import put_on_form
from core import clock
from core.errors import DomainError, NotFound, ReauthenticationRequired
from organizations.services.access import Access

T = TypeVar("T")
Answer = Callable[[T], HttpResponse]


def by(access: Access) -> dict[str, Any]:
    """Who acts where, and when: what every service begins with."""
    return {"actor": access.actor, "organization_id": access.organization.id, "now": clock.now()}


def attempt(
    request: HttpRequest, form: forms.Form, act: Callable[[], T], then: Answer[T]
) -> tuple[HttpResponse | None, int]:
    """The answer `then` gives after a valid form's `act`; else none, the refusal put on the form, and its status.

    Raises `Http404` for what is not there. A missing proof leads to the page that asks for it, and back.
    """
    if not form.is_bound:
        return None, 200
    if not form.is_valid():
        return None, 422
    answer = _carried_out(request, act, then)
    if isinstance(answer, DomainError):
        put_on_form(form, answer)
        return None, answer.status
    return answer, answer.status_code


def press(request: HttpRequest, act: Callable[[], T], then: Answer[T]) -> HttpResponse:
    """The same for a button that stands alone: a refusal is told on the page it came from."""
    answer = _carried_out(request, act, then)
    if isinstance(answer, DomainError):
        messages.error(request, answer.detail)
        return HttpResponseRedirect(request.path, status=303)
    return answer


def told(request: HttpRequest, notice: str, to: str = "") -> Answer[object]:
    """The usual answer: it is said, there or on the same page."""

    def answer(_outcome: object) -> HttpResponse:
        messages.success(request, notice)
        return HttpResponseRedirect(to or request.path, status=303)

    return answer


def _carried_out(request: HttpRequest, act: Callable[[], T], then: Answer[T]) -> HttpResponse | DomainError:
    try:
        outcome = act()
    except ReauthenticationRequired:
        return to_confirm(request)
    except NotFound:
        raise Http404 from None
    except DomainError as error:
        return error
    return then(outcome)

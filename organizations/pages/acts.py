"""How a page of an organization answers to what was done on it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.http import to_confirm
from core.errors import DomainError, NotFound, ReauthenticationRequired


def done(request: HttpRequest, act: Callable[[], object], *, notice: str, to: str) -> HttpResponse:
    """Do it, say so, and go on; a refusal is told on the page it came from, and a proof asked for where one is due."""
    try:
        act()
    except ReauthenticationRequired:
        return to_confirm(request)
    except NotFound:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect(request.path, status=303)
    messages.success(request, notice)
    return HttpResponseRedirect(to, status=303)

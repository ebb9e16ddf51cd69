"""/account/clients: a person's own clients; operators open everybody's from the console."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import required_session, to_confirm
from accounts.models import Session, User
from core import clock
from core.errors import DomainError, NotFound, RateLimited, ReauthenticationRequired, ValidationFailed
from oauth import metadata, ownership
from oauth.errors import InvalidClientMetadata
from oauth.metadata import ClientMetadata
from oauth.models import Client
from oauth.pages.client_forms import ClientForm, LogoForm
from oauth.services import client_changes, client_organizations, clients, logos
from oauth.services.clients import Registered
from organizations.services import branding

SHOWN_AT_MOST = 200


@require_safe
def client_list(request: HttpRequest) -> HttpResponse:
    user = required_session(request).user
    rows = user.oauth_clients.annotate(logo_digest=F("logo__digest")).order_by("-created", "-id")
    shown = [(client, logos.path_to(client.client_id, client.logo_digest)) for client in rows[:SHOWN_AT_MOST]]
    facts = {"clients": shown, "may_register": ownership.may_register(user)}
    return render(request, "account/clients/list.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def client_new(request: HttpRequest) -> HttpResponse:
    user = required_session(request).user
    if not ownership.may_register(user):
        raise Http404
    standard = ClientMetadata(grant_types=("authorization_code", "refresh_token"))
    form = ClientForm(request.POST or None, initial=ClientForm.initial_of(standard))
    if request.method == "POST" and form.is_valid():
        try:
            asked = metadata.from_json(form.changes)
            registered = clients.create(actor=user, metadata=asked, now=clock.now())
        except (InvalidClientMetadata, DomainError) as error:
            return _refused(request, "account/clients/new.html", {"form": form}, error)
        return after_change(request, registered, _("The app is registered."))
    return render(request, "account/clients/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def client_edit(request: HttpRequest, client_id: str) -> HttpResponse:
    session = required_session(request)
    client = client_or_404(session.user, client_id)
    if request.method == "POST" and "logo" in request.POST:
        return _logo(request, session, client)
    if request.method == "POST" and "belongs" in request.POST:
        return _organization(request, session, client)
    form = ClientForm(request.POST or None, initial=ClientForm.initial_of(metadata.of_client(client)))
    if request.method == "POST" and form.is_valid():
        try:
            changed = client_changes.update(
                session=session, client=client, changes=form.changes, now=clock.now()
            )
        except ReauthenticationRequired:
            return to_confirm(request)
        except (InvalidClientMetadata, DomainError) as error:
            return _refused(request, "account/clients/edit.html", _facts(client, form, session), error)
        return after_change(request, changed, _("The changes are saved."))
    facts = _facts(client, form, session)
    return render(request, "account/clients/edit.html", facts, status=422 if form.errors else 200)


def client_or_404(user: User, client_id: str) -> Client:
    """The person's client, or an operator's any; a page of its own for the rest."""
    try:
        return ownership.get_client(user, client_id)
    except NotFound:
        raise Http404 from None


def after_change(request: HttpRequest, changed: Registered, notice: str) -> HttpResponse:
    """Back to the client; with a new secret first the one page that shows it (sent with `no-store`, as all pages behind a sign-in)."""
    client = changed.client
    if changed.secret is None:
        messages.success(request, notice)
        return HttpResponseRedirect(f"/account/clients/{client.client_id}", status=303)
    facts = {"client": client, "secret": changed.secret, "headline": notice}
    return render(request, "account/clients/secret.html", facts)


def _logo(request: HttpRequest, session: Session, client: Client) -> HttpResponse:
    user = session.user
    if request.POST["logo"] == "remove":
        logos.remove(actor=user, client=client)
        messages.success(request, _("The logo is gone."))
        return HttpResponseRedirect(f"/account/clients/{client.client_id}", status=303)
    form = ClientForm(initial=ClientForm.initial_of(metadata.of_client(client)))
    logo_form = LogoForm(request.POST, request.FILES)
    if logo_form.is_valid():
        upload: UploadedFile[Any] = logo_form.cleaned_data["picture"]
        try:
            logos.put(actor=user, client=client, picture=upload.read(), now=clock.now())
        except (ValidationFailed, RateLimited) as error:
            logo_form.add_error("picture", error.detail)
        else:
            messages.success(request, _("The new logo is there."))
            return HttpResponseRedirect(f"/account/clients/{client.client_id}", status=303)
    facts = _facts(client, form, session) | {"logo_form": logo_form}
    return render(request, "account/clients/edit.html", facts, status=422)


def _organization(request: HttpRequest, session: Session, client: Client) -> HttpResponse:
    """Whose look its sign-ins have; the empty choice is nobody's."""
    try:
        if chosen := request.POST.get("organization", ""):
            client_organizations.put(
                session=session, client=client, organization_id=UUID(chosen), now=clock.now()
            )
        else:
            client_organizations.remove(actor=session.user, client=client)
    except ValueError:
        messages.error(request, _("There is no such organization."))
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("The changes are saved."))
    return HttpResponseRedirect(f"/account/clients/{client.client_id}", status=303)


def _facts(client: Client, form: ClientForm, session: Session) -> dict[str, Any]:
    choices = branding.manageable_by(session.user)
    present = client.organization
    if present and present not in choices:  # somebody else chose it; saving must not take it away unseen
        choices = [present, *choices]
    logo = {"logo_form": LogoForm(auto_id="id_logo_%s"), "logo_url": logos.path_of(client)}
    return {"client": client, "form": form, "organizations": choices, **logo}


def _refused(
    request: HttpRequest, template: str, facts: dict[str, Any], error: InvalidClientMetadata | DomainError
) -> HttpResponse:
    """The form again, with the reason where it belongs."""
    sentence = error.detail if isinstance(error, DomainError) else error.description
    facts["form"].put_fault(sentence)
    return render(request, template, facts, status=error.status if isinstance(error, DomainError) else 422)

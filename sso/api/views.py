"""`/api/v1/oauth`: social login for apps that have no page of ours."""

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_user
from accounts.models import IdentityProof, Session
from accounts.services import identities, identity_proofs
from core import clock
from core.api.schema import answers
from core.api.serializers import parse
from core.errors import ValidationFailed
from login.api.serializers import AcceptedOutput, LoginResult
from login.api.views import MAIL_SENT, PublicView, as_json
from login.services.federation import Entry, ProofNeeded, with_federation, with_proven_mailbox
from sso.api import serializers as bodies
from sso.models import SocialState
from sso.providers import list_providers
from sso.services import journey, states
from sso.services.states import Purpose
from tokens.api.authentication import actor_of

TAGS = ["social login"]
BODY = (413, 415, 422, 429)
SIGN_IN, LINK = SocialState.Process.SIGN_IN, SocialState.Process.LINK


class ProvidersView(PublicView):
    @extend_schema(
        operation_id="list_social_providers", tags=TAGS, responses=answers(200, bodies.ProvidersOutput)
    )
    def get(self, request: Request) -> Response:
        """The providers that people may sign in with, in the order of their buttons."""
        shown = [{"slug": p.slug, "name": p.name, "kind": p.kind.key} for p in list_providers()]
        return Response({"data": shown})


class AuthorizeView(PublicView):
    @extend_schema(
        operation_id="begin_social_login",
        tags=TAGS,
        request=bodies.AuthorizeInput,
        responses=answers(200, bodies.AuthorizeOutput, 404, *BODY),
    )
    def post(self, request: Request, provider: str) -> Response:
        """Begin a login. The person comes back to `redirect_uri` with what `callback` wants to have."""
        return _set_out(request, provider)


class CallbackView(PublicView):
    @extend_schema(
        operation_id="finish_social_login",
        tags=TAGS,
        request=bodies.CallbackInput,
        responses=answers(200, bodies.SOCIAL_RESULT, 401, 404, 409, *BODY),
    )
    def post(self, request: Request, provider: str) -> Response:
        """Finish a login: signed in, or asked to prove an address first (`requires_email`)."""
        now = clock.now()
        told = _come_back(request, provider, process=SIGN_IN)
        outcome = with_federation(told, Entry(kind=Session.Kind.API), now=now)
        if isinstance(outcome, ProofNeeded):
            lifetime = int(IdentityProof.LIFETIME.total_seconds())
            body = {"requires_email": True, "handle": outcome.handle, "email": outcome.email}
            return Response({**body, "expires_in": lifetime})
        return as_json(outcome, now=now)


class EmailView(PublicView):
    @extend_schema(
        operation_id="send_social_login_code",
        tags=TAGS,
        request=bodies.IdentityEmailInput,
        responses=answers(202, AcceptedOutput, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Mail a code to the address that the person gives."""
        identity_proofs.send(**parse(bodies.IdentityEmailInput, request), now=clock.now())
        return Response({"detail": MAIL_SENT}, status=202)


class EmailVerifyView(PublicView):
    @extend_schema(
        operation_id="finish_social_login_by_code",
        tags=TAGS,
        request=bodies.IdentityCodeInput,
        responses=answers(200, LoginResult, 401, 409, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Enter the mailed code: the provider's account is connected to the address' account, or to a new one."""
        data, now = parse(bodies.IdentityCodeInput, request), clock.now()
        outcome = with_proven_mailbox(data["handle"], data["code"], Entry(kind=Session.Kind.API), now=now)
        return as_json(outcome, now=now)


class LinkView(APIView):
    @extend_schema(
        operation_id="begin_social_link",
        tags=TAGS,
        request=bodies.AuthorizeInput,
        responses=answers(200, bodies.AuthorizeOutput, 401, 404, *BODY),
    )
    def post(self, request: Request, provider: str) -> Response:
        """Begin to connect an account to your own. Asks for a fresh proof (sudo mode)."""
        return _set_out(request, provider, session=actor_of(request).session)


class LinkCallbackView(APIView):
    @extend_schema(
        operation_id="finish_social_link",
        tags=TAGS,
        request=bodies.CallbackInput,
        responses=answers(200, bodies.SocialAccountOutput, 401, 404, 409, *BODY),
    )
    def post(self, request: Request, provider: str) -> Response:
        """Finish connecting, in the session that began it."""
        session = actor_of(request).session
        told = _come_back(request, provider, session=session, process=LINK)
        identity = identities.link(session=session, told=told, now=clock.now())
        return Response(bodies.SocialAccountOutput(identity).data)


class UnlinkView(APIView):
    @extend_schema(
        operation_id="unlink_social_account", tags=TAGS, responses=answers(204, None, 401, 404, 409)
    )
    def delete(self, request: Request, account_id: UUID) -> Response:
        """Disconnect an account. The last way in stays (409). Asks for a fresh proof (sudo mode)."""
        identities.disconnect(session=actor_of(request).session, identity_id=account_id, now=clock.now())
        return Response(status=204)


class AccountsView(APIView):
    @extend_schema(
        operation_id="list_social_accounts",
        tags=TAGS,
        responses=answers(200, bodies.SocialAccountsOutput, 401),
    )
    def get(self, request: Request) -> Response:
        """Your connected accounts, the oldest first."""
        rows = identities.identities_of(api_user(request))
        return Response({"data": bodies.SocialAccountOutput(rows, many=True).data})


def _set_out(request: Request, slug: str, *, session: Session | None = None) -> Response:
    provider = journey.get_provider(slug)
    redirect_uri = parse(bodies.AuthorizeInput, request)["redirect_uri"]
    if redirect_uri not in settings.JANUA.social_redirect_uris:
        sentence = "This address is none of SOCIAL_REDIRECT_URIS."
        raise ValidationFailed(sentence, reason="invalid_redirect_uri", details={"redirect_uri": [sentence]})
    purpose = Purpose(process=LINK if session else SIGN_IN, session=session, app_redirect_uri=redirect_uri)
    binding = states.new_binding()
    url, secrets = journey.set_out(provider, purpose, binding=binding, now=clock.now())
    lifetime = int(SocialState.LIFETIME.total_seconds())
    body = {"authorization_url": url, "state": secrets.state, "binding": binding, "expires_in": lifetime}
    return Response(body)


def _come_back(
    request: Request, slug: str, *, process: SocialState.Process, session: Session | None = None
) -> Any:
    provider = journey.get_provider(slug)
    answer = parse(bodies.CallbackInput, request)
    binding = answer.pop("binding")
    _login, told = journey.come_back(
        provider, answer, binding=binding, session=session, now=clock.now(), process=process
    )
    return told

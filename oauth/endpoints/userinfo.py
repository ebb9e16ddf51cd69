"""GET and POST /oauth/userinfo (OpenID Connect Core section 5.3)."""

from django.http import HttpRequest, HttpResponse

from core import clock, context
from core.errors import TokenInvalid
from oauth import organizations
from oauth.endpoints.wire import answer, oauth_endpoint
from oauth.errors import OAuthError
from oauth.parameters import from_form
from oauth.services import client_settings, id_tokens
from tokens.services import access


@oauth_endpoint("GET", "POST")
def userinfo(request: HttpRequest) -> HttpResponse:
    """The claims about the person that the access token's scopes allow."""
    try:
        token = _bearer_token(request)
        if not token:
            return _challenge("", "Send an access token: Authorization: Bearer <token>.", status=401)
        now = clock.now()
        actor = access.actor_of(token, audience=access.provider_audience(), now=now)
        place = organizations.place_of(actor.family, actor.claims, now=now)
    except TokenInvalid as error:
        return _challenge("invalid_token", error.detail, status=401)
    if "openid" not in actor.scopes:
        return _challenge("insufficient_scope", "The access token lacks the scope openid.", status=403)
    client = client_settings.find(actor.family.client_id)
    if client is None:
        return _challenge("invalid_token", "The client of this access token is disabled.", status=401)
    context.bind_actor(session_id=actor.session.id, actor_id=actor.user.id)
    claims = id_tokens.userinfo_claims(
        client,
        actor.user,
        subject=actor.claims["sub"],
        scopes=sorted(actor.scopes),
        names=actor.family.userinfo_claims,
    )
    claims |= organizations.identity(place)
    if client.userinfo_signed_response_alg:
        return HttpResponse(id_tokens.sign_userinfo(client, claims), content_type="application/jwt")
    return answer(claims)


def _bearer_token(request: HttpRequest) -> str:
    """From the header, or from a form body (RFC 6750 sections 2.1, 2.2); never from the query."""
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, token = header.partition(" ")
        return token if scheme.lower() == "bearer" else ""
    if request.method != "POST" or not request.content_type:
        return ""
    return from_form(request).get("access_token")


def _challenge(error: str, description: str, *, status: int) -> HttpResponse:
    """RFC 6750 section 3."""
    body = OAuthError(error or "invalid_request", description)
    response = answer(body.on_the_wire, status=status)
    response["WWW-Authenticate"] = (
        f'Bearer realm="janua", error="{error}"' if error else 'Bearer realm="janua"'
    )
    return response

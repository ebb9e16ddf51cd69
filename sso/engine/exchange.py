"""The two halves of a login at a provider: where to send the browser, and what its answer means."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

import structlog
from allauth.core import context
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, QueryDict

from accounts.services.identities import ToldIdentity
from sso.authority import is_authoritative
from sso.engine.binding import Bound, bound
from sso.engine.outside import Session
from sso.engine.speakers import PlainProvider, Talk, speaker_for
from sso.errors import IdentityRefused, SocialError
from sso.providers import Provider

log = structlog.get_logger("janua.social")

# What allauth and we stumble over when an answer is not what it should be.
MALFORMED = (
    OAuth2Error, ProviderException, ImproperlyConfigured, PermissionDenied,
    LookupError, TypeError, ValueError, AttributeError,
)  # fmt: skip
BROWSER_URL = re.compile(r"https?://[^\s\"'<>\\]+")
NO_SUBJECT = frozenset({"none", "null", "undefined", "true", "false", "0", "nan"})
MAX_SUBJECT_LENGTH = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What ties the answer to the login that set out."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back through the browser."""

    code: str
    name_of_person: str = ""


def authorization_url(provider: Provider, secrets: Secrets, *, now: datetime) -> str:
    """Where the person signs in at the provider. Raises `SocialError`."""
    talk = Talk(provider=provider, session=Session(), nonce=secrets.nonce, now=now)
    with _speaking(talk) as (request, speaker, ours):
        address, _, query = speaker.authorize_url.partition("?")
        client = speaker.get_client(request, ours.app)
        client.state = secrets.state
        more = {**dict(parse_qsl(query)), **ours.get_auth_params(), **_parameters(provider, secrets)}
        url = str(client.get_redirect_url(address, ours.get_scope(), more))
        if not BROWSER_URL.fullmatch(url):
            raise ValueError("not an address for a browser")
        return url


def identity_of(provider: Provider, returned: Returned, secrets: Secrets, *, now: datetime) -> ToldIdentity:
    """Trade the code and hear who it is; everything that can be checked is. Raises `SocialError`."""
    talk = Talk(
        provider=provider,
        session=Session(),
        nonce=secrets.nonce,
        now=now,
        name_of_person=returned.name_of_person,
    )
    with _speaking(talk, code=returned.code) as (request, speaker, ours):
        client = speaker.get_client(request, ours.app)
        verifier = secrets.verifier if provider.kind.takes_pkce else None
        answer = speaker.get_access_token_data(request, ours.app, client, pkce_code_verifier=verifier)
        token = speaker.parse_token(answer)
        login = speaker.complete_login(request, ours.app, token, response=answer)
        return _told(provider, login, token)


@contextmanager
def _speaking(talk: Talk, *, code: str = "") -> Iterator[tuple[HttpRequest, Any, Any]]:
    """allauth's request, adapter and provider; whatever goes wrong inside becomes a `SocialError`."""
    provider = talk.provider
    engine = provider.kind.engine
    provider_class = PlainProvider if engine == PlainProvider.id else registry.get_class(engine)
    request = HttpRequest()
    request.GET = QueryDict(urlencode({"code": code}))
    app = _app(provider)
    try:
        with bound(Bound(app, provider_class, talk.session)), context.request_context(request):
            speaker = speaker_for(request, talk, provider_class)
            # allauth would build it from the Host header.
            speaker.get_callback_url = lambda _request, _app: provider.callback_url
            yield request, speaker, provider_class(request, app=app)
    except SocialError as error:
        log.warning("social_login_failed", client_id=provider.slug, reason=error.reason, error=error.detail)
        raise
    except MALFORMED as error:
        # The error's own words may hold the provider's answer, and with it secrets.
        log.warning("social_login_failed", client_id=provider.slug, error=type(error).__name__)
        raise IdentityRefused(
            "The provider's answer could not be understood.", reason="provider_failed"
        ) from error


def _app(provider: Provider) -> SocialApp:
    """allauth's row for the registration, never saved."""
    options = provider.options
    settings: dict[str, Any] = {
        "server_url": provider.issuer,
        "tenant": options.get("tenant", "common"),
        "login_url": provider.issuer,
    }
    if graph_url := options.get("graph_url"):
        settings["graph_url"] = graph_url
    if provider.scope:
        settings["scope"] = provider.scope.split()
    secret, key = provider.client_secret, ""
    if provider.kind.key == "apple":
        settings["certificate_key"] = provider.client_secret
        secret, key = str(options.get("key_id", "")), str(options.get("team_id", ""))
    return SocialApp(
        provider=provider.kind.engine,
        provider_id=provider.slug,
        name=provider.name,
        client_id=provider.client_id,
        secret=secret,
        key=key,
        settings=settings,
    )


def _parameters(provider: Provider, secrets: Secrets) -> dict[str, str]:
    found: dict[str, str] = {}
    if provider.kind.is_openid or provider.kind.key == "apple":
        found["nonce"] = secrets.nonce
    if provider.kind.key == "apple":
        found["response_type"] = "code"  # allauth would have the ID token go through the browser too
    if provider.kind.takes_pkce:
        digest = sha256(secrets.verifier.encode()).digest()
        found["code_challenge"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
        found["code_challenge_method"] = "S256"
    return found


def _told(provider: Provider, login: Any, token: Any) -> ToldIdentity:
    documents = _documents(login.account.extra_data)
    claims = {name: value for document in documents for name, value in document.items()}
    address = login.email_addresses[0] if login.email_addresses else None
    email = str(address.email) if address else ""
    is_verified = address is not None and address.verified is True and _nothing_denies(documents)
    return ToldIdentity(
        provider=provider.slug,
        provider_name=provider.name,
        connection=provider.connection,
        subject=_subject(provider, str(login.account.uid), claims),
        email=email[:254],
        email_is_verified=is_verified,
        is_authoritative=is_verified and is_authoritative(provider, email, claims),
        display=_first(claims, "login", "preferred_username", "username", "name") or email,
        given_name=_first(claims, "given_name", "first_name", "givenName"),
        family_name=_first(claims, "family_name", "last_name", "surname"),
        access_token=str(token.token or ""),
        refresh_token=str(token.token_secret or ""),
        allows_sign_up=provider.allows_sign_up,
    )


def _documents(extra_data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What the provider told: an ID token and userinfo, or one answer of its own shape."""
    parts = [extra_data.get("id_token"), extra_data.get("userinfo")]
    return [part for part in parts if isinstance(part, dict)] or [extra_data]


def _nothing_denies(documents: list[Mapping[str, Any]]) -> bool:
    """Only JSON's `true` says that an address is verified: the word "true" does not (S109)."""
    words = ("email_verified", "verified_email", "verified")
    return all(document[word] is True for document in documents for word in words if word in document)


def _subject(provider: Provider, uid: str, claims: Mapping[str, Any]) -> str:
    """The subject, if it is one: allauth makes "None" of null and "[]" of a list (S111)."""
    members = provider.kind.subject
    if provider.kind.key == "oauth2":
        members = (str(provider.options.get("subject_field", "id")),)
        uid = str(claims.get(members[0]))
    if not all(_is_subject(claims.get(member), provider) for member in members):
        raise IdentityRefused("The provider did not say who you are.", reason="invalid_subject")
    return uid


def _is_subject(value: object, provider: Provider) -> bool:
    if isinstance(value, int) and not isinstance(value, bool) and provider.kind.subject != ("sub",):
        return value > 0
    return (
        isinstance(value, str)
        and 0 < len(value) <= MAX_SUBJECT_LENGTH
        and value.isprintable()
        and value == value.strip()
        and value.lower() not in NO_SUBJECT
    )


def _first(claims: Mapping[str, Any], *names: str) -> str:
    found = next((claims[name] for name in names if isinstance(claims.get(name), str) and claims[name]), "")
    return " ".join("".join(c for c in str(found) if c.isprintable()).split())[:100]

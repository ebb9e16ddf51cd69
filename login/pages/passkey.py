"""/login/passkey: signing in with a passkey alone, by its button or out of what the browser fills in."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Session
from core import clock, cookies, crypto, limits, throttle
from core.errors import RateLimited, ValidationFailed
from login import devices
from login.outcomes import ChallengeRequired, Reason, Refused, SignedIn
from login.pages.enter import go_on
from login.pages.flow import next_of, read_flow, with_next
from login.pages.sign_in import refused_page
from login.services import challenge
from login.services.passkey import with_passkey
from mfa.forms import CredentialForm
from mfa.models import WebAuthnChallenge
from mfa.services import passkey_signals, passkeys

Purpose = WebAuthnChallenge.Purpose
SALT = "janua.passkey"
LIFETIME = timedelta(hours=1)


@require_POST
@sensitive_post_parameters("password")
def options(request: HttpRequest) -> HttpResponse:
    """What an authenticator is to sign, good for this browser only. It names no account: there is none yet."""
    browser = _browser_of(request) or crypto.new_secret("")[:22]
    now = clock.now()
    try:
        throttle.require(limits.PASSKEY_OPTIONS_IP, throttle.visitor(), now=now)
    except RateLimited as error:
        return _too_many(error)
    purpose = WebAuthnChallenge.Purpose.SIGN_IN
    made = passkeys.begin_authentication(purpose=purpose, holder=f"browser:{browser}", user=None, now=now)
    value = signing.dumps(browser, salt=SALT)
    return cookies.keep(
        JsonResponse(made), settings.PASSKEY_COOKIE_NAME, value, seconds=LIFETIME.total_seconds()
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The passkey as the door. The form is that of the sign-in page: who comes by address goes there."""
    next_path, keep = next_of(request), "keep" in request.POST
    if request.method != "POST":
        return HttpResponseRedirect(with_next("/login", next_path))
    form = CredentialForm(request.POST)
    if not form.is_valid():
        return refused_page(request, str(form.errors["credential"][0]), next_path, status=422)
    outcome = with_passkey(
        form.cleaned_data["credential"],
        holder=f"browser:{_browser_of(request)}",
        kind=Session.Kind.BROWSER,
        device=devices.device_of(request),
        keep=keep,
        now=clock.now(),
    )
    match outcome:
        case SignedIn() | ChallengeRequired():
            return go_on(request, outcome, next_path, keep=keep)
        case Refused():
            return _refused(request, outcome, form.cleaned_data["credential"], next_path)


def _refused(
    request: HttpRequest, refused: Refused, credential: dict[str, object], next_path: str
) -> HttpResponse:
    """The sign-in page once more. A passkey that is on no account any more may be put away by whoever keeps it: the
    browser is told its id, which only the passkey's holder knows."""
    sentence, status, signals = refused.sentence, 401, ""
    if refused.reason == Reason.RATE_LIMITED:
        status = 429
    elif refused.reason == Reason.INVALID_CREDENTIALS:
        sentence = _("This passkey does not open an account here. Try again, or sign in another way.")
        signals = passkey_signals.about_unknown(credential.get("id"))
    response = refused_page(request, sentence, next_path, signals, status=status)
    if refused.retry_after_seconds:
        response["Retry-After"] = str(refused.retry_after_seconds)
    return response


@require_POST
def challenge_options(request: HttpRequest) -> HttpResponse:
    """What the person's authenticator is to sign for the login that waits in this browser."""
    flow = read_flow(request)
    try:
        made = challenge.key_options(flow.attempt if flow else "", now=clock.now())
    except RateLimited as error:
        return _too_many(error)
    except ValidationFailed as error:  # removed meanwhile
        return JsonResponse({}, status=error.status)
    return JsonResponse({}, status=401) if isinstance(made, Refused) else JsonResponse(made)


def _too_many(error: RateLimited) -> JsonResponse:
    refused = JsonResponse({}, status=429)
    refused["Retry-After"] = str(error.retry_after_seconds)
    return refused


def _browser_of(request: HttpRequest) -> str:
    """The id of the browser that asked for options; empty if it did not, or too long ago."""
    try:
        value: str = signing.loads(
            request.COOKIES.get(settings.PASSKEY_COOKIE_NAME, ""), salt=SALT, max_age=LIFETIME
        )
    except signing.BadSignature:
        return ""
    return value

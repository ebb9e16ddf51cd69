"""`/api/v1/auth`: the door for programs. Each view translates in, makes one domain call, translates out."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import SessionSerializer, UserSerializer
from accounts.models import Session
from accounts.services import recovery, sessions, sign_up, verification
from core import clock, limits, throttle
from core.api.schema import answers
from core.api.serializers import parse
from core.errors import AuthenticationFailed, RateLimited, TokenInvalid
from login.api import serializers as bodies
from login.outcomes import ChallengeRequired, Outcome, Reason, Refused, SignedIn
from login.services.password import PasswordProof, with_password
from tokens.api.authentication import actor_of
from tokens.services import first_party
from tokens.services.first_party import TokenPair
from tokens.services.refresh import NotRefreshed

BODY = (413, 415, 422, 429)
MAIL_SENT = "If the address is right, a mail is on its way."


class PublicView(APIView):
    """Opens to everybody: no credential is read, so none can be wrong."""

    authentication_classes = ()


class RegisterView(PublicView):
    @extend_schema(
        operation_id="register",
        tags=["auth"],
        request=bodies.RegisterInput,
        responses=answers(201, bodies.RegisterOutput, *BODY, description="A code was mailed to the address."),
    )
    def post(self, request: Request) -> Response:
        """Ask for an account. Verify the address with the mailed code, then log in."""
        applicant = sign_up.Applicant(**parse(bodies.RegisterInput, request))
        requested = sign_up.request_sign_up(applicant, now=clock.now())
        body = {
            "user": {"id": requested.user_id, "email": requested.email, "email_verified": False},
            "verification": {"id": requested.sign_up_id, "expires_in": requested.expires_in},
        }
        return Response(body, status=201)


class LoginView(PublicView):
    @extend_schema(
        operation_id="login",
        tags=["auth"],
        request=bodies.LoginInput,
        responses=answers(200, bodies.LoginResult, 401, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Log in with a password."""
        now = clock.now()
        proof = PasswordProof(**parse(bodies.LoginInput, request), kind=Session.Kind.API)
        return as_json(with_password(proof, now=now), now=now)


class LogoutView(APIView):
    @extend_schema(operation_id="logout", tags=["auth"], request=None, responses=answers(204, None, 401))
    def post(self, request: Request) -> Response:
        """End the session of the access token, and with it every token of the session."""
        actor = actor_of(request)
        sessions.end_session(
            user=actor.user, session_id=actor.session.id, reason="signed_out", now=clock.now()
        )
        return Response(status=204)


class TokenRefreshView(PublicView):
    @extend_schema(
        operation_id="refresh_token",
        tags=["auth"],
        request=bodies.RefreshInput,
        responses=answers(200, bodies.TokensOutput, 401, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Trade a refresh token for the next pair. An old one that comes again revokes the whole family."""
        now = clock.now()
        throttle.require(limits.REFRESH_IP, throttle.visitor(), now=now)
        pair = first_party.refresh_pair(parse(bodies.RefreshInput, request)["refresh_token"], now=now)
        if isinstance(pair, NotRefreshed):
            raise TokenInvalid(
                "The refresh token is not valid any more. Log in again.", reason="invalid_token"
            )
        return Response(tokens_body(pair))


class RefreshAliasView(TokenRefreshView):
    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        """The same under the short name."""
        return super().post(request)


class EmailVerifyView(PublicView):
    @extend_schema(
        operation_id="verify_email",
        tags=["auth"],
        request=bodies.VerifyInput,
        responses=answers(200, bodies.UserOutput, 409, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Prove the address by the mailed code, or by the token of the mailed link."""
        data, now = parse(bodies.VerifyInput, request), clock.now()
        if "token" in data:
            user = verification.verify_by_link(data["token"], now=now)
        else:
            user = verification.verify_by_code(
                data["email"], data["code"], verification_id=data.get("verification_id"), now=now
            )
        return Response({"user": UserSerializer(user).data})


class EmailResendView(PublicView):
    @extend_schema(
        operation_id="resend_verification",
        tags=["auth"],
        request=bodies.EmailInput,
        responses=answers(202, bodies.AcceptedOutput, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Send a new code to an address that is not verified yet."""
        data = parse(bodies.EmailInput, request)
        verification.send_again(data["email"], verification_id=data.get("verification_id"), now=clock.now())
        return Response({"detail": MAIL_SENT}, status=202)


class PasswordForgotView(PublicView):
    @extend_schema(
        operation_id="forgot_password",
        tags=["auth"],
        request=bodies.ForgotInput,
        responses=answers(202, bodies.AcceptedOutput, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Ask for a reset code by mail."""
        recovery.request_reset(parse(bodies.ForgotInput, request)["email"], now=clock.now())
        return Response({"detail": MAIL_SENT}, status=202)


class PasswordResetView(PublicView):
    @extend_schema(
        operation_id="reset_password",
        tags=["auth"],
        request=bodies.ResetInput,
        responses=answers(204, None, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Set a new password with the mailed code or token. Every session ends; log in afterwards."""
        data, now = parse(bodies.ResetInput, request), clock.now()
        if "token" in data:
            recovery.reset_by_link(data["token"], data["new_password"], now=now)
        else:
            recovery.reset_by_code(data["email"], data["code"], data["new_password"], now=now)
        return Response(status=204)


class PasswordChangeView(APIView):
    @extend_schema(
        operation_id="change_password",
        tags=["auth"],
        request=bodies.ChangeInput,
        responses=answers(204, None, 401, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Change your own password. Every other session ends."""
        actor = actor_of(request)
        data = parse(bodies.ChangeInput, request)
        recovery.change_password(user=actor.user, session=actor.session, **data, now=clock.now())
        return Response(status=204)


def as_json(outcome: Outcome, *, now: datetime) -> Response:
    """The end of a login in JSON; refusals become problems with a `reason`."""
    match outcome:
        case SignedIn(new):
            body = {
                "user": UserSerializer(new.session.user).data,
                "session": SessionSerializer(new.session).data,
                "tokens": tokens_body(first_party.issue(new.session, now=now)),
            }
            return Response(body)
        case ChallengeRequired(secret, methods, expires_in):
            challenge = {
                "requires_mfa": True,
                "mfa_token": secret,
                "methods": methods,
                "expires_in": expires_in,
            }
            return Response(challenge)
        case Refused(reason=Reason.RATE_LIMITED):
            raise RateLimited(outcome.sentence, retry_after_seconds=outcome.retry_after_seconds)
        case Refused():
            raise AuthenticationFailed(outcome.sentence, reason=outcome.reason)


def tokens_body(pair: TokenPair) -> dict[str, Any]:
    return {
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "token_type": "Bearer",
        "expires_in": pair.expires_in,
    }

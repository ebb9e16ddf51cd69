"""`/api/v1/users/{id}/mfa/reset`: operators help who lost every second factor."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.operator_views import OperatorView
from accounts.http import api_session, api_user
from accounts.models import User
from accounts.services import people
from core import clock
from core.api.schema import answers
from core.api.serializers import StrictSerializer, parse
from mfa.api.serializers import MfaFactorOutput
from mfa.services import operator_resets, resets
from mfa.shown import status_of

TAGS = ["users (operators)"]
ACT = (401, 403, 404)
MAX_REASON = 500


class MfaResetInput(StrictSerializer):
    reason = serializers.CharField(max_length=MAX_REASON, help_text="For the audit trail.")


class WaitingMfaReset(serializers.Serializer[Any]):
    """The person asked for it. From `due_at` to `expires_at` their next sign-in removes the factors."""

    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    approved_by = serializers.UUIDField(source="approved_by_id", allow_null=True)


class PersonMfaOutput(serializers.Serializer[Any]):
    """Whether two-step sign-in is on, by what, and the reset that waits, if one does."""

    mfa_enabled = serializers.BooleanField()
    methods = MfaFactorOutput(many=True)
    recovery_codes_left = serializers.IntegerField()
    reset = WaitingMfaReset(allow_null=True)


class PersonMfaResetView(OperatorView):
    @extend_schema(
        operation_id="get_user_mfa_reset", tags=TAGS, responses=answers(200, PersonMfaOutput, *ACT)
    )
    def get(self, request: Request, user_id: UUID) -> Response:
        """What the person confirms sign-ins with, and whether they wait for lost factors to be removed."""
        return Response(_shown(people.get_person(api_user(request), user_id)))

    @extend_schema(
        operation_id="reset_user_mfa",
        tags=TAGS,
        request=MfaResetInput,
        responses=answers(200, PersonMfaOutput, *ACT, 409, 413, 415, 422),
    )
    def post(self, request: Request, user_id: UUID) -> Response:
        """Approve the reset that waits, or remove every second factor at once; the person is told.

        Be sure who asks before you do. Asks for a fresh proof of your own.
        """
        actor = api_user(request)
        user = operator_resets.approve_or_remove(
            actor=actor,
            session=api_session(request),
            user=people.get_person(actor, user_id),
            **parse(MfaResetInput, request),
            now=clock.now(),
        )
        return Response(_shown(user))


def _shown(user: User) -> dict[str, Any]:
    waiting = resets.waiting_of(user, now=clock.now())
    status = status_of(user)
    facts = {
        "mfa_enabled": status.enabled,
        "methods": status.methods,
        "recovery_codes_left": status.recovery_codes_left,
        "reset": waiting,
    }
    return dict(PersonMfaOutput(facts).data)

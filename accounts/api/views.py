"""`/auth/me` and `/users/me`: oneself, by access token."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import ProfileSerializer, UserSerializer
from accounts.http import api_user
from accounts.models import User
from accounts.services import profile
from core import clock
from core.api.schema import answers
from core.api.versions import IF_MATCH, versions_asked_for, with_version


class MeView(APIView):
    """The person whom the access token speaks for."""

    @extend_schema(
        operation_id="get_current_user", tags=["users"], responses=answers(200, UserSerializer, 401)
    )
    def get(self, request: Request) -> Response:
        """Read your own user."""
        return Response(UserSerializer(api_user(request)).data)


class UserMeView(APIView):
    """One's own profile."""

    @extend_schema(
        operation_id="get_own_profile", tags=["users"], responses=answers(200, UserSerializer, 401)
    )
    def get(self, request: Request) -> Response:
        """Read your own user. The ETag names its version, for If-Match."""
        return _shown(api_user(request))

    @extend_schema(
        operation_id="update_own_profile",
        tags=["users"],
        parameters=[IF_MATCH],
        request=ProfileSerializer,
        responses=answers(200, UserSerializer, 401, 412, 413, 415, 422),
    )
    def patch(self, request: Request) -> Response:
        """Change your own profile. Email addresses, phone number and password have operations of their own."""
        data = ProfileSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        user = profile.update(
            user=api_user(request),
            changes=data.validated_data,
            if_version=versions_asked_for(request),
            now=clock.now(),
        )
        return _shown(user)


def _shown(user: User) -> Response:
    return with_version(Response(UserSerializer(user).data), profile.version_of(user))

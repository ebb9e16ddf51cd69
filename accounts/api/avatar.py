"""`/users/me/avatar`: one's own picture."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import UserSerializer
from accounts.http import api_user
from accounts.services import avatars
from core import clock
from core.api.pictures import PICTURE_BODY, PICTURE_PARSERS, picture_in
from core.api.schema import answers


class AvatarView(APIView):
    parser_classes = PICTURE_PARSERS

    @extend_schema(
        operation_id="put_own_avatar",
        tags=["users"],
        request=PICTURE_BODY,
        responses=answers(200, UserSerializer, 401, 413, 415, 422, 429),
    )
    def put(self, request: Request) -> Response:
        """Set your picture: the picture itself as the body, at most 1 MB. Its middle is encoded anew as PNG."""
        user = avatars.put(user=api_user(request), picture=picture_in(request), now=clock.now())
        return Response(UserSerializer(user).data)

    @extend_schema(operation_id="delete_own_avatar", tags=["users"], responses=answers(204, None, 401))
    def delete(self, request: Request) -> Response:
        """Take your picture away. Its address leads nowhere from then on."""
        avatars.remove(user=api_user(request), now=clock.now())
        return Response(status=204)

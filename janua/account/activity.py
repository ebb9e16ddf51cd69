"""/account/activity and `/users/me/activity`: the account and the apps together, which no floor beneath knows both."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.activity import API_CHOICES, KINDS, Kind
from accounts.http import api_user, required_session
from accounts.services import activity
from core.api.cursors import CursorQuery, cursor_list_of
from core.api.schema import answers
from core.api.serializers import parse_query
from core.errors import ValidationFailed
from oauth.services.clients import names_of
from organizations.services.trail_names import of_organizations


@require_safe
def activity_page(request: HttpRequest) -> HttpResponse:
    user = required_session(request).user
    asked, cursor = request.GET.get("kind", ""), request.GET.get("cursor")
    kind = Kind(asked) if asked in KINDS else None
    try:
        recent = activity.read(
            user, names_of_apps=names_of, names_of_organizations=of_organizations, kind=kind, cursor=cursor
        )
    except ValidationFailed:
        return HttpResponseRedirect("/account/activity")  # a link that somebody cut off
    older = {"kind": kind or "", "cursor": recent.next_cursor} if recent.next_cursor else None
    facts = {
        "entries": recent.entries,
        "kinds": KINDS.items(),
        "kind": kind,
        "cursor": cursor,
        "older": older and urlencode(older),
    }
    return render(request, "account/activity.html", facts)


class ActivityQuery(CursorQuery):
    kind = serializers.ChoiceField(choices=API_CHOICES, required=False)


class ActivityOutput(serializers.Serializer[Any]):
    """Something that happened to the account."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=API_CHOICES)
    action = serializers.CharField(help_text="The event's tag, such as login.succeeded.")
    succeeded = serializers.BooleanField()
    sentence = serializers.CharField(help_text="In plain words.")
    device = serializers.CharField(allow_blank=True)
    ip = serializers.CharField(allow_blank=True)


class ActivityView(APIView):
    @extend_schema(
        operation_id="list_own_activity",
        tags=["users"],
        parameters=[ActivityQuery],
        responses=answers(200, cursor_list_of(ActivityOutput), 401, 422),
    )
    def get(self, request: Request) -> Response:
        """What happened to your account, the newest first. Go on with `next_cursor` until it is null."""
        query = parse_query(ActivityQuery, request)
        recent = activity.read(
            api_user(request), names_of_apps=names_of, names_of_organizations=of_organizations, **query
        )
        data = ActivityOutput(recent.entries, many=True).data
        return Response({"data": data, "next_cursor": recent.next_cursor})

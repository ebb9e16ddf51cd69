"""What is asked of an organization's trail, and how a line of it looks."""

from typing import Any

from rest_framework import serializers

from audit.events import MAX_TAG_LENGTH, known_tags
from audit.models import Event
from core.api.cursors import CursorQuery, cursor_list_of
from core.api.serializers import StrictSerializer
from organizations.services.trail import Wanted
from organizations.trail_files import FORMATS


class Filters(StrictSerializer):
    """Which lines. `to` is the first moment that no longer counts."""

    action = serializers.CharField(
        max_length=MAX_TAG_LENGTH, required=False, help_text="As `organization.member_suspended`."
    )
    actor = serializers.UUIDField(required=False, help_text="The id of who did it.")
    target = serializers.CharField(max_length=255, required=False, help_text="The id of what it was done to.")
    result = serializers.ChoiceField(choices=Event.Result.choices, required=False)

    def validate_action(self, action: str) -> str:
        if action not in known_tags():
            raise serializers.ValidationError("There is no such action.")
        return action

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of Python's own.
        times = {name: serializers.DateTimeField(required=False) for name in ("from", "to")}
        return {**super().get_fields(), **times}


class TrailQuery(Filters, CursorQuery):
    """Filters of the list."""


class ExportInput(Filters):
    """What to take along, and as what."""

    format = serializers.ChoiceField(choices=FORMATS, default="jsonl")


def wanted(given: dict[str, Any]) -> Wanted:
    names = {"actor": "actor_id", "target": "target_id", "from": "since", "to": "until"}
    known = {*Filters().fields}
    return Wanted(**{names.get(name, name): value for name, value in given.items() if name in known})


class WhoOutput(serializers.Serializer[Any]):
    """`name`: what it is called today; empty for who left the organization, and what is gone."""

    type = serializers.CharField(allow_blank=True)
    id = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)


class TrailLineOutput(serializers.Serializer[Any]):
    """Something that happened in the organization."""

    id = serializers.UUIDField()
    seq = serializers.IntegerField(help_text="Its number in the organization's chain, without gaps.")
    at = serializers.DateTimeField()
    action = serializers.CharField()
    result = serializers.ChoiceField(choices=Event.Result.choices)
    actor = WhoOutput()
    target = WhoOutput()
    client_id = serializers.CharField(allow_blank=True)
    request_id = serializers.CharField(allow_blank=True)
    personal = serializers.DictField(help_text="Network, browser, addresses; empty once they are erased.")

    def get_fields(self) -> dict[str, Any]:  # `data` is an attribute of every serializer
        return {**super().get_fields(), "data": serializers.DictField(help_text="The event's own facts.")}


TrailPageOutput = cursor_list_of(TrailLineOutput)

"""Invitations as JSON."""

from typing import Any

from rest_framework import serializers

from core.api.cursors import CursorQuery, cursor_list_of
from core.api.serializers import StrictSerializer
from organizations.api.organizations_bodies import RoleRefOutput, role_body
from organizations.invitation_files import MAX_ROWS
from organizations.models import Invitation
from organizations.models.invitations import State
from organizations.services.bulk_invitations import Report


class InvitationInput(StrictSerializer):
    """`role`: its key, such as `member`."""

    email = serializers.CharField(max_length=254)
    role = serializers.CharField(max_length=63)


class InvitationLineInput(StrictSerializer):
    """One of many; judged line by line, so that a bad one refuses no other."""

    email = serializers.CharField(max_length=1000, allow_blank=True, trim_whitespace=False)
    role = serializers.CharField(max_length=1000, allow_blank=True, default="", trim_whitespace=False)


class BulkInput(StrictSerializer):
    """`role`: of lines that name none. `send_good`: send what is in order although other lines are not."""

    invitations = serializers.ListField(child=InvitationLineInput(), allow_empty=False, max_length=MAX_ROWS)
    role = serializers.CharField(max_length=63, required=False, default="")
    send_good = serializers.BooleanField(default=False)


class BulkQuery(StrictSerializer):
    """The same beside a body of CSV."""

    role = serializers.CharField(max_length=63, required=False, default="")
    send_good = serializers.BooleanField(default=False)


class TokenInput(StrictSerializer):
    """The token of the mailed link."""

    token = serializers.CharField(max_length=200)


class InvitationQuery(CursorQuery):
    state = serializers.ChoiceField([State.PENDING.value], required=False)


class InvitationOutput(serializers.Serializer[Any]):
    """An invitation as its organization sees it. The link is in the mail and nowhere else."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    role = RoleRefOutput()
    state = serializers.ChoiceField(State.choices)
    invited_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)


class FaultOutput(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    email = serializers.CharField()
    reason = serializers.CharField()
    detail = serializers.CharField()


class ReportOutput(serializers.Serializer[Any]):
    """`good` lines are in order, `sent` of them went out: all of them, or none while there are faults."""

    good = serializers.IntegerField()
    sent = serializers.IntegerField()
    faults = FaultOutput(many=True)


class OrganizationNameOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class ReceivedOutput(serializers.Serializer[Any]):
    """An invitation as the invited see it; the address is shown in full to nobody but its owner."""

    id = serializers.UUIDField()
    organization = OrganizationNameOutput()
    email = serializers.CharField()
    role = RoleRefOutput()
    invited_by = serializers.CharField(allow_blank=True)
    expires_at = serializers.DateTimeField()


class ReceivedListOutput(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:  # `data` is an attribute of every serializer
        return {"data": ReceivedOutput(many=True)}


class JoinedOutput(serializers.Serializer[Any]):
    """The place in the organization that came of it."""

    id = serializers.UUIDField()
    organization = OrganizationNameOutput()
    role = RoleRefOutput()
    joined_at = serializers.DateTimeField()


InvitationPageOutput = cursor_list_of(InvitationOutput)


def invitation_body(invitation: Invitation, state: State) -> dict[str, Any]:
    facts = {
        name: getattr(invitation, name) for name in ("id", "email", "created_at", "expires_at", "sent_at")
    }
    facts |= {"role": role_body(invitation.role), "state": state, "invited_by": invitation.inviter_name}
    return dict(InvitationOutput(facts).data)


def received_body(invitation: Invitation, *, is_theirs: bool) -> dict[str, Any]:
    facts = {
        "id": invitation.id,
        "organization": invitation.organization,
        "email": invitation.email if is_theirs else invitation.masked_email,
        "role": role_body(invitation.role),
        "invited_by": invitation.inviter_name,
        "expires_at": invitation.expires_at,
    }
    return dict(ReceivedOutput(facts).data)


def report_body(report: Report) -> dict[str, Any]:
    return dict(ReportOutput(report).data)

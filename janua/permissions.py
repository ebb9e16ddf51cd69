"""DRF's half of the gate."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.errors import NotAllowed
from core.policy import Credential
from janua.policies import policy_of
from organizations.models import ApiKey

if TYPE_CHECKING:  # DRF reads its default permissions while it loads this very module
    from rest_framework.views import APIView


class StandsInPolicyTable(BasePermission):
    """Routes that accept a bearer token ask for one; a route that is not in the table stays shut.

    An API key is no person: it opens the routes that name it, and no other, public ones included.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        policy = policy_of(request._request)
        if policy is None:
            return False
        if isinstance(request.auth, ApiKey) and Credential.API_KEY not in policy.accepts:
            raise NotAllowed(_("This address does not take API keys."), reason="key_not_accepted")
        return Credential.BEARER not in policy.accepts or request.auth is not None

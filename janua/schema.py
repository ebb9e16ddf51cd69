"""How openapi.json says which credential an operation takes: as the policy table does."""

import re
from typing import Any

from django.urls import resolve
from drf_spectacular.openapi import AutoSchema

from core.policy import Credential
from janua.policies import find_policy
from organizations.api.authentication import ApiKeyScheme

PARAMETER = re.compile(r"\{\w+\}")
ANY_ID = "00000000-0000-4000-8000-000000000000"


class PolicySchema(AutoSchema):
    """Every operation could be sent an API key; only some routes take one."""

    def get_auth(self) -> list[dict[str, Any]]:
        found = super().get_auth()
        if Credential.API_KEY in self._accepted():
            return found
        return [each for each in found if ApiKeyScheme.name not in each]

    def _accepted(self) -> frozenset[Credential]:
        policy = find_policy(resolve(PARAMETER.sub(ANY_ID, self.path)).view_name)
        return policy.accepts if policy else frozenset()

"""How openapi.json says which credential an operation takes, as the policy table does, and what DELETE is sent."""

import re
from typing import Any

from django.urls import resolve
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from core.api.problems import CODES, PROBLEM_JSON
from core.api.schema import ProblemSerializer
from core.policy import Credential
from janua.policies import find_policy
from organizations.api.authentication import ApiKeyScheme

PARAMETER = re.compile(r"\{\w+\}")
ANY_ID = "00000000-0000-4000-8000-000000000000"


class PolicySchema(AutoSchema):
    """Every operation could be sent an API key; only some routes take one, and the others answer 403."""

    def get_auth(self) -> list[dict[str, Any]]:
        found = super().get_auth()
        if Credential.API_KEY in self._accepted():
            return found
        return [each for each in found if ApiKeyScheme.name not in each]

    def get_request_serializer(self) -> Any:
        """Asked where `extend_schema` names none: a DELETE then has no body."""
        return None if self.method == "DELETE" else super().get_request_serializer()

    def _get_request_body(self, direction: Any = "request") -> Any:
        """The library leaves the body of every DELETE out, also of one that asks for it."""
        if self.method != "DELETE" or self.get_request_serializer() is None:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        self.method = "POST"
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = "DELETE"

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        found = super()._get_response_bodies(direction)
        if self._refuses_keys() and "403" not in found:
            refusal = OpenApiResponse(ProblemSerializer, description=CODES[403][1])
            found["403"] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                refusal, "403", [PROBLEM_JSON]
            )
            return dict(sorted(found.items()))
        return found

    def _refuses_keys(self) -> bool:
        recognized = any(ApiKeyScheme.name in each for each in super().get_auth())
        return recognized and Credential.API_KEY not in self._accepted()

    def _accepted(self) -> frozenset[Credential]:
        policy = find_policy(resolve(PARAMETER.sub(ANY_ID, self.path)).view_name)
        return policy.accepts if policy else frozenset()

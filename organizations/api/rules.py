"""`/api/v1/organizations/{id}`: checks of permissions, rules, and evaluations by both."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.bodiless import REFUSED, bodiless
from core.api.idempotency import IDEMPOTENCY_KEY, idempotent
from core.api.lists import ListQuery, listed
from core.api.schema import answers
from core.api.serializers import parse, parse_query
from organizations.api import rule_bodies as bodies
from organizations.api.roles import BODY
from organizations.http import actor_of_api
from organizations.services import checks, evaluations, rules
from organizations.services.evaluations import Question
from organizations.services.rules import RuleFacts

TAGS = ["checks and rules"]
ASKED = (401, 403, 404, 413, 415, 422)


class CheckView(APIView):
    @extend_schema(
        operation_id="check_permission",
        tags=TAGS,
        request=bodies.CheckInput,
        responses=answers(200, bodies.CheckOutput, *ASKED),
    )
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Whether you, or another member, have a permission. Rules are not asked: see evaluate."""
        body = parse(bodies.CheckInput, request)
        permission, by = body["permission"], _by(request, organization_id)
        found = checks.check(**by, permissions=[permission], about=bodies.about_in(body))
        return Response({"permission": permission, "allowed": found[permission]})


class CheckManyView(APIView):
    @extend_schema(
        operation_id="check_permissions",
        tags=TAGS,
        request=bodies.CheckManyInput,
        responses=answers(200, bodies.CheckManyOutput, *ASKED),
    )
    def post(self, request: Request, organization_id: UUID) -> Response:
        """The same for up to 100 permissions at once."""
        body = parse(bodies.CheckManyInput, request)
        asked, by = body["permissions"], _by(request, organization_id)
        return Response({"results": checks.check(**by, permissions=asked, about=bodies.about_in(body))})


class MineView(APIView):
    @extend_schema(
        operation_id="list_own_permissions",
        tags=TAGS,
        responses=answers(200, bodies.MineOutput, 401, 403, 404),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """All that you may do in an organization."""
        mine = checks.mine(**_by(request, organization_id))
        return Response({"is_owner": mine.access.granted.is_owner, "permissions": mine.names})


class EvaluateView(APIView):
    @extend_schema(
        operation_id="evaluate_access",
        tags=TAGS,
        request=bodies.EvaluateInput,
        responses=answers(200, bodies.EvaluateOutput, *ASKED),
    )
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Whether rules and roles allow an action on a resource, and why. A rule that denies wins; then one that allows; then roles.

        An API key that asks about itself is allowed nothing that its scopes do not name.
        """
        body = parse(bodies.EvaluateInput, request)
        subject = body.get("subject", {})
        question = Question(
            body["action"],
            resource=body.get("resource", {}),
            request=body.get("context", {}),
            subject=subject.get("attributes", {}),
            about=bodies.about_in(subject),
        )
        answer = evaluations.evaluate(**_by(request, organization_id), question=question)
        return Response(bodies.answer_body(answer))


class RulesView(APIView):
    @extend_schema(
        operation_id="list_rules",
        tags=TAGS,
        parameters=[ListQuery],
        responses=answers(200, bodies.RuleListOutput, 401, 403, 404, 422),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """The rules of an organization by name; their order decides nothing."""
        query = parse_query(ListQuery, request)
        rows = rules.list_of(actor_of_api(request), organization_id, now=clock.now())
        return Response(listed(rows, query, bodies.RuleOutput().to_representation))

    @extend_schema(
        operation_id="create_rule",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=bodies.RuleInput,
        responses=answers(201, bodies.RuleOutput, *BODY),
    )
    @idempotent
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Make a rule about actions that you may do yourself; with a `*` as an owner. Only people do, after a fresh proof."""
        facts = RuleFacts(**parse(bodies.RuleInput, request))
        rule = rules.create(**_by(request, organization_id), facts=facts)
        return Response(bodies.RuleOutput(rule).data, status=201)


class RuleView(APIView):
    @extend_schema(
        operation_id="get_rule", tags=TAGS, responses=answers(200, bodies.RuleOutput, 401, 403, 404)
    )
    def get(self, request: Request, organization_id: UUID, rule_id: UUID) -> Response:
        """Read a rule."""
        rule = rules.get(actor_of_api(request), organization_id, rule_id, now=clock.now())
        return Response(bodies.RuleOutput(rule).data)

    @extend_schema(
        operation_id="update_rule",
        tags=TAGS,
        request=bodies.RuleChangeInput,
        responses=answers(200, bodies.RuleOutput, *BODY),
    )
    def patch(self, request: Request, organization_id: UUID, rule_id: UUID) -> Response:
        """Change the named members of a rule. Only people do, after a fresh proof."""
        facts = RuleFacts(**parse(bodies.RuleChangeInput, request))
        rule = rules.change(**_by(request, organization_id), rule_id=rule_id, facts=facts)
        return Response(bodies.RuleOutput(rule).data)

    @extend_schema(
        operation_id="delete_rule", tags=TAGS, responses=answers(204, None, 401, 403, 404, 409, *REFUSED)
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID, rule_id: UUID) -> Response:
        """Delete a rule. Only people do, after a fresh proof."""
        rules.delete(**_by(request, organization_id), rule_id=rule_id)
        return Response(status=204)


def _by(request: Request, organization_id: UUID) -> dict[str, Any]:
    """Who asks where, and when."""
    return {"actor": actor_of_api(request), "organization_id": organization_id, "now": clock.now()}

"""Refusals of the REST API are problem+json (RFC 9457), with the founder's codes."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions, serializers

from core import context, errors
from core.api.problems import PROBLEM_JSON, exception_handler, problem, problem_response, wants_json


def handled(error: Exception) -> Any:
    response = exception_handler(error, {})
    assert response is not None
    assert response.content_type == PROBLEM_JSON
    return response


@pytest.mark.parametrize(
    ("error", "status", "code", "type_name"),
    [
        (errors.DomainError("x"), 400, "BAD_REQUEST", "bad-request"),
        (errors.AuthenticationFailed("x"), 401, "AUTHENTICATION_ERROR", "authentication"),
        (errors.TokenInvalid("x"), 401, "TOKEN_ERROR", "token"),
        (errors.NotAllowed("x"), 403, "AUTHORIZATION_ERROR", "authorization"),
        (errors.NotFound("x"), 404, "NOT_FOUND_ERROR", "not-found"),
        (errors.Conflict("x"), 409, "CONFLICT_ERROR", "conflict"),
        (errors.ValidationFailed("x"), 422, "VALIDATION_ERROR", "validation"),
        (errors.RateLimited("x", retry_after_seconds=7), 429, "RATE_LIMIT_ERROR", "rate-limit"),
        (Http404(), 404, "NOT_FOUND_ERROR", "not-found"),
        (PermissionDenied(), 403, "AUTHORIZATION_ERROR", "authorization"),
        (exceptions.NotAuthenticated(), 401, "AUTHENTICATION_ERROR", "authentication"),
        (exceptions.MethodNotAllowed("PUT"), 405, "BAD_REQUEST", "bad-request"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "BAD_REQUEST", "bad-request"),
        (exceptions.Throttled(), 429, "RATE_LIMIT_ERROR", "rate-limit"),
    ],
)
def test_every_error_has_its_status_and_code(
    error: Exception, status: int, code: str, type_name: str
) -> None:
    response = handled(error)
    body = response.data
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"https://janua.dev/errors/{type_name}"
    assert body["title"]
    assert body["detail"]


def test_reason_and_details_are_there_when_they_say_something() -> None:
    body = handled(errors.ValidationFailed("no", reason="weak_password", details={"password": ["no"]})).data
    assert (body["reason"], body["details"]) == ("weak_password", {"password": ["no"]})
    assert handled(errors.NotFound("no")).data.keys() == {
        "type",
        "title",
        "status",
        "code",
        "detail",
        "request_id",
    }


def test_a_rate_limit_says_when_to_come_again() -> None:
    assert handled(errors.RateLimited("no", retry_after_seconds=7))["Retry-After"] == "7"


def test_401_names_the_scheme_and_an_invalid_token_says_so() -> None:
    assert handled(errors.AuthenticationFailed("no"))["WWW-Authenticate"] == "Bearer"
    assert handled(errors.TokenInvalid("no"))["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_step_up_says_how_fresh_and_how_sure() -> None:
    """RFC 9470 section 3."""
    plain = errors.ReauthenticationRequired("no", max_age_seconds=900)
    sure = errors.ReauthenticationRequired("no", max_age_seconds=900, acr_values="aal2")
    begin = (
        'Bearer error="insufficient_user_authentication", error_description="A fresh sign-in is needed.", '
    )
    assert handled(plain)["WWW-Authenticate"] == f'{begin}max_age="900"'
    assert handled(sure)["WWW-Authenticate"] == f'{begin}acr_values="aal2", max_age="900"'


def test_faults_of_fields_are_422_and_the_first_is_the_detail() -> None:
    body = handled(serializers.ValidationError({"email": ["Enter it."], "password": ["Too short."]})).data
    assert (body["status"], body["detail"]) == (422, "email: Enter it.")
    assert body["details"].keys() == {"email", "password"}


def test_a_fault_of_no_field_is_told_without_a_name() -> None:
    assert handled(serializers.ValidationError(["Send one."])).data["detail"] == "Send one."


def test_a_bug_is_not_turned_into_a_refusal() -> None:
    assert exception_handler(ZeroDivisionError(), {}) is None


def test_the_request_is_named() -> None:
    with context.request_context(context.RequestContext("request-17")):
        assert problem(404, "x")["request_id"] == "request-17"


def test_a_refusal_from_middleware_has_the_same_shape() -> None:
    response = problem_response(503, "away")
    assert (response.status_code, response["Content-Type"]) == (503, PROBLEM_JSON)


@pytest.mark.parametrize(
    ("path", "is_for_programs"),
    [
        ("/api/v1/x", True),
        ("/oauth/token", True),
        ("/oauth/userinfo", True),
        ("/health", True),
        ("/.well-known/jwks.json", True),
        ("/login", False),
        ("/oauth/authorize", False),
        ("/", False),
    ],
)
def test_programs_get_json_and_people_a_page(path: str, is_for_programs: bool) -> None:
    assert wants_json(RequestFactory().get(path)) is is_for_programs

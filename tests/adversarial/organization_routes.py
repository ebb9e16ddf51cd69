"""Every route about one organization, read from the URL configuration, and what is sent to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from core.policy import Credential, Policy
from core.tests.pictures import picture
from janua.policies import find_policy

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OF_ONE = frozenset({"organization_id", "slug"})
OPERATORS = "/api/v1/admin/"
FORMS: dict[str, dict[str, str]] = {
    "organization_audit_export": {"format": "csv"},
    "organization_branded_clients": {"client": "{client_id}"},
    "organization_invitations": {"revoke": "{invitation_id}"},
}
"""What a page needs to change something, where an empty form changes nothing."""

BODIES: dict[tuple[str, str], tuple[str, ...]] = {
    ("api_organization", "DELETE"): ("slug",),  # the one that it has
    ("api_member", "PATCH"): ("role_id",),  # nor what a PATCH must name
}
"""Members that a body needs and the document does not say, or not with which value."""


@dataclass(frozen=True, slots=True)
class Route:
    """One pattern: its name, its path with a place for each parameter, and the parameters."""

    name: str
    template: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def policy(self) -> Policy:
        policy = find_policy(self.name)
        assert policy is not None, f"{self.template} stands in no policy"
        return policy

    @property
    def is_page(self) -> bool:
        return Credential.SESSION in self.policy.accepts

    @property
    def is_for_operators(self) -> bool:
        return self.template.startswith(OPERATORS)

    @property
    def is_of_one_organization(self) -> bool:
        return bool(OF_ONE & set(self.parameters)) and not self.is_for_operators

    def path(self, values: dict[str, str]) -> str:
        return self.template.format(**values)


def organization_routes() -> list[Route]:
    """Those whose views are this app's, and whatever else names an organization."""
    return [
        route
        for route in _walk(get_resolver().url_patterns, "/", ())
        if _is_ours(route.view) or (OF_ONE & {*route.parameters} and "organizations/" in route.template)
    ]


def _is_ours(view: Callable[..., Any]) -> bool:
    return str(getattr(view, "__module__", "")).startswith("organizations.") and bool(
        getattr(view, "cls", None) or not hasattr(view, "admin_site")
    )


def _walk(patterns: list[Any], prefix: str, parameters: tuple[str, ...]) -> Iterator[Route]:
    for entry in patterns:
        if getattr(entry, "namespace", None) == "admin":
            continue  # the console: tests/architecture/test_policies.py
        converters = getattr(entry.pattern, "converters", {})
        path = prefix + _template(str(entry.pattern), converters)
        named = (*parameters, *converters)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, path, named)
        elif isinstance(entry, URLPattern):
            yield Route(entry.name or "", path, named, entry.callback)


def _template(pattern: str, converters: dict[str, Any]) -> str:
    for name, converter in converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        kind = {"string": "str"}.get(kind, kind)
        pattern = pattern.replace(f"<{kind}:{name}>", f"{{{name}}}").replace(f"<{name}>", f"{{{name}}}")
    return pattern


@dataclass(frozen=True, slots=True)
class Sent:
    """A body and its type."""

    data: Any = b""
    content_type: str = "application/json"


def body_for(route: Route, method: str, values: dict[str, str]) -> Sent:
    """The least that the document says a program may send; pages get the form of `FORMS`, or an empty one."""
    if route.is_page:
        form = {name: value.format(**values) for name, value in FORMS.get(route.name, {}).items()}
        return Sent(form, "application/x-www-form-urlencoded")
    if method == "GET":
        return Sent()
    if names := BODIES.get((route.name, method)):
        return Sent({name: values[name] for name in names})
    operation = _document()["paths"].get(route.template, {}).get(method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return Sent(_example(content["application/json"]["schema"], values))
    if not content:
        return Sent()
    kind = next(iter(content))
    return Sent(picture() if kind.startswith("image/") else b"email\nnew@example.com\n", kind)


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


def _example(schema: dict[str, Any], values: dict[str, str], name: str = "") -> Any:
    """A value that the schema allows; of things that the scene has, the scene's."""
    if "$ref" in schema:
        schema = _document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for either in ("allOf", "oneOf", "anyOf"):
        if either in schema:
            return _example(schema[either][0], values, name)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        inner = schema.get("properties", {})
        return {each: _example(inner[each], values, each) for each in schema.get("required", ())}
    if kind == "array":
        one = _example(schema.get("items", {"type": "string"}), values, name.removesuffix("s"))
        return [one] * max(1, schema.get("minItems", 1))
    if kind == "string":
        return _text(schema, values, name)
    return {"boolean": True, "integer": schema.get("minimum", 1), "number": schema.get("minimum", 1)}[kind]


def _text(schema: dict[str, Any], values: dict[str, str], name: str) -> str:
    if name in values:
        return values[name]
    if f"{name}_id" in values:
        return values[f"{name}_id"]
    by_name = {"permission": "member:read", "scope": "member:read", "action": "member:read"}
    samples = {
        "email": "new@example.com",
        "uuid": "3f0f3b0e-0000-4000-8000-000000000001",
        "date-time": "2099-01-01T00:00:00Z",
        "uri": "https://example.com/",
    }
    return by_name.get(name) or samples.get(
        schema.get("format", ""), "x" * max(3, schema.get("minLength", 3))
    )

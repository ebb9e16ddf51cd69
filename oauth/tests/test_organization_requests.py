"""A client asks for an organization at the authorization endpoint, and the person chooses where there is a choice."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock
from oauth.models import AuthorizationRequest
from oauth.services import consents
from oauth.services.clients import Registered
from oauth.tests.flows import allow, answer_of, authorize, is_waiting, redeem, request_of
from oauth.tests.organizations import (
    SCOPE,
    claims_in,
    close,
    doom,
    identity,
    register_app,
    remove,
    suspend,
    told,
)
from organizations.factories import join, make_organization
from organizations.models import Membership, Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(bob: User) -> Organization:
    return make_organization(bob, name="Acme")


@pytest.fixture
def zoo(alice: User, bob: User) -> Organization:
    made = make_organization(alice, name="Zoo")
    join(made, bob)
    return made


@pytest.fixture
def foreign(alice: User) -> Organization:
    return make_organization(alice, name="Foreign & Sons")


@pytest.fixture
def app() -> Registered:
    return register_app()


@pytest.fixture
def allowed(bob: User, app: Registered) -> Registered:
    """The app, once bob has said yes to all it asks for."""
    consents.grant(bob, app.client, SCOPE.split(), now=clock.now())
    return app


def page(browser: Client, response: HttpResponse) -> HttpResponse:
    """What the person sees next."""
    assert is_waiting(response), response
    return browser.get(response["Location"])  # type: ignore[return-value]


def shows(response: HttpResponse) -> str:
    assert response.status_code == 200
    return response.templates[0].name  # type: ignore[attr-defined]


def organization_in(registered: Registered, answer: HttpResponse) -> str:
    body = redeem(registered, answer_of(answer)["code"]).json()
    assert "organization" in body["scope"].split()
    return str(claims_in(body["id_token"])["org_id"])


def claims(**wish: Any) -> str:
    return json.dumps({"id_token": wish})


WAYS = [
    "parameter",
    "id",
    "scope",
    "scope and parameter",
    "claim of the slug",
    "claim of the id",
    "without the scope",
]


def ask_for(organization: Organization, way: str) -> dict[str, str]:
    slug, id_ = organization.slug, str(organization.id)
    return {
        "parameter": {"scope": SCOPE, "organization": slug},
        "id": {"scope": SCOPE, "organization": id_},
        "scope": {"scope": f"openid email organization:{slug}"},
        "scope and parameter": {"scope": f"openid email organization:{slug}", "organization": slug},
        "claim of the slug": {"scope": "openid email", "claims": claims(org_slug={"value": slug})},
        "claim of the id": {"scope": "openid email", "claims": claims(org_id={"value": id_})},
        "without the scope": {"scope": "openid email", "organization": slug},
    }[way]


@pytest.mark.parametrize("way", WAYS)
def test_the_organization_that_is_named_is_taken(
    bob: User, acme: Organization, zoo: Organization, allowed: Registered, way: str
) -> None:
    answer = authorize(signed_in(bob), allowed, **ask_for(zoo, way))
    assert organization_in(allowed, answer) == str(zoo.id)


def test_the_only_one_is_taken(bob: User, acme: Organization, allowed: Registered) -> None:
    answer = authorize(signed_in(bob), allowed, scope=SCOPE)
    assert organization_in(allowed, answer) == str(acme.id)


def test_of_several_the_person_chooses_with_the_default_first(
    bob: User, acme: Organization, zoo: Organization, foreign: Organization, allowed: Registered
) -> None:
    Membership.objects.filter(user=bob, organization=zoo).update(is_default=True)
    browser = signed_in(bob)
    waiting = authorize(browser, allowed, scope=SCOPE)
    question = page(browser, waiting)
    assert shows(question) == "oauth/organization.html"
    text = question.content.decode()
    assert text.index("Zoo") < text.index("Acme")
    assert "Foreign" not in text
    answer: Any = browser.get(waiting["Location"], {"organization": str(acme.id)})
    assert organization_in(allowed, answer) == str(acme.id)


def test_nobody_chooses_what_is_not_theirs(
    bob: User, acme: Organization, zoo: Organization, foreign: Organization, allowed: Registered
) -> None:
    browser = signed_in(bob)
    waiting = authorize(browser, allowed, scope=SCOPE)
    for picked in (str(foreign.id), "nonsense", "a" * 5000):
        asked: Any = browser.get(waiting["Location"], {"organization": picked})
        assert shows(asked) == "oauth/organization.html"
        posted: Any = browser.post(f"{waiting['Location']}?organization={foreign.id}", {"decision": "allow"})
        assert (posted.status_code, posted["Location"]) == (303, waiting["Location"])


def test_what_the_client_named_the_address_does_not_change(
    bob: User, acme: Organization, zoo: Organization, app: Registered
) -> None:
    browser = signed_in(bob)
    waiting = authorize(browser, app, scope=SCOPE, organization=acme.slug)
    answer: Any = browser.post(f"{waiting['Location']}?organization={zoo.id}", {"decision": "allow"})
    assert organization_in(app, answer) == str(acme.id)


def test_consent_names_the_organization(
    bob: User, acme: Organization, zoo: Organization, app: Registered
) -> None:
    browser = signed_in(bob)
    waiting = authorize(browser, app, scope=SCOPE)
    assert shows(page(browser, waiting)) == "oauth/organization.html"
    there = f"{waiting['Location']}?organization={zoo.id}"
    question: Any = browser.get(there)
    assert shows(question) == "oauth/consent.html"
    assert "Zoo" in question.content.decode()
    assert "Acme" not in question.content.decode()
    answer: Any = browser.post(there, {"decision": "allow"})
    assert organization_in(app, answer) == str(zoo.id)


def test_the_choice_is_the_persons_and_not_the_requests(
    alice: User, bob: User, acme: Organization, zoo: Organization, allowed: Registered
) -> None:
    """Somebody else who goes on with the request is asked anew."""
    make_organization(alice, name="Second")
    waiting = authorize(signed_in(bob), allowed, scope=SCOPE)
    signed_in(bob).get(waiting["Location"], {"organization": str(zoo.id)})
    assert AuthorizationRequest.objects.get().parameters.get("organization") is None
    assert shows(signed_in(alice).get(waiting["Location"])) == "oauth/organization.html"  # type: ignore[arg-type]


NOT_THEIRS = ["foreign", "nothing", "suspended", "removed", "shut", "doomed"]


def make_unreachable(why: str, zoo: Organization, foreign: Organization, bob: User) -> str:
    """The slug of an organization that is none for bob."""
    match why:
        case "foreign":
            return foreign.slug
        case "nothing":
            return "no-such-organization"
        case _:
            {"suspended": suspend, "removed": remove, "shut": close, "doomed": doom}[why](zoo, bob)
            return zoo.slug


def test_what_is_not_theirs_is_one_page(
    bob: User, acme: Organization, zoo: Organization, foreign: Organization, allowed: Registered
) -> None:
    pages = set()
    for why in ("foreign", "nothing", "shut"):
        slug = make_unreachable(why, zoo, foreign, bob)
        browser = signed_in(bob)
        waiting = authorize(browser, allowed, scope=SCOPE, organization=slug)
        shown = page(browser, waiting)
        assert shows(shown) == "oauth/organization.html"
        text = shown.content.decode().partition("<main")[2].partition("</main>")[0]
        assert "Acme" not in text
        assert "Foreign" not in text
        pages.add(_without_secrets(text))
        back: Any = browser.post(waiting["Location"], {"decision": "deny"})
        assert answer_of(back)["error"] == "access_denied"
    assert len(pages) == 1


def _without_secrets(text: str) -> str:
    """Without what differs with every page: the CSRF token and the request's own address."""
    lines = (line for line in text.splitlines() if "csrfmiddlewaretoken" not in line and "next=" not in line)
    return "\n".join(lines)


def test_whoever_belongs_nowhere_reads_so_and_may_go_back(charlie: User, app: Registered) -> None:
    browser = signed_in(charlie)
    waiting = authorize(browser, app, scope=SCOPE)
    assert shows(page(browser, waiting)) == "oauth/organization.html"
    posted: Any = browser.post(waiting["Location"], {"decision": "allow"})
    assert posted["Location"] == waiting["Location"]
    assert answer_of(allow(browser, waiting, "deny"))["error"] == "access_denied"


@pytest.mark.parametrize("why", NOT_THEIRS)
def test_in_silence_what_is_not_theirs_is_access_denied(
    bob: User, acme: Organization, zoo: Organization, foreign: Organization, allowed: Registered, why: str
) -> None:
    slug = make_unreachable(why, zoo, foreign, bob)
    answer = answer_of(authorize(signed_in(bob), allowed, scope=SCOPE, organization=slug, prompt="none"))
    assert answer["error"] == "access_denied"
    assert answer["error_description"] == "There is no such organization for this person."


def test_in_silence_a_choice_is_interaction_required(
    bob: User, acme: Organization, zoo: Organization, allowed: Registered
) -> None:
    answer = answer_of(authorize(signed_in(bob), allowed, scope=SCOPE, prompt="none"))
    assert answer["error"] == "interaction_required"


@pytest.mark.parametrize("why", ["own", *NOT_THEIRS])
def test_without_consent_silence_tells_nothing_of_memberships(
    bob: User, acme: Organization, zoo: Organization, foreign: Organization, app: Registered, why: str
) -> None:
    slug = acme.slug if why == "own" else make_unreachable(why, zoo, foreign, bob)
    consents.grant(bob, app.client, ("openid", "email"), now=clock.now())
    answer = answer_of(authorize(signed_in(bob), app, scope=SCOPE, organization=slug, prompt="none"))
    assert answer["error"] == "consent_required"


def test_a_silent_request_by_post_is_answered_alike(
    bob: User, acme: Organization, zoo: Organization, foreign: Organization, allowed: Registered
) -> None:
    browser = signed_in(bob)
    for organization, error in ((None, "interaction_required"), (foreign.slug, "access_denied")):
        asked = request_of(allowed, scope=SCOPE, organization=organization, prompt="none")
        waiting: Any = browser.post("/oauth/authorize", asked)
        answer: Any = browser.get(waiting["Location"])
        assert answer_of(answer)["error"] == error


def test_silence_switches(bob: User, acme: Organization, zoo: Organization, allowed: Registered) -> None:
    browser = signed_in(bob)
    for organization in (acme, zoo):
        answer = authorize(browser, allowed, scope=SCOPE, organization=organization.slug, prompt="none")
        body = redeem(allowed, answer_of(answer)["code"]).json()
        role = "owner" if organization == acme else "member"
        assert told(claims_in(body["id_token"])) == identity(organization, role)


@pytest.mark.parametrize(
    "asked",
    [
        {"scope": "openid organization"},
        {"scope": "openid organization:acme"},
        {"scope": "openid", "organization": "acme"},
    ],
)
def test_a_client_that_is_not_registered_for_it_may_not_ask(bob: User, asked: dict[str, str]) -> None:
    plain = register_app(scope="openid email")
    assert answer_of(authorize(signed_in(bob), plain, **asked))["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"scope": "openid organization:a organization:b"}, "invalid_request"),
        ({"scope": "openid organization:a", "organization": "b"}, "invalid_request"),
        ({"scope": "openid organization:"}, "invalid_scope"),
        ({"scope": SCOPE, "organization": "a" * 64}, "invalid_request"),
        ({"scope": SCOPE, "organization": "a\nb"}, "invalid_request"),
        ({"scope": SCOPE, "organization": "a b"}, "invalid_request"),
        ({"scope": SCOPE, "organization": "--"}, "invalid_request"),
        ({"scope": SCOPE, "organization": "No Pe!"}, "invalid_request"),
        ({"scope": "openid organization:no--pe"}, "invalid_request"),
        ({"organization": "a", "claims": claims(org_id={"value": "b"})}, "invalid_request"),
        ({"claims": claims(org_id={"value": "a"}, org_slug={"value": "b"})}, "invalid_request"),
    ],
)
def test_nonsense_goes_back_to_the_client(
    bob: User, app: Registered, asked: dict[str, str], error: str
) -> None:
    assert answer_of(authorize(signed_in(bob), app, **asked))["error"] == error


def test_the_parameter_comes_once(bob: User, acme: Organization, app: Registered) -> None:
    asked = {**request_of(app, scope=SCOPE), "organization": [acme.slug, acme.slug]}
    answer: Any = signed_in(bob).get("/oauth/authorize", asked)
    assert answer_of(answer)["error"] == "invalid_request"


def test_a_mere_wish_for_the_claims_asks_for_no_organization(
    bob: User, acme: Organization, zoo: Organization, allowed: Registered
) -> None:
    wish = claims(org_id=None, org_role={"essential": False})
    answer = authorize(signed_in(bob), allowed, scope="openid email", claims=wish)
    body = redeem(allowed, answer_of(answer)["code"]).json()
    assert told(claims_in(body["id_token"])) == {}


def test_an_essential_claim_asks_for_one(bob: User, acme: Organization, allowed: Registered) -> None:
    wish = claims(org_role={"essential": True})
    answer = authorize(signed_in(bob), allowed, scope="openid email", claims=wish)
    assert organization_in(allowed, answer) == str(acme.id)


def test_claims_beyond_the_registration_are_ignored(bob: User, acme: Organization) -> None:
    plain = register_app(scope="openid email")
    consents.grant(bob, plain.client, ("openid", "email"), now=clock.now())
    wish = claims(org_id={"value": str(acme.id)})
    body = redeem(plain, answer_of(authorize(signed_in(bob), plain, claims=wish))["code"]).json()
    assert told(claims_in(body["id_token"])) == told(claims_in(body["access_token"])) == {}


def test_a_slug_that_looks_like_an_id_is_no_id(
    bob: User, alice: User, allowed: Registered, acme: Organization
) -> None:
    """32 hexadecimal digits may be a slug; an id is written with hyphens."""
    disguised = make_organization(bob, name="Disguised", slug=acme.id.hex)
    answer = authorize(signed_in(bob), allowed, scope=SCOPE, organization=acme.id.hex)
    assert organization_in(allowed, answer) == str(disguised.id)

"""How an organization looks: who may say so, what is refused, and the style sheet that comes of it."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from core.errors import Conflict, NotAllowed, NotFound, ValidationFailed
from organizations.brands import MAX_CSS_BYTES, Look
from organizations.factories import join, make_organization, prove_domain
from organizations.models import Branding, Domain, Organization, Role
from organizations.permissions import ADMIN, MEMBER
from organizations.services import branding
from organizations.services.access import Actor

pytestmark = pytest.mark.django_db
GREEN = Look("#0b6b3a", "#6fd6a5", "round")


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


def by(user: User) -> Actor:
    return Actor.of_session(proven(user))


def put(actor: User, organization: Organization, look: Look = GREEN) -> Any:
    return branding.put(actor=by(actor), organization_id=organization.id, look=look, now=clock.now())


def fault_of(look: Look) -> dict[str, list[str]]:
    with pytest.raises(ValidationFailed) as refused:
        branding.judge(look)
    assert refused.value.reason == "bad_branding"
    return refused.value.details


def test_an_owner_chooses_and_everybody_in_it_reads(alice: User, bob: User, acme: Organization) -> None:
    assert put(alice, acme).look == GREEN
    join(acme, bob, MEMBER)
    assert branding.get(actor=by(bob), organization_id=acme.id, now=clock.now()).look == GREEN
    event = Event.objects.get(action="organization.branding_changed")
    assert (event.organization_id, event.data["accent"]) == (acme.id, "#0b6b3a")


def test_the_same_once_more_is_no_change(alice: User, acme: Organization) -> None:
    put(alice, acme)
    put(alice, acme, Look("#0B6B3A", "#6FD6A5", "round"))
    assert Event.objects.filter(action="organization.branding_changed").count() == 1


def test_a_member_may_not_an_admin_may_and_to_outsiders_it_is_not_there(
    alice: User, bob: User, charlie: User, acme: Organization
) -> None:
    place = join(acme, bob, MEMBER)
    with pytest.raises(NotAllowed):
        put(bob, acme)
    with pytest.raises(NotAllowed):
        branding.remove(actor=by(bob), organization_id=acme.id, now=clock.now())
    with pytest.raises(NotFound):
        put(charlie, acme)
    with pytest.raises(NotFound):
        branding.get(actor=by(charlie), organization_id=acme.id, now=clock.now())
    assert not Branding.objects.exists()
    place.role = Role.objects.system(ADMIN)
    place.save()
    assert put(bob, acme).look == GREEN


def test_a_closed_organization_is_neither_changed_nor_shown(alice: User, acme: Organization) -> None:
    path = put(alice, acme).css_path
    prove_domain(acme)
    assert branding.of_slug(acme.slug) is not None
    assert Browser().get(path).status_code == 200
    Organization.objects.filter(id=acme.id).update(suspended_at=clock.now())
    with pytest.raises(Conflict):
        put(alice, acme, Look("#2847d4"))
    assert branding.of_organization(acme.id) is None
    assert branding.of_slug(acme.slug) is None
    assert Browser().get(path).status_code == 404


def test_removing_it_leads_back_to_our_own_look(alice: User, acme: Organization) -> None:
    path = put(alice, acme).css_path
    for _again in range(2):
        branding.remove(actor=by(alice), organization_id=acme.id, now=clock.now())
    brand = branding.of_organization(acme.id)
    assert brand is not None
    assert (brand.look, brand.css_path, brand.name) == (Look(), "", "Acme")
    assert Browser().get(path).status_code == 404
    assert Event.objects.filter(action="organization.branding_removed").count() == 1


def test_what_could_not_be_read_is_refused_with_the_ratio_and_the_nearest_shade() -> None:
    faults = fault_of(Look("#ffd400", "#3a3000"))
    assert set(faults) == {"accent", "accent_dark"}
    for name, dark in (("accent", False), ("accent_dark", True)):
        (sentence,) = faults[name]
        found = re.search(r"(\d+\.\d\d):1.*4\.5:1.*(#[0-9a-f]{6})", sentence)
        assert found and float(found[1]) < 4.5, sentence
        shade = found[2]
        branding.judge(Look("", shade) if dark else Look(shade))  # what we name is accepted


def test_a_ratio_just_below_is_not_written_as_if_it_had_passed() -> None:
    greys = [f"#{level:02x}{level:02x}{level:02x}" for level in range(90, 130)]
    sentences = []
    for grey in greys:
        try:
            branding.judge(Look(grey))
        except ValidationFailed as error:
            sentences.append(error.details["accent"][0])
    assert 5 < len(sentences) < 35
    assert not [each for each in sentences if "Contrast of 4.5" in each]


def test_one_colour_is_enough_for_both_themes() -> None:
    for look in (Look("#0b6b3a"), Look("", "#6fd6a5")):
        by_day, by_night = look.colours
        branding.judge(Look(by_day, by_night))
        assert (look.accent or by_day, look.accent_dark or by_night) == (by_day, by_night)
    assert Look().colours == ("", "")


def test_corners_are_one_of_three() -> None:
    assert set(fault_of(Look(corners="blobby"))) == {"corners"}


def test_the_style_sheet_is_cacheable_small_and_nothing_but_our_properties(
    alice: User, acme: Organization
) -> None:
    path = put(alice, acme).css_path
    response = Browser().get(path)
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
    css = response.content.decode()
    assert len(css) < MAX_CSS_BYTES
    only_ours = r"@layer tokens\{:root\{(--[a-z-]+:(light-dark\(#[0-9a-f]{6},#[0-9a-f]{6}\)|[\d.]+rem);)+\}\}"
    assert re.fullmatch(only_ours, css), css


def test_another_look_has_another_address_and_the_old_one_is_gone(alice: User, acme: Organization) -> None:
    old = put(alice, acme).css_path
    new = put(alice, acme, Look("#2847d4")).css_path
    assert old != new
    assert (Browser().get(old).status_code, Browser().get(new).status_code) == (404, 200)
    other = make_organization(alice, slug="other")
    assert Browser().get(new.replace(str(acme.id), str(other.id))).status_code == 404


HOSTILE = (
    "}</style><script>alert(1)</script>",
    "@import url(//evil.example/x.css)",
    "background:url(//evil.example/x)",
    "expression(alert(1))",
    "#fff;}input[value^='a']{background:url(//evil.example/a)}",
    "#12345;",
    "#0b6b3a}",
    "url(#00000",
    "#0b6b3\\",
    "inherit",
    "var(--a)",
    "#０b6b3a",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_s228_no_word_of_an_organization_reaches_the_style_sheet(
    hostile: str, alice: User, acme: Organization
) -> None:
    for look in (Look(hostile), Look("#0b6b3a", hostile), Look("#0b6b3a", "", hostile)):
        with pytest.raises(ValidationFailed):
            put(alice, acme, look)
    assert not Branding.objects.exists()
    response = Browser().get(f"/branding/preview/{hostile.strip('#')}-6fd6a5-soft.css")
    assert response.status_code == 404


def test_the_preview_shows_what_would_be_accepted_and_nothing_else() -> None:
    shown = Browser().get("/branding/preview/0b6b3a--round.css")
    assert shown.status_code == 200
    assert shown.content.decode() == Look("#0b6b3a", corners="round").css(".preview")
    for refused in ("ffd400--soft", "0b6b3a-6fd6a5-blob", "0b6b3a-soft", "0B6B3A--soft", "--"):
        assert Browser().get(f"/branding/preview/{refused}.css").status_code == 404, refused
    assert Browser().get("/branding/preview/--soft.css").content == b""


def test_a_typed_address_finds_the_organization_that_proved_its_domain(
    alice: User, acme: Organization
) -> None:
    role, now = Role.objects.system(MEMBER), clock.now()
    domain = Domain.objects.create(
        organization=acme, name="acme.example", token="t", role=role, created_at=now
    )
    assert branding.of_address("nobody@acme.example") is None  # said, not proven
    Domain.objects.filter(pk=domain.pk).update(verified_at=now)
    for address in ("nobody@acme.example", "Any.Body@ACME.example"):
        with CaptureQueriesContext(connection) as asked:
            brand = branding.of_address(address)
        assert brand is not None
        assert brand.organization_id == acme.id
        assert len(asked) == 1
    assert branding.of_address("nobody@sub.acme.example") is None
    assert branding.of_address("nobody") is None
    assert branding.of_address("") is None

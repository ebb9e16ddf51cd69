"""What a client's registration changes in its tokens: subjects, algorithms, lifetimes, resources, mappings."""

import json
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import Session, User
from accounts.tests.browsers import proven
from core import clock
from core.tests.servers import answering, ok
from oauth.errors import InvalidClientMetadata
from oauth.factories import REDIRECT_URI, register_client
from oauth.models import DEVICE_CODE, Client
from oauth.services import client_changes, id_tokens
from oauth.services.clients import Registered
from oauth.tests.flows import ISSUER, allow, answer_of, authorize, error_of, post, redeem, tokens_for
from oauth.tests.flows import signed_in as browser_of
from tokens.models import RefreshToken
from tokens.services import jwt, keys

pytestmark = pytest.mark.django_db
API = "https://api.example/v1"
OTHER = "https://other.example"


def claims_of(token: str) -> dict[str, Any]:
    return jwt._part(token, 1)


def userinfo(token: str) -> Any:
    return Browser().get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})


class TestSubjects:
    def test_pairwise_ones_differ_by_sector_and_hide_the_account(self, alice: User) -> None:
        here = register_client(subject_type="pairwise")
        there = register_client(subject_type="pairwise", redirect_uris=["https://there.example/cb"])
        sister = register_client(
            subject_type="pairwise", redirect_uris=[REDIRECT_URI, "https://app.example/2"]
        )
        subjects = [
            claims_of(tokens_for(alice, here)["id_token"])["sub"],
            claims_of(tokens_for(alice, sister)["id_token"])["sub"],
        ]
        assert subjects[0] == subjects[1] != str(alice.id)
        assert there.client.sector_identifier == "there.example"
        tokens = tokens_for(alice, here)
        assert userinfo(tokens["access_token"]).json()["sub"] == subjects[0]
        assert claims_of(tokens["access_token"])["sub"] == subjects[0]
        assert str(alice.id) not in json.dumps(
            [claims_of(tokens["access_token"]), claims_of(tokens["id_token"])]
        )

    def test_no_client_slips_into_the_sector_of_a_host_that_it_does_not_prove(
        self, alice: User, olivia: User
    ) -> None:
        """Tokens by device code never pass a redirect URI, so naming the bank's is free."""
        bank = register_client(subject_type="pairwise").client
        thief = register_client(
            subject_type="pairwise", grant_types=["authorization_code", "refresh_token", DEVICE_CODE]
        ).client
        assert bank.sector_identifier == "app.example"
        assert thief.sector_identifier == thief.client_id
        natives = [
            register_client(subject_type="pairwise", redirect_uris=["http://127.0.0.1/cb"]).client
            for _ in range(2)
        ]
        assert len({id_tokens.subject_of(alice, each) for each in (bank, thief, *natives)}) == 4
        moved = client_changes.update(
            session=proven(olivia),
            client=bank,
            changes={"grant_types": ["authorization_code", DEVICE_CODE]},
            now=clock.now(),
        )
        assert moved.client.sector_identifier == bank.client_id

    def test_nor_does_the_session_join_two_sectors(self, alice: User) -> None:
        """One browser, one sign-in: what else two pairwise clients get must not be the same either."""
        parties = [
            register_client(subject_type="pairwise", redirect_uris=[uri], scope="openid")
            for uri in (REDIRECT_URI, "https://there.example/cb")
        ]
        browser, told = browser_of(alice), []
        for party in parties:
            uri = party.client.redirect_uri_list[0]
            answer = answer_of(allow(browser, authorize(browser, party, redirect_uri=uri, scope="openid")))
            tokens = redeem(party, answer["code"], redirect_uri=uri).json()
            shown = post("/oauth/introspect", party, token=tokens["access_token"]).json()
            form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
            again = post("/oauth/token", party, **form).json()
            kinds = (tokens["id_token"], tokens["access_token"], again["id_token"], again["access_token"])
            sids = {claims_of(token)["sid"] for token in kinds} | {shown["sid"]}
            assert len(sids) == 1  # one and the same for this client
            told.append(sids.pop())
            hint = again["id_token"]
        assert told[0] != told[1]
        assert str(Session.objects.get().id) not in told
        assert browser.get("/oauth/logout", {"id_token_hint": hint}).status_code == 200
        assert Session.objects.get().ended_at is not None  # which still proves to us what it hints at

    def test_introspection_keeps_it(self, alice: User) -> None:
        here = register_client(subject_type="pairwise", scope="openid")
        tokens = tokens_for(alice, here, scope="openid")
        for name in ("access_token", "refresh_token"):
            assert str(alice.id) not in post("/oauth/introspect", here, token=tokens[name]).content.decode()

    def test_several_hosts_need_a_document(self) -> None:
        with pytest.raises(InvalidClientMetadata, match="sector_identifier_uri"):
            register_client(subject_type="pairwise", redirect_uris=[REDIRECT_URI, "https://b.example/cb"])

    def test_the_document_must_list_every_redirect_uri(self, janua_options: Any) -> None:
        janua_options(outbound_allow=(ip_network("127.0.0.0/8"),))
        uris = [REDIRECT_URI, "https://b.example/cb"]
        for listed, is_good in ((uris, True), (uris[:1], False), ({"a": 1}, False)):
            with answering(ok(json.dumps(listed).encode())) as server:
                members = {
                    "redirect_uris": uris,
                    "sector_identifier_uri": f"http://127.0.0.1:{server.port}/s.json",
                }
                if is_good:
                    client = register_client(subject_type="pairwise", **members).client
                    assert client.sector_identifier == "127.0.0.1"
                else:
                    with pytest.raises(InvalidClientMetadata):
                        register_client(subject_type="pairwise", **members)


@pytest.mark.parametrize("algorithm", keys.SIGNING_ALGORITHMS)
def test_userinfo_may_be_signed(alice: User, algorithm: str) -> None:
    """OpenID Connect Core section 5.3.2."""
    acme = register_client(userinfo_signed_response_alg=algorithm)
    response = userinfo(tokens_for(alice, acme)["access_token"])
    assert response["Content-Type"] == "application/jwt"
    token = response.content.decode()
    assert jwt._part(token, 0)["alg"] == algorithm
    told = claims_of(token)
    assert (told["iss"], told["aud"], told["sub"]) == (ISSUER, acme.client.client_id, str(alice.id))
    logout = Browser().get("/oauth/logout", {"id_token_hint": token})
    assert logout.status_code == 400  # it is no ID token


class TestLifetimes:
    def test_they_are_the_clients_own(self, alice: User) -> None:
        acme = register_client(
            access_token_lifetime_seconds=60,
            id_token_lifetime_seconds=120,
            refresh_token_lifetime_seconds=3600,
        )
        tokens = tokens_for(alice, acme)
        assert tokens["expires_in"] == 60
        for name, seconds in (("access_token", 60), ("id_token", 120)):
            claims = claims_of(tokens[name])
            assert claims["exp"] - claims["iat"] == seconds
        assert RefreshToken.objects.get().expires_at <= clock.now() + timedelta(hours=1)
        body = post("/oauth/token", acme, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        assert body.json()["expires_in"] == 60
        newest = RefreshToken.objects.order_by("-created_at").first()
        assert newest and newest.expires_at <= clock.now() + timedelta(hours=1)

    @pytest.mark.parametrize("value", [0, 5, 86_401, -1, 1.5, "60", True])
    def test_senseless_ones_are_refused(self, value: object) -> None:
        with pytest.raises(InvalidClientMetadata):
            register_client(access_token_lifetime_seconds=value)

    def test_a_default_max_age_asks_for_a_fresh_proof(self, alice: User) -> None:
        acme = register_client(default_max_age=0)
        answer = answer_of(authorize(browser_of(alice), acme, prompt="none"))
        assert answer["error"] == "login_required"


class TestResources:
    """RFC 8707."""

    @pytest.fixture
    def acme(self) -> Registered:
        return register_client(resources=[API, OTHER])

    def test_the_audience_is_what_was_asked_for(self, alice: User, acme: Registered) -> None:
        tokens = tokens_for(alice, acme, resource=API)
        assert claims_of(tokens["access_token"])["aud"] == API
        assert userinfo(tokens["access_token"]).status_code == 401
        assert claims_of(tokens["id_token"])["aud"] == acme.client.client_id

    def test_without_one_it_is_the_provider(self, alice: User, acme: Registered) -> None:
        assert claims_of(tokens_for(alice, acme)["access_token"])["aud"] == ISSUER

    def test_several_are_granted_and_one_is_chosen(self, alice: User, acme: Registered) -> None:
        tokens = tokens_for(alice, acme, resource=f"{API} {ISSUER}")
        assert set(claims_of(tokens["access_token"])["aud"]) == {API, ISSUER}
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        body = post("/oauth/token", acme, **form, resource=ISSUER).json()
        assert claims_of(body["access_token"])["aud"] == ISSUER

    def test_s055_another_than_granted_is_refused_and_costs_nothing(
        self, alice: User, acme: Registered
    ) -> None:
        tokens = tokens_for(alice, acme, resource=API)
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        assert error_of(post("/oauth/token", acme, **form, resource=OTHER)) == (400, "invalid_target")
        assert post("/oauth/token", acme, **form).status_code == 200

    @pytest.mark.parametrize(
        "resource", ["https://unknown.example", "relative", API + "#x", API + "/more", "x" * 300]
    )
    def test_one_that_is_not_registered_is_invalid_target(
        self, alice: User, acme: Registered, resource: str
    ) -> None:
        answer = answer_of(authorize(browser_of(alice), acme, resource=resource))
        assert answer["error"] == "invalid_target"

    def test_a_program_may_choose_among_its_own(self) -> None:
        robot = register_client(grant_types=["client_credentials"], scope="jobs", resources=[API])
        body = post("/oauth/token", robot, grant_type="client_credentials", resource=API).json()
        assert claims_of(body["access_token"])["aud"] == API
        refused = post("/oauth/token", robot, grant_type="client_credentials", resource=OTHER)
        assert error_of(refused) == (400, "invalid_target")

    def test_our_own_api_is_not_to_be_had(self, alice: User) -> None:
        """Its tokens carry a person's whole account, and no scope bounds them."""
        own = f"{ISSUER}/api/v1"
        with pytest.raises(InvalidClientMetadata, match="own API"):
            register_client(resources=[own])
        acme = register_client()
        Client.objects.update(resources=[own])  # registered before that was refused
        token = tokens_for(alice, acme, resource=own)["access_token"]
        assert claims_of(token)["aud"] == own
        response = Browser().get("/api/v1/users/me", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 401

    @pytest.mark.parametrize("resource", ["relative", "https://a.example/#x", "https://a b.example"])
    def test_only_absolute_uris_are_registered(self, resource: str) -> None:
        with pytest.raises(InvalidClientMetadata):
            register_client(resources=[resource])


class TestMappedClaims:
    def test_they_stand_in_id_token_and_userinfo(self, alice: User) -> None:
        alice.metadata = {"hr": {"department": "R&D"}}
        alice.save()
        acme = register_client(
            claim_mapping={
                "department": "metadata.hr.department",
                "preferred_username": "email",
                "tenant": {"value": "acme"},
                "absent": "metadata.nothing.here",
            }
        )
        tokens = tokens_for(alice, acme)
        for told in (claims_of(tokens["id_token"]), userinfo(tokens["access_token"]).json()):
            assert (told["department"], told["preferred_username"], told["tenant"]) == (
                "R&D",
                alice.email,
                "acme",
            )
            assert "absent" not in told

    @pytest.mark.parametrize(
        "mapping",
        [{"sub": "email"}, {"email_verified": {"value": True}}, {"org_role": {"value": "owner"}}, {"x": "password"},
         {"x": "metadata"}, {"x": "metadata.a.b.c.d.e.f"}, {"x": 1}, {"x": {"v": 1}}, {"": "email"}, {"a b": "email"},
         {"x": {"value": "y" * 2000}}, {f"c{n}": "email" for n in range(31)}],
    )  # fmt: skip
    def test_reserved_names_and_odd_sources_are_refused(self, mapping: dict[str, Any]) -> None:
        with pytest.raises(InvalidClientMetadata, match="claim_mapping"):
            register_client(claim_mapping=mapping)

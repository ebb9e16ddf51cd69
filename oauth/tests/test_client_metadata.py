"""Client metadata by RFC 7591: what is taken, what is refused with one clear sentence, what is answered."""

from typing import Any

import pytest

from core import clock
from oauth import metadata
from oauth.errors import InvalidClientMetadata
from oauth.factories import REDIRECT_URI, register_client
from oauth.models import Client

pytestmark = pytest.mark.django_db
LONG = ["https://app.example/" + "x" * 2001]

REFUSED: dict[str, dict[str, Any]] = {
    "no redirect URI": {"redirect_uris": []},
    "redirect URIs in one string": {"redirect_uris": REDIRECT_URI},
    "a redirect URI that is a number": {"redirect_uris": [1]},
    "an empty redirect URI": {"redirect_uris": [""]},
    "an http redirect URI": {"redirect_uris": ["http://app.example/cb"]},
    "a redirect URI with a fragment": {"redirect_uris": [REDIRECT_URI + "#a"]},
    "an overlong redirect URI": {"redirect_uris": LONG},
    "too many redirect URIs": {"redirect_uris": [f"{REDIRECT_URI}/{i}" for i in range(51)]},
    "a private-use scheme for a confidential client": {"redirect_uris": ["com.example.app:/cb"]},
    "an http return address": {"post_logout_redirect_uris": ["http://app.example/"]},
    "no grant": {"grant_types": []},
    "an unknown grant": {"grant_types": ["password"]},
    "a grant twice unknown": {"grant_types": ["authorization_code", "implicit"]},
    "grants in one string": {"grant_types": "authorization_code"},
    "refresh_token alone": {"grant_types": ["refresh_token"]},
    "an unknown response type": {"response_types": ["token"]},
    "code without its grant": {"response_types": ["code"], "grant_types": ["client_credentials"]},
    "an unknown way to authenticate": {"token_endpoint_auth_method": "tls_client_auth"},
    "a public client that acts for itself": {
        "token_endpoint_auth_method": "none",
        "grant_types": ["client_credentials"],
    },
    "a public client without PKCE": {"token_endpoint_auth_method": "none", "require_pkce": False},
    "require_pkce as text": {"require_pkce": "yes"},
    "a scope with quotes": {"scope": 'a"b'},
    "a scope that is no ASCII": {"scope": "lesén"},
    "a scope with a line break": {"scope": "a\nb"},
    "a scope that is a list": {"scope": ["openid"]},
    "a name that is a number": {"client_name": 7},
    "an overlong name": {"client_name": "x" * 256},
    "a name with a control character": {"client_name": "Acme\x1b[31m"},
    "a name with a direction override": {"client_name": "Acme\u202egro"},
    "an http home page": {"client_uri": "http://app.example"},
    "a script as logo": {"logo_uri": "javascript:alert(1)"},
    "a broken policy address": {"policy_uri": "https://[::1"},
    "an overlong home page": {"client_uri": "https://app.example/" + "x" * 500},
    "contacts in one string": {"contacts": "a@example.com"},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_said_in_one_sentence(case: str) -> None:
    with pytest.raises(InvalidClientMetadata) as caught:
        register_client(**REFUSED[case])
    assert caught.value.error in {"invalid_client_metadata", "invalid_redirect_uri"}
    assert caught.value.description
    assert "\n" not in caught.value.description
    assert not Client.objects.exists()


@pytest.mark.parametrize("data", [None, [], "text", 7])
def test_metadata_must_be_an_object(data: object) -> None:
    with pytest.raises(InvalidClientMetadata, match="object"):
        metadata.from_json(data)


def answer(**members: Any) -> dict[str, Any]:
    registered = register_client(**members)
    return metadata.to_json(registered.client, registered.secret, issued_at=clock.now())


def test_the_answer_holds_everything_that_was_registered() -> None:
    """RFC 7591 section 3.2.1."""
    given = {
        "client_name": "Acme Ⓡ",
        "redirect_uris": [REDIRECT_URI, "http://127.0.0.1/cb"],
        "post_logout_redirect_uris": ["https://app.example/bye"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_post",
        "scope": "openid email",
        "client_uri": "https://app.example",
        "logo_uri": "https://app.example/logo.png",
        "policy_uri": "https://app.example/policy",
        "tos_uri": "https://app.example/tos",
        "contacts": ["ops@app.example"],
        "require_pkce": False,
    }
    body = answer(**given)
    assert given.items() <= body.items()
    assert body["client_id"].startswith("jnu_cl_")
    assert body["client_secret"].startswith("jnu_cs_")
    assert body["client_secret_expires_at"] == 0
    assert isinstance(body["client_id_issued_at"], int)


def test_the_defaults_are_those_of_the_standard() -> None:
    """RFC 7591 section 2."""
    body = metadata.from_json({"redirect_uris": [REDIRECT_URI]})
    assert body.grant_types == ("authorization_code",)
    assert body.token_endpoint_auth_method == "client_secret_basic"
    assert body.require_pkce


def test_a_public_client_gets_no_secret() -> None:
    body = answer(token_endpoint_auth_method="none", redirect_uris=["com.example.app:/cb"])
    assert not {"client_secret", "client_secret_expires_at"} & body.keys()


def test_a_client_without_the_code_grant_has_no_response_type() -> None:
    body = answer(grant_types=["client_credentials"], redirect_uris=[])
    assert body["response_types"] == []


def test_unknown_and_null_members_are_ignored() -> None:
    """RFC 7591 section 2."""
    body = answer(software_id="4NRB1", jwks=None, client_uri=None, is_verified=True, skip_authorization=True)
    assert "software_id" not in body
    client = Client.objects.get()
    assert not client.is_verified
    assert not client.skip_authorization


def test_a_value_given_twice_is_kept_once() -> None:
    assert answer(redirect_uris=[REDIRECT_URI, REDIRECT_URI])["redirect_uris"] == [REDIRECT_URI]

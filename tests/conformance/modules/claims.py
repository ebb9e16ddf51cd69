"""What userinfo tells, how it is asked, and for which scopes."""

import json
from typing import Any

import requests

from tests.conformance.modules.flows import succeeds
from tests.conformance.suite import Suite, module
from tests.support.oauth_client import TIMEOUT

# OpenID Connect Core section 5.4.
OF_SCOPE: dict[str, set[str]] = {
    "profile": {
        "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile",
        "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
    },
    "email": {"email", "email_verified"},
    "address": {"address"},
    "phone": {"phone_number", "phone_number_verified"},
}  # fmt: skip
TYPES: dict[str, type] = {
    "email_verified": bool,
    "phone_number_verified": bool,
    "address": dict,
    "updated_at": int,
}
ADDRESS = {"formatted", "street_address", "locality", "region", "postal_code", "country"}


def check_scopes(suite: Suite, *scopes: str) -> None:
    """Userinfo has every claim of these scopes that discovery promises, of the right type, and none of others."""
    userinfo = succeeds(suite.party, scope=" ".join(("openid", *scopes))).userinfo
    promised = set(suite.party.provider["claims_supported"])
    allowed = set[str]().union(*(OF_SCOPE[scope] for scope in scopes))
    assert userinfo.keys() - {"sub"} == allowed & promised
    check_types(userinfo)


def check_types(userinfo: dict[str, Any]) -> None:
    """OpenID Connect Core section 5.1: strings but for a few; nothing empty (section 5.3.2)."""
    for name, value in userinfo.items():
        assert type(value) is TYPES.get(name, str), name
        assert value != "", name
    assert set(userinfo.get("address", {})) <= ADDRESS


def check_userinfo(suite: Suite, how: str) -> None:
    done = succeeds(suite.party, scope="openid email")
    token, url = done.tokens["access_token"], suite.party.provider["userinfo_endpoint"]
    header = {"Authorization": f"Bearer {token}"}
    match how:
        case "get":
            response = requests.get(url, headers=header, timeout=TIMEOUT)
        case "post-header":
            response = requests.post(url, headers=header, timeout=TIMEOUT)
        case _:
            response = requests.post(url, data={"access_token": token}, timeout=TIMEOUT)
    assert suite.party.userinfo_of(response, done.claims)["email"] == suite.party.person.email


@module("oidcc-userinfo-get")
def oidcc_userinfo_get(suite: Suite) -> None:
    """Userinfo by GET with the token in the header."""
    check_userinfo(suite, "get")


@module("oidcc-userinfo-post-header")
def oidcc_userinfo_post_header(suite: Suite) -> None:
    """Userinfo by POST with the token in the header and no body at all."""
    check_userinfo(suite, "post-header")


@module("oidcc-userinfo-post-body")
def oidcc_userinfo_post_body(suite: Suite) -> None:
    """Userinfo by POST with the token as a form field (RFC 6750 section 2.2)."""
    check_userinfo(suite, "post-body")


@module("oidcc-scope-profile")
def oidcc_scope_profile(suite: Suite) -> None:
    """`profile` opens the promised claims of the profile and nothing else: all but the user name that we lack."""
    promised = set(suite.party.provider["claims_supported"])
    assert OF_SCOPE["profile"] - promised == {"preferred_username"}
    check_scopes(suite, "profile")


@module("oidcc-scope-email")
def oidcc_scope_email(suite: Suite) -> None:
    """`email` opens the address and whether it is verified, at userinfo (section 5.4)."""
    check_scopes(suite, "email")


@module("oidcc-scope-address")
def oidcc_scope_address(suite: Suite) -> None:
    """`address` opens a JSON object (section 5.1.1)."""
    check_scopes(suite, "address")


@module("oidcc-scope-phone")
def oidcc_scope_phone(suite: Suite) -> None:
    """`phone` opens the number and whether it is verified."""
    check_scopes(suite, "phone")


@module("oidcc-scope-all")
def oidcc_scope_all(suite: Suite) -> None:
    """All four scopes at once open all of their claims."""
    check_scopes(suite, *OF_SCOPE)


@module("oidcc-claims-essential")
def oidcc_claims_essential(suite: Suite) -> None:
    """A claim asked for one by one comes at userinfo, though no scope stands for it (section 5.5)."""
    wanted = {"userinfo": {"name": {"essential": True}}}
    userinfo = succeeds(suite.party, claims=json.dumps(wanted)).userinfo
    assert userinfo["name"] == "Wilma Pebble Rubble"
    assert "email" not in userinfo

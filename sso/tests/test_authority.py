"""Who runs which mailbox: a provider's word leads to an existing account only there."""

from typing import Any

import pytest

from sso.authority import is_authoritative
from sso.kinds import KINDS
from sso.providers import Provider


def provider(kind: str, issuer: str = "", domains: tuple[str, ...] = ()) -> Provider:
    return Provider(
        slug="p",
        kind=KINDS[kind],
        name="P",
        client_id="c",
        client_secret="s",
        issuer=issuer or KINDS[kind].issuer,
        authoritative_domains=domains,
    )


@pytest.mark.parametrize(
    ("kind", "email", "claims", "expected"),
    [
        ("google", "ann@gmail.com", {}, True),
        ("google", "Ann@GoogleMail.com", {}, True),
        ("google", "ann@acme.example", {"hd": "acme.example"}, True),
        ("google", "ann@acme.example", {}, False),
        ("google", "ann@acme.example", {"hd": "other.example"}, False),
        ("google", "ann@gmail.com.evil.example", {}, False),
        ("google", "ann@evil.example", {"hd": ["evil.example"]}, False),
        ("apple", "x@privaterelay.appleid.com", {}, True),
        ("apple", "x@icloud.com", {}, True),
        ("apple", "x@gmail.com", {}, False),
        ("microsoft", "ann@outlook.com", {}, False),
        ("microsoft", "ann@acme.example", {"hd": "acme.example"}, False),
        ("github", "ann@gmail.com", {}, False),
        ("openid", "ann@gmail.com", {"hd": "gmail.com"}, False),
        ("google", "nonsense", {}, False),
    ],
)
def test_only_of_its_own_mailboxes(kind: str, email: str, claims: dict[str, Any], expected: bool) -> None:
    issuer = "" if kind != "openid" else "https://id.example"
    assert is_authoritative(provider(kind, issuer), email, claims) is expected


def test_an_operator_may_name_domains_but_not_for_microsoft() -> None:
    acme = ("acme.example",)
    assert is_authoritative(provider("openid", "https://id.acme.example", acme), "ann@acme.example", {})
    assert not is_authoritative(provider("openid", "https://id.acme.example", acme), "a@b.acme.example", {})
    assert not is_authoritative(provider("microsoft", domains=acme), "ann@acme.example", {})


def test_another_issuer_is_not_google_whatever_its_button_says() -> None:
    assert not is_authoritative(provider("google", "https://google.evil.example"), "ann@gmail.com", {})

"""Which names an organization may call its own, and how they are written."""

import pytest

from core.errors import ValidationFailed
from organizations import domain_names


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("example.com", "example.com"),
        ("  Example.COM ", "example.com"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("XN--MNCHEN-3YA.example", "xn--mnchen-3ya.example"),
        ("example。com", "example.com"),
        ("acme.co.uk", "acme.co.uk"),
        ("www.ck", "www.ck"),
        ("mail.gmail.com", "mail.gmail.com"),
    ],
)
def test_twins_have_one_form(typed: str, canonical: str) -> None:
    assert domain_names.canonical(typed) == canonical


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "invalid_domain"),
        ("localhost", "invalid_domain"),
        ("com", "invalid_domain"),
        ("192.0.2.1", "invalid_domain"),
        ("[192.0.2.1]", "invalid_domain"),
        ("[IPv6:2001:db8::1]", "invalid_domain"),
        ("2001:db8::1", "invalid_domain"),
        ("example.com.", "invalid_domain"),
        ("https://example.com", "invalid_domain"),
        ("alice@example.com", "invalid_domain"),
        ("exa mple.com", "invalid_domain"),
        ("-example.com", "invalid_domain"),
        ("exa_mple.com", "invalid_domain"),
        ("ｅxample.com", "invalid_domain"),
        ("xn--zzzzzzzzzzzz.example", "invalid_domain"),
        (f"{'a' * 64}.com", "invalid_domain"),
        (f"{'a.' * 130}com", "invalid_domain"),
        ("*.example.com", "invalid_domain"),
        ("co.uk", "public_suffix"),
        ("github.io", "public_suffix"),
        ("anything.ck", "public_suffix"),
        ("gmail.com", "free_mail"),
        ("GMAIL.com", "free_mail"),
    ],
)
def test_what_is_nobodys_own_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        domain_names.canonical(typed)
    assert refused.value.reason == reason
    assert refused.value.details["name"] == [refused.value.detail]

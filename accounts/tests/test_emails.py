"""An address has one canonical form; whatever merely looks like it is refused."""

import pytest

from accounts import emails
from core.errors import ValidationFailed

LOOK_ALIKES = [
    "ａlice@example.com",  # full-width letter
    "alice@ｅxample.com",
    "аlice@example.com",  # Cyrillic letter
    "ﬁona@example.com",  # ligature
    "alıce@example.com",  # dotless i
    "alice@example.com.",
    '"alice"@example.com',
    "alice@[192.0.2.1]",
    "Alice <alice@example.com>",
    "alice\u200b@example.com",
    "alice\u00ad@example.com",
    "alice@exam\u200bple.com",
    "alice\n@example.com",
    "alice@example.com\n",
    "alice\0@example.com",
    " alice@example.com",
    "alice@example.com ",
    "al ice@example.com",
    "alice..b@example.com",
    ".alice@example.com",
    "alice@example..com",
    "alice@@example.com",
    "alice@",
    "@example.com",
    "alice",
    "",
    "alice@" + "a" * 64 + ".example",
    "alice@" + ("b" * 60 + ".") * 4 + "example",
]


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_look_alikes_are_refused_and_are_nobodys(text: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        emails.canonical(text)
    assert caught.value.reason == "invalid_email"
    assert "email" in caught.value.details
    assert emails.find_canonical(text) is None


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("alice@example.com", "alice@example.com"),
        ("Alice@EXAMPLE.com", "alice@example.com"),
        ("alice+tag@example.com", "alice+tag@example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("bob@bücher.example", "bob@xn--bcher-kva.example"),
        ("bob@BÜCHER.example", "bob@xn--bcher-kva.example"),
        ("bob@XN--BCHER-KVA.example", "bob@xn--bcher-kva.example"),
    ],
)
def test_spellings_of_one_address_have_one_form(text: str, canonical: str) -> None:
    assert emails.canonical(text) == canonical
    assert emails.canonical(canonical) == canonical


def test_the_domain_is_what_stands_behind_the_last_at() -> None:
    assert emails.domain_of("alice@madfam.io") == "madfam.io"

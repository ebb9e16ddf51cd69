"""An organization's name in addresses is of one form, and is no word of ours."""

import pytest

from core.errors import ValidationFailed
from organizations import slugs


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Acme", "acme"), ("  acme-2 ", "acme-2"), ("ACME\N{LATIN SMALL LETTER O}", "acmeo"), ("ａcme", "acme")],
)
def test_one_name_has_one_form(typed: str, kept: str) -> None:
    assert slugs.canonical(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "a", "-acme", "acme-", "ac--me", "ac me", "ac_me", "ac/me", "acme.", "аcme", "acme\n\nx", "é"),
        "a" * 64,
        "01a216ad-7334-77ad-91ab-ddb01b8086d6",
    ],
)
def test_other_forms_are_refused(typed: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        slugs.canonical(typed)
    assert refused.value.reason == "bad_slug"


@pytest.mark.parametrize("word", ["new", "Admin", "api", "organizations", "www", "security"])
def test_words_of_ours_are_reserved(word: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        slugs.canonical(word)
    assert refused.value.reason == "slug_reserved"


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Acme & Sons", "acme-sons"), ("New", ""), ("株式会社", ""), ("a_b__c", "a-b-c"), ("x" * 99, "x" * 63)],
)
def test_a_name_suggests_a_slug_or_nothing(name: str, slug: str) -> None:
    assert slugs.suggested(name) == slug

"""Where an address that is too long for its line may break."""

import pytest

from core.address_tags import breakable


@pytest.mark.parametrize(
    ("email", "html"),
    [
        ("ada@example.com", "ada<wbr>@example.com"),
        ('"a@b"@example.com', "&quot;a@b&quot;<wbr>@example.com"),
        ("<b>@example.com", "&lt;b&gt;<wbr>@example.com"),
        ("nobody", "<wbr>nobody"),
    ],
)
def test_a_long_address_breaks_before_its_at_sign(email: str, html: str) -> None:
    assert breakable(email) == html

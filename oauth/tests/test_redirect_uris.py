"""What may be registered as a redirect URI (RFC 6749 section 3.1.2, RFC 8252 section 7, RFC 9700 section 4.1)."""

import pytest

from oauth import redirect_uris
from oauth.errors import InvalidClientMetadata

ANYBODY = [
    "https://app.example/callback",
    "https://app.example",
    "https://app.example:8443/cb?tenant=1",
    "http://localhost:3000/cb",
    "http://127.0.0.1/cb",
    "http://[::1]:8000/cb",
]
NATIVE = ["com.example.app:/callback", "io.janua.demo-app:/a/b?c=d"]
NOBODY = [
    "",
    "/callback",
    "callback",
    "//app.example/callback",
    "http://app.example/callback",
    "http://192.168.1.10/callback",
    "http://localhost.evil.example/callback",
    "https://",
    "https:///callback",
    "https://app.example/callback#",
    "https://app.example/callback#fragment",
    "https://user@app.example/callback",
    "https://user:password@app.example/callback",
    "https://app.example:99999/callback",
    "https://app.example/call back",
    "https://app.example/call\nback",
    "https://app.example\\@evil.example/",
    'https://app.example/"onload="',
    "https://app.example/<script>",
    "https://bücher.example/callback",
    "https://[::1/callback",
    "javascript:alert(1)",
    "data:text/html,hi",
    "file:///etc/passwd",
    "ftp://app.example/callback",
    "myapp:/callback",
    "myapp://callback",
    "com.example.app://host/callback",
    "https://app.example/" + "x" * 2000,
]


@pytest.mark.parametrize("uri", ANYBODY)
@pytest.mark.parametrize("is_public", [True, False])
def test_https_and_loopback_are_for_anybody(uri: str, is_public: bool) -> None:
    redirect_uris.require_registrable(uri, is_public=is_public)


@pytest.mark.parametrize("uri", NATIVE)
def test_private_use_schemes_are_for_public_clients(uri: str) -> None:
    redirect_uris.require_registrable(uri, is_public=True)
    with pytest.raises(InvalidClientMetadata):
        redirect_uris.require_registrable(uri, is_public=False)


@pytest.mark.parametrize("uri", NOBODY)
@pytest.mark.parametrize("is_public", [True, False])
def test_anything_else_is_refused(uri: str, is_public: bool) -> None:
    with pytest.raises(InvalidClientMetadata) as caught:
        redirect_uris.require_registrable(uri, is_public=is_public)
    assert caught.value.error == "invalid_redirect_uri"
    assert "\n" not in caught.value.description


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://app.example:8443/cb?x=1", "https://app.example:8443"),
        ("http://[::1]:8000/cb", "http://[::1]:8000"),
        ("com.example.app:/cb", "com.example.app:"),
    ],
)
def test_the_origin_for_form_action(uri: str, origin: str) -> None:
    assert redirect_uris.origin_of(uri) == origin

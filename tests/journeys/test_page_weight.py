"""What a browser loads to sign in: as few bytes as promised, counted on the wire, and nothing from elsewhere."""

import pytest
from playwright.sync_api import Response

from tests.support.browser import Chromium
from tests.support.http_client import origin_of
from tests.support.stage import Stage

PAGE_BYTES = 40_000
STYLE_BYTES = 10_000


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_sign_in_page_is_light(stage: Stage, chromium: Chromium, language: str) -> None:
    loaded: list[Response] = []
    with chromium.profile(origins=[stage.base_url], locale=language) as profile:
        profile.page.on("response", lambda response: loaded.append(response))
        profile.page.goto(f"{stage.base_url}/login", wait_until="networkidle")
        sizes = {each.url: sum(_transferred(each)) for each in loaded}
        texts = {each.url: len(each.body()) for each in loaded}
        assert not profile.troubles
    styles = [url for url in sizes if url.endswith(".css")]
    assert {origin_of(url) for url in sizes} == {origin_of(stage.base_url)}
    assert styles
    assert sum(texts[url] for url in styles) < STYLE_BYTES  # even before compression
    assert sum(sizes.values()) < PAGE_BYTES


def _transferred(response: Response) -> tuple[int, int]:
    sizes = response.request.sizes()
    return sizes["responseHeadersSize"], sizes["responseBodySize"]

"""Every page, light and dark, wide and narrow, with and without JavaScript: nothing may be amiss."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from janua.policies import POLICIES
from tests.journeys.conftest import OPERATOR_EMAIL, OPERATOR_PASSWORD
from tests.journeys.stops import ANYBODY, PERSON, Stop, console
from tests.journeys.test_operator import CHANGELIST, DETAIL, local_links
from tests.journeys.world import World, make_world
from tests.support.browser import Chromium, Profile, accessibility_violations
from tests.support.http_client import Browserless
from tests.support.identity_providers.github import GitHubShaped
from tests.support.stage import Stage

LANGUAGES = os.environ.get("JANUA_CRAWL_LANGUAGES", "ar de").split()
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# Where the console's headings are names of rows, keys and addresses: some are longer than a screen.
NAMED_BY_ROWS = ("admin_tokens_signingkey", "admin_accounts_user")
# The words of headings, labels and buttons that begin on one line and end on the next, without a hyphen between.
BROKEN_WORDS = r"""() => {
  const broken = [], range = document.createRange();
  for (const element of document.querySelectorAll(":is(h1, h2, label, .button, .badge)")) {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      for (const word of texts.currentNode.data.matchAll(/[\p{Script=Latin}\p{Script=Arabic}\p{M}\u00AD]+/gu)) {
        if (word[0].includes("\u00AD")) continue;  // it breaks where its translator allowed it
        range.setStart(texts.currentNode, word.index);
        range.setEnd(texts.currentNode, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].map((rect) => Math.round(rect.top)));
        if (lines.size > 1) broken.push(word[0]);
      }
    }
  }
  return broken;
}"""


@pytest.fixture(scope="module")
def world(stage: Stage, neighbour: GitHubShaped) -> World:
    return make_world(stage, neighbour)


# A change of the colour scheme reaches scripts before the next frame, and colours fade over: wait for both.
SETTLED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
}"""


class Crawl:
    """Goes from stop to stop in one browser profile and writes down what is amiss."""

    def __init__(self, world: World, profile: Profile, reader: Page | None) -> None:
        self.world = world
        self.page: Page = profile.page
        self.troubles = profile.troubles
        self.reader = reader
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self.links: set[str] = set()
        self._status = 0
        self.page.on("response", self._remember_status)

    def _remember_status(self, response: object) -> None:
        request = response.request  # type: ignore[attr-defined]
        if request.is_navigation_request() and not 300 <= response.status < 400:  # type: ignore[attr-defined]
            self._status = response.status  # type: ignore[attr-defined]

    def visit(self, stop: Stop) -> None:
        """The page as it comes, then its accessibility in both colour schemes, then its narrow shape."""
        stop.visit(self.page, self.world)
        self.seen.add(urlsplit(self.page.url).path)
        hrefs = [link.get_attribute("href") or "" for link in self.page.locator("a[href]").all()]
        self.links |= {urljoin(self.page.url, href) for href in hrefs if not href.startswith("#")}
        if self._status != stop.status:
            self._fault(stop, f"status {self._status} instead of {stop.status}")
        self._look(stop, "light")
        self._narrow(stop)
        self._look(stop, "dark")
        self.page.emulate_media(color_scheme="light")

    def _look(self, stop: Stop, scheme: str) -> None:
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if self.reader is None:
            self.page.evaluate(SETTLED)
        self._shoot(stop, scheme)
        self._measure(stop)
        self._take_troubles(stop)  # before axe, whose own style tags the policy refuses
        for violation in accessibility_violations(self._readable(scheme)):
            self._fault(stop, f"{scheme}: {violation}")
        self.troubles.clear()

    def _readable(self, scheme: str) -> Page:
        """The page for axe, which needs timers: without JavaScript a copy beside it, its scripts left out.

        A copy of the page that leads on by itself stays where it is.
        """
        if self.reader is None:
            return self.page
        url, html = self.page.url, self.page.content().replace("noscript>", "div>")
        html = html.replace('http-equiv="refresh"', 'name="refresh"')
        self.reader.unroute_all()
        self.reader.route("**/*.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
        self.reader.route(
            lambda asked: asked == url, lambda route: route.fulfill(content_type="text/html", body=html)
        )
        self.reader.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        self.reader.goto(url)
        return self.reader

    def _narrow(self, stop: Stop) -> None:
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        self._measure(stop)
        self._read(stop)
        self._shoot(stop, "narrow")
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]

    def _measure(self, stop: Stop) -> None:
        if overflow := self.page.evaluate(OVERFLOW):
            self._fault(stop, f"{overflow} px wider than the screen of {self.page.viewport_size}")

    def _read(self, stop: Stop) -> None:
        words = self.page.evaluate(BROKEN_WORDS)
        for word in words if not stop.name.startswith(NAMED_BY_ROWS) else ():
            self._fault(stop, f"{word!r} is broken over two lines")

    def _take_troubles(self, stop: Stop) -> None:
        for trouble in self.troubles:
            self._fault(stop, f"{trouble.kind}: {trouble.text}")
        self.troubles.clear()

    def _fault(self, stop: Stop, text: str) -> None:
        self.faults.append(f"{stop.name}: {text}")

    def _shoot(self, stop: Stop, variant: str) -> None:
        """A picture for people to look at, where somebody asked for pictures."""
        if folder := os.environ.get("JANUA_SCREENSHOTS"):
            path = Path(folder, self.world.crawl, f"{stop.name}-{variant}.png")
            self.page.screenshot(path=path, full_page=True)


@pytest.fixture(params=[True, False], ids=["javascript", "no javascript"])
def crawl(request: pytest.FixtureRequest, world: World, chromium: Chromium) -> Iterator[Crawl]:
    world.forget_limits()
    # Without motion, so that no colour is caught on its way from light to dark.
    options: dict[str, Any] = {
        "origins": [world.base_url, world.neighbour.base_url],
        "reduced_motion": "reduce",
    }
    with ExitStack() as stack:
        profile = stack.enter_context(chromium.profile(javascript=request.param, **options))
        reader = None if request.param else stack.enter_context(chromium.profile(**options)).page
        yield Crawl(replace(world, crawl="plain" if reader else "js"), profile, reader)


def test_nothing_is_amiss_on_any_page(crawl: Crawl, world: World) -> None:
    for stop in ANYBODY:
        crawl.visit(stop)
    crawl.page.context.clear_cookies()
    world.let_in(crawl.page.context, world.person)
    for stop in PERSON:
        crawl.visit(stop)
    assert not crawl.faults, "\n".join(crawl.faults)
    assert unseen_pages(crawl.seen) == set()
    assert dead_links(crawl) == []


class NarrowCrawl(Crawl):
    """In another language, on the narrowest screen: the words may be long, and run from the right."""

    def visit(self, stop: Stop) -> None:
        stop.visit(self.page, self.world)
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        expected = {"lang": self.world.language, "dir": "rtl" if self.world.language == "ar" else "ltr"}
        found = self.page.evaluate(
            "({lang: document.documentElement.lang, dir: document.documentElement.dir})"
        )
        if found != expected:
            self._fault(stop, f"speaks {found} instead of {expected}")
        self._measure(stop)
        self._read(stop)
        self._shoot(stop, self.world.language)
        self._take_troubles(stop)
        if expected["dir"] == "rtl":
            for violation in accessibility_violations(self.page):
                self._fault(stop, violation)
            self.troubles.clear()
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_amiss_in_other_languages(language: str, world: World, chromium: Chromium) -> None:
    """Arabic runs from right to left, German has the longest words. The others on demand, they take minutes each."""
    world.forget_limits()
    ours = [world.base_url, world.neighbour.base_url]
    with chromium.profile(origins=ours, locale=language, reduced_motion="reduce") as profile:
        crawl = NarrowCrawl(replace(world, crawl=language, language=language), profile, None)
        for stop in ANYBODY:
            crawl.visit(stop)
        crawl.page.context.clear_cookies()
        world.let_in(crawl.page.context, world.person)
        for stop in PERSON:
            crawl.visit(stop)
    assert not crawl.faults, "\n".join(crawl.faults)


def test_nothing_is_amiss_in_the_console(crawl: Crawl, world: World) -> None:
    operator = Browserless(world.base_url)
    operator.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
    world.let_in(crawl.page.context, operator)
    for stop in console(console_paths(operator)):
        crawl.visit(stop)
    assert not crawl.faults, "\n".join(crawl.faults)
    assert dead_links(crawl) == []


def console_paths(operator: Browserless) -> list[str]:
    """The index, every list, and the first detail page of each list that has rows."""
    changelists = local_links(operator.get("/admin/"), CHANGELIST)
    details = [link for path in changelists for link in local_links(operator.get(path), DETAIL)[:1]]
    return ["/admin/", *changelists, *details]


def unseen_pages(seen: set[str]) -> set[str]:
    """The pages of the policy table that no stop came by: a new page needs a stop."""
    pages = {name for name, policy in POLICIES.items() if policy.is_csrf_checked}
    only_lead_on = {"home", "authorize_continue", "social_start"}
    return pages - {route_of(path) for path in seen} - only_lead_on


def route_of(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def dead_links(crawl: Crawl) -> list[str]:
    """The local links of all pages that lead nowhere. The console's filters and orders are left out, and organizations:
    they are there for their members, and by now others are signed in."""
    local = {link.partition("#")[0] for link in crawl.links if link.startswith(crawl.world.base_url)}
    left_out = re.compile(r"/admin/.*\?|/organizations/(?!new)")
    asked = sorted(link for link in local if not left_out.search(link))
    answers = {link: crawl.page.request.get(link).status for link in asked}
    return [f"{status} {link}" for link, status in answers.items() if status >= 400]

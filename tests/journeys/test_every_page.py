"""Every page, light and dark, wide and narrow, with and without JavaScript: nothing may be amiss."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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
from tests.support.stage import Stage

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def world(stage: Stage) -> World:
    return make_world(stage, OPERATOR_EMAIL, OPERATOR_PASSWORD)


class Crawl:
    """Goes from stop to stop in one browser profile and writes down what is amiss."""

    def __init__(self, world: World, profile: Profile, *, javascript: bool) -> None:
        self.world = world
        self.page: Page = profile.page
        self.troubles = profile.troubles
        self.javascript = javascript
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
        self.page.wait_for_load_state("networkidle")
        self.seen.add(urlsplit(self.page.url).path)
        self.links |= {
            urljoin(self.page.url, link.get_attribute("href") or "")
            for link in self.page.locator("a[href]").all()
        }
        if self._status != stop.status:
            self._fault(stop, f"status {self._status} instead of {stop.status}")
        self._look(stop, "light")
        self._narrow(stop)
        self._look(stop, "dark")
        self.page.emulate_media(color_scheme="light")

    def _look(self, stop: Stop, scheme: str) -> None:
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        self._shoot(stop, scheme)
        self._take_troubles(stop)  # before axe, whose own style tags the policy refuses
        with self._scripts_of_ours():
            for violation in accessibility_violations(self.page):
                self._fault(stop, f"{scheme}: {violation}")
        self.troubles.clear()

    @contextmanager
    def _scripts_of_ours(self) -> Iterator[None]:
        """axe needs timers, which Chromium stops with the page's scripts; the page has loaded without them."""
        if self.javascript:
            yield
            return
        session = self.page.context.new_cdp_session(self.page)
        session.send("Emulation.setScriptExecutionDisabled", {"value": False})
        try:
            yield
        finally:
            session.send("Emulation.setScriptExecutionDisabled", {"value": True})
            session.detach()

    def _narrow(self, stop: Stop) -> None:
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        if overflow := self.page.evaluate(OVERFLOW):
            self._fault(stop, f"{overflow} px too wide for a 320 px screen")
        self._shoot(stop, "narrow")
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]

    def _take_troubles(self, stop: Stop) -> None:
        for trouble in self.troubles:
            self._fault(stop, f"{trouble.kind}: {trouble.text}")
        self.troubles.clear()

    def _fault(self, stop: Stop, text: str) -> None:
        self.faults.append(f"{stop.name}: {text}")

    def _shoot(self, stop: Stop, variant: str) -> None:
        """A picture for people to look at, where somebody asked for pictures."""
        if folder := os.environ.get("JANUA_SCREENSHOTS"):
            path = Path(folder, "js" if self.javascript else "plain", f"{stop.name}-{variant}.png")
            self.page.screenshot(path=path, full_page=True)


@pytest.fixture(params=[True, False], ids=["javascript", "no javascript"])
def crawl(request: pytest.FixtureRequest, world: World, chromium: Chromium) -> Iterator[Crawl]:
    world.forget_limits()
    with chromium.profile(origins=[world.base_url], javascript=request.param) as profile:
        yield Crawl(world, profile, javascript=request.param)


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


def test_nothing_is_amiss_in_the_console(crawl: Crawl, world: World) -> None:
    world.let_in(crawl.page.context, world.operator)
    for stop in console(console_paths(world.operator)):
        crawl.visit(stop)
    assert not crawl.faults, "\n".join(crawl.faults)


def console_paths(operator: Browserless) -> list[str]:
    """The index, every list, and the first detail page of each list that has rows."""
    changelists = local_links(operator.get("/admin/"), CHANGELIST)
    details = [link for path in changelists for link in local_links(operator.get(path), DETAIL)[:1]]
    return ["/admin/", *changelists, *details]


def unseen_pages(seen: set[str]) -> set[str]:
    """The pages of the policy table that no stop came by: a new page needs a stop."""
    pages = {name for name, policy in POLICIES.items() if policy.is_csrf_checked}
    return pages - {route_of(path) for path in seen} - {"home", "authorize_continue"}  # home only redirects


def route_of(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def dead_links(crawl: Crawl) -> list[str]:
    """The local links of all pages that lead nowhere, for the person who saw them."""
    local = sorted(link for link in crawl.links if link.startswith(crawl.world.base_url))
    answers = {link: crawl.page.request.get(link).status for link in local if "#" not in link}
    return [link for link, status in answers.items() if status >= 400 and "/admin/" not in link]

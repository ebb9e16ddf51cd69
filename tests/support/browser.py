"""Debian's Chromium through Playwright, watched: nothing may go wrong on a page without being noticed.

Playwright's synchronous API keeps an event loop running in this thread, and Django's ORM then refuses to
work in it. So keep a Chromium no longer than a module, and use the ORM only after it is closed.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    WebError,
    sync_playwright,
)

from tests.support.http_client import origin_of
from tests.support.service import find_program

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
TIMEOUT_MILLISECONDS = 15_000
# Events of pages go to Python through this binding; scripts added by Playwright stand outside the CSP.
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", event => januaReportViolation(
    `${event.effectiveDirective} blocked ${event.blockedURI} on ${event.documentURI}`));
"""
# The answer's status is judged by _response: a page that is meant to be a 404 is no trouble.
LOAD_FAILURE = "Failed to load resource: the server responded with a status of"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

Kind = Literal["console", "exception", "policy", "foreign", "resource"]
ColorScheme = Literal["light", "dark", "no-preference"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a page must not do: a console error, an uncaught exception, a violation of its content
    security policy, a request to a foreign origin, a part that did not load."""

    kind: Kind
    text: str


@dataclass  # without slots: Playwright sets attributes on the owner of a handler
class Watch:
    """Collects the troubles of all pages of a context. Empty `origins` means: any is welcome."""

    origins: frozenset[str]
    troubles: list[Trouble] = field(default_factory=list)

    def attach(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._exception)
        context.on("request", self._request)
        context.on("response", self._response)
        context.expose_binding("januaReportViolation", lambda source, text: self._add("policy", text))
        context.add_init_script(REPORT_VIOLATIONS)

    def _add(self, kind: Kind, text: str) -> None:
        self.troubles.append(Trouble(kind, text))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(LOAD_FAILURE):
            self._add("console", f"{message.text} ({message.location['url']})")

    def _exception(self, error: WebError) -> None:
        self._add("exception", str(error.error))

    def _request(self, request: Request) -> None:
        inline = urlsplit(request.url).scheme in ("data", "blob")
        if self.origins and not inline and origin_of(request.url) not in self.origins:
            self._add("foreign", f"{request.method} {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self._add("resource", f"{response.status} {response.url}")


@dataclass(frozen=True, slots=True)
class Profile:
    """A browser profile of its own: context, first page, and what went wrong on any of its pages."""

    context: BrowserContext
    page: Page
    troubles: list[Trouble]


class Chromium:
    """One running browser; each `profile` starts without cookies."""

    def __init__(self) -> None:
        path = find_program("chromium")
        self._playwright = sync_playwright().start()
        try:
            self._browser = self._playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except BaseException:
            self._playwright.stop()
            raise

    @contextmanager
    def profile(
        self,
        *,
        origins: Collection[str] = (),
        javascript: bool = True,
        color_scheme: ColorScheme = "light",
        viewport: tuple[int, int] = (1280, 800),
        locale: str = "en-GB",
        **options: Any,
    ) -> Iterator[Profile]:
        """A profile whose pages may ask only the given origins (base URLs); `options` go to new_context."""
        context = self._browser.new_context(
            java_script_enabled=javascript,
            color_scheme=color_scheme,
            viewport={"width": viewport[0], "height": viewport[1]},
            locale=locale,
            **options,
        )
        try:
            context.set_default_timeout(TIMEOUT_MILLISECONDS)
            watch = Watch(frozenset(origin_of(url) for url in origins))
            watch.attach(context)
            yield Profile(context, context.new_page(), watch.troubles)
        finally:
            context.close()

    def close(self) -> None:
        try:
            self._browser.close()
        finally:
            self._playwright.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def accessibility_violations(page: Page, *, without: Collection[str] = ()) -> list[str]:
    """Run axe-core (WCAG 2.2 A and AA, best practice) on the page; one line per violation and element.

    `without` names rules to leave out, each with a reason at the caller's.
    """
    options = {
        "resultTypes": ["violations"],
        "runOnly": {"type": "tag", "values": RULES},
        "rules": {rule: {"enabled": False} for rule in without},
    }
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html'][:200]}"
        for violation in found
        for node in violation["nodes"]
    ]

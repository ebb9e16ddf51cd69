"""A person with a browser without JavaScript: cookies, pages, forms, redirects, CSRF."""

from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from requests.cookies import get_cookie_header

from tests.support.forms import Form, FormReader

MAX_REDIRECTS = 20
TIMEOUT = 30
HEADERS = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.9",
}


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Page:
    """Where the browser stands: an answer, or (`response` None) the address it was told not to load."""

    url: str
    response: requests.Response | None
    forms: list[Form]
    links: list[str]
    text: str

    @property
    def status(self) -> int:
        if self.response is None:
            raise AssertionError(f"{self.url} was not loaded")
        return self.response.status_code

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def form(self, containing: str) -> Form:
        """The form with a field or a button of that name."""
        for form in self.forms:
            if form.has(containing):
                return form
        raise AssertionError(f"no form with {containing!r} on {self.url}; it says: {self.text[:600]}")

    def has_form(self, containing: str) -> bool:
        return any(form.has(containing) for form in self.forms)


class Browserless:
    """One browser profile. `stop_at` names an address it must not load: a client's redirect URI."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update(HEADERS)
        # Browsers send Secure cookies to loopback over plain HTTP too.
        self.session.cookies.set_policy(DefaultCookiePolicy(secure_protocols=("http", "https")))

    def get(self, url: str, *, stop_at: str | None = None) -> Page:
        """Open an address (absolute, or a path of ours) and follow its redirects."""
        return self._load("GET", urljoin(self.base_url, url), stop_at=stop_at)

    def submit(
        self,
        page: Page,
        form: Form,
        values: dict[str, str] | None = None,
        *,
        button: tuple[str, str] | None = None,
        stop_at: str | None = None,
    ) -> Page:
        """Fill in the form and press a button (its first, if none is named). Unknown fields are refused."""
        unknown = set(values or {}) - form.names
        if unknown:
            raise AssertionError(
                f"the form on {page.url} has no {sorted(unknown)}, only {sorted(form.names)}"
            )
        pressed = button or (form.buttons[0] if form.buttons else ("", ""))
        data = form.fields | (values or {}) | ({pressed[0]: pressed[1]} if pressed[0] else {})
        target = urljoin(page.url, form.action or page.url)
        if form.method != "post":
            query = requests.Request("GET", target.partition("?")[0], params=data).prepare().url or target
            return self._load("GET", query, stop_at=stop_at)
        return self._load("POST", target, data=data, headers=_sender(page), stop_at=stop_at)

    def sign_in(
        self, email: str, password: str, *, page: Page | None = None, stop_at: str | None = None
    ) -> Page:
        """Sign in on the given page, or on /login; return the page that follows."""
        page = page or self.get("/login")
        form = page.form("password")
        return self.submit(page, form, {"email": email, "password": password}, stop_at=stop_at)

    def sign_up(
        self, email: str, password: str, *, given_name: str = "Alice", family_name: str = "Liddell",
        page: Page | None = None,
    ) -> Page:  # fmt: skip
        """Fill in the sign-up form; return the page that asks for the code."""
        page = page or self.get("/signup")
        names = {"given_name": given_name, "family_name": family_name}
        return self.submit(page, page.form("password"), {"email": email, "password": password, **names})

    def enter_code(self, page: Page, code: str, *, stop_at: str | None = None) -> Page:
        """Type the code of a mail into the page that asks for it."""
        return self.submit(page, page.form("code"), {"code": code}, stop_at=stop_at)

    def consent(self, page: Page, *, allow: bool = True, stop_at: str | None = None) -> Page:
        """Decide on the consent page."""
        button = ("decision", "allow" if allow else "deny")
        form = page.form("decision")
        if button not in form.buttons:
            raise AssertionError(f"no {button} among {form.buttons}")
        return self.submit(page, form, button=button, stop_at=stop_at)

    def sign_out(self) -> Page:
        """Sign out on /logout: a GET shows the confirmation, its POST acts."""
        page = self.get("/logout")
        return self.submit(page, _own_form(page))

    def _load(
        self, method: str, url: str, *, data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None, stop_at: str | None = None,
    ) -> Page:  # fmt: skip
        for _ in range(MAX_REDIRECTS):
            if stop_at is not None and _is_at(url, stop_at):
                return Page(url, None, [], [], "")
            response = self._send(requests.Request(method, urldefrag(url).url, data=data, headers=headers))
            location = response.headers.get("Location")
            if not response.is_redirect or location is None:
                return _read(url, response)
            url = urljoin(url, location)
            # RFC 9110 15.4: 307 and 308 repeat the request, the others continue with GET.
            if response.status_code not in (307, 308):
                method, data = "GET", None
            headers = None
        raise AssertionError(f"more than {MAX_REDIRECTS} redirects, now at {url}")

    def _send(self, request: requests.Request) -> requests.Response:
        prepared = self.session.prepare_request(request)
        # requests copies the jar without its policy when it prepares: choose the cookies here.
        prepared.headers.pop("Cookie", None)
        cookies = get_cookie_header(self.session.cookies, prepared)
        if cookies:
            prepared.headers["Cookie"] = cookies
        return self.session.send(prepared, allow_redirects=False, timeout=TIMEOUT)


def _is_at(url: str, stop_at: str) -> bool:
    """Compare without query and fragment: answers are carried there."""
    return url.partition("#")[0].partition("?")[0] == stop_at.partition("#")[0].partition("?")[0]


def _read(url: str, response: requests.Response) -> Page:
    reader = FormReader()
    if "html" in response.headers.get("Content-Type", ""):
        reader.feed(response.text)
        reader.close()
    return Page(url, response, reader.forms, reader.links, " ".join(reader.words))


def _own_form(page: Page) -> Form:
    """The form that posts to the page itself (a header may hold others)."""
    for form in page.forms:
        if form.method == "post" and urlsplit(urljoin(page.url, form.action or page.url)).path == page.path:
            return form
    raise AssertionError(f"no form posts to {page.path}; it says: {page.text[:600]}")


def _sender(page: Page) -> dict[str, str]:
    """Origin and Referer of a form post from the page, as its Referrer-Policy has browsers send them.

    Under `no-referrer` a browser sends `Origin: null` even to the same origin (Fetch, "append a request
    Origin header"): a CSRF check that reads Origin must cope.
    """
    assert page.response is not None
    if page.response.headers.get("Referrer-Policy", "").split(",")[-1].strip() == "no-referrer":
        return {"Origin": "null"}
    return {"Origin": origin_of(page.url), "Referer": urldefrag(page.url).url}

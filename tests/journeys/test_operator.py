"""The operators' console: who gets in, what it shows, what it never shows."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest

from tests.journeys.conftest import OPERATOR_EMAIL, OPERATOR_PASSWORD
from tests.support.http_client import Browserless, Page
from tests.support.janua import JanuaServer
from tests.support.oauth_client import OAuthClient, authorize_code_flow
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
CHANGELIST = re.compile(r"/admin/[a-z_]+/[a-z]+/")
DETAIL = re.compile(r"/admin/[a-z_]+/[a-z]+/[^/?]+/change/")
EXPECTED = {
    "/admin/accounts/user/",
    "/admin/accounts/session/",
    "/admin/oauth/client/",
    "/admin/oauth/consent/",
    "/admin/tokens/signingkey/",
    "/admin/tokens/tokenfamily/",
    "/admin/audit/event/",
    "/admin/core/mail/",
}
# What the database holds in secret, and what must never be seen of anything: hashes, keys, sealed text.
SECRETS = {
    "accounts_user": ("password",),
    "accounts_session": ("secret_hash",),
    "oauth_clientsecret": ("secret_hash",),
    "oauth_authorizationcode": ("code",),
    "tokens_refreshtoken": ("token_hash",),
    "tokens_signingkey": ("private_pem",),
    "core_mail": ("subject", "text", "html"),
}
SIGNS_OF_SECRETS = ("$argon2", "PRIVATE KEY", "jnu_se_", "jnu_rt_", "jnu_ml_", "jnu_cs_")


@pytest.fixture(scope="module")
def person(stage: Stage) -> Browserless:
    """Somebody with a session, a consent, a refresh token and a mail; not an operator."""
    email = "patient@example.com"
    stage.janua.create_user(email, PASSWORD)
    metadata = {
        "client_name": "Pill Box",
        "redirect_uris": ["https://pills.example/cb"],
        "grant_types": ["authorization_code", "refresh_token"],
    }
    client = OAuthClient.registered(stage.base_url, stage.janua.register_client(**metadata))
    browser = Browserless(stage.base_url)
    answer = authorize_code_flow(browser, client, email=email, password=PASSWORD)
    assert client.exchange_code(answer).status_code == 200
    stranger = Browserless(stage.base_url)
    page = stranger.get("/password/forgot")
    stranger.submit(page, page.form("email"), {"email": email})
    stage.mail.wait_for_mail(to=email)
    return browser


@pytest.fixture(scope="module")
def operator(stage: Stage, person: Browserless) -> Browserless:
    """The first operator, made with ADMIN_BOOTSTRAP_PASSWORD, signed in."""
    browser = Browserless(stage.base_url)
    page = browser.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD, page=browser.get("/login?next=/admin/"))
    assert (page.status, page.path) == (200, "/admin/")
    return browser


@pytest.fixture(scope="module")
def pages(operator: Browserless) -> list[Page]:
    """The index, every changelist, and the first detail page of each."""
    index = operator.get("/admin/")
    found = [index]
    for address in local_links(index, CHANGELIST):
        changelist = operator.get(address)
        found += [changelist, *(operator.get(detail) for detail in local_links(changelist, DETAIL)[:1])]
    return found


def local_links(page: Page, pattern: re.Pattern[str]) -> list[str]:
    """The paths a page links to that are wholly of that pattern, each once, in order."""
    paths = (urlsplit(urljoin(page.url, link)).path for link in page.links)
    return list(dict.fromkeys(path for path in paths if pattern.fullmatch(path)))


def test_console_lists_people_clients_sessions_keys_audit_and_mail(pages: list[Page]) -> None:
    assert {page.path for page in pages} >= EXPECTED
    assert {page.path: page.status for page in pages if page.status != 200} == {}
    assert len([page for page in pages if DETAIL.fullmatch(page.path)]) == len(EXPECTED)


def test_every_detail_page_is_found_by_searching_its_list(operator: Browserless) -> None:
    for model, term in (("accounts/user", "patient@example.com"), ("oauth/client", "Pill Box")):
        found = operator.get(f"/admin/{model}/?q={term}")
        assert len(local_links(found, DETAIL)) == 1, model
        assert term in operator.get(local_links(found, DETAIL)[0]).text


def test_console_shows_no_secret(stage: Stage, pages: list[Page]) -> None:
    secrets = set(SIGNS_OF_SECRETS)
    for table, columns in SECRETS.items():
        for row in stage.rows(f"SELECT {', '.join(columns)} FROM {table}"):
            secrets |= {value for value in row.values() if value}
    assert len(secrets) > len(SIGNS_OF_SECRETS) + len(SECRETS)
    for page in pages:
        assert page.response is not None
        shown = [secret for secret in secrets if secret in page.response.text]
        assert shown == [], page.url


@pytest.mark.parametrize("address", ["/admin/", "/admin/accounts/user/", "/admin/nothing/here/"])
def test_others_get_the_access_denied_page(stage: Stage, person: Browserless, address: str) -> None:
    signed_in = person.get(address)
    assert signed_in.status == 403
    assert "Operators only" in signed_in.text
    assert "patient@example.com" in signed_in.text
    anonymous = Browserless(stage.base_url).get(address)
    assert anonymous.status == 403
    assert "/login?next=/admin/" in anonymous.links


def test_suspended_person_is_out_at_once_and_may_come_back(
    stage: Stage, operator: Browserless, person: Browserless
) -> None:
    assert person.get("/account").path == "/account"
    act(operator, "suspend")
    assert person.get("/account").path == "/login"
    refused = person.sign_in("patient@example.com", PASSWORD)
    assert refused.status == 401
    act(operator, "reactivate")
    assert person.sign_in("patient@example.com", PASSWORD).path == "/account"


def act(operator: Browserless, action: str) -> None:
    """Choose the person in the list and an action for them."""
    page = operator.get("/admin/accounts/user/?q=patient@example.com")
    form = page.form("_selected_action")
    chosen = local_links(page, DETAIL)[0].split("/")[-3]
    page = operator.submit(page, form, {"_selected_action": chosen, "action": action})
    assert page.status == 200
    assert "Done for patient@example.com." in page.text


@pytest.fixture
def first_run() -> Iterator[JanuaServer]:
    """Janua as after a first `make run`: SQLite, no mail server, nobody there yet."""
    with JanuaServer(workers=1) as janua:
        yield janua


def test_set_up_link_makes_the_first_operator_once(first_run: JanuaServer) -> None:
    told = first_run.manage("prepare").stdout
    link = next(word for word in told.split() if "/password/reset?token=" in word)
    browser = Browserless(first_run.base_url)
    page = browser.get(link)
    page = browser.submit(page, page.form("new_password"), {"new_password": PASSWORD})
    assert (page.status, "Your password is changed" in page.text) == (200, True)

    again = Browserless(first_run.base_url)
    page = again.get(link)
    page = again.submit(page, page.form("new_password"), {"new_password": f"other-{PASSWORD}"})
    assert page.status == 422
    assert "/password/reset" not in first_run.manage("prepare").stdout

    page = browser.sign_in("admin@madfam.io", PASSWORD, page=browser.get("/login?next=/admin/"))
    assert (page.status, page.path) == (200, "/admin/")
    assert "admin@madfam.io" in browser.get("/admin/core/mail/").text  # without a mail server it is kept

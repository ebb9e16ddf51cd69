"""Signing in and up with a provider, by its pages."""

from django.test import Client

from accounts.models import Identity, Session, User
from accounts.tests.mails import last_letter, letters_to, wrong
from audit.models import Event
from sso.models import SocialState
from tests.support.identity_providers.github import GitHubShaped
from tests.support.identity_providers.journeys import come_back, query_of, set_out, sign_in, through


def test_somebody_new_gets_an_account(github: GitHubShaped, client: Client) -> None:
    response = sign_in(client, "github", "/account/profile")
    assert (response.status_code, response["Location"]) == (303, "/account/profile")
    user = User.objects.get()
    assert (user.email, user.email_verified, user.has_usable_password()) == (
        "octavia@example.com",
        True,
        False,
    )
    identity = Identity.objects.get()
    assert (identity.user, identity.subject, identity.display) == (user, "4711", "octo")
    assert identity.connection == f"github:{github.base_url}"
    session = Session.objects.get()
    assert (session.door, session.amr, session.sudo_until) == ("github", ["fed"], None)
    assert client.get("/account").status_code == 200
    actions = set(Event.objects.values_list("action", flat=True))
    assert actions >= {"user.created", "user.email_verified", "identity.connected", "login.succeeded"}
    assert not letters_to(user.email)


def test_who_came_before_is_known_by_the_subject_alone(github: GitHubShaped) -> None:
    sign_in(Client(), "github")
    github.emails = [{"email": "new@example.com", "primary": True, "verified": False}]
    github.profile["login"] = "octo2"
    assert sign_in(Client(), "github")["Location"] == "/account"
    assert User.objects.get().email == "octavia@example.com"
    identity = Identity.objects.get()
    assert (identity.email, identity.display) == ("new@example.com", "octo2")


def test_upstream_tokens_are_kept_only_where_asked_for(github: GitHubShaped, janua_options: object) -> None:
    sign_in(Client(), "github")
    assert Identity.objects.get().access_token == ""
    janua_options(social_store_tokens="on")  # type: ignore[operator]
    sign_in(Client(), "github")
    assert Identity.objects.get().access_token == "upstream-access"


def test_the_address_of_the_provider_carries_what_ties_the_answer_to_us(
    github: GitHubShaped, client: Client
) -> None:
    asked = query_of(set_out(client, "github"))
    assert asked["redirect_uri"] == "http://localhost:4100/sso/social/github/callback"
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert SocialState.objects.get().state_hash != asked["state"]


def test_the_host_header_changes_no_redirect_uri(github: GitHubShaped, client: Client) -> None:
    asked = query_of(client.get("/sso/social/github/start", HTTP_HOST="127.0.0.1:4100")["Location"])
    assert asked["redirect_uri"].startswith("http://localhost:4100/")


def test_a_taken_address_is_proven_by_mail_then_connected(
    github: GitHubShaped, client: Client, alice: User
) -> None:
    github.emails = [{"email": alice.email, "primary": True, "verified": True}]
    response = sign_in(client, "github", "/account/profile")
    assert (response.status_code, response["Location"]) == (303, "/sso/social/email")
    page = client.get("/sso/social/email")
    assert page.context["form"].initial["email"] == alice.email
    assert not Session.objects.exists()
    assert client.post("/sso/social/email", {"email": alice.email})["Location"] == "/sso/social/code"
    code = last_letter(alice.email).code
    refused = client.post("/sso/social/code", {"code": wrong(code)})
    assert refused.status_code == 422
    assert not Identity.objects.exists()
    response = client.post("/sso/social/code", {"code": code})
    assert (response.status_code, response["Location"]) == (303, "/account/profile")
    assert Identity.objects.get().user == alice
    assert [letter.kind for letter in letters_to(alice.email)][:2] == ["prove_identity", "identity_connected"]
    alice.refresh_from_db()
    assert alice.has_usable_password()
    assert sign_in(Client(), "github")["Location"] == "/account"


def test_without_a_verified_primary_address_one_is_asked_for(github: GitHubShaped, client: Client) -> None:
    github.emails = [
        {"email": "octavia@example.com", "primary": True, "verified": False},
        {"email": "other@example.com", "primary": False, "verified": True},
    ]
    assert sign_in(client, "github")["Location"] == "/sso/social/email"
    client.post("/sso/social/email", {"email": "mine@example.com"})
    client.post("/sso/social/code", {"code": last_letter("mine@example.com").code})
    assert User.objects.get().email == "mine@example.com"


def test_the_code_is_of_use_only_in_the_browser_that_waits(github: GitHubShaped, client: Client) -> None:
    github.emails = []
    sign_in(client, "github")
    client.post("/sso/social/email", {"email": "mine@example.com"})
    answer = Client().post("/sso/social/code", {"code": last_letter("mine@example.com").code})
    assert answer["Location"] == "/login"
    assert not User.objects.exists()


def test_a_closed_sign_up_says_so(github: GitHubShaped, client: Client, janua_options: object) -> None:
    janua_options(social_sign_up="off")  # type: ignore[operator]
    response = sign_in(client, "github")
    assert response.status_code == 403
    assert "does not make new ones" in response.content.decode()
    assert not User.objects.exists()


def test_who_says_no_there_finds_the_way_back(github: GitHubShaped, client: Client) -> None:
    state = query_of(set_out(client, "github", "/account/profile"))["state"]
    response = client.get("/sso/social/github/callback", {"error": "access_denied", "state": state})
    assert response.status_code == 400
    assert "/sso/social/github/start?next=%2Faccount%2Fprofile" in response.content.decode()
    assert not User.objects.exists()


def test_a_provider_that_hangs_is_given_up(github: GitHubShaped, client: Client) -> None:
    back = through(set_out(client, "github"))
    github.is_hanging = True
    response = come_back(client, back)
    assert response.status_code == 503
    assert "does not answer" in response.content.decode()
    assert len([asked for asked in github.asked if asked.startswith("POST")]) == 1


def test_the_posted_answer_of_apple_goes_once_more_by_get(github: GitHubShaped, client: Client) -> None:
    back = query_of(through(set_out(client, "github")))
    other = Client(enforce_csrf_checks=True)  # a cross-site POST brings no Lax cookies
    response = other.post("/sso/social/github/callback", {**back, "evil": "x"})
    assert response.status_code == 303
    assert "evil" not in response["Location"]
    assert client.get(response["Location"]).status_code == 303
    assert User.objects.exists()


def test_a_provider_that_is_not_there_is_404(client: Client, db: None) -> None:
    assert client.get("/sso/social/github/start").status_code == 404
    assert client.get("/sso/social/nonsense/callback").status_code == 404


def test_the_buttons_are_on_both_pages(github: GitHubShaped, client: Client) -> None:
    for path in ("/login?next=/account/profile", "/signup?next=/account/profile"):
        assert "/sso/social/github/start?next=%2Faccount%2Fprofile" in client.get(path).content.decode()


def test_a_suspended_person_stays_out(github: GitHubShaped) -> None:
    sign_in(Client(), "github")
    User.objects.update(status="suspended")
    response = sign_in(Client(), "github")
    assert response.status_code == 403
    assert "suspended" in response.content.decode()

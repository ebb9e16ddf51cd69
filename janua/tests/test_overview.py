"""/account: the check-up, and the newest of everything."""

from datetime import timedelta
from typing import Any

from accounts.models import Session, User
from accounts.tests.browsers import signed_in
from core import clock
from janua.account.overview import Finding
from mfa.factories import enrol_totp, give_recovery_codes
from oauth.factories import register_client
from oauth.services import consents
from oauth.tests.flows import tokens_for


def with_two_steps(user: User, *, codes: int = 3) -> None:
    enrol_totp(user)
    give_recovery_codes(user, *(f"{number:010}" for number in range(codes)))


def findings(user: User) -> list[Finding]:
    found: list[Finding] = signed_in(user).get("/account").context["checkup"]
    return found


def amiss(user: User) -> list[str]:
    return [finding.url for finding in findings(user) if not finding.is_well]


def test_all_is_well(alice: User) -> None:
    with_two_steps(alice)
    assert amiss(alice) == []
    assert all(finding.sentence for finding in findings(alice))


def test_what_is_amiss_comes_first_with_its_mending(alice: User) -> None:
    now = clock.now()
    User.objects.filter(id=alice.id).update(given_name="", email_verified=False)
    signed_in(alice)
    Session.objects.update(
        last_seen_at=now - timedelta(days=40), idle_seconds=10**7, idle_until=now + timedelta(days=1)
    )
    consents.grant(alice, register_client().client, ("openid",), now=now - timedelta(days=100))
    assert amiss(alice) == [
        "/password/forgot",
        "/account/security",
        "/account/sessions",
        "/account/apps",
        "/account/profile",
    ]
    assert [finding.is_well for finding in findings(alice)] == sorted(f.is_well for f in findings(alice))
    assert all(finding.fix for finding in findings(alice) if not finding.is_well)


def test_few_recovery_codes_are_amiss(alice: User) -> None:
    with_two_steps(alice, codes=2)
    assert amiss(alice) == ["/account/security/recovery-codes"]
    assert "2 recovery codes are left" in findings(alice)[0].sentence


def test_an_app_that_is_used_is_not_idle(alice: User) -> None:
    with_two_steps(alice)
    acme = register_client()
    consents.grant(alice, acme.client, ("openid",), now=clock.now() - timedelta(days=100))
    assert amiss(alice) == ["/account/apps"]
    tokens_for(alice, acme)
    assert amiss(alice) == []


def test_it_shows_the_newest_of_everything(alice: User) -> None:
    for name in ("One", "Two", "Three", "Four"):
        tokens_for(alice, register_client(client_name=name))
    context = signed_in(alice).get("/account").context
    assert [app.client_name for app in context["apps"]] == ["Four", "Three", "Two"]
    assert context["recent"][0].sentence == "You allowed Four to use your account."
    assert (len(context["recent"]), len(context["sessions"])) == (3, 3)


def test_it_takes_twelve_statements(alice: User, django_assert_num_queries: Any) -> None:
    tokens_for(alice, register_client())
    browser = signed_in(alice)
    # Session; whether terms wait; apps, their last use; sessions; activity twice, names of apps; whether the menu leads to clients;
    # whether there is a passkey; what organizations ask, of the sign-in and for the check-up.
    with django_assert_num_queries(12):
        browser.get("/account")

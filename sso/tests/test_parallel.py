"""One answer of a provider, many requests: exactly one comes in."""

import pytest
from django.test import Client

from accounts.models import Identity, Session, User
from core.tests.parallel import in_parallel
from tests.support.identity_providers.github import GitHubShaped
from tests.support.identity_providers.journeys import local, set_out, through

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_state_lets_one_in(github: GitHubShaped) -> None:
    browser = Client()
    path = local(through(set_out(browser, "github")))

    def come_back() -> int:
        tab = Client()
        tab.cookies.update(browser.cookies)
        return int(tab.get(path).status_code)

    assert sorted(in_parallel(8, come_back)) == [303, *[400] * 7]
    assert (User.objects.count(), Identity.objects.count(), Session.objects.count()) == (1, 1, 1)


def test_two_logins_of_one_new_person_make_one_account(github: GitHubShaped) -> None:
    def whole_way() -> int:
        browser = Client()
        return int(browser.get(local(through(set_out(browser, "github")))).status_code)

    assert 303 in in_parallel(6, whole_way)
    assert (User.objects.count(), Identity.objects.count()) == (1, 1)

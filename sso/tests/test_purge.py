"""What has had its time goes."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import IdentityProof
from accounts.tasks import purge_accounts
from core import clock
from sso.models import SocialState
from sso.tasks import purge_social_states
from tests.support.identity_providers.github import GitHubShaped
from tests.support.identity_providers.journeys import set_out, sign_in


def test_logins_and_proofs_that_nobody_finished(
    github: GitHubShaped, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.emails = []
    sign_in(client, "github")
    set_out(client, "github")
    purge_accounts()
    purge_social_states()
    assert (SocialState.objects.count(), IdentityProof.objects.count()) == (2, 1)
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    purge_accounts()
    purge_social_states()
    assert (SocialState.objects.count(), IdentityProof.objects.count()) == (0, 0)

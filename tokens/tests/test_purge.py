"""Clean-up deletes families a week after their end, and revocations of tokens that are dead anyway."""

from datetime import timedelta
from uuid import uuid4

from accounts.models import User
from core import clock
from tokens.models import RefreshToken, RevokedAccessToken, TokenFamily
from tokens.tasks import purge_tokens
from tokens.tests.pairs import pair_of


def test_families_go_a_week_after_their_end_with_their_tokens(alice: User) -> None:
    now = clock.now()
    for days_ago in (6, 8):
        pair_of(alice, now=now)
        newest = TokenFamily.objects.latest("id")
        TokenFamily.objects.filter(id=newest.id).update(expires_at=now - timedelta(days=days_ago))
    purge_tokens()
    assert (TokenFamily.objects.count(), RefreshToken.objects.count()) == (1, 1)


def test_revocations_go_with_the_tokens_they_revoke(db: None) -> None:
    now = clock.now()
    for minutes in (-1, 1):
        RevokedAccessToken.objects.create(jti=uuid4(), expires_at=now + timedelta(minutes=minutes))
    purge_tokens()
    assert RevokedAccessToken.objects.get().expires_at > now

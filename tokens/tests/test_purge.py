"""The hourly tasks: families go a week after their end, revocations and keys when nobody can ask for them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import User
from core import clock, purging
from tokens.models import RefreshToken, RevokedAccessToken, SigningKey, TokenFamily
from tokens.services import keys
from tokens.tasks import purge_tokens, rotate_due_keys
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


def test_the_tokens_of_a_long_family_go_in_batches_before_it(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A family used every quarter of an hour for a month has thousands: no transaction deletes them all."""
    monkeypatch.setattr(purging, "BATCH", 10)
    monkeypatch.setattr(purging, "MAX_ROWS", 20)
    now = clock.now()
    pair_of(alice, now=now)
    family = TokenFamily.objects.get()
    TokenFamily.objects.update(expires_at=now - timedelta(days=8))
    RefreshToken.objects.bulk_create(
        RefreshToken(family=family, token_hash=str(number), created_at=now, expires_at=now)
        for number in range(44)
    )
    left = []
    for _ in range(3):
        purge_tokens()
        left.append((TokenFamily.objects.count(), RefreshToken.objects.count()))
    assert left == [(1, 25), (1, 5), (0, 0)]


def test_keys_are_looked_through_too(db: None) -> None:
    keys.ensure_keys(now=clock.now() - timedelta(days=60))
    keys.rotate_signing_key(now=clock.now() - timedelta(days=59))
    purge_tokens()
    assert not SigningKey.objects.filter(state="retired").exists()


def test_the_task_rotates_what_is_due(db: None) -> None:
    keys.ensure_keys(now=clock.now() - timedelta(days=91))
    rotate_due_keys()
    assert SigningKey.objects.filter(state="retired").count() == len(keys.SIGNING_ALGORITHMS)

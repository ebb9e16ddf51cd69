"""Rows of compiled statements become the models that Django would have made."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, models, transaction
from django.db.models.signals import post_init

from accounts.factories import UserFactory
from accounts.models import Session, User
from accounts.services.sessions import Proof, start_session
from core import rows
from core.statements import Following, Select, Update, slot

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def session(db: None) -> Session:
    proof = Proof(amr=("pwd",), auth_time=NOW)
    with transaction.atomic():
        return start_session(UserFactory(), proof, kind=Session.Kind.API, keep=False, now=NOW).session


def by_id(build: Any) -> Select[Session]:
    return Select(lambda: build(Session.objects.filter(id=slot(Session, "id"))))


def test_a_row_with_its_relations_is_what_django_makes_of_it(session: Session) -> None:
    found = by_id(lambda found: found.select_related("user")).one(id=session.id)
    expected = Session.objects.select_related("user").get(id=session.id)
    for mine, djangos in ((found, expected), (found.user, expected.user)):
        assert type(mine) is type(djangos)
        assert mine.__dict__.keys() == djangos.__dict__.keys()
        assert all(
            getattr(mine, field.attname) == getattr(djangos, field.attname)
            for field in djangos._meta.concrete_fields
        )
        assert (mine._state.adding, mine._state.db) == (False, "default")


def test_it_can_be_saved_and_read_again(session: Session) -> None:
    found = by_id(lambda found: found).one(id=session.id)
    found.user_agent = "Firefox"
    found.save()
    found.refresh_from_db()
    assert found.user_agent == "Firefox"
    assert found.user == session.user


def test_what_was_not_read_is_read_when_asked_for(session: Session, django_assert_num_queries: Any) -> None:
    found = by_id(lambda found: found.select_related("user").defer("secret_hash", "user__password")).one(
        id=session.id
    )
    assert found.get_deferred_fields() == {"secret_hash"}
    assert found.user.get_deferred_fields() == {"password"}
    with django_assert_num_queries(2):
        assert (found.secret_hash, found.user.password) == (session.secret_hash, session.user.password)


def test_annotations_are_attributes(session: Session) -> None:
    later = models.F("created_at") + timedelta(seconds=1)
    found: Any = by_id(lambda found: found.annotate(later=later)).one(id=session.id)
    assert found.later == NOW + timedelta(seconds=1)


def test_a_model_that_somebody_listens_to_is_not_made_behind_their_back() -> None:
    def listen(**_: Any) -> None: ...

    post_init.connect(listen, sender=User)
    try:
        with pytest.raises(TypeError):
            rows.maker(User, ["id"], "default")
    finally:
        post_init.disconnect(listen, sender=User)


END = Update(
    lambda: Session.objects.filter(id=slot(Session, "id"), ended_at=None), ended_at=slot(Session, "ended_at")
)
ENDED_PERSON = Following(END, "user_id", lambda user: User.objects.filter(id=user))


@pytest.mark.parametrize("vendor", [connection.vendor, "sqlite"])
def test_an_update_leads_to_what_its_row_points_at(
    session: Session, vendor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one statement or, as on SQLite, in two."""
    monkeypatch.setattr(connections["default"], "vendor", vendor)
    assert ENDED_PERSON.first(id=session.id, ended_at=NOW) == session.user
    session.refresh_from_db()
    assert session.ended_at == NOW


def test_an_update_of_nothing_leads_nowhere(session: Session) -> None:
    assert ENDED_PERSON.first(id=session.id, ended_at=NOW) is not None
    assert ENDED_PERSON.first(id=session.id, ended_at=NOW + timedelta(seconds=1)) is None
    session.refresh_from_db()
    assert session.ended_at == NOW

"""What the trail says about a person can be erased; the entries and the chain stay."""

from uuid import uuid4

import pytest

from audit.models import Event, PersonalData
from audit.services import erase_personal
from audit.tests.trail import ALICE, audit_verify, brew
from core.context import RequestContext, request_context

pytestmark = pytest.mark.django_db

BOB = uuid4()


def addresses() -> list[str]:
    return sorted(str(row.data["email"]) for row in PersonalData.objects.filter(data__has_key="email"))


def test_a_person_is_erased_as_actor_and_as_target_and_others_stay() -> None:
    brew(2)
    brew(actor_id=BOB, email="bob@example.com")
    brew(actor_id=BOB, target_type="user", target_id=str(ALICE))
    assert erase_personal(actor_id=ALICE) == 3
    assert addresses() == ["bob@example.com"]
    assert Event.objects.filter(actor_id=ALICE).count() == 2
    assert audit_verify()[1].startswith("system: 5 events, intact")


def test_an_address_is_erased_where_no_account_was_known() -> None:
    brew(actor_id=None, actor_type="anonymous", email="alice@example.com", result="failure")
    brew(actor_id=BOB, email="bob@example.com")
    assert erase_personal(emails=["alice@example.com"]) == 1
    assert addresses() == ["bob@example.com"]
    assert audit_verify()[0] == 0


def test_the_line_of_the_erasure_keeps_nothing_of_the_person_who_asked() -> None:
    with request_context(
        RequestContext(request_id="r", ip="203.0.113.9", user_agent="Firefox", actor_id=ALICE)
    ):
        assert erase_personal(actor_id=ALICE) == 1
    entry = Event.objects.get(action="audit.personal_data_erased")
    assert (entry.actor_id, entry.target_id) == (ALICE, str(ALICE))
    assert not PersonalData.objects.exists()
    assert audit_verify()[0] == 0


def test_nobody_is_not_everybody() -> None:
    brew()
    with pytest.raises(ValueError, match="name the person"):
        erase_personal(emails=[])
    assert PersonalData.objects.count() == 1


def test_the_digest_of_one_address_is_different_each_time() -> None:
    brew(2)
    assert len(set(Event.objects.values_list("personal_digest", flat=True))) == 2

"""The mail server is away while people sign up: they notice nothing, and their mail comes when it is back."""

from collections.abc import Callable
from statistics import median

from tests.faults.ledger import Ledger, moment
from tests.faults.reckoning import each_act_stands_once_in_the_trail, each_mail_was_delivered
from tests.faults.world import PASSWORD, World

PEOPLE_EACH = 6


def test_mail_server_away(world: World, say: Callable[[str], None]) -> None:
    ledger = Ledger()
    before = [sign_up(world, ledger, f"before-{number}@example.com") for number in range(PEOPLE_EACH)]
    world.mail.stop()
    meanwhile = [sign_up(world, ledger, f"away-{number}@example.com") for number in range(PEOPLE_EACH)]
    world.mail.start()
    back_at = moment()
    assert len(ledger.acknowledged("sign_up")) == 2 * PEOPLE_EACH
    answers = [set(entry.facts["answer"]) for entry in ledger.entries]
    assert all(answer == answers[0] for answer in answers)
    assert median(meanwhile) < 2 * median(before) + 0.1
    assert each_mail_was_delivered(world, ledger) == 0
    waited = moment() - back_at
    each_act_stands_once_in_the_trail(world, ledger)
    say(
        f"sign-up {median(before) * 1000:.0f} ms before, {median(meanwhile) * 1000:.0f} ms while away; "
        f"last of {PEOPLE_EACH} mails {waited:.1f} s after it was back, none twice"
    )


def sign_up(world: World, ledger: Ledger, email: str) -> float:
    began = moment()
    body = {"email": email, "password": PASSWORD}
    world.act(ledger, "sign_up", "POST", "/api/v1/auth/register", json=body, facts={"email": email})
    return moment() - began

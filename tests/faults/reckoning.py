"""After a fault: the ledger against the database, the tokens, the mail and the audit trail."""

import json
import time
from base64 import urlsafe_b64decode
from collections import Counter

from tests.faults.ledger import EVENTS_OF, Entry, Ledger
from tests.faults.world import World
from tests.support.smtp import SmtpSink

SAMPLE = 30
CODE_MAIL = "is your Janua code"
MAIL_SECONDS = 40.0  # the sweep comes every 15 s, and a first failure waits 5 s


def settle(world: World, ledger: Ledger, *, most_repeated_mails: int = 0) -> str:
    """Check everything; return what was counted, in words.

    `most_repeated_mails`: one for each kill of what delivers (core.outbox tells of the window).
    """
    assert not ledger.refused(), [(each.kind, each.status) for each in ledger.refused()]
    each_act_stands_once_in_the_trail(world, ledger)
    each_refresh_token_has_one_successor(world, ledger)
    tokens_work(world, ledger)
    each_newcomer_is_one_user(world, ledger)
    the_last_edit_stands(world, ledger)
    if most_repeated_mails:
        _let_claims_of_the_dead_run_out(world)
    repeated = each_mail_was_delivered(world, ledger)
    assert repeated <= most_repeated_mails
    verdict = world.server.manage("audit_verify").stdout
    assert "tampered" not in verdict
    return f"{ledger.summary()}; lost 0, done twice 0, mails repeated {repeated}, audit chain clean"


def each_act_stands_once_in_the_trail(world: World, ledger: Ledger) -> None:
    """Acknowledged: all of its lines. Unknown: all or none, for an act is one transaction."""
    names = [entry.request_id for entry in ledger.entries]
    found = dict(
        world.rows(
            "SELECT request_id, count(*) FROM audit_event WHERE request_id = ANY(%s) GROUP BY request_id",
            names,
        )
    )
    for entry in ledger.entries:
        lines, whole = found.get(entry.request_id, 0), EVENTS_OF[entry.kind]
        allowed = {whole} if entry.is_acknowledged else {0, whole}
        assert lines in allowed, f"{entry.kind} ({entry.status}) has {lines} lines in the trail"


def each_refresh_token_has_one_successor(world: World, ledger: Ledger) -> None:
    """The client's chain has no fork and no gap; the database has as many tokens as it has links."""
    rotations = ledger.acknowledged("refresh")
    successors = {entry.facts["used"]: entry.facts["answer"]["refresh_token"] for entry in rotations}
    assert len(successors) == len(rotations)
    assert len(set(successors.values())) == len(successors)
    # The last answer may have been lost: then the same token, asked again, gives the same successor.
    last = ledger.acknowledged("refresh")[-1].facts["answer"]["refresh_token"]
    answers = [
        world.call("POST", "/api/v1/auth/token/refresh", json={"refresh_token": last}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["refresh_token"] == answers[1].json()["refresh_token"]
    family = _family_of(answers[0].json()["access_token"])
    used, unused = world.rows(
        "SELECT count(used_at), count(*) - count(used_at) FROM tokens_refreshtoken WHERE family_id = %s",
        family,
    )[0]
    assert (used, unused) == (len(rotations) + 1, 1)


def tokens_work(world: World, ledger: Ledger) -> None:
    """A sample of what was handed out, spread over the whole run and its end."""
    for entry in _sample(ledger.acknowledged("client_credentials")):
        assert world.client.introspect(entry.facts["answer"]["access_token"]).json()["active"] is True
    redeemed = _sample(ledger.acknowledged("redeem"))
    for entry in redeemed:
        assert world.client.userinfo(entry.facts["answer"]["access_token"]).status_code == 200
    for entry in redeemed[-3:]:
        assert world.client.refresh(entry.facts["answer"]["refresh_token"]).status_code == 200
    doubled = world.rows(
        "SELECT authorization_code_id FROM tokens_tokenfamily WHERE authorization_code_id IS NOT NULL "
        "GROUP BY 1 HAVING count(*) > 1"
    )
    assert doubled == []


def each_newcomer_is_one_user(world: World, ledger: Ledger) -> None:
    """One user for each proven mailbox, none for any other."""
    users = Counter(email for (email,) in world.rows("SELECT email FROM accounts_user WHERE email_verified"))
    for entry in ledger.acknowledged("verify"):
        assert users[entry.facts["email"]] == 1
    assert max(users.values()) == 1
    proven = [entry.facts["email"] for entry in ledger.acknowledged("verify")]
    for email in {proven[0], proven[-1]}:
        world.login(email)


def the_last_edit_stands(world: World, ledger: Ledger) -> None:
    """What was acknowledged last, or something that was asked for after it and lost its answer."""
    edits = [entry for entry in ledger.entries if entry.kind == "profile"]
    last = max(index for index, entry in enumerate(edits) if entry.is_acknowledged)
    allowed = {entry.facts["name"] for entry in edits[last:]}
    assert world.value("SELECT given_name FROM accounts_user WHERE email = 'carol@example.com'") in allowed


def each_mail_was_delivered(world: World, ledger: Ledger) -> int:
    """Every acknowledged sign-up has its mail. A repetition is the same mail by its Message-ID; how many."""
    wanted = {entry.facts["email"] for entry in ledger.acknowledged("sign_up")}
    deadline = time.monotonic() + MAIL_SECONDS
    while missing := wanted - _recipients(world.mail):
        assert time.monotonic() < deadline, f"acknowledged, but no mail came to {sorted(missing)}"
        time.sleep(0.2)
    asked = wanted | {entry.facts["email"] for entry in ledger.unknown("sign_up")}
    repeated = 0
    for email in asked:
        mails = world.mail.mails(to=email, subject=CODE_MAIL)
        assert len({str(mail["Message-ID"]) for mail in mails}) <= 1, f"two mails to {email}"
        repeated += max(0, len(mails) - 1)
    return repeated


def _let_claims_of_the_dead_run_out(world: World) -> None:
    """A delivery that was killed holds its claim for two minutes: let them pass."""
    world.rows(
        "UPDATE core_mail SET claimed_until = now() "
        "WHERE status = 'sending' AND created_at < now() - interval '2 s'"
    )


def _recipients(mail: SmtpSink) -> set[str]:
    return {str(message["X-Envelope-To"]) for message in mail.mails(subject=CODE_MAIL)}


def _family_of(access_token: str) -> str:
    part = access_token.split(".")[1]
    family: str = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))["fid"]
    return family


def _sample(entries: list[Entry]) -> list[Entry]:
    step = max(1, len(entries) // SAMPLE)
    return [*entries[::step], *entries[-3:]]

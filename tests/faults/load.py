"""Load: five clients, each repeating one kind of act until they are told to stop."""

import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, quote_plus, urlsplit

from tests.faults.ledger import Ledger
from tests.faults.world import PASSWORD, PEOPLE, World, bearer
from tests.support.smtp import code_in

AUTH = "/api/v1/auth"
PAUSE = 0.03
PATIENCE_FOR_MAIL = 20.0
Step = Callable[[], None]
Kind = Callable[[World, Ledger], Step]


@contextmanager
def load(world: World, *kinds: Kind) -> Iterator[Ledger]:
    """Run the clients (all of them, if none is named) while the block runs; hand out their ledger."""
    ledger, stop = Ledger(), threading.Event()
    steps = [make(world, ledger) for make in kinds or (refresher, machine, redeemer, newcomers, editor)]
    failures: list[BaseException] = []

    def repeat(step: Step) -> None:
        try:
            while not stop.is_set():
                step()
                time.sleep(PAUSE)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=repeat, args=(step,), daemon=True) for step in steps]
    for thread in threads:
        thread.start()
    try:
        yield ledger
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    if failures:
        raise failures[0]


def refresher(world: World, ledger: Ledger) -> Step:
    """Trades each refresh token for the next; without an answer it asks again with the same one."""
    token = world.login(PEOPLE[1])["refresh_token"]

    def step() -> None:
        nonlocal token
        body = {"refresh_token": token}
        answer = world.act(
            ledger, "refresh", "POST", f"{AUTH}/token/refresh", json=body, facts={"used": token}
        )
        if answer is not None:
            token = answer.json()["refresh_token"]

    return step


def machine(world: World, ledger: Ledger) -> Step:
    """A program that fetches tokens for itself."""
    form = {"grant_type": "client_credentials"}
    pair = (quote_plus(world.client.client_id), quote_plus(world.client.client_secret or ""))

    def step() -> None:
        world.act(ledger, "client_credentials", "POST", "/oauth/token", data=form, auth=pair)

    return step


def redeemer(world: World, ledger: Ledger) -> Step:
    """A signed-in person with a remembered consent goes to the app; the app redeems each code once."""
    pair = (quote_plus(world.client.client_id), quote_plus(world.client.client_secret or ""))

    def step() -> None:
        asked = world.client.authorization_request()
        path = asked.url.removeprefix(world.server.base_url)
        cookies = "; ".join(f"{each.name}={each.value}" for each in world.browser.session.cookies)
        sent = world.act(ledger, "authorize", "GET", path, headers={"Cookie": cookies})
        if sent is None:
            return
        code = parse_qs(urlsplit(sent.headers["Location"]).query)["code"][0]
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": asked.redirect_uri,
            "code_verifier": asked.code_verifier,
        }  # fmt: skip
        world.act(ledger, "redeem", "POST", "/oauth/token", data=form, auth=pair)

    return step


def newcomers(world: World, ledger: Ledger) -> Step:
    """People who sign up, read their mail and type its code; one who gets no answer gives up."""
    numbers, run = itertools.count(), secrets.token_hex(4)

    def step() -> None:
        email = f"new-{run}-{next(numbers)}@example.com"
        body = {"email": email, "password": PASSWORD}
        if (
            world.act(ledger, "sign_up", "POST", f"{AUTH}/register", json=body, facts={"email": email})
            is None
        ):
            return
        if (code := _mailed_code(world, email)) is not None:
            proof = {"email": email, "code": code}
            world.act(ledger, "verify", "POST", f"{AUTH}/email/verify", json=proof, facts={"email": email})

    return step


def editor(world: World, ledger: Ledger) -> Step:
    """Somebody who changes the own name over and over."""
    numbers, run = itertools.count(), secrets.token_hex(4)
    headers = bearer(world.login(PEOPLE[2])["access_token"])

    def step() -> None:
        name = f"{run} {next(numbers)}"
        body = {"given_name": name}
        world.act(
            ledger, "profile", "PATCH", "/api/v1/users/me", json=body, headers=headers, facts={"name": name}
        )

    return step


def _mailed_code(world: World, email: str) -> str | None:
    deadline = time.monotonic() + PATIENCE_FOR_MAIL
    while time.monotonic() < deadline:
        if mails := world.mail.mails(to=email):
            return code_in(mails[0])
        time.sleep(0.05)
    return None

"""Archives and deletions in the same moment: one archive is prepared, and keeping against erasing has one winner."""

import subprocess
import sys
import time

import requests

from tests.races.racing import RUNNERS, race, statuses
from tests.support.http_client import Browserless
from tests.support.process import REPOSITORY
from tests.support.smtp import link_in
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
ERASE = "import django; django.setup(); from accounts.tasks import erase_accounts; erase_accounts()"


def signed_in(stage: Stage, email: str) -> dict[str, str]:
    body = {"email": email, "password": PASSWORD}
    answer = requests.post(f"{stage.base_url}/api/v1/auth/login", json=body, timeout=30).json()
    return {"Authorization": f"Bearer {answer['tokens']['access_token']}"}


def test_S271_two_archives_at_once_are_one(stage: Stage) -> None:
    email = "twice.curious@example.com"
    stage.janua.create_user(email, PASSWORD)
    headers = signed_in(stage, email)
    url = f"{stage.base_url}/api/v1/users/me/exports"
    mails = len(stage.mail.messages)
    answers = race([lambda: requests.post(url, headers=headers, timeout=30)] * RUNNERS)
    assert statuses(answers) == [202, *[409] * (RUNNERS - 1)]
    stage.mail.wait_for_mail(to=email, after=mails, timeout=90)
    [prepared] = requests.get(url, headers=headers, timeout=30).json()["data"]
    download = f"{url}/{prepared['id']}/download"
    answers = race([lambda: requests.post(download, headers=headers, timeout=30)] * RUNNERS)
    assert statuses(answers) == [200, *[409] * (RUNNERS - 1)]
    assert len(stage.mail.mails(to=email)) == 1


def test_S272_keeping_against_erasing_has_one_winner(stage: Stage) -> None:
    """Links are opened all the while that the erasure runs; each account ends up whole or gone, never half."""
    links = {}
    for count in range(RUNNERS):
        email = f"undecided-{count}@example.com"
        stage.janua.create_user(email, PASSWORD)
        mails = len(stage.mail.messages)
        url = f"{stage.base_url}/api/v1/users/me/deletion"
        asked = requests.post(url, json={"email": email}, headers=signed_in(stage, email), timeout=30)
        assert asked.status_code == 202
        links[email] = link_in(stage.mail.wait_for_mail(to=email, after=mails), "token=")
    stage.execute("UPDATE accounts_user SET deletion_due_at = now() WHERE starts_with(email, 'undecided-')")
    running = erase(stage)
    runners = [lambda link=link, wait=wait: keep(link, wait) for wait, link in enumerate(links.values())]  # type: ignore[misc]
    answers = race(runners)
    assert running.wait(60) == 0
    assert erase(stage).wait(60) == 0
    for email, answer in zip(links, answers, strict=True):
        rows = stage.rows("SELECT status, deletion_due_at FROM accounts_user WHERE email = %s", email)
        told = stage.rows("SELECT id FROM core_mail WHERE recipient = %s AND kind = 'account_deleted'", email)
        if answer == 200:
            assert (rows, told) == ([{"status": "active", "deletion_due_at": None}], [])
        else:
            assert (answer, rows, len(told)) == (422, [], 1)


def erase(stage: Stage) -> "subprocess.Popen[bytes]":
    """Run the erasure beside the server, as its clock does."""
    variables = {**stage.janua.environment, "DJANGO_SETTINGS_MODULE": "janua.settings"}
    return subprocess.Popen([sys.executable, "-c", ERASE], env=variables, cwd=REPOSITORY)


def keep(link: str, wait: int) -> int:
    """Open the mail's link and press its button, a little later than the one before; the status."""
    time.sleep(wait / 4)
    browser = Browserless(link.partition("/account")[0])
    page = browser.get(link)
    return browser.submit(page, page.form("next")).status

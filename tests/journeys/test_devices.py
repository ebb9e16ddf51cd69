"""A television, written with openid-client, is connected by a person with a browser elsewhere (RFC 8628)."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.test_person import PASSWORD, expect_heading, press, sign_in, watched
from tests.support.browser import Chromium
from tests.support.npm import install_packages
from tests.support.process import Workspace, bare_environment
from tests.support.service import find_program
from tests.support.stage import Stage

NAME = "Living Room TV"
METADATA: dict[str, Any] = {
    "client_name": NAME,
    "grant_types": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
}


class Television:
    """The running program; each line that it writes is a JSON object."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self._program = program

    def says(self) -> dict[str, Any]:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        assert line, f"it ended: {self._program.communicate()[1]}"
        said: dict[str, Any] = json.loads(line)
        return said


@contextmanager
def television(stage: Stage) -> Iterator[Television]:
    registered = stage.janua.register_client(**METADATA)
    workspace = Workspace("television")
    environment = bare_environment(
        workspace.path,
        ISSUER=stage.base_url,
        CLIENT_ID=registered["client_id"],
        CLIENT_SECRET=registered["client_secret"],
    )
    command = [find_program("node"), str(install_packages() / "device.js")]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    try:
        with subprocess.Popen(command, env=environment, text=True, **pipes) as program:
            try:
                yield Television(program)
            finally:
                program.kill()
    finally:
        workspace.remove()


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_person_types_the_code_signs_in_and_allows(
    stage: Stage, chromium: Chromium, javascript: bool
) -> None:
    email = f"tom.{javascript}@example.com".lower()
    user_id = stage.janua.create_user(email, PASSWORD)
    with (
        television(stage) as tv,
        watched(chromium, stage.base_url, javascript=javascript) as page,
    ):
        codes = tv.says()
        page.goto(codes["verification_uri"])
        expect_heading(page, "Connect a device")
        page.get_by_label("Code").fill(codes["user_code"].replace("-", " ").lower())
        press(page, "Continue")
        expect_heading(page, f"Sign in to {NAME}")
        sign_in(page, email)
        expect_heading(page, f"Allow {NAME} on your device to use your account?")
        expect(page.get_by_text("Only continue if you started this on your own device.")).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text="See your email address")).to_be_visible()
        press(page, "Allow")
        expect_heading(page, "Your device is connected")
        assert tv.says() == {"sub": user_id, "email": email, "active": True, "scope": "openid email"}
        page.goto(f"{stage.base_url}/account/apps")
        expect(page.get_by_text(NAME, exact=True)).to_be_visible()


def test_a_person_follows_the_link_and_cancels(stage: Stage, chromium: Chromium) -> None:
    email = "tess@example.com"
    stage.janua.create_user(email, PASSWORD)
    with television(stage) as tv, watched(chromium, stage.base_url) as page:
        codes = tv.says()
        page.goto(codes["verification_uri_complete"])
        expect(page.get_by_label("Code")).to_have_value(codes["user_code"])
        press(page, "Continue")
        sign_in(page, email)
        press(page, "Cancel")
        expect_heading(page, "Nothing was allowed")
        assert tv.says() == {"error": "access_denied"}


def test_a_person_with_two_accounts_changes_to_the_other(stage: Stage, chromium: Chromium) -> None:
    emails = ["at.home@example.com", "at.work@example.com"]
    for email in emails:
        stage.janua.create_user(email, PASSWORD)
    with television(stage) as tv, watched(chromium, stage.base_url) as page:
        page.goto(tv.says()["verification_uri_complete"])
        press(page, "Continue")
        sign_in(page, emails[0])
        press(page, "Not you?")
        page.get_by_role("link", name="Use another account").click()
        expect_heading(page, f"Sign in to {NAME}")
        sign_in(page, emails[1])
        press(page, "Allow")
        assert tv.says()["email"] == emails[1]

"""Eight at once at one invitation: one membership, and one outcome (S193)."""

import pytest
import requests

from tests.races.racing import RUNNERS, race, statuses
from tests.support.smtp import link_in
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
MADE = """
from accounts.models import User
from organizations.factories import make_organization
owner = User.objects.get(email='host@example.com')
for _ in range(20):
    print(make_organization(owner).id)
"""
MEMBERS = "SELECT count(*) AS number FROM organizations_membership WHERE organization_id = %s"
LINES = "SELECT count(*) AS number FROM audit_event WHERE organization_id = %s AND action = %s"


class Person:
    """Somebody over REST."""

    def __init__(self, stage: Stage, email: str) -> None:
        self.stage, self.email = stage, email
        stage.janua.create_user(email, PASSWORD)
        body = {"email": email, "password": PASSWORD}
        answer = requests.post(f"{stage.base_url}/api/v1/auth/login", json=body, timeout=30)
        self.header = {"Authorization": f"Bearer {answer.json()['tokens']['access_token']}"}

    def call(self, method: str, path: str, **body: str) -> requests.Response:
        url = f"{self.stage.base_url}/api/v1{path}"
        return requests.request(method, url, json=body, headers=self.header, timeout=30)


@pytest.fixture(scope="module")
def host(stage: Stage) -> Person:
    return Person(stage, "host@example.com")


@pytest.fixture(scope="module")
def guest(stage: Stage) -> Person:
    return Person(stage, "guest@example.com")


@pytest.fixture(scope="module")
def places(stage: Stage, host: Person) -> list[str]:
    """Organizations of the host, each for one race."""
    return stage.janua.manage("shell", "--verbosity", "0", "-c", MADE).stdout.split()[-20:]


def invited(stage: Stage, host: Person, guest: Person, organization: str) -> tuple[str, str]:
    """The invitation and its token."""
    came = len(stage.mail.messages)
    base = f"/organizations/{organization}/invitations"
    made = host.call("POST", base, email=guest.email, role="member")
    assert made.status_code == 201, made.text
    mail = stage.mail.wait_for_mail(to=guest.email, text="/invitations/open?token=", after=came)
    return f"{base}/{made.json()['id']}", link_in(mail, "token=").partition("token=")[2]


def test_s193_eight_accept_one_invitation_and_there_is_one_membership(
    stage: Stage, host: Person, guest: Person, places: list[str]
) -> None:
    for organization in places[:10]:
        _, token = invited(stage, host, guest, organization)
        answers = race([lambda token=token: guest.call("POST", "/invitations/accept", token=token)] * RUNNERS)  # type: ignore[misc]
        assert statuses(answers) == [200, *[409] * (RUNNERS - 1)], [answer.text for answer in answers]
        assert stage.rows(MEMBERS, organization) == [{"number": 2}]
        assert stage.rows(LINES, organization, "invitation.accepted") == [{"number": 1}]


def test_accepting_declining_and_taking_back_at_once_have_one_winner(
    stage: Stage, host: Person, guest: Person, places: list[str]
) -> None:
    for organization in places[10:]:
        path, token = invited(stage, host, guest, organization)
        acts = [
            lambda token=token: guest.call("POST", "/invitations/accept", token=token),  # type: ignore[misc]
            lambda token=token: guest.call("POST", "/invitations/decline", token=token),  # type: ignore[misc]
            lambda path=path: host.call("DELETE", path),  # type: ignore[misc]
            lambda path=path: host.call("POST", f"{path}/resend"),  # type: ignore[misc]
        ]
        answers = race(acts * 2)
        final = [answer for at, answer in enumerate(answers) if at % 4 != 3 and answer.ok]
        assert len(final) == 1, [answer.text for answer in answers]
        assert set(statuses(answers)) <= {200, 204, 404, 409}
        is_member = answers[0].ok or answers[4].ok
        assert stage.rows(MEMBERS, organization) == [{"number": 2 if is_member else 1}]

"""Invitations over REST, each operation with what makes it succeed."""

from typing import Any

from tests.support.smtp import link_in
from tests.support.stage import Stage

HOST, GUEST = "inviting@example.com", "invited@example.com"
BASE = "/organizations/{organization_id}/invitations"
ONE = f"{BASE}/{{invitation_id}}"
OWN = "/users/me/invitations"


class Meeting:
    """A host with an organization, and a guest, over one caller."""

    def __init__(self, call: Any, stage: Stage, password: str) -> None:
        self.call, self.stage, self.tokens = call, stage, {}
        for email in (HOST, GUEST):
            stage.janua.create_user(email, password)
            call.token = ""
            signed_in = call("POST", "/auth/login", email=email, password=password)
            self.tokens[email] = signed_in["tokens"]["access_token"]
        call.token = self.tokens[HOST]
        self.ids = {"organization_id": call("POST", "/organizations", name="Meeting")["id"]}

    def mailed(self, path: str, ids: dict[str, str], **body: str) -> tuple[dict[str, str], str]:
        """What the host sends to the guest: the path's ids, and the token of the mail. The guest goes on."""
        came = len(self.stage.mail.messages)
        self.call.token = self.tokens[HOST]
        made = self.call("POST", path, ids, **body)
        mail = self.stage.mail.wait_for_mail(to=GUEST, text="/invitations/open?token=", after=came)
        self.call.token = self.tokens[GUEST]
        return {**self.ids, "invitation_id": made["id"]}, link_in(mail, "token=").partition("token=")[2]

    def invite(self) -> tuple[dict[str, str], str]:
        return self.mailed(BASE, self.ids, email=GUEST, role="member")

    def end(self) -> None:
        """The guest leaves, to be invited once more."""
        self.call("POST", "/organizations/{organization_id}/leave", self.ids)


def as_a_host_and_a_guest(call: Any, stage: Stage, password: str) -> None:
    meeting = Meeting(call, stage, password)
    one, _ = meeting.invite()
    assert [row["id"] for row in call("GET", OWN)["data"]] == [one["invitation_id"]]
    call("POST", f"{OWN}/{{invitation_id}}/decline", one)
    _, token = meeting.invite()
    call.token = ""
    call("GET", "/invitations/validate", token=token)
    call("POST", "/invitations/decline", token=token)
    one, _ = meeting.invite()
    _, token = meeting.mailed(f"{ONE}/resend", one)
    call("POST", "/invitations/accept", token=token)
    meeting.end()
    one, _ = meeting.invite()
    call("POST", f"{OWN}/{{invitation_id}}/accept", one)
    call.token = meeting.tokens[HOST]
    rows = [{"email": "many@example.com", "role": "viewer"}, {"email": "bad"}]
    assert call("POST", f"{BASE}/bulk", meeting.ids, invitations=rows, send_good=True)["sent"] == 1
    [newest, *_] = call("GET", BASE, meeting.ids)["data"]
    call("DELETE", ONE, {**meeting.ids, "invitation_id": newest["id"]})
    call.token = ""

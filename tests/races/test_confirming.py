"""A code of a second factor opens sudo mode once, however often it is sent in the same moment (rule 13)."""

from collections.abc import Callable

import pyotp
import pytest
import requests

from mfa.factories import SEED
from tests.races.racing import ROUNDS, RUNNERS, race, statuses
from tests.support.stage import Stage

EMAIL = "confirming@example.com"
PASSWORD = "plum-tractor-velvet-94"
RECOVERY = "AAAAA11111"
ENROL = f"""
from accounts.models import User
from mfa.factories import enrol_totp, give_recovery_codes
user = User.objects.get(email={EMAIL!r})
enrol_totp(user)
give_recovery_codes(user, {RECOVERY!r})
"""

Confirm = Callable[..., requests.Response]


@pytest.fixture(scope="module")
def confirm(stage: Stage) -> Confirm:
    """With the token of a login from before the person had a second factor."""
    stage.janua.create_user(EMAIL, PASSWORD)
    api, body = f"{stage.base_url}/api/v1/auth", {"email": EMAIL, "password": PASSWORD}
    token = requests.post(f"{api}/login", json=body, timeout=30).json()["tokens"]["access_token"]
    stage.janua.manage("shell", "-c", ENROL)
    headers = {"Authorization": f"Bearer {token}"}
    return lambda **proof: requests.post(f"{api}/reauthenticate", json=proof, headers=headers, timeout=30)


def confirmations(stage: Stage, result: str) -> int:
    [row] = stage.rows(
        "SELECT count(*) FROM audit_event WHERE action = 'session.sudo_confirmed' AND result = %s", result
    )
    return int(row["count"])


@pytest.mark.parametrize("method", ["totp", "recovery_code"])
def test_one_code_confirms_once(stage: Stage, confirm: Confirm, method: str) -> None:
    for _ in range(ROUNDS):
        stage.execute("UPDATE mfa_factor SET last_step = -1, drift = 0")
        stage.execute("UPDATE mfa_recoverycode SET used_at = NULL")
        code = pyotp.TOTP(SEED).now() if method == "totp" else RECOVERY
        before = confirmations(stage, "success"), confirmations(stage, "failure")
        answers = race([lambda code=code: confirm(method=method, code=code)] * RUNNERS)  # type: ignore[misc]
        assert statuses(answers) == [204, *[401] * (RUNNERS - 1)]
        after = confirmations(stage, "success"), confirmations(stage, "failure")
        assert after == (before[0] + 1, before[1] + RUNNERS - 1)

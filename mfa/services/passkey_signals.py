"""What the browser passes on to password managers, so that they offer only what still works (WebAuthn Level 3,
section 5.1.10). The names are those of `PublicKeyCredential`'s functions; `static/js/passkeys.js` calls them."""

import json
from typing import Any

from accounts.models import User
from mfa.models import Passkey
from mfa.services import passkeys

MAX_ID = Passkey._meta.get_field("credential_id").max_length or 0


def about(user: User) -> str:
    """Which of the person's passkeys still work, and what the account is called now."""
    person = {"rpId": passkeys.rp_id(), "userId": passkeys.handle_of(user)}
    accepted = list(Passkey.objects.of(user).order_by("created_at").values_list("credential_id", flat=True))
    signals = {
        "signalAllAcceptedCredentials": {**person, "allAcceptedCredentialIds": accepted},
        "signalCurrentUserDetails": {**person, "name": user.email, "displayName": user.name or user.email},
    }
    return json.dumps(signals)


def about_unknown(credential_id: Any) -> str:
    """That no account has this passkey; nothing where one has it. Who can ask holds the passkey: its id is random."""
    if not isinstance(credential_id, str) or len(credential_id) > MAX_ID:
        return ""
    if Passkey.objects.filter(credential_id=credential_id).exists():
        return ""
    return json.dumps({"signalUnknownCredential": {"rpId": passkeys.rp_id(), "credentialId": credential_id}})

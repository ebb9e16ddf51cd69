"""Chromium's virtual authenticators, over its debugging protocol: real ceremonies, and nothing to touch."""

from dataclasses import dataclass
from typing import Any, Self

from playwright.sync_api import CDPSession, Page

PASSKEY_PROVIDER = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
    "defaultBackupEligibility": True,
    "defaultBackupState": True,
}
SECURITY_KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": False,
    "automaticPresenceSimulation": True,
}


@dataclass(slots=True)
class VirtualAuthenticator:
    """One authenticator of a page; it stays while the page goes from address to address."""

    devtools: CDPSession
    id: str

    @classmethod
    def of(cls, page: Page, options: dict[str, Any] = PASSKEY_PROVIDER) -> Self:
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable", {"enableUI": False})
        made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return cls(devtools, made["authenticatorId"])

    @property
    def credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._send("getCredentials")["credentials"]
        return found

    def keep(self, credential: dict[str, Any]) -> None:
        """Put a credential in: one that was taken out here, or out of another authenticator."""
        self._send("addCredential", credential=credential)

    def forget(self, credential: dict[str, Any]) -> None:
        self._send("removeCredential", credentialId=credential["credentialId"])

    def taken_away(self) -> None:
        """Out of its slot, with all it holds."""
        self._send("removeVirtualAuthenticator")

    def knows_its_owner(self, *, does: bool) -> None:
        """Whether its fingerprint or PIN succeeds."""
        self._send("setUserVerified", isUserVerified=does)

    def _send(self, act: str, **parameters: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.devtools.send(
            f"WebAuthn.{act}", {"authenticatorId": self.id, **parameters}
        )
        return answer

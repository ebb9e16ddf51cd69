"""A maker of authenticators: its root certificate, and the key with which a batch of one model vouches for itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.support.authenticator import ES256

MODEL_OID = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
EC_KEY, UNKNOWN_KEY = bytes.fromhex("2a8648ce3d0201"), bytes.fromhex("2a8648ce3d0209")


@dataclass
class Maker:
    """Its certificates are in order, unless `turn` changes one on its way out."""

    model: bytes = b""
    name: str = "A maker"
    turn: Callable[[bytes], bytes] = lambda der: der
    days: int = 1
    root_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    batch_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def root(self) -> bytes:
        """The root certificate, as operators put it into a file."""
        made = self._certificate(self.name, self.root_key, is_root=True)
        return made.public_bytes(Encoding.PEM)

    def attest(self, data: bytes) -> dict[str, Any]:
        """A packed attestation statement (WebAuthn Level 3 section 8.2)."""
        signature = self.batch_key.sign(data, ec.ECDSA(hashes.SHA256()))
        return {"alg": ES256, "sig": signature, "x5c": [self.certificate()]}

    def certificate(self) -> bytes:
        """Of this batch, DER."""
        leaf = self._certificate(f"{self.name}, batch 1", self.batch_key, is_root=False)
        return self.turn(leaf.public_bytes(Encoding.DER))

    def _certificate(self, name: str, key: ec.EllipticCurvePrivateKey, *, is_root: bool) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named(self.name))
            .public_key(key.public_key())
            .serial_number(1 if is_root else 2)
            .not_valid_before(now - timedelta(days=9))
            .not_valid_after(now + timedelta(days=1 if is_root else self.days))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        )
        if self.model and not is_root:
            builder = builder.add_extension(
                x509.UnrecognizedExtension(MODEL_OID, b"\x04\x10" + self.model), critical=False
            )
        return builder.sign(self.root_key, hashes.SHA256())


def of_unknown_key(der: bytes) -> bytes:
    """The certificate with a kind of key that nobody has heard of."""
    return der.replace(EC_KEY, UNKNOWN_KEY)


def _named(name: str) -> x509.Name:
    unit = x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Authenticator Attestation")
    return x509.Name([unit, x509.NameAttribute(NameOID.COMMON_NAME, name)])

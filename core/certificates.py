"""X.509 certificates that operators trust and strangers send, as far as anybody here looks into one."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding


def in_file(path: Path) -> list[bytes]:
    """The certificates of a PEM file, one by one; raises `OSError` or `ValueError` if there are none."""
    return [each.public_bytes(Encoding.PEM) for each in x509.load_pem_x509_certificates(path.read_bytes())]


def extension(der: bytes, oid: str) -> bytes | None:
    """The value of a certificate's extension as it stands there; None if it has none of that name.

    Raises whatever a broken certificate makes the parser raise: not only `ValueError`.
    """
    for found in x509.load_der_x509_certificate(der).extensions:
        if found.oid.dotted_string == oid:
            value: bytes = found.value.public_bytes()
            return value
    return None

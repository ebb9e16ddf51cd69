"""X.509 certificates that strangers send, as far as anybody here looks into one."""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

# What reading such a certificate may raise beside ValueError, none of which is one.
UNREADABLE = (
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


def extension(der: bytes, oid: str) -> bytes | None:
    """The value of a certificate's extension as it stands there; None if it has none of that name."""
    for found in x509.load_der_x509_certificate(der).extensions:
        if found.oid.dotted_string == oid:
            value: bytes = found.value.public_bytes()
            return value
    return None

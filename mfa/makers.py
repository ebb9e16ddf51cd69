"""Who made an authenticator, where the operator wants it proven (WebAuthn Level 3 section 7.1, steps 22 to 24)."""

from uuid import UUID

from django.conf import settings
from webauthn.helpers import parse_attestation_object, validate_certificate_chain
from webauthn.helpers.structs import AttestationFormat
from webauthn.registration.verify_registration_response import VerifiedRegistration

from core import certificates
from mfa import relying_party

# Which model a certificate was made for (section 8.2.1): an octet string of 16 bytes.
MODEL_OID, MODEL_PREFIX = "1.3.6.1.4.1.45724.1.1.4", b"\x04\x10"


def trusted_by_format() -> dict[AttestationFormat, list[bytes]] | None:
    """The operator's root certificates, as py_webauthn takes them."""
    path = settings.JANUA.webauthn_roots
    return dict.fromkeys(AttestationFormat, relying_party.roots(path)) if path else None


def require_trusted(made: VerifiedRegistration) -> None:
    """Raises if the operator did not let this model in, or nobody they trust vouches for it.

    The AAGUID is what an authenticator says of itself; with roots its maker's certificate has to say the same.
    py_webauthn never compares them. A list of models trusts nothing else: other makers among the roots, and keys that
    apps hold on telephones, lead to a root too, and would name any model.
    """
    allowed = settings.JANUA.webauthn_aaguids
    if allowed and made.aaguid not in allowed:
        raise ValueError("no model that may be registered here")
    path = settings.JANUA.webauthn_roots
    if not path:
        return
    chain = parse_attestation_object(made.attestation_object).att_stmt.x5c
    if not chain:
        raise ValueError("its maker is not proven")
    # Again: py_webauthn adds roots of Apple and Google to those of the operator, who did not ask for them.
    validate_certificate_chain(x5c=chain, pem_root_certs_bytes=relying_party.roots(path))
    certified = certificates.extension(chain[0], MODEL_OID)
    is_told = allowed or (certified is not None and made.fmt == AttestationFormat.PACKED)
    if is_told and certified != MODEL_PREFIX + UUID(made.aaguid).bytes:
        raise ValueError("its maker does not say that it is this model")

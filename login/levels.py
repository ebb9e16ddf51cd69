"""Levels of assurance: how sure we are who signed in, as `acr` of sessions and tokens."""

ONE_FACTOR = "aal1"  # NIST SP 800-63B section 2.1
ACR_VALUES = (ONE_FACTOR,)

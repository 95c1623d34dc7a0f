"""Who is at the station: badge and PIN, roles, lock-out; and what they sign."""

from bcma.access.authenticator import EnrolError, StationAuthenticator
from bcma.access.checking import (
    CheckedEvent,
    Keys,
    Standing,
    check_provenance,
    check_store,
    keys_of,
    read_keys,
)
from bcma.access.pins import PinParameters
from bcma.access.signing import Jwk, SigningKeyError, StationSigner, public_key

__all__ = [
    "CheckedEvent",
    "EnrolError",
    "Jwk",
    "Keys",
    "PinParameters",
    "SigningKeyError",
    "Standing",
    "StationAuthenticator",
    "StationSigner",
    "check_provenance",
    "check_store",
    "keys_of",
    "public_key",
    "read_keys",
]

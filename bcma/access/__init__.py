"""Who is at the station: badge and PIN, roles, lock-out."""

from bcma.access.authenticator import EnrolError, StationAuthenticator
from bcma.access.pins import PinParameters

__all__ = ["EnrolError", "PinParameters", "StationAuthenticator"]

"""Who is at the station: badge and PIN, roles, lock-out."""

from bcma.access.authenticator import StationAuthenticator
from bcma.access.pins import PinParameters

__all__ = ["PinParameters", "StationAuthenticator"]

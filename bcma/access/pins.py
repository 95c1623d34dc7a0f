"""PINs as slow, salted hashes: the only form in which they exist after they were typed."""

from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@dataclass(frozen=True, slots=True)
class PinParameters:
    """The cost of one check (RFC 9106, low-memory recommendation), and when to lock out.

    Attributes:
        time_cost: passes over the memory.
        memory_kib: memory that a check takes.
        lanes: threads of one check.
        failures_allowed: wrong PINs in a row until the person is locked out ...
        lock_minutes: ... for so long.
    """

    time_cost: int = 3
    memory_kib: int = 65_536
    lanes: int = 4
    failures_allowed: int = 5
    lock_minutes: int = 15


class PinHasher:
    """Hashes and checks PINs; both take their time on purpose."""

    def __init__(self, parameters: PinParameters) -> None:
        self._hasher = PasswordHasher(
            time_cost=parameters.time_cost,
            memory_cost=parameters.memory_kib,
            parallelism=parameters.lanes,
        )
        self._nobody = self._hasher.hash("nobody")

    def hash(self, pin: str) -> str:
        """Give the hash to be kept, with salt and cost in it."""
        return self._hasher.hash(pin)

    def holds(self, pin_hash: str | None, pin: str) -> bool:
        """Tell whether a PIN is the one that was hashed.

        Without a hash it checks against nobody's, so that an unknown badge takes as long to
        refuse as a wrong PIN.
        """
        try:
            self._hasher.verify(self._nobody if pin_hash is None else pin_hash, pin)
        except (VerificationError, InvalidHashError):
            return False
        return pin_hash is not None

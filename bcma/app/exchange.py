"""What a person at a station may do about reading from the EMR: break it off, look at a loss.

An EMR that suddenly holds far less than before is not believed (hazard H92): nothing is marked
as deleted, and orders count as old, until it is whole again or somebody who answers for the ward
or its drugs accepts what is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bcma.model.people import Practitioner, Role
from bcma.model.ports import Clock
from bcma.store import Loss, Store
from bcma.sync import Sync

_MAY_ACCEPT: Final = frozenset({Role.WARD_MANAGER, Role.PHARMACIST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrinkage:
    """The EMR holds far less than this station knows.

    Attributes:
        losses: what would be marked as deleted, by type.
        orders_as_of: since when orders have not been complete.
        may_accept: the person signed in may believe the EMR.
        accepted: somebody did; the next comparison marks it.
    """

    losses: tuple[Loss, ...]
    orders_as_of: datetime | None = None
    may_accept: bool = False
    accepted: bool = False


class ExchangeDesk:
    """The exchange with the EMR, as whoever is signed in may direct it.

    Args:
        sync: what exchanges.
        store: the station's store.
        clock: server-corrected time.
        person: gives who is signed in.
        wake: exchanges soon.
    """

    def __init__(
        self,
        sync: Sync,
        store: Store,
        clock: Clock,
        person: Callable[[], Practitioner | None],
        wake: Callable[[], None],
    ) -> None:
        self._sync = sync
        self._store = store
        self._clock = clock
        self._person = person
        self._wake = wake

    @property
    def rests_until(self) -> datetime | None:
        """Give when reading goes on by itself; ``None`` where nobody broke it off."""
        return self._sync.rests_until

    def cancel(self) -> bool:
        """Break off what is being read, between two pages; records are delivered all the same."""
        self._sync.cancel()
        return True

    def resume(self) -> bool:
        """Go on reading at once, from where it was broken off."""
        self._sync.resume()
        self._wake()
        return True

    def shrinkage(self) -> Shrinkage | None:
        """Give what the EMR suddenly lacks; ``None`` where it was last found whole.

        Raises:
            StoreError: the store cannot be read.
        """
        losses = self._store.losses.found()
        if not losses:
            return None
        accepted = {loss.kind: loss.missing for loss in self._store.losses.accepted()}
        return Shrinkage(
            losses=losses,
            orders_as_of=self._store.orders_as_of(),
            may_accept=self._entitled() is not None,
            accepted=all(loss.missing <= accepted.get(loss.kind, 0) for loss in losses),
        )

    def accept(self, shown: Shrinkage) -> bool:
        """Believe the EMR about what was shown, and no more; kept in the audit trail.

        Returns:
            ``False``: the person signed in may not, or nothing is missing any more.

        Raises:
            StoreError: nothing was accepted.
        """
        person = self._entitled()
        if person is None:
            return False
        now = self._clock.now()
        done = self._sync.accept_deletions(shown.losses, by=person.id, at=now)
        self.resume()
        return done

    def compare_again(self) -> bool:
        """Look at once whether the EMR is whole again."""
        self._sync.compare_again()
        return self.resume()

    def _entitled(self) -> Practitioner | None:
        person = self._person()
        return person if person is not None and person.roles & _MAY_ACCEPT else None

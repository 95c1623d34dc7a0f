"""What a person at a station sees of the delivery, and decides about it (hazard H87)."""

from collections.abc import Callable

from bcma.model.people import Practitioner, Role
from bcma.model.ports import Clock
from bcma.store import Problem, Store


class DeliveryDesk:
    """The problem list, as whoever is signed in may see and work it.

    Who charted an event owns its problem. Ward managers see those of everybody, and what
    nobody charted is everybody's.

    Args:
        store: the station's store.
        clock: server-corrected time.
        person: gives who is signed in.
        wake: sends what waits, soon.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        person: Callable[[], Practitioner | None],
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._person = person
        self._wake = wake

    def problems(self) -> tuple[Problem, ...]:
        """List the problems that the person signed in has to do with, the oldest event first."""
        person = self._person()
        found = self._store.problems.list()
        return tuple(p for p in found if person is not None and _concerns(p, person))

    def retry(self, sequence: int) -> bool:
        """Send one again; ``False`` where it is none of the person's problems."""
        person = self._entitled(sequence)
        if person is None:
            return False
        done = self._store.problems.retry(sequence, by=person.id, at=self._clock.now())
        self._wake()
        return done

    def handled(self, sequence: int, reason: str) -> bool:
        """Take one off the list unsent, with a reason; ``False`` as for :meth:`retry`."""
        person = self._entitled(sequence)
        if person is None:
            return False
        problems = self._store.problems
        done = problems.handled(sequence, by=person.id, reason=reason, at=self._clock.now())
        self._wake()
        return done

    def _entitled(self, sequence: int) -> Practitioner | None:
        theirs = any(problem.sequence == sequence for problem in self.problems())
        return self._person() if theirs else None


def _concerns(problem: Problem, person: Practitioner) -> bool:
    return Role.WARD_MANAGER in person.roles or problem.owner_id in {"", person.id}

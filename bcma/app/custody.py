"""A store that was restored from an older copy, or copied to another machine (hazard H92)."""

from collections.abc import Callable

from bcma.app.values import SetbackNotice
from bcma.model.people import Practitioner
from bcma.model.ports import Clock
from bcma.store import Setback, Store


class Custody:
    """What was found, until somebody who is signed in has seen it.

    Args:
        store: of the station.
        clock: of the station.
        signed_in: gives who is signed in now.
    """

    def __init__(
        self, store: Store, clock: Clock, signed_in: Callable[[], Practitioner | None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._signed_in = signed_in
        self._shown: Setback | None = None

    def notice(self) -> SetbackNotice | None:
        """Give what was found and nobody has seen yet, with the names of the patients."""
        found = self._shown = self._store.setback()
        if found is None:
            return None
        names = self._names(found)
        return SetbackNotice(
            restored=found.restored,
            copied=found.copied,
            brought_back=found.brought_back,
            missing=found.missing,
            names=names,
            unnamed=len(found.patients) - len(names),
        )

    def seen(self) -> bool:
        """Note that the person signed in has seen what :meth:`notice` gave last.

        Returns:
            ``False``: nobody is signed in, or more was found since, which is told first.
        """
        person, shown = self._signed_in(), self._shown
        if person is None or shown is None:
            return False
        return self._store.setback_seen(shown, person.id, self._clock.now())

    def _names(self, found: Setback) -> tuple[str, ...]:
        """Name the patients whose charts have to be looked at, those that are known here."""
        with self._store.reading() as reader:
            known = (reader.patient(patient) for patient in found.patients)
            return tuple(sorted(patient.name for patient in known if patient is not None))

"""What was done for one patient, looked up by order and by time."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import itemgetter

from bcma.model.record import MedicationAdministration, RecordStatus


@dataclass(frozen=True)
class History:
    """The records of one chart, as they lie there.

    Every scan asks for the same few of a long stay's many: where they lie is worked out once.
    """

    records: tuple[MedicationAdministration, ...]

    def of_orders(self, order_ids: Collection[str]) -> tuple[MedicationAdministration, ...]:
        """Give the records under any of these orders."""
        return self._at(place for name in order_ids for place in self._by_order.get(name, ()))

    def since(self, instant: datetime) -> tuple[MedicationAdministration, ...]:
        """Give what was given or ended at an instant or later, what runs, and what has no time."""
        first = bisect_left(self._by_time, instant, key=itemgetter(0))
        return self._at((*self._open, *(place for _, place in self._by_time[first:])))

    @cached_property
    def running(self) -> tuple[MedicationAdministration, ...]:
        """Give the infusions that run."""
        return tuple(r for r in self.records if r.status is RecordStatus.RUNNING)

    @cached_property
    def without_order(self) -> tuple[MedicationAdministration, ...]:
        """Give the doses of ours that were given first and have no order yet (hazard H62)."""
        return tuple(record for record in self.records if record.wants_order)

    def _at(self, places: Iterable[int]) -> tuple[MedicationAdministration, ...]:
        return tuple(self.records[place] for place in sorted(places))

    @cached_property
    def _by_order(self) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for place, record in enumerate(self.records):
            if record.order_id is not None:
                found[record.order_id].append(place)
        return found

    @cached_property
    def _by_time(self) -> Sequence[tuple[datetime, int]]:
        """List what is over by the last instant that it tells, with its place."""
        last = ((_last_told(record), place) for place, record in enumerate(self.records))
        return sorted((at, place) for at, place in last if at is not None)

    @cached_property
    def _open(self) -> Sequence[int]:
        return [place for place, r in enumerate(self.records) if _last_told(r) is None]


def _last_told(record: MedicationAdministration) -> datetime | None:
    """Give the last instant of what is over; ``None`` for what runs, or when nobody knows."""
    if record.status is RecordStatus.RUNNING and record.ended_at is None:
        return None
    return max((at for at in (record.known_at, record.ended_at) if at is not None), default=None)

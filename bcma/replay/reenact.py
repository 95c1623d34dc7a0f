"""The replay itself: EMR and station through the years, row by row."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zoneinfo import ZoneInfo

from bcma.app import Station
from bcma.config import Config, Language, PinHash, load_config
from bcma.emr.sandbox import Sandbox
from bcma.policy import shipped_policy
from bcma.replay.chart_rows import Event, Hospital, Stay
from bcma.replay.handled import Handled
from bcma.replay.nurse import PIN, Nurse
from bcma.replay.oracle import Expected, Oracle, Part
from bcma.replay.ordered import ordered
from bcma.replay.products import formulary
from bcma.replay.resources import BADGE, WARD
from bcma.replay.timeline import EmrSide, ReplayClock, changes, first_instant

_ZONE: Final = ZoneInfo("UTC")
#: A station that hears nothing new polls at least this often, so that its chart stays fresh.
_POLL: Final = timedelta(minutes=10)
#: Day and night shift begin at these hours.
_SHIFT_HOURS: Final = (7, 19)
#: Nobody attacks the PIN of a replay: it may be cheap to check.
_CHEAP_HASH: Final = PinHash(passes=1, memory_kib=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One row, what was expected of it, and what came."""

    event: Event
    expected: Expected
    handled: Handled | None


def replay(hospital: Hospital, *, until: str | None = None) -> Iterator[Replayed]:
    """Re-enact all rows of a hospital in the order of time, on one store.

    Args:
        hospital: what was read from the folder.
        until: the event after which to end.

    Yields:
        each row with what came of it, as it happens: nothing is kept.

    Raises:
        BcmaError: the product failed.
    """
    orders = ordered(hospital.orders, hospital.events)
    products = formulary(hospital.items, hospital.units)
    listed = changes(hospital.stays, orders)
    clock = ReplayClock(first_instant(listed, hospital.events))
    oracle = Oracle({o.order.id: o for o in orders}, products, hospital.stays)
    with ExitStack() as closing:
        sandbox = closing.enter_context(Sandbox(clock=clock.now, zone=UTC))
        emr = EmrSide(sandbox, clock, products, listed)
        emr.begin(hospital)
        folder = Path(closing.enter_context(TemporaryDirectory(prefix="bcma-replay-")))
        station = closing.enter_context(
            Station(_config(sandbox.base_url, folder), clock, policy=shipped_policy())
        )
        station.sync_now()
        station.enrol(BADGE, PIN)
        shifts = iter(shift_starts(hospital.stays))
        ward = _Ward(emr, station, Nurse(station, products), shifts, hospital.stays)
        for event in hospital.events:
            expected = oracle.expect(event)
            handled = ward.handle(event, expected)
            yield Replayed(event=event, expected=expected, handled=handled)
            if event.id == until:
                return


@dataclass(slots=True)
class _Ward:
    """The station between the EMR and the nurse."""

    emr: EmrSide
    station: Station
    nurse: Nurse
    shifts: Iterator[datetime]
    stays: Sequence[Stay]
    synced_at: datetime | None = None
    _next_shift: datetime | None = None
    _taken_in: set[str] = field(default_factory=set)

    def handle(self, event: Event, expected: Expected) -> Handled | None:
        """Let a row happen; ``None`` where the station has no part in it."""
        self._begin_shifts(event.charted)
        self.emr.go_to(event.charted)
        match expected.part:
            case Part.GIVEN:
                self._sync(event.charted)
                self._take_in(event)
                handled = self.nurse.give(event)
                if handled.record is None:
                    # It was given: the chart of the next dose has to know of it.
                    self.emr.chart(event)
                return handled
            case Part.WITHHELD:
                self._sync(event.charted)
                return self.nurse.withhold(event)
            case Part.NO_BARCODE:
                self.emr.chart(event)
                return None
            case Part.NO_ORDER | Part.OTHER:
                return None

    def _begin_shifts(self, until: datetime) -> None:
        """Let every shift begin that somebody lies here for: its nurse reads the new orders."""
        self._next_shift = self._next_shift or next(self.shifts, None)
        while self._next_shift is not None and self._next_shift <= until:
            self.emr.go_to(self._next_shift)
            self._sync(self._next_shift)
            self.nurse.read_orders(self._next_shift)
            self._next_shift = next(self.shifts, None)

    def _take_in(self, event: Event) -> None:
        """Read what was ordered for a new patient before the first dose of the stay."""
        now = event.charted
        stay = next((s for s in self.stays if s.holds(event.patient, now)), None)
        if stay is not None and stay.id not in self._taken_in:
            self._taken_in.add(stay.id)
            self.nurse.read_orders(now, event.patient)

    def _sync(self, now: datetime) -> None:
        overdue = self.synced_at is None or now - self.synced_at >= _POLL
        if self.emr.told() or overdue:
            self.station.sync_now()
            self.synced_at = now


def shift_starts(stays: Iterable[Stay]) -> list[datetime]:
    """Give every start of a shift at which somebody was in the house, in order."""
    starts: set[datetime] = set()
    for stay in stays:
        day = datetime.combine(stay.admitted.date(), time(), stay.admitted.tzinfo)
        while day <= stay.discharged:
            starts.update(
                at
                for hour in _SHIFT_HOURS
                if stay.admitted <= (at := day.replace(hour=hour)) <= stay.discharged
            )
            day += timedelta(days=1)
    return sorted(starts)


def _config(url: str, folder: Path) -> Config:
    """Build the station's configuration: the shipped settings, its own store and ward."""
    shipped = load_config(None, {})
    return replace(
        shipped,
        station="replay",
        ward=WARD,
        zone=_ZONE,
        language=Language.EN,
        data_folder=folder,
        emr=replace(shipped.emr, url=url),
        pin_hash=_CHEAP_HASH,
    )

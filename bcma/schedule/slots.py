"""The planned doses of an order and its renewals, each with its window.

A chain of renewals is one order: its copies share their slots, and a slot's id depends on
the first order of the chain, the dosage and the instant only, so that every workstation
computes the same one (fhir.md, rule 15).
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from bcma.model.order import MedicationRequest, OrderStatus, Problem, Timing
from bcma.model.slot import DoseSlot
from bcma.policy import Policy, Window, WindowClass
from bcma.schedule.plan import Frame, Plan, UnplannableError, after, plan

#: Namespace of slot ids; never changes.
SLOT_NAMESPACE: Final = uuid.UUID("6f0f2b0c-3a56-5b1e-9c53-0d7f5a1b7e11")
#: How far around now slots are computed at least; rarer doses widen it by their interval.
_LOOK = timedelta(hours=36)
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
#: Statuses under which slots were planned; what was stopped keeps its past ones (rule 14).
_PLANNING = frozenset(
    {
        OrderStatus.ACTIVE,
        OrderStatus.ON_HOLD,
        OrderStatus.COMPLETED,
        OrderStatus.STOPPED,
        OrderStatus.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """The slots of a chain around now, and what of its timing could not be read."""

    slots: tuple[DoseSlot, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """After which instant, and until when, an order may be given from; ``None`` is open."""

    opens: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class _Planned:
    order: MedicationRequest
    index: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class Schedule:
    """Computes slots for one ward."""

    policy: Policy
    zone: ZoneInfo

    def slots(self, chain: Sequence[MedicationRequest], now: datetime) -> SlotPlan:
        """Give the slots of a chain of renewals, oldest copy first, around an instant."""
        if not chain:
            return SlotPlan()
        found: dict[tuple[int, datetime], DoseSlot] = {}
        problems: list[Problem] = []
        key, earliest = chain_key(chain), self._earliest_of(chain)
        for order in chain:
            if order.status not in _PLANNING or order.prohibits:
                continue
            for planned in self._plans(order, problems):
                for slot in self._of_dosage(planned, key, earliest, now):
                    found[slot.dosage, slot.planned] = slot
        return SlotPlan(tuple(sorted(found.values(), key=_in_order)), tuple(problems))

    def _plans(self, order: MedicationRequest, problems: list[Problem]) -> Iterator[_Planned]:
        for index, dosage in enumerate(order.dosages):
            if dosage.as_needed:
                continue
            try:
                yield _Planned(order, index, self._plan(order, dosage.timing))
            except UnplannableError as unplannable:
                if order.status is OrderStatus.ACTIVE:
                    problems.append(unplannable.problem)

    def opening(self, order: MedicationRequest) -> Opening:
        """Give from when to when an order may be given from, by its own bounds.

        Start and end are judged by the planned instants of the slots, not by the clock; only
        a whole interval before its start an order counts as not started.
        """
        opens: list[datetime] = []
        ends: list[datetime | None] = []
        for dosage in order.dosages:
            timing = dosage.timing
            start = None if timing is None else timing.bounds_start
            try:
                dosage_plan = plan(timing, self._frame(order))
            except UnplannableError:
                ends.append(None if timing is None else _bare_end(timing, order, self.zone))
                interval = timedelta(0)
            else:
                ends.append(dosage_plan.end)
                interval = dosage_plan.pattern.interval() or _DAY
            if start is not None:
                opens.append(start - (_INSTANT if dosage.as_needed else interval))
        known = [end for end in ends if end is not None]
        return Opening(
            opens=min(opens) if opens and len(opens) == len(order.dosages) else None,
            ends=max(known) if known and len(known) == len(ends) else None,
        )

    def _of_dosage(
        self, planned: _Planned, key: str, earliest: datetime | None, now: datetime
    ) -> Iterator[DoseSlot]:
        order, dosage_plan = planned.order, planned.plan
        sequence = order.dosages[planned.index].sequence
        shortest = dosage_plan.pattern.interval()
        look = max(_LOOK, 2 * shortest if shortest else _LOOK)
        window = self._window(order, dosage_plan)
        instants = dosage_plan.between(now - look, now + look)
        for at, interval in zip(instants, _distances(instants, shortest), strict=True):
            if _cancelled(order, at):
                continue
            # The earliest slot ever of the chain, and a single dose, cannot be late.
            windowless = shortest is None or at == earliest
            yield DoseSlot(
                id=slot_id(key, sequence, at),
                order_id=order.id,
                planned=at,
                dosage=planned.index,
                interval=interval,
                early=None if windowless else window.early,
                late=None if windowless else window.late,
            )

    def _window(self, order: MedicationRequest, dosage_plan: Plan) -> Window:
        critical = self.policy.is_time_critical(order.medication)
        interval = dosage_plan.pattern.interval()
        return self.policy.window(WindowClass.of(interval, time_critical=critical))

    def _plan(self, order: MedicationRequest, timing: Timing | None) -> Plan:
        """Plan an order's timing, from its start less the early window of its class."""
        exact = plan(timing, self._frame(order))
        if exact.start is None:
            return exact
        interval = exact.pattern.interval() or _DAY
        tolerance = min(self._window(order, exact).early, interval / 2)
        return replace(exact, start=exact.start - tolerance)

    def _earliest_of(self, chain: Sequence[MedicationRequest]) -> datetime | None:
        firsts = []
        for order in chain:
            for dosage in order.dosages:
                try:
                    first = self._plan(order, dosage.timing).first()
                except UnplannableError:
                    continue
                if first is not None:
                    firsts.append(first)
        return min(firsts, default=None)

    def _frame(self, order: MedicationRequest) -> Frame:
        return Frame(
            zone=self.zone,
            policy=self.policy,
            authored_on=order.authored_on,
            priority=order.priority,
        )


def slot_id(key: str, sequence: int, planned: datetime) -> str:
    """Compute the id of a slot: equal on every workstation."""
    return str(
        uuid.uuid5(SLOT_NAMESPACE, f"{key}|{sequence}|{planned.astimezone(UTC).isoformat()}")
    )


def chain_key(chain: Sequence[MedicationRequest]) -> str:
    """Give what identifies a chain: the identifier of its first order, else that order's id."""
    first = chain[0]
    return first.identifiers[0] if first.identifiers else first.id


def _distances(
    planned: Sequence[datetime], shortest: timedelta | None
) -> Iterator[timedelta | None]:
    """Give each slot's distance to the one before it; the first takes the one after."""
    gaps = [later - earlier for earlier, later in pairwise(planned)]
    yield from [*gaps[:1], *gaps] if gaps else [shortest] * len(planned)


def _cancelled(order: MedicationRequest, planned: datetime) -> bool:
    """Tell whether a stop or hold took this slot away: it cancels future slots only."""
    if order.status in {OrderStatus.ACTIVE, OrderStatus.COMPLETED}:
        return False
    return order.last_updated is not None and planned > order.last_updated


def _bare_end(timing: Timing, order: MedicationRequest, zone: ZoneInfo) -> datetime | None:
    """Give the end of an order whose timing plans no slots (as needed)."""
    begin = timing.bounds_start or order.authored_on
    if timing.bounds_length is None or begin is None:
        return timing.bounds_end
    return after(begin, timing.bounds_length, zone)


def _in_order(slot: DoseSlot) -> tuple[datetime, int]:
    return slot.planned, slot.dosage

"""The planned doses of an order and its renewals, each with its window.

A chain of renewals is one order: its copies share their slots, and a slot's id depends on
the first order of the chain, the dosage and the instant only, so that every workstation
computes the same one (fhir.md, rule 15).
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from bcma.model.order import (
    ORDERING_INTENTS,
    Intent,
    MedicationRequest,
    OrderStatus,
    Problem,
    Timing,
)
from bcma.model.slot import DoseSlot
from bcma.policy import Policy, Window, WindowClass
from bcma.schedule.plan import Frame, Plan, UnplannableError, after, plan

#: Namespace of slot ids; never changes.
SLOT_NAMESPACE: Final = uuid.UUID("6f0f2b0c-3a56-5b1e-9c53-0d7f5a1b7e11")
#: How far around now slots are computed at least; rarer doses widen it by their interval.
_LOOK = timedelta(hours=36)
_DAY = timedelta(days=1)
_SHORT_DAY = timedelta(hours=23)
_INSTANT = timedelta(microseconds=1)
#: So many ids are kept: each is asked for with every scan of its patient.
_SLOTS_OF_A_WARD = 32_768
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
        found: dict[tuple[int, datetime], DoseSlot] = {}
        problems: list[Problem] = []
        rhythms = list(self._rhythms(chain, problems))
        firsts = (p.plan.first() for rhythm in rhythms for p in rhythm)
        earliest = min((first for first in firsts if first is not None), default=None)
        for rhythm in rhythms:
            around = _Around(rhythm, now)
            problems.extend(around.collisions())
            for slot in self._of_rhythm(around, chain_key(chain), earliest):
                found[slot.dosage, slot.planned] = slot
        return SlotPlan(tuple(sorted(found.values(), key=_in_order)), tuple(problems))

    def _rhythms(
        self, chain: Sequence[MedicationRequest], problems: list[Problem]
    ) -> Iterator[list[_Planned]]:
        """Group what is planned by what makes one rhythm: an order, or all its single doses.

        Single doses that the EMR planned itself (instance-orders) stand in place of an expansion
        of the order that they belong to.
        """
        planning = [
            order
            for order in chain
            if order.status in _PLANNING
            and order.intent in ORDERING_INTENTS
            and not order.prohibits
        ]
        explicit = [o for o in planning if o.intent is Intent.INSTANCE_ORDER]
        if explicit:
            yield [p for order in explicit for p in self._plans(order, problems)]
            return
        for order in planning:
            yield list(self._plans(order, problems))

    def _plans(self, order: MedicationRequest, problems: list[Problem]) -> Iterator[_Planned]:
        ends: dict[int, datetime | None] = {}
        by_sequence = sorted(enumerate(order.dosages), key=lambda pair: pair[1].sequence)
        for index, dosage in by_sequence:
            if dosage.as_needed or order.runs_on(dosage):
                continue
            before = [end for number, end in ends.items() if number < dosage.sequence]
            try:
                dosage_plan = self._plan(order, dosage.timing, _follows(before))
            except UnplannableError as unplannable:
                if order.status is OrderStatus.ACTIVE:
                    problems.append(unplannable.problem)
                continue
            ends[dosage.sequence] = dosage_plan.last()
            yield _Planned(order, index, dosage_plan)

    def opening(self, order: MedicationRequest) -> Opening:
        """Give from when to when an order may be given from, by its own bounds.

        Start and end are judged by the planned instants of the slots, not by the clock; only
        a whole interval before its start an order counts as not started.
        """
        opens: list[datetime] = []
        ends: list[datetime | None] = []
        plans = {p.index: p.plan for p in self._plans(order, [])}
        for index, dosage in enumerate(order.dosages):
            timing = dosage.timing or Timing()
            start = timing.bounds_start
            if index in plans:
                ends.append(plans[index].end or timing.bounds_end)
                interval = plans[index].pattern.interval() or _DAY
            else:
                ends.append(_bare_end(dosage.timing, order, self.zone))
                interval = _INSTANT
            if start is not None:
                opens.append(start - interval)
        known = [end for end in ends if end is not None]
        return Opening(
            opens=min(opens) if opens and len(opens) == len(order.dosages) else None,
            ends=max(known) if known and len(known) == len(ends) else None,
        )

    def _of_rhythm(
        self, around: "_Around", key: str, earliest: datetime | None
    ) -> Iterator[DoseSlot]:
        for planned, at in around.instants:
            order = planned.order
            if _cancelled(order, at):
                continue
            # The earliest slot ever of the chain, and a single dose, cannot be late.
            single = planned.plan.pattern.interval() is None
            is_single = single and order.intent is not Intent.INSTANCE_ORDER
            windowless = is_single or at == earliest
            window = self._window(order, around.shortest)
            yield DoseSlot(
                id=slot_id(key, order.dosages[planned.index].sequence, at),
                order_id=order.id,
                planned=at,
                dosage=planned.index,
                interval=around.interval(planned, at, first=at == earliest),
                early=None if windowless else window.early,
                late=None if windowless else window.late,
            )

    def _window(self, order: MedicationRequest, interval: timedelta | None) -> Window:
        critical = self.policy.is_time_critical(order.medication)
        return self.policy.window(WindowClass.of(interval, time_critical=critical))

    def _plan(
        self, order: MedicationRequest, timing: Timing | None, follows: datetime | None
    ) -> Plan:
        """Plan an order's timing, from its start less the early window of its class."""
        exact = plan(timing, replace(self._frame(order), follows=follows))
        if exact.start is None or exact.start == follows:
            return exact
        interval = exact.pattern.interval()
        early = self._window(order, interval).early
        return replace(exact, start=exact.start - min(early, (interval or _DAY) / 2))

    def _frame(self, order: MedicationRequest) -> Frame:
        return Frame(
            zone=self.zone,
            policy=self.policy,
            authored_on=order.authored_on,
            priority=order.priority,
        )


@lru_cache(_SLOTS_OF_A_WARD)
def slot_id(key: str, sequence: int, planned: datetime) -> str:
    """Compute the id of a slot: equal on every workstation."""
    return str(
        uuid.uuid5(SLOT_NAMESPACE, f"{key}|{sequence}|{planned.astimezone(UTC).isoformat()}")
    )


def chain_key(chain: Sequence[MedicationRequest]) -> str:
    """Give what identifies a chain: the identifier of its first order, else that order's id."""
    first = chain[0]
    return first.identifiers[0] if first.identifiers else first.id


class _Around:
    """The instants of one rhythm around now, and how far apart they lie."""

    def __init__(self, rhythm: Sequence[_Planned], now: datetime) -> None:
        look = max((_LOOK, *(2 * p.plan.pattern.reach() for p in rhythm)))
        self.instants = [(p, at) for p in rhythm for at in p.plan.between(now - look, now + look)]
        self._merged = sorted({at for _, at in self.instants})
        gaps = [later - earlier for earlier, later in pairwise(self._merged)]
        steps = [s for p in rhythm if (s := p.plan.pattern.interval()) is not None]
        # A day of 23 hours is a day.
        between = [max(gap, _DAY) if gap >= _SHORT_DAY else gap for gap in gaps]
        self.shortest = min([*steps, *(between if len(rhythm) > 1 else ())], default=None)

    def interval(self, planned: _Planned, at: datetime, *, first: bool) -> timedelta | None:
        """Give the distance to the neighbour before; for the first one to the one after."""
        pattern = planned.plan.pattern
        before = [b for b in pattern.between(at - pattern.reach(), at) if b < at]
        before += [b for b in self._merged if b < at]
        if before and not first:
            return at - max(before)
        after = [a for a in self._merged if a > at]
        return min(after) - at if after else pattern.interval()

    def collisions(self) -> Iterator[Problem]:
        """Find instructions of one order that plan the same instant: which dose is meant?"""
        counted = Counter((p.order.id, at) for p, at in self.instants)
        active = {p.order.id for p, _ in self.instants if p.order.status is OrderStatus.ACTIVE}
        doubled = {order_id for (order_id, _), count in counted.items() if count > 1}
        for order_id in sorted(doubled & active):
            yield Problem("dosageInstruction.sequence", order_id)


def _follows(ends: Sequence[datetime | None]) -> datetime | None:
    """Give when the next sequence begins: after those before it, where all of them end."""
    known = [end for end in ends if end is not None]
    return max(known) + _INSTANT if known and len(known) == len(ends) else None


def _cancelled(order: MedicationRequest, planned: datetime) -> bool:
    """Tell whether a stop or hold took this slot away: it cancels future slots only."""
    if order.status in {OrderStatus.ACTIVE, OrderStatus.COMPLETED}:
        return False
    return order.last_updated is not None and planned > order.last_updated


def _bare_end(timing: Timing | None, order: MedicationRequest, zone: ZoneInfo) -> datetime | None:
    """Give the end of an instruction that plans no slots (as needed, or unreadable)."""
    if timing is None or timing.bounds_length is None:
        return None if timing is None else timing.bounds_end
    begin = timing.bounds_start or order.authored_on
    if begin is None:
        return timing.bounds_end
    try:
        return after(begin, timing.bounds_length, zone)
    except (UnplannableError, OverflowError):
        return begin  # no length that a calendar holds: nothing is given under it


def _in_order(slot: DoseSlot) -> tuple[datetime, int]:
    return slot.planned, slot.dosage

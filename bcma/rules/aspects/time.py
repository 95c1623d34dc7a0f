"""Aspects of time: the slot, its window, and the doses before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bcma.model.quantity import Quantity
from bcma.model.slot import DoseSlot, SlotState
from bcma.rules.aspects.look import Look, length
from bcma.rules.attempt import Attempt
from bcma.rules.given import last_given, minimum_interval
from bcma.rules.infusion import running_before

#: Of a long stay, the doses that may still matter.
_DOSES_SHOWN = 8


def _slot(attempt: Attempt) -> DoseSlot | None:
    standing = None if attempt.claim is None else attempt.claim.standing
    return None if standing is None else standing.slot


def _planned(attempt: Attempt) -> datetime | None:
    slot = _slot(attempt)
    return None if slot is None else slot.planned


def _opens(attempt: Attempt) -> datetime | None:
    slot = _slot(attempt)
    return None if slot is None else slot.earliest


def _ends(attempt: Attempt) -> datetime | None:
    slot = _slot(attempt)
    return None if slot is None else slot.latest


def _interval(attempt: Attempt) -> Quantity | None:
    slot = _slot(attempt)
    return None if slot is None else length(slot.interval)


def _state(attempt: Attempt) -> SlotState | None:
    standing = None if attempt.claim is None else attempt.claim.standing
    return None if standing is None else standing.state


def _older(attempt: Attempt) -> datetime | None:
    before = None if attempt.claim is None else attempt.claim.before
    return None if before is None else before.slot.planned


def _last_at(attempt: Attempt) -> datetime | None:
    last = last_given(attempt)
    return None if last is None else last.known_at


def _last_by(attempt: Attempt) -> str | None:
    last = last_given(attempt)
    return None if last is None else last.giver_name


def _limit(attempt: Attempt) -> Quantity | None:
    limit = None if attempt.dosage is None else attempt.dosage.max_per_period
    return None if limit is None else limit.numerator


def _period(attempt: Attempt) -> Quantity | None:
    limit = None if attempt.dosage is None else attempt.dosage.max_per_period
    return None if limit is None else limit.denominator


def _recorded(attempt: Attempt) -> tuple[datetime, ...]:
    """Give when the latest doses were given, newest first."""
    given = (r.known_at for r in attempt.records_of_chain() if r.went_in)
    return tuple(sorted((at for at in given if at is not None), reverse=True)[:_DOSES_SHOWN])


def _moved_at(attempt: Attempt) -> datetime | None:
    stay = None if attempt.chart is None else attempt.chart.stay
    return None if stay is None else stay.moved_at


def _is_weekly(attempt: Attempt) -> bool | None:
    return None if attempt.order is None else attempt.policy.is_weekly(attempt.order.medication)


def _bags(attempt: Attempt) -> tuple[datetime, ...]:
    return tuple(r.given_at for r in running_before(attempt) if r.given_at is not None)


def _infusions(attempt: Attempt) -> tuple[str, ...]:
    records = () if attempt.chart is None else attempt.chart.history.running
    return tuple(record.medication_name for record in records)


ASPECTS: Final[Mapping[str, Look]] = {
    "now": lambda a: a.now,
    "claim": lambda a: None if a.claim is None else a.claim.kind.value,
    "slot-planned": _planned,
    "slot-state": _state,
    "slot-opens": _opens,
    "slot-ends": _ends,
    "slot-interval": _interval,
    "slot-older": _older,
    "slot-next": lambda a: None if a.claim is None else a.claim.next_planned,
    "last-given": _last_at,
    "last-given-by": _last_by,
    "least-interval": lambda a: length(minimum_interval(a)),
    "shortest-interval": lambda a: None if a.claim is None else length(a.claim.shortest_interval),
    "weekly-drug": _is_weekly,
    "order-stop-date": lambda a: None if a.order is None else a.order.stop_date,
    "ward-since": _moved_at,
    "clock-offset": lambda a: None if a.clock_offset is None else length(abs(a.clock_offset)),
    "clock-limit": lambda a: length(a.policy.clock_off),
    "bags-running": _bags,
    "infusions-running": _infusions,
    "repeat-limit": lambda a: length(a.policy.repeat),
    "doses-limit": _limit,
    "doses-limit-period": _period,
    "doses-recorded": _recorded,
}

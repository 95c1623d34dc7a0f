"""Aspects of the dose: what it is to be, and what the units in hand make."""

from collections.abc import Mapping
from typing import Final

from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, UnitError
from bcma.rules.alert import alert_level
from bcma.rules.aspects.look import Look
from bcma.rules.attempt import Attempt
from bcma.rules.infusion import rates
from bcma.rules.limit import Limit, limits_of
from bcma.rules.tally import Tally, tally
from bcma.rules.target import TargetGap, cap, computed_amount, target_amount
from bcma.rules.usage import Use, use_of


def _target(attempt: Attempt) -> Quantity | None:
    target = target_amount(attempt)
    return None if isinstance(target, TargetGap) else target


def _tally(attempt: Attempt) -> Tally | None:
    """Give the sum, where one can be made: rules say why it cannot."""
    target = _target(attempt)
    try:
        return None if target is None else tally(attempt, target)
    except UnitError:
        return None


def _sum(attempt: Attempt) -> Quantity | None:
    sums = _tally(attempt)
    return None if sums is None else sums.total


def _volume(attempt: Attempt) -> Quantity | None:
    sums = _tally(attempt)
    return None if sums is None else sums.volume


def _needed(attempt: Attempt) -> int | None:
    sums = _tally(attempt)
    return None if sums is None else sums.needed


def _most_used(attempt: Attempt) -> Quantity | None:
    """Give what the dose makes of the limit that it uses up most of."""
    uses = [use for limit in limits_of(attempt) if (use := _use(limit, attempt)) is not None]
    worst = max(uses, key=lambda use: use.share, default=None)
    return None if worst is None else Quantity(worst.total, worst.limit.most.unit)


def _use(limit: Limit, attempt: Attempt) -> Use | None:
    try:
        return use_of(limit, attempt)
    except UnitError:
        return None  # the dose rules say why


def _ordered_rate(attempt: Attempt) -> Quantity | DoseRange | None:
    ordered = rates(attempt.dosage)
    if ordered is None:
        return None
    low, high = ordered
    return low if low == high else DoseRange(low, high)


ASPECTS: Final[Mapping[str, Look]] = {
    "dose-target": _target,
    "dose-sum": _sum,
    "dose-volume": _volume,
    "dose-computed": computed_amount,
    "most-at-once": cap,
    "dose-limits": lambda a: tuple(limit.most for limit in limits_of(a)),
    "dose-limit-used": _most_used,
    "worked-out-by-giver": lambda a: a.answers.recomputed.by_giver,
    "worked-out-by-witness": lambda a: a.answers.recomputed.by_witness,
    "dose-chosen": lambda a: a.answers.amount,
    "ordered-rate": _ordered_rate,
    "rate-chosen": lambda a: a.answers.rate,
    "part-confirmed": lambda a: a.answers.part,
    "less-given": lambda a: a.answers.given_amount,
    "given-before": lambda a: a.already_given,
    "units-counted": lambda a: sum(unit.count for unit in a.units),
    "units-needed": _needed,
    "high-alert": alert_level,
}

"""Aspects of indication and response: why now, what was measured, what earlier doses did."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from bcma.model.chart import SuspectedReaction
from bcma.model.quantity import Quantity
from bcma.rules.aspects.look import Look, length
from bcma.rules.attempt import Attempt
from bcma.rules.effect import effects_due
from bcma.rules.measured import Reading, limits, reading


def _readings(attempt: Attempt) -> Iterator[Reading]:
    found = (reading(attempt, limit) for limit in limits(attempt))
    return (value for value in found if value is not None)


def _lows(attempt: Attempt) -> tuple[Quantity, ...]:
    return tuple(limit.low for limit in limits(attempt) if limit.low is not None)


def _highs(attempt: Attempt) -> tuple[Quantity, ...]:
    return tuple(limit.high for limit in limits(attempt) if limit.high is not None)


def _ages(attempt: Attempt) -> tuple[Quantity, ...]:
    ages = (length(limit.max_age) for limit in limits(attempt))
    return tuple(age for age in ages if age is not None)


def _open_reactions(attempt: Attempt) -> Iterator[SuspectedReaction]:
    reactions = () if attempt.chart is None else attempt.chart.reactions
    return (reaction for reaction in reactions if reaction.open)


def _effects(attempt: Attempt) -> tuple[datetime, ...]:
    if attempt.chart is None:
        return ()
    return tuple(check.due for check in effects_due(attempt.chart, attempt.policy, attempt.now))


ASPECTS: Final[Mapping[str, Look]] = {
    "need-told": lambda a: a.answers.prn_reason,
    "symptom-score": lambda a: a.answers.prn_score,
    "hold-below": _lows,
    "hold-above": _highs,
    "value-age-limit": _ages,
    "values": lambda a: tuple(found.value for found in _readings(a)),
    "values-at": lambda a: tuple(found.at for found in _readings(a)),
    "reactions-to": lambda a: tuple(name for r in _open_reactions(a) for name in r.names),
    "effects-due": _effects,
}

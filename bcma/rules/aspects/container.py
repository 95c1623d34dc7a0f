"""Aspects of containers of several doses: whose they are, since when, and what is in them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration
from bcma.rules.aspects.look import Look, length
from bcma.rules.attempt import Attempt


def _first_uses(attempt: Attempt) -> Iterator[MedicationAdministration]:
    return (unit.uses[0] for unit in attempt.units if unit.uses)


def _opened(attempt: Attempt) -> tuple[datetime, ...]:
    opened = (first.known_at for first in _first_uses(attempt))
    return tuple(at for at in opened if at is not None)


def _lives(attempt: Attempt) -> tuple[Quantity, ...]:
    lives = (length(u.product.in_use_life) for u in attempt.units if u.product is not None)
    return tuple(life for life in lives if life is not None)


def _contents(attempt: Attempt) -> tuple[Quantity, ...]:
    contents = (u.product.content_of_one for u in attempt.units if u.product and u.uses)
    return tuple(content for content in contents if content is not None)


ASPECTS: Final[Mapping[str, Look]] = {
    "container-patients": lambda a: tuple(first.patient_id for first in _first_uses(a)),
    "container-opened": _opened,
    "in-use-life": _lives,
    "container-content": _contents,
    "container-doses": lambda a: sum(len(u.uses) for u in a.units),
}

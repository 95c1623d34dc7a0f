"""Observation → measured values by LOINC code."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from bcma.emr.fhir_map.amounts import quantity_at
from bcma.emr.fhir_map.datatypes import Concept, concept_at, instant, period_at
from bcma.emr.fhir_map.dialect import LOINC, STANDARD, Dialect
from bcma.emr.fhir_map.document import Raw
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.model.chart import Observation, weights_of
from bcma.model.quantity import Quantity

#: The statuses of a value that may be used; entered in error, cancelled and unknown ones not.
_USABLE: Final = frozenset({"preliminary", "final", "amended", "corrected"})


def read_observation(raw: Raw, dialect: Dialect = STANDARD) -> Observation | None:
    """Read the main value of an Observation; ``None`` where there is no usable one.

    A value that cannot be read, or is only a bound (``< 2``), is ``None`` on it: it was
    measured, and nobody may calculate with it.

    Raises:
        ResourceUnreadable: it is no Observation, or has no id.
    """
    return next(iter(read_observations(raw, dialect)), None)


def read_observations(raw: Raw, dialect: Dialect = STANDARD) -> tuple[Observation, ...]:
    """Read an Observation and its components (blood pressure), one value each.

    Raises:
        ResourceUnreadable: it is no Observation, or has no id.
    """
    node, identity = open_resource(raw, "Observation")
    at = measured_at(node, dialect)
    if node.problems or at is None or not is_usable(node):
        return ()
    parts = (node, *node.nodes("component"))
    return tuple(found for part in parts for found in _values(part, identity, at))


def latest_weight(observations: Iterable[Observation]) -> tuple[Quantity, datetime] | None:
    """Give the latest readable body weight above zero, and when it was measured."""
    weights = weights_of(observations)
    return (weights[-1].value, weights[-1].at) if weights else None


def _values(node: Node, identity: str, at: datetime) -> Iterator[Observation]:
    named = concept_at(node, "code") or Concept()
    code = named.code_in(LOINC)
    if code is not None:
        value = quantity_at(node, "valueQuantity", signed=True)
        yield Observation(id=identity, code=code, at=at, value=value, display=named.label)


def is_usable(node: Node) -> bool:
    """Tell whether its status lets an Observation be used."""
    return node.string("status") in _USABLE


def measured_at(node: Node, dialect: Dialect) -> datetime | None:
    """Give when an Observation was made; ``None`` where that is not one instant."""
    match node.first_of("effectiveDateTime", "effectiveInstant", "effectivePeriod"):
        case "effectivePeriod":
            period = period_at(node, "effectivePeriod", dialect.wall_zone)
            return None if period is None else period.end or period.start
        case None:
            return instant(node, "issued")
        case name:
            return instant(node, name)

"""Aspects of who charts: the person signed in, the second person, and how fresh the chart is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bcma.model.people import Role
from bcma.model.quantity import Quantity
from bcma.rules.aspects.look import Look, length
from bcma.rules.attempt import Attempt, Second
from bcma.rules.documentation import pinned_to


def _roles(attempt: Attempt) -> tuple[Role, ...]:
    roles = () if attempt.session is None else attempt.session.practitioner.roles
    return tuple(sorted(roles))


def _witness(attempt: Attempt) -> Second | None:
    return attempt.answers.witness


def _witness_name(attempt: Attempt) -> str | None:
    witness = _witness(attempt)
    return None if witness is None else witness.practitioner.name


def _witness_at(attempt: Attempt) -> datetime | None:
    witness = _witness(attempt)
    return None if witness is None else witness.at


def _orders_as_of(attempt: Attempt) -> datetime | None:
    return None if attempt.chart is None else attempt.chart.orders_as_of


def _orders_age(attempt: Attempt) -> Quantity | None:
    as_of = _orders_as_of(attempt)
    return None if as_of is None else length(attempt.now - as_of)


ASPECTS: Final[Mapping[str, Look]] = {
    "signed-in": lambda a: None if a.session is None else a.session.practitioner.name,
    "roles": _roles,
    "witness": _witness_name,
    "witness-at": _witness_at,
    "orders-as-of": _orders_as_of,
    "orders-age": _orders_age,
    "pinned-station": pinned_to,
    "orders-stale-limit": lambda a: length(a.policy.orders_stale),
    "orders-downtime-limit": lambda a: length(a.policy.orders_downtime),
}

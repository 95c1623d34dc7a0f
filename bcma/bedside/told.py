"""What shells hand over as answers, read into values: amounts, needs, measured values.

Each reader gives ``None`` for what is no answer to its question.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from bcma.model.quantity import Quantity
from bcma.rules import Attempt
from bcma.rules.measured import limits, unit_of
from bcma.rules.need import WORST_PAIN, is_a_reason, is_for_pain, wants_score

_NEED: Final = frozenset({"reason", "score"})


class Need(NamedTuple):
    """Why an as-needed dose is needed now, and how bad it is."""

    reason: str
    score: Decimal | None


def amount_from(value: object) -> Quantity | None:
    """Read an amount (``{"value": 250, "unit": "mg"}``)."""
    if isinstance(value, Quantity):
        return value
    if not isinstance(value, Mapping):
        return None
    number, unit = value.get("value"), value.get("unit")
    if isinstance(number, bool) or not isinstance(number, int | Decimal | str):
        return None
    return Quantity.of(number, unit) if isinstance(unit, str) and unit else None


def number_from(value: object) -> Decimal | None:
    """Read a plain number."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def need_from(attempt: Attempt, value: object) -> Need | None:
    """Read a need: one of the order's reasons, with a score where the drug asks for one."""
    told = {"reason": value} if isinstance(value, str) else value
    if not isinstance(told, Mapping) or not told.keys() <= _NEED:
        return None
    reason, score = told.get("reason"), number_from(told.get("score"))
    if not isinstance(reason, str) or not is_a_reason(attempt, reason):
        return None
    if score is None:
        left_out = told.get("score") is None and not wants_score(attempt, reason)
        return Need(reason.strip(), None) if left_out else None
    beyond = score < 0 or (score > WORST_PAIN and is_for_pain(attempt, reason))
    return None if beyond else Need(reason.strip(), score)


def measured_from(attempt: Attempt, value: object) -> Mapping[str, Quantity] | None:
    """Read values by LOINC code, all of them asked for, each in the unit of the order's limit."""
    units = {limit.code.code: unit_of(limit) for limit in limits(attempt)}
    if not isinstance(value, Mapping) or not value or not value.keys() <= units.keys():
        return None
    measured: dict[str, Quantity] = {}
    for code, unit in units.items():
        if code not in value:
            continue
        amount = _in_unit(value[code], unit)
        if amount is None:
            return None
        measured[code] = amount
    return MappingProxyType(measured)


def _in_unit(value: object, unit: str) -> Quantity | None:
    number = number_from(value)
    if number is not None:
        return Quantity(number, unit)
    amount = amount_from(value)
    return amount.to(unit) if amount is not None and amount.convertible_to(unit) else None

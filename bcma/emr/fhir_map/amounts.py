"""Quantities: value as written, unit brought to UCUM; what two fields contradict is noted."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import assert_never

from bcma.emr.fhir_map.dialect import PACKAGE_TYPE, SNOMED, UCUM, V3_DRUG_FORM
from bcma.emr.fhir_map.node import Node
from bcma.errors import DataError
from bcma.model.order import DoseRange, PeriodUnit
from bcma.model.quantity import Quantity, Ratio, is_known_unit, normalise_unit

_QUANTITY = frozenset({"value", "comparator", "unit", "system", "code"})
_RATIO = frozenset({"numerator", "denominator"})
_RANGE = frozenset({"low", "high"})
#: Lengths of time by which a rate may be stated.
_TIMES = frozenset(unit.value for unit in PeriodUnit)
#: What stands between the factors of a unit: ``ug/kg/min``, ``ug/(kg.min)``.
_FACTORS = re.compile(r"[/.]")
_ANNOTATION = re.compile(r"\{[^{}]+\}")
#: ``viên`` is said of tablets and capsules alike.
_PILLS = frozenset({"{tablet}", "{capsule}"})

#: Units that are no UCUM codes, by code system.
_OTHER_SYSTEMS = {
    V3_DRUG_FORM: {
        "TAB": "{tablet}",
        "CAP": "{capsule}",
        "PATCH": "{patch}",
        "SUPP": "{suppository}",
        "PUFF": "{puff}",
        "DROP": "[drp]",
    },
    SNOMED: {
        "258684004": "mg",
        "258682000": "g",
        "258685003": "ug",
        "258773002": "mL",
        "258770004": "L",
        "258997004": "[iU]",
        "428673006": "{tablet}",
        "428641000": "{capsule}",
        "385055001": "{tablet}",
    },
    PACKAGE_TYPE: {"amp": "{ampoule}", "bag": "{bag}", "vial": "{vial}"},
}


def quantity_at(node: Node, name: str, *, signed: bool = False) -> Quantity | None:
    """Read a Quantity under a name; a comparator (``<``) makes it unreadable."""
    there = node.node(name)
    return None if there is None else quantity(there, signed=signed)


def quantity(node: Node, *, signed: bool = False) -> Quantity | None:
    """Read a Quantity with a value and a unit; a negative one only where ``signed``."""
    node.know(_QUANTITY)
    value = node.number("value")
    unit = _unit(node)
    if node.has("comparator"):
        node.note("comparator", node.value["comparator"])
        return None
    if value is None or unit is None:
        if not node.has("value"):
            node.note("value", "")
        return None
    if value < 0 and not signed:
        node.note("value", value)
        return None
    return Quantity(value, unit)


def ratio_at(node: Node, name: str) -> Ratio | None:
    """Read a Ratio; both of its quantities are needed, the second above zero."""
    there = node.node(name)
    if there is None:
        return None
    there.know(_RATIO)
    numerator, denominator = quantity_at(there, "numerator"), quantity_at(there, "denominator")
    for part in sorted(_RATIO):
        if not there.has(part):
            there.note(part, "")
    if numerator is None or denominator is None:
        return None
    if denominator.value == 0:
        there.note("denominator", denominator.value)
        return None
    return Ratio(numerator, denominator)


def range_at(node: Node, name: str) -> DoseRange | None:
    """Read a Range; both ends are needed, of one kind and in order."""
    there = node.node(name)
    if there is None:
        return None
    there.know(_RANGE)
    low, high = quantity_at(there, "low"), quantity_at(there, "high")
    for part in sorted(_RANGE):
        if not there.has(part):
            there.note(part, "")
    if low is None or high is None:
        return None
    if not low.convertible_to(high.unit) or low.to(high.unit).value > high.value:
        there.note("high", high.value)
        return None
    return DoseRange(low, high)


def is_per_time(rate: Quantity | DoseRange | Ratio) -> bool:
    """Tell whether it is a rate: other amounts say nothing of how fast a drug goes in."""
    match rate:
        case Quantity(unit=unit) | DoseRange(high=Quantity(unit=unit)):
            return "/" in unit and _FACTORS.split(unit)[-1].rstrip(")") in _TIMES
        case Ratio(denominator=length):
            return length.unit in _TIMES
        case unknown:
            assert_never(unknown)


def _unit(node: Node) -> str | None:
    """Read the unit: the code decides, and the words beside it must not say another unit."""
    code, words = node.string("code"), node.string("unit")
    system = node.string("system")
    if system is not None and system != UCUM and code is not None:
        coded = _OTHER_SYSTEMS.get(system, {}).get(code)
        code_words = coded or words
        if code_words is None or (coded is None and system in _OTHER_SYSTEMS):
            node.note("code", code)
            return None
        code = code_words
    written = code or words
    found = None if written is None else known_unit(written)
    if found is None:
        node.note("code" if code else "unit", written or "")
        return None
    said = None if words is None else known_unit(words)
    if found == "1" and said is not None and _ANNOTATION.fullmatch(said):
        return said
    if said is not None and said != found and not {said, found} <= _PILLS:
        node.note("unit", words)
        return None
    return found


@lru_cache(maxsize=4096)
def known_unit(written: str) -> str | None:
    """Give the UCUM code of a unit in any accepted spelling; ``None`` for words that are none."""
    try:
        code = normalise_unit(written)
    except DataError:
        return None
    if _ANNOTATION.fullmatch(code):
        return code.lower()
    return code if is_known_unit(_ANNOTATION.sub("1", code)) else None


def zero(amount: Quantity | DoseRange) -> bool:
    """Tell whether an amount is nothing at all."""
    top = amount.high if isinstance(amount, DoseRange) else amount
    return top.value == Decimal(0)

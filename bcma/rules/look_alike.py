"""The right drug, continued: two names that are taken for one another (hazard H12)."""

from difflib import SequenceMatcher
from itertools import takewhile
from typing import Final

from bcma.model.drug import Medication
from bcma.model.order import OrderStatus
from bcma.model.verdict import Right
from bcma.model.words import fold
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.matching import is_ordered

#: Names that agree by this much are alike, as in the FDA's POCA ("highly similar" from 70 %).
_ALIKE: Final = 0.7


def looks_like_an_ordered_drug(attempt: Attempt) -> Results:
    """Show both names beside the stop on a drug that was not ordered, for what differs."""
    if attempt.candidates:
        return
    for unit in attempt.units:
        if unit.product is None or is_ordered(unit, attempt):
            continue
        for ordered in _ordered_drugs(attempt):
            if _alike(unit.product, ordered):
                yield finding(
                    "drug.look-alike",
                    subject=unit.key,
                    ordered=ordered.name,
                    scanned=unit.product.name,
                )
                break


def _ordered_drugs(attempt: Attempt) -> tuple[Medication, ...]:
    """Give the drugs ordered for this patient now, that of the dose in hand first."""
    orders = () if attempt.chart is None else attempt.chart.orders
    active = (o for o in orders if o.status is OrderStatus.ACTIVE and not o.prohibits)
    in_hand = () if attempt.order is None else (attempt.order,)
    return tuple(order.medication for order in (*in_hand, *active))


def _alike(scanned: Medication, ordered: Medication) -> bool:
    """Tell whether the site lists the two as a pair, or their names are nearly the same."""
    if scanned.look_alike is not None and scanned.look_alike == ordered.look_alike:
        return True
    one, other = _bare_name(scanned), _bare_name(ordered)
    return bool(one) and SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _bare_name(drug: Medication) -> str:
    """Give the name without case, marks, and everything from the strength on."""
    words = fold(drug.name).split()
    return " ".join(takewhile(lambda word: not any(c.isdigit() for c in word), words))


RULES = (Rule(Right.DRUG, looks_like_an_ordered_drug, sees=("scanned", "ordered-drugs")),)

"""The right drug, continued: everything that a dose is made of (hazards H28, H29)."""

from typing import Final, assert_never

from bcma.model.quantity import UnitError
from bcma.model.verdict import Finding, Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.diluent import is_diluent, must_be_diluted
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.in_force import why_not_in_force
from bcma.rules.matching import is_mixed, units_of_the_order, waits_for
from bcma.rules.mixture import Part, Stand, parts_of
from bcma.rules.route_taken import BY_MOUTH, TUBES
from bcma.rules.target import TargetGap, target_amount

_SWALLOWED: Final = TUBES | {BY_MOUTH}
#: What is missing, where it is no product but a kind of thing: a word of its own.
_DILUENT: Final = "diluent"


def is_diluted(attempt: Attempt) -> Results:
    """Ask for the diluent of a concentrate that is to be injected (hazard H28)."""
    order, units = attempt.order, units_of_the_order(attempt)
    if order is None or not units or why_not_in_force(attempt) is not None:
        return
    routes = () if attempt.dosage is None else attempt.dosage.routes
    if routes and _SWALLOWED.issuperset(routes):
        return
    if is_mixed(attempt) and any(is_diluent(c.product) for c in order.medication.components):
        return  # the mixture names its fluid itself
    drugs = (order.medication, *(u.product for u in units))
    strong = next((d for d in drugs if d is not None and must_be_diluted(d)), None)
    fluids = (u.product for u in attempt.units if u.product is not None)
    if strong is None or any(is_diluent(product) for product in fluids):
        return
    yield finding("drug.component-missing", component=_DILUENT, drug=strong.name)


def drug_follows_its_diluent(attempt: Attempt) -> Results:
    """Ask for the concentrate while only its diluent was scanned."""
    if attempt.order is not None or attempt.candidates:
        return
    for unit in attempt.units:
        drug = None if unit.product is None else waits_for(unit.product, attempt)
        if drug is not None:
            yield finding("drug.component-missing", component=drug.name, drug=unit.description)
            return


def mixture_is_complete(attempt: Attempt) -> Results:
    """Ask for every component of an ordered mixture, in its amount (hazard H29)."""
    order, target = attempt.order, target_amount(attempt)
    if order is None or isinstance(target, TargetGap) or not is_mixed(attempt):
        return
    try:
        parts = parts_of(attempt, order.medication, target)
    except UnitError:
        scanned = units_of_the_order(attempt)[-1].description
        yield finding("dose.unit-unknown", ordered=target, scanned=scanned)
        return
    for number, part in enumerate(parts):
        yield from _judge_part(attempt, part, f"{number}:{part.name}")


def _judge_part(attempt: Attempt, part: Part, subject: str) -> Results:
    match part.stand:
        case Stand.COMPLETE:
            return
        case Stand.MISSING:
            yield _missing(part, subject)
        case Stand.LARGER_BAG if subject not in attempt.answers.drawn:
            yield _missing(part, subject)
        case Stand.DRAWN_UP | Stand.LARGER_BAG:
            yield finding("dose.part-unit", Severity.INFO, subject=subject, amount=part.wanted)
        case Stand.EXCESS:
            last = part.units[-1]
            yield finding("dose.excess", subject=last.key, scanned=last.description)
        case _:
            assert_never(part.stand)


def _missing(part: Part, subject: str) -> Finding:
    return finding(
        "drug.component-missing",
        subject=subject,
        component=part.name,
        amount=part.wanted,
        total=part.held if part.units else None,
        larger=part.stand is Stand.LARGER_BAG,
    )


RULES = (
    Rule(Right.DRUG, drug_follows_its_diluent, sees=("scanned", "ordered-drugs")),
    Rule(Right.DRUG, mixture_is_complete, sees=("ordered-drug", "ordered-dose", "scanned")),
    Rule(Right.DRUG, is_diluted, sees=("ordered-drug", "scanned", "scanned-forms", "route-taken")),
)

"""The right drug, continued: everything that a dose is made of (hazards H28, H29)."""

from typing import Final

from bcma.model.verdict import Right
from bcma.rules.attempt import Attempt
from bcma.rules.diluent import must_be_diluted
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.in_force import why_not_in_force
from bcma.rules.matching import is_diluent_of_the_dose, units_of_the_order, waits_for
from bcma.rules.route_taken import BY_MOUTH, TUBES

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
    drugs = (order.medication, *(u.product for u in units))
    strong = next((d for d in drugs if d is not None and must_be_diluted(d)), None)
    if strong is None or any(is_diluent_of_the_dose(u, attempt) for u in attempt.units):
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


RULES = (
    Rule(Right.DRUG, drug_follows_its_diluent, sees=("scanned", "ordered-drugs")),
    Rule(Right.DRUG, is_diluted, sees=("ordered-drug", "scanned", "scanned-forms", "route-taken")),
)

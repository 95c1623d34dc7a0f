"""The right dose, continued: the rate of an infusion."""

from typing import Final

from bcma.model.drug import Form, HighAlert
from bcma.model.order import Dosage, DoseRange, MedicationRequest, Priority
from bcma.model.quantity import UnitError
from bcma.model.verdict import Right
from bcma.rules.alert import alert_level
from bcma.rules.attempt import Attempt
from bcma.rules.content import is_volume
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.infusion import rate_of, rates, runs, runs_unmeasured
from bcma.rules.matching import units_of_the_order
from bcma.rules.rate_units import rate_in
from bcma.rules.weight import weight_of

#: Routes of table 0162 by which a bag runs in.
_INTO_THE_BODY: Final = frozenset({"IV", "IA", "IO", "SC", "EP"})
#: Subject of the choice of a rate, which a choice of an amount may stand beside.
RATE: Final = "rate"


def rate_is_ordered(attempt: Attempt) -> Results:
    """Stop on a continuous infusion without an ordered rate (hazard H43).

    A push needs none, nor does a short infusion over an ordered time. Of a bag without either
    only the plain dose of an ordinary drug is a short one: a volume of fluid, and whatever is
    high-alert, is meant to run on. A volume that is ordered at once (STAT) runs in freely.
    """
    order, dosage = attempt.order, attempt.dosage
    if order is None or dosage is None or not _is_bag(attempt, order, dosage):
        return
    timed = dosage.timing is not None and dosage.timing.duration is not None
    if dosage.rate is not None or timed:
        return
    at_once = order.priority is Priority.STAT
    if alert_level(attempt) is not HighAlert.NONE or (_by_volume(dosage) and not at_once):
        yield finding("dose.rate-unordered", subject=order.version)


def rate_is_chosen(attempt: Attempt) -> Results:
    """Want a rate out of the ordered range, and none above it; a slower one is no infusion."""
    ordered, rate = rates(attempt.dosage), rate_of(attempt)
    if ordered is None or not runs(attempt):
        return
    low, high = ordered
    if rate is None:
        yield finding("dose.choose", subject=RATE, low=low, high=high)
        return
    try:
        rate = rate_in(rate, high.unit, attempt.drugs, weight_of(attempt))
        above, below = rate.value > high.value, rate.value < low.to(high.unit).value
    except UnitError:
        yield finding("dose.unit-unknown", subject=RATE, ordered=high, scanned=rate)
        return
    if above:
        yield finding("dose.rate", subject=str(rate), value=rate, limit=high)
    elif below:
        yield finding("dose.out-of-order", subject=str(rate), amount=rate, low=low, high=high)


def bag_is_in_hand(attempt: Attempt) -> Results:
    """Want the bag of an infusion of which only the rate is ordered."""
    if not runs_unmeasured(attempt) or attempt.order is None:
        return
    known = any(u.product is not None for u in units_of_the_order(attempt))
    if not known and not attempt.order.medication.scan_exempt:
        yield finding("dose.incomplete", count=0, total=None)


def _is_bag(attempt: Attempt, order: MedicationRequest, dosage: Dosage) -> bool:
    """Tell whether the ordered drug itself comes in a bag; what dilutes another is no order."""
    products = (unit.product for unit in units_of_the_order(attempt))
    drugs = [order.medication, *(product for product in products if product is not None)]
    if any(drug.scan_exempt for drug in drugs) or _INTO_THE_BODY.isdisjoint(dosage.routes):
        return False
    return any(drug.form is Form.INFUSION for drug in drugs)


def _by_volume(dosage: Dosage) -> bool:
    dose = dosage.dose.high if isinstance(dosage.dose, DoseRange) else dosage.dose
    return dose is None or is_volume(dose.unit)


RULES = (
    Rule(
        Right.DOSE,
        rate_is_ordered,
        sees=("ordered-rate", "ordered-dose", "ordered-form", "high-alert"),
    ),
    Rule(Right.DOSE, rate_is_chosen, sees=("ordered-rate", "rate-chosen")),
    Rule(Right.DOSE, bag_is_in_hand, sees=("ordered-rate", "units-counted")),
)

"""The right dose: what the units in hand make, against what was ordered."""

from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, UnitError
from bcma.model.verdict import NotChecked, Right, Severity
from bcma.rules.alert import needs_second_person
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.matching import is_ordered, units_of_the_order
from bcma.rules.tally import Fit, Tally, tally
from bcma.rules.target import (
    TargetGap,
    cap,
    dose_unit,
    ordered_dose,
    planned_amount,
    target_amount,
)
from bcma.rules.weight import is_per_weight, weight_of

_ADULT_YEARS = 18


def amount_is_known(attempt: Attempt) -> Results:
    """Want a target: chosen where the order leaves it open."""
    target = target_amount(attempt)
    match target:
        case TargetGap.NO_ORDER:
            yield NotChecked(Right.DOSE, "no-order")
        case TargetGap.NO_DOSE if attempt.order_problems:
            yield NotChecked(Right.DOSE, "unreadable-order")
        case TargetGap.NO_DOSE:
            # The order states a rate and no dose: an infusion, which is not charted this way yet.
            yield finding("drug.not-checked", Severity.STOP, reason="infusion")
        case TargetGap.TO_CHOOSE | TargetGap.NO_WEIGHT:
            low, high = _to_choose_from(attempt)
            yield finding("dose.choose", low=low, high=high)
        case TargetGap.PART_UNREADABLE | TargetGap.CAP_UNREADABLE:
            written = None if attempt.dosage is None else attempt.dosage.dose
            ordered = written if isinstance(written, Quantity) else None
            yield finding("dose.unit-unknown", ordered=ordered, scanned=None)
        case Quantity():
            return


def amount_is_ordered(attempt: Attempt) -> Results:
    """Stop on an amount outside the order: its range, its dose, its most per administration."""
    planned, target = planned_amount(attempt), target_amount(attempt)
    if isinstance(planned, TargetGap) or isinstance(target, TargetGap):
        return
    try:
        low, high = _bounds(attempt, planned)
        below = low is not None and target.to(low.unit).value < low.value
        above = high is not None and target.to(high.unit).value > high.value
    except UnitError:
        yield finding("dose.unit-unknown", ordered=planned, scanned=dose_unit(attempt))
        return
    if below or above:
        yield finding("dose.out-of-order", subject=str(target), amount=target, low=low, high=high)


def weight_is_known(attempt: Attempt) -> Results:
    """Want a weight where the dose is ordered by weight (hazard H35).

    Stop for children, for unknown ages and for high-alert drugs; warn otherwise: the dose is
    then chosen by its amount.
    """
    dose = None if attempt.dosage is None else attempt.dosage.dose
    if not is_per_weight(dose) or weight_of(attempt) is not None:
        return
    age = None if attempt.chart is None else attempt.chart.age_years
    strict = age is None or age < _ADULT_YEARS or needs_second_person(attempt)
    yield finding("dose.weight-missing", Severity.STOP if strict else Severity.WARN)


def units_make_the_dose(attempt: Attempt) -> Results:
    """Count the units in hand: too few, too many, a part of one, or units that do not convert."""
    target = target_amount(attempt)
    if isinstance(target, TargetGap):
        return
    try:
        sums = tally(attempt, target)
    except UnitError:
        last = units_of_the_order(attempt)[-1]
        yield finding("dose.unit-unknown", ordered=target, scanned=last.description)
        return
    if sums is not None:
        yield from _judge_sums(attempt, sums)
    elif attempt.order is not None and not attempt.order.medication.scan_exempt:
        yield finding("dose.incomplete", count=0, total=target)


def units_are_of_one_order(attempt: Attempt) -> Results:
    """Stop on a unit of another order's drug while this dose is open: take it back first."""
    own = units_of_the_order(attempt)
    for unit in attempt.units:
        if unit not in own and is_ordered(unit, attempt):
            yield finding("dose.excess", subject=unit.key, scanned=unit.description)


def limits(_attempt: Attempt) -> Results:
    """Say that the limits of knowledge pack and order are not looked up yet."""
    yield NotChecked(Right.DOSE, "no-pack")


def _judge_sums(attempt: Attempt, sums: Tally) -> Results:
    last = units_of_the_order(attempt)[-1]
    match sums.fit:
        case Fit.EXACT | Fit.UNUSABLE:  # an unusable strength is the drug rules' to stop
            if sums.volume is not None and sums.fit is Fit.EXACT:
                yield finding("dose.part-unit", Severity.INFO, amount=sums.volume)
        case Fit.SHORT:
            if attempt.answers.given_amount is None:
                yield finding(
                    "dose.incomplete",
                    count=sums.counted,
                    needed=max(sums.needed, sums.counted + 1),
                    amount=sums.total,
                    total=sums.target,
                )
        case Fit.PART_OF_UNIT:
            confirmed = attempt.answers.part
            if confirmed is None or not confirmed.same_as(sums.target):
                yield finding(
                    "dose.part-unit",
                    Severity.ASK,
                    subject=last.key,
                    amount=sums.target,
                    total=sums.total,
                )
        case Fit.PART_VOLUME:
            yield from _drawn_up(attempt, sums)
        case Fit.EXCESS:
            yield finding(
                "dose.excess",
                subject=f"{last.key}#{sums.counted}",
                count=sums.counted,
                needed=sums.needed,
                scanned=last.description,
            )


def _drawn_up(attempt: Attempt, sums: Tally) -> Results:
    """Show a computed volume; a part of a controlled drug is confirmed for its waste."""
    last = units_of_the_order(attempt)[-1]
    controlled = last.product is not None and last.product.controlled is not None
    confirmed = attempt.answers.part
    if controlled and (confirmed is None or not confirmed.same_as(sums.target)):
        yield finding(
            "dose.part-unit",
            Severity.ASK,
            subject=last.key,
            amount=sums.target,
            volume=sums.volume,
            total=sums.total,
        )
        return
    yield finding("dose.part-unit", Severity.INFO, amount=sums.volume or sums.target)


def _bounds(attempt: Attempt, planned: Quantity) -> tuple[Quantity | None, Quantity | None]:
    """Give the least and the most that the order lets be given.

    Raises:
        UnitError: the order's cap cannot be expressed in the unit of its dose.
    """
    ordered = ordered_dose(attempt)
    if isinstance(ordered, DoseRange):
        return ordered.low, ordered.high
    most = cap(attempt)
    if isinstance(ordered, TargetGap):
        return None, most  # without a weight: chosen by the nurse
    is_above = most is not None and planned.to(most.unit).value > most.value
    return None, most if is_above else planned


def _to_choose_from(attempt: Attempt) -> tuple[Quantity | None, Quantity | None]:
    """Give the range for this patient; per kilogram, as it is written, without a weight."""
    ordered = ordered_dose(attempt)
    if not isinstance(ordered, DoseRange):
        written = None if attempt.dosage is None else attempt.dosage.dose
        if isinstance(written, Quantity):
            return written, written
        return (None, None) if written is None else (written.low, written.high)
    return ordered.low, ordered.high


RULES = (
    Rule(
        Right.DOSE,
        weight_is_known,
        sees=(
            "ordered-dose",
            "weight",
            "age",
            "high-alert",
        ),
    ),
    Rule(
        Right.DOSE,
        amount_is_known,
        sees=(
            "ordered-dose",
            "weight",
            "given-before",
            "dose-chosen",
            "dose-target",
        ),
    ),
    Rule(
        Right.DOSE,
        amount_is_ordered,
        sees=(
            "ordered-dose",
            "most-at-once",
            "dose-computed",
            "given-before",
            "dose-chosen",
            "less-given",
            "dose-target",
        ),
    ),
    Rule(
        Right.DOSE,
        units_make_the_dose,
        sees=(
            "dose-target",
            "units-counted",
            "units-needed",
            "dose-sum",
            "dose-volume",
            "part-confirmed",
            "less-given",
        ),
    ),
    Rule(
        Right.DOSE,
        units_are_of_one_order,
        sees=(
            "ordered-drug",
            "scanned",
        ),
    ),
    Rule(Right.DOSE, limits, sees=("knowledge-absent",)),
)

"""The right dose, continued: the weight that a dose or a limit is ordered by."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from bcma.model.chart import Chart, Weight
from bcma.model.drug import HighAlert
from bcma.model.verdict import Right, Severity
from bcma.rules.alert import alert_level
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.limit import is_limited_by_weight
from bcma.rules.rate_units import is_rate_by_weight
from bcma.rules.weight import ADULT_YEARS, age_group, is_per_weight, weight_before, weight_of

#: A weight may differ from the one before by this share of it.
_JUMP: Final = Decimal("0.2")


def weight_is_known(attempt: Attempt) -> Results:
    """Want a weight where the dose, its rate or a limit is ordered by weight (hazard H35).

    Stop for children, for unknown ages and for high-alert drugs; warn otherwise: the dose is
    then chosen by its amount.
    """
    if not _goes_by_weight(attempt) or weight_of(attempt) is not None:
        return
    age = None if attempt.chart is None else attempt.chart.age_years
    is_alert = alert_level(attempt) is not HighAlert.NONE
    strict = age is None or age < ADULT_YEARS or is_alert
    yield finding("dose.weight-missing", Severity.STOP if strict else Severity.WARN)


def weight_is_fresh(attempt: Attempt) -> Results:
    """Warn on a weight that is old for the age, or far off the one before (hazard H36)."""
    chart = attempt.chart
    if chart is None or chart.weight is None or not _goes_by_weight(attempt):
        return
    if weight_of(attempt) is None:
        return  # no weight at all: see above
    most = attempt.policy.weight_age[age_group(chart.age_years)]
    age = None if chart.weight_at is None else attempt.now - chart.weight_at
    before = weight_before(chart)
    if age is None or age > most or _has_jumped(chart, before):
        yield finding(
            "dose.weight-stale",
            subject="" if chart.weight_at is None else chart.weight_at.isoformat(),
            value=chart.weight,
            at=chart.weight_at,
            limit=_days(most),
            before=None if before is None else before.value,
        )


def _goes_by_weight(attempt: Attempt) -> bool:
    dose = None if attempt.dosage is None else attempt.dosage.dose
    rate = None if attempt.dosage is None else attempt.dosage.rate
    return is_per_weight(dose) or is_rate_by_weight(rate) or is_limited_by_weight(attempt)


def _has_jumped(chart: Chart, before: Weight | None) -> bool:
    if before is None or chart.weight is None:
        return False
    old = before.value.to("kg").value
    return abs(chart.weight.to("kg").value - old) > old * _JUMP


def _days(span: timedelta) -> int:
    return span // timedelta(days=1)


RULES = (
    Rule(
        Right.DOSE,
        weight_is_known,
        sees=("ordered-dose", "most-at-once", "dose-limits", "weight", "age", "high-alert"),
    ),
    Rule(
        Right.DOSE,
        weight_is_fresh,
        sees=("ordered-dose", "weight", "weight-age", "weight-before", "weight-age-limit", "age"),
    ),
)

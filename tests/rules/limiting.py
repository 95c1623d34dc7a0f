"""Orders with limits over a period, and what was given before: to be spoiled by a test."""

from dataclasses import replace
from decimal import Decimal

from bcma.model.drug import Form, Ingredient, Medication
from bcma.model.lengths import scaled
from bcma.model.order import MedicationRequest
from bcma.model.quantity import Quantity, Ratio
from bcma.model.record import MedicationAdministration
from bcma.model.verdict import Finding, Severity
from bcma.rules import Attempt
from tests.rules.builders import (
    HOUR,
    NOW,
    Value,
    attempt,
    chart,
    dosage,
    findings_of,
    mg,
    order,
    per,
    product,
    record,
    unit,
)

CODE = "dose.above-daily-max"


def of(value: object, measure: str) -> Quantity:
    return Quantity(Decimal(str(value)), measure)


def limit(value: object, measure: str = "mg", hours: object = 24, span: str = "h") -> Ratio:
    return Ratio(of(value, measure), of(hours, span))


TABLET = product("paracetamol", 500)
INFUSION = product(
    "paracetamol",
    10,
    Form.INFUSION,
    ingredients=(Ingredient("paracetamol", "Paracetamol", per(10, "mg", "mL")),),
    content=per(100, "mL", "{bottle}"),
)
WITH_CODEINE = product(
    "paracetamol-codein",
    500,
    ingredients=(
        Ingredient("paracetamol", "Paracetamol", per(500, "mg")),
        Ingredient("codein", "Codein", per(30, "mg")),
    ),
)
OTHER = product("metformin", 500)
DRUGS = (TABLET, INFUSION, WITH_CODEINE, OTHER)


def given(
    amount: Quantity | None = None,
    hours: object = 4,
    drug: Medication | None = TABLET,
    **changes: Value,
) -> MedicationAdministration:
    """Give another system's record of some hours ago."""
    made = record(
        given_at=NOW - scaled(HOUR, Decimal(str(hours))),
        event_id=None,
        resource_id="r1",
        order_id=None,
        amount=mg(1000) if amount is None else amount,
        medication_id=None if drug is None else drug.id,
        ingredients=frozenset() if drug is None else drug.ingredient_keys,
    )
    return replace(made, **changes)


def with_limit(
    *records: MedicationAdministration,
    most: Ratio | None = limit(4000),  # noqa: B008 - a frozen value
    dose: Value = None,
    drug: Medication = TABLET,
    others: tuple[MedicationRequest, ...] = (),
    **changes: Value,
) -> Attempt:
    """Try 1 g by an order that allows 4 g in 24 hours, after what the records gave."""
    fields = changes.pop("fields", {})
    instruction = dosage(mg(1000) if dose is None else dose, **({"max_per_period": most} | fields))
    known = order("mr1", instruction, medication=drug)
    weight = changes.pop("weight", None)
    return attempt(
        unit(drug),
        order=known,
        strengths=(drug,),
        chart=chart(
            known,
            *others,
            administrations=records,
            medications=DRUGS,
            weight=weight,
            weight_at=NOW,
            age_years=Decimal(40),
        ),
        **changes,
    )


def told(tried: Attempt) -> Finding | None:
    """Give the finding about a limit, if there is one."""
    return next(iter(findings_of(tried, CODE)), None)


def severity(tried: Attempt) -> Severity | None:
    found = told(tried)
    return None if found is None else found.severity

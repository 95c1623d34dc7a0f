"""The right drug, continued: containers of several doses, by the records of each (H101, H102).

A pen, inhaler or bottle of eye drops is bound to the patient of its first record; a vial may
be shared. Held, refused and corrected doses are no records of use.
"""

from decimal import Decimal

from bcma.errors import DataError
from bcma.model.drug import ContainerUse, Medication
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration
from bcma.model.verdict import Right
from bcma.rules.attempt import Attempt, UnitInHand
from bcma.rules.finding import Results, Rule, finding


def bound_to_this_patient(attempt: Attempt) -> Results:
    """Stop on a pen, inhaler or bottle of one patient that is scanned for another (H102)."""
    if attempt.chart is None:
        return
    for unit in attempt.units:
        product, first = unit.product, _first_use(unit)
        if first is None or product is None:
            continue
        shared = product.container_use is ContainerUse.MULTI_PATIENT
        if not shared and first.patient_id != attempt.chart.patient.id:
            yield finding(
                "drug.container-other-patient",
                subject=unit.key,
                serial=unit.own_serial,
                given_at=first.known_at,
            )


def in_use_life_lasts(attempt: Attempt) -> Results:
    """Stop when the life of the drug in a container, counted from its first use, has passed."""
    for unit in attempt.units:
        first = _first_use(unit)
        life = None if unit.product is None else unit.product.in_use_life
        opened = None if first is None else first.known_at
        if life is None or opened is None or attempt.now <= opened + life:
            continue
        yield finding(
            "drug.in-use-expired", subject=unit.key, opened_at=opened, expiry=opened + life
        )


def something_is_left(attempt: Attempt) -> Results:
    """Ask for a look at a container whose content the records have used up."""
    for unit in attempt.units:
        content = None if unit.product is None else unit.product.content_of_one
        if unit.product is None or content is None or not unit.uses:
            continue
        used = _used(unit, unit.product, content.unit)
        if used.value >= content.value and unit.key not in attempt.answers.not_empty:
            yield finding("drug.container-empty", subject=unit.key, amount=used, total=content)


def _first_use(unit: UnitInHand) -> MedicationAdministration | None:
    return unit.uses[0] if unit.uses else None


def _used(unit: UnitInHand, product: Medication, measure: str) -> Quantity:
    """Sum what the records took out of a container; an amount that nobody can tell is none."""
    taken = (_taken(record, unit.own_serial) for record in unit.uses)
    measured = (_in(product, amount, measure) for amount in taken if amount is not None)
    return Quantity(sum(measured, Decimal(0)), measure)


def _taken(record: MedicationAdministration, serial: str | None) -> Quantity | None:
    """Give what a record took out of this very container."""
    entry = next((u for u in record.units if serial in {u.label, u.serial}), None)
    if entry is not None and entry.amount is not None:
        return entry.amount
    return record.amount if len(record.units) == 1 else None


def _in(product: Medication, amount: Quantity, measure: str) -> Decimal:
    """Express an amount in what the container is filled with: by the concentration, if need be."""
    if amount.convertible_to(measure):
        return amount.to(measure).value
    strength = product.ingredients[0].strength if product.ingredients else None
    try:
        poured = None if strength is None else strength.containing(amount)
        return Decimal(0) if poured is None else poured.to(measure).value
    except DataError:
        return Decimal(0)  # of another kind: it says nothing about what is left


RULES = (
    Rule(Right.DRUG, bound_to_this_patient, sees=("scanned", "container-patients", "patient")),
    Rule(Right.DRUG, in_use_life_lasts, sees=("container-opened", "in-use-life", "now")),
    Rule(Right.DRUG, something_is_left, sees=("container-doses", "container-content")),
)

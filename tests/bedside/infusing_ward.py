"""A ward with a bag of saline and one of heparin, and a patient who is to get them."""

from dataclasses import replace
from decimal import Decimal

from bcma.bedside.acts import Act
from bcma.bedside.state import PassState
from bcma.model.drug import Form, Medication, SerialLevel
from bcma.model.order import Dosage, DoseRange, MedicationRequest, Timing
from bcma.model.quantity import Quantity, Ratio
from bcma.model.record import MedicationAdministration
from bcma.policy import Policy
from tests.bedside.ward import DUE, Bedside, code, gtin
from tests.rules.builders import Value, at, dosage, order, per, policy, product


def ml(value: object) -> Quantity:
    return Quantity(Decimal(str(value)), "mL")


def rate(value: object, unit: str = "mL/h") -> Quantity:
    return Quantity(Decimal(str(value)), unit)


def _bag(name: str, number: int, strength: Ratio) -> Medication:
    plain = product(name, 1, form=Form.INFUSION)
    return replace(
        plain,
        gtins=frozenset({gtin(number)}),
        serial_level=SerialLevel.UNIT,
        container_routes=frozenset({"IV"}),
        ingredients=(replace(plain.ingredients[0], strength=strength),),
        content=Ratio(ml(500), Quantity(Decimal(1), "{bag}")),
    )


SALINE = _bag("natri clorid", 31, per(9, "g", "L"))
HEPARIN = _bag("heparin", 32, per(50, "[iU]", "mL"))
ON = Timing(bounds_start=at(7))
#: What else a real ward asks of an infusion is asked elsewhere.
QUIET = policy(witness_required={}, site_needed_routes=[])


def drip(**changes: Value) -> Dosage:
    """Order 500 mL at 100 mL/h."""
    made = replace(dosage(), routes=("IV",), timing=DUE, dose=ml(500), rate=rate(100))
    return replace(made, **changes)


def ward_with(
    *dosages: Dosage, drug: Medication = SALINE, site: Policy = QUIET, **changes: Value
) -> Bedside:
    """Open the patient with one order of a bag."""
    ordered = order("mr1", *dosages, medication=drug, **changes)
    others = (d for d in (SALINE, HEPARIN) if d.id != drug.id)
    return Bedside(site=site, orders=(ordered,), drugs=(drug, *others)).opened()


def running(*dosages: Dosage, **changes: Value) -> Bedside:
    """Start a bag of saline, and let an hour pass."""
    ward = ward_with(*(dosages or (drip(),)), **changes)
    ward.scan(code(31, "B1"))
    assert ward.pass_.give().refused is None
    return ward


def act(ward: Bedside, what: Act, place: int = 0) -> PassState:
    return ward.pass_.act_on(ward.records[place].event_id, what)


def the_record(ward: Bedside) -> MedicationAdministration:
    (kept,) = ward.records
    return kept


def ordered(ward: Bedside) -> MedicationRequest:
    (found,) = ward.orders
    return found


RANGE = DoseRange(rate(50), rate(150))

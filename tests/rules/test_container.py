"""The right drug, continued: containers of several doses, by the records of each."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bcma.model.chart import UnitLabel
from bcma.model.drug import ContainerUse, Form, Ingredient, Medication, SerialLevel
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordedUnit
from bcma.model.verdict import Severity
from bcma.rules import Answers, Attempt, UnitInHand, judge
from tests.rules.builders import (
    DAY,
    NOW,
    SECOND,
    Value,
    attempt,
    codes,
    dosage,
    findings_of,
    found_in,
    mg,
    order,
    per,
    product,
    record,
    unit,
)

OTHER, EXPIRED, EMPTY = (
    "drug.container-other-patient",
    "drug.in-use-expired",
    "drug.container-empty",
)
MONTH = timedelta(days=28)


def units(value: object, code: str = "[iU]") -> Quantity:
    return Quantity(Decimal(str(value)), code)


PEN = product(
    "insulin",
    100,
    Form.INJECTION,
    ingredients=(Ingredient("insulin", "Insulin", per(100, "[iU]", "mL")),),
    content=per(3, "mL", "{pen}"),
    container_use=ContainerUse.MULTI_ONE_PATIENT,
    serial_level=SerialLevel.UNIT,
    in_use_life=MONTH,
)
ORDER = order("mr1", dosage(units(10), routes=("SC",)), medication=PEN)


def use(
    amount: Quantity | None = None, at: datetime = NOW - DAY, **changes: Value
) -> MedicationAdministration:
    """Give a record of an earlier dose from the pen."""
    made = record(given_at=at, units=(RecordedUnit(medication_id=PEN.id, serial="P1"),))
    entry = replace(made.units[0], amount=amount)
    return replace(made, amount=units(10), units=(entry,), order_id="before", **changes)


def pen(*uses: MedicationAdministration, of: Medication = PEN, **changes: Value) -> UnitInHand:
    return unit(of, code={"serial": "P1"}, uses=uses, **changes)


def dose(of: UnitInHand, **changes: Value) -> Attempt:
    return attempt(of, order=ORDER, **changes)


@pytest.mark.hazard("H101")
def test_a_pen_gives_many_doses() -> None:
    of = pen(use(units(10)))
    assert (of.own_serial, of.single_use_serial, of.serves_many_doses) == ("P1", None, True)
    assert codes(dose(of, answers=Answers(site="abdomen-left"))) == set()


@pytest.mark.hazard("H102")
@pytest.mark.parametrize(
    "first,kind,stops",
    [
        ("p2", ContainerUse.MULTI_ONE_PATIENT, True),
        ("p1", ContainerUse.MULTI_ONE_PATIENT, False),
        ("p2", ContainerUse.MULTI_PATIENT, False),
    ],
)
def test_a_pen_belongs_to_the_patient_of_its_first_use(
    first: str, kind: ContainerUse, *, stops: bool
) -> None:
    of = pen(use(patient_id=first), use(patient_id="p1"), of=replace(PEN, container_use=kind))
    assert (OTHER in codes(dose(of))) == stops
    assert OTHER not in codes(dose(of, chart=None))


@pytest.mark.hazard("H102")
def test_a_pen_of_another_patient_says_since_when() -> None:
    found = found_in(dose(pen(use(patient_id="p2"))), OTHER)
    assert (found.severity, found.release) == (Severity.STOP, ())
    assert (found.facts["serial"], found.facts["given_at"]) == ("P1", NOW - DAY)
    assert found.subject == pen().key


def test_nothing_is_said_of_a_container_without_records_or_without_a_product() -> None:
    for of in (pen(), unit(None, code={"serial": "P1"}, uses=(use(patient_id="p2"),))):
        assert not {OTHER, EXPIRED, EMPTY} & codes(dose(of))


@pytest.mark.hazard("H101")
@pytest.mark.parametrize(
    "opened,stops",
    [(NOW - MONTH, False), (NOW - MONTH - SECOND, True), (NOW - DAY, False)],
)
def test_the_life_of_a_pen_counts_from_its_first_use(opened: datetime, *, stops: bool) -> None:
    of = pen(use(at=opened), use(at=NOW - DAY))
    found = findings_of(dose(of), EXPIRED)
    assert bool(found) == stops
    for stop in found:
        assert (stop.severity, stop.release, stop.subject) == (Severity.STOP, (), of.key)
        assert (stop.facts["expiry"], stop.facts["opened_at"]) == (opened + MONTH, opened)


def test_a_container_without_an_in_use_life_or_a_known_opening_does_not_end() -> None:
    long_ago = use(at=NOW - 100 * DAY)
    assert EXPIRED not in codes(dose(pen(long_ago, of=replace(PEN, in_use_life=None))))
    untimed = replace(long_ago, given_at=None, recorded_at=None)
    assert EXPIRED not in codes(dose(pen(untimed)))
    assert EXPIRED in codes(dose(pen(replace(untimed, recorded_at=NOW - 100 * DAY))))


@pytest.mark.parametrize(
    "taken,asks",
    [
        ([units(300)], True),
        ([units(150), units(149)], False),
        ([units(150), units(150)], True),
        ([units("1.5", "mL"), units(150)], True),
        ([None] * 30, True),
        ([None] * 29, False),
        ([units(300, "mg")], False),
        ([units(200), units(300, "mg")], False),
        ([units(400)], True),
    ],
)
def test_a_pen_is_empty_when_the_records_have_used_it_up(
    taken: list[Quantity | None], *, asks: bool
) -> None:
    of = pen(*(use(amount) for amount in taken))
    found = findings_of(dose(of), EMPTY)
    assert bool(found) == asks
    for ask in found:
        assert (ask.severity, ask.subject) == (Severity.ASK, of.key)
        assert ask.facts["total"] == Quantity(Decimal(3), "mL")
        assert isinstance(ask.facts["amount"], Quantity)
        assert ask.facts["amount"].unit == "mL"


def test_an_amount_of_several_units_together_is_not_all_of_one() -> None:
    two = use()
    two = replace(two, amount=units(600), units=(*two.units, replace(two.units[0], serial="P2")))
    assert EMPTY not in codes(dose(pen(two)))
    own = replace(two, units=(replace(two.units[1], amount=units(300)), two.units[0]))
    assert EMPTY not in codes(dose(pen(own)))
    mine = replace(two, units=(two.units[1], replace(two.units[0], amount=units(300))))
    assert EMPTY in codes(dose(pen(mine)))


def test_a_labelled_bottle_is_known_by_its_label() -> None:
    label = UnitLabel(serial="S1", dispense_id="md1", patient_id="p1")
    taken = use(units(300))
    taken = replace(taken, units=(replace(taken.units[0], label="S1", serial=None),))
    assert EMPTY in codes(dose(pen(taken, label=label)))


def test_an_inhaler_is_counted_in_puffs_and_by_its_strength() -> None:
    inhaler = product(
        "salbutamol",
        100,
        Form.INHALER,
        ingredients=(Ingredient("salbutamol", "Salbutamol", per(100, "ug", "{puff}")),),
        content=per(200, "{puff}", "{inhaler}"),
        container_use=ContainerUse.MULTI_ONE_PATIENT,
        serial_level=SerialLevel.UNIT,
    )
    by_puffs = order("mr1", dosage(units(2, "{puff}")), medication=inhaler)
    for taken, asks in (((units(200, "{puff}"),), True), ((units(19900, "ug"),), False)):
        of = pen(*(use(amount) for amount in taken), of=inhaler)
        assert (EMPTY in codes(attempt(of, order=by_puffs))) == asks


def test_without_a_content_or_a_strength_nothing_is_counted() -> None:
    full = use(units(300))
    assert EMPTY not in codes(dose(pen(full, of=replace(PEN, content=None))))
    nothing_known = replace(PEN, ingredients=(), content=per(1, "mL", "{pen}"))
    assert EMPTY not in codes(dose(pen(full, of=nothing_known)))
    weightless = replace(PEN.ingredients[0], strength=per(0, "[iU]", "mL"))
    assert EMPTY not in codes(dose(pen(full, of=replace(PEN, ingredients=(weightless,)))))


def test_somebody_saw_that_something_is_left() -> None:
    of = pen(use(units(300)))
    assert EMPTY not in codes(dose(of, answers=Answers(not_empty=frozenset({of.key}))))
    assert EMPTY in codes(dose(of, answers=Answers(not_empty=frozenset({"another"}))))


def test_a_tablet_has_no_content_to_use_up() -> None:
    assert EMPTY not in codes(attempt(unit(uses=(record(amount=mg(500)),))))


def test_a_record_of_one_unit_without_its_serial_counts_by_its_own_amount() -> None:
    unnamed = use()
    unnamed = replace(unnamed, amount=units(300), units=(replace(unnamed.units[0], serial=None),))
    found = found_in(dose(pen(unnamed)), EMPTY)
    assert found.facts["amount"] == units(3, "mL")


@pytest.mark.hazard("H101", "H102")
def test_every_container_in_hand_is_looked_at() -> None:
    """An unknown unit, or one of which nothing is to be said, hides no other."""
    bad = pen(use(units(300), at=NOW - 2 * MONTH, patient_id="p2"))
    for harmless in (unit(None), unit(), pen()):
        tried = attempt(harmless, bad, order=ORDER)
        assert {OTHER, EXPIRED, EMPTY} <= {f.code for f in judge(tried).findings}

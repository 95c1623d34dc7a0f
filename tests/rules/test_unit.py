"""The right drug, continued: the unit itself, its label, its past and where it comes from."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bcma.model.chart import UnitLabel
from bcma.model.drug import ContainerUse, SerialLevel
from bcma.model.order import OrderStatus
from bcma.model.scan import UnitCode
from bcma.model.verdict import ReleaseBy, Severity
from bcma.rules.unit import OWN_SUPPLY
from tests.rules.builders import (
    NOW,
    ORDER,
    PARACETAMOL,
    Value,
    at,
    attempt,
    chart,
    codes,
    findings_of,
    found_in,
    order,
    record,
    unit,
)

LABEL = UnitLabel(serial="S1", dispense_id="md1", patient_id="p1", order_id="mr1")


def labelled(**changes: Value) -> Value:
    return unit(label=replace(LABEL, **changes))


@pytest.mark.hazard("H114", "H91")
def test_a_unit_of_another_patient_stops() -> None:
    tried = attempt(labelled(patient_id="p2"))
    found = found_in(tried, "drug.other-patient")
    assert (found.severity, found.release, found.subject) == (Severity.STOP, (), tried.units[0].key)
    assert found.facts == {"label": LABEL.serial}
    for fits in (labelled(), labelled(patient_id=None), unit()):
        assert "drug.other-patient" not in codes(attempt(fits))
    assert "drug.other-patient" not in codes(attempt(labelled(patient_id="p2"), chart=None))


@pytest.mark.hazard("H23")
def test_a_unit_that_a_record_used_up_stops() -> None:
    used = unit(code={"serial": "U1"}, used_by=record())
    found = found_in(attempt(used), "drug.unit-used")
    assert (found.facts["serial"], found.facts["given_by"]) == ("U1", "Lê Thu Hà")
    assert (found.severity, found.release) == (Severity.STOP, ())
    assert (found.facts["given_at"], found.subject) == (NOW, used.key)
    assert "drug.unit-used" not in codes(attempt(unit(code={"serial": "U1"})))


@pytest.mark.hazard("H101")
def test_only_single_units_have_a_serial_that_is_used_up() -> None:
    assert unit(code={"serial": "U1"}).single_use_serial is None
    single = replace(PARACETAMOL, serial_level=SerialLevel.UNIT)
    assert unit(single, code={"serial": "U1"}).single_use_serial == "U1"
    assert labelled().single_use_serial == "S1"
    pen = replace(single, container_use=ContainerUse.MULTI_ONE_PATIENT)
    shared = replace(single, container_use=ContainerUse.MULTI_PATIENT)
    for container in (pen, shared):
        assert unit(container, code={"serial": "U1"}).single_use_serial is None
        assert unit(container, code={"serial": "U1"}).own_serial == "U1"
    assert unit(None, code={"serial": "U1"}).own_serial is None


@pytest.mark.hazard("H23")
def test_a_unit_is_known_again_by_a_serial_of_its_own() -> None:
    single = replace(PARACETAMOL, serial_level=SerialLevel.UNIT)
    one = unit(single, code={"serial": "U1"})
    assert one.is_the_same_as(unit(single, code={"serial": "U1", "lot": "L2"}))
    assert not one.is_the_same_as(unit(single, code={"serial": "U2"}))
    assert not one.is_the_same_as(unit(single, code={"serial": "U1", "gtin": "08935001700111"}))
    assert not one.is_the_same_as(
        unit(single, code={"serial": "U1"}, label=replace(LABEL, serial="U1"))
    )
    assert labelled().is_the_same_as(labelled())
    assert not labelled().is_the_same_as(labelled(serial="S2"))
    pack = unit(code={"serial": "U1"})
    assert not pack.is_the_same_as(pack)


def test_a_unit_is_described_by_what_is_known_of_it() -> None:
    assert unit().description == PARACETAMOL.name
    for code in (UnitCode(gtin="1"), UnitCode(drug="1"), UnitCode(serial="1")):
        assert unit(None, code=code).description == "1"
    assert unit(None, code=UnitCode(lot="1")).description == ""


@pytest.mark.hazard("H22", "H45")
@pytest.mark.parametrize(
    "label,reason",
    [
        ({"void": True}, "reprinted"),
        ({"void": True, "void_reason": "damaged"}, "damaged"),
        ({"order_version": "before"}, "order-changed"),
        ({"order_version": ORDER.version}, None),
        ({"order_id": "gone"}, None),
        ({"order_id": None}, None),
    ],
)
def test_a_label_that_no_longer_holds_stops(label: dict[str, Value], reason: str | None) -> None:
    tried = attempt(unit(), labelled(**label))
    found = findings_of(tried, "drug.label-void")
    told = {"label": LABEL.serial, "reason": reason}
    assert [(f.subject, f.facts) for f in found] == (
        [] if reason is None else [(tried.units[1].key, told)]
    )


@pytest.mark.parametrize(
    "status", [OrderStatus.STOPPED, OrderStatus.CANCELLED, OrderStatus.ENTERED_IN_ERROR]
)
def test_a_label_of_an_ended_order_stops(status: OrderStatus) -> None:
    tried = attempt(labelled(), chart=chart(order(status=status)))
    assert found_in(tried, "drug.label-void").facts["reason"] == status.value
    assert findings_of(attempt(labelled(void=True), chart=None), "drug.label-void")


@pytest.mark.hazard("H111")
def test_a_unit_identified_by_hand_is_a_warning() -> None:
    found = found_in(attempt(unit(scanned=False, reason="no-barcode")), "drug.unscannable")
    assert (found.severity, found.facts["reason"]) == (Severity.WARN, "no-barcode")
    assert (found.subject, found.release) == (unit().key, (ReleaseBy.REASON,))
    assert "drug.unscannable" not in codes(attempt(unit(reason="no-barcode")))


def own_supply(**changes: Value) -> Value:
    return unit(scanned=False, reason=OWN_SUPPLY, **changes)


@pytest.mark.hazard("H27")
@pytest.mark.parametrize(
    "now,release",
    [
        (at(7), (ReleaseBy.PHARMACIST,)),
        (at(16, 59), (ReleaseBy.PHARMACIST,)),
        (at(17), (ReleaseBy.PRESCRIBER, ReleaseBy.WITNESS)),
        (at(6, 59), (ReleaseBy.PRESCRIBER, ReleaseBy.WITNESS)),
    ],
)
def test_the_patients_own_drug_waits_for_pharmacy(
    now: datetime, release: tuple[ReleaseBy, ...]
) -> None:
    found = found_in(attempt(own_supply(), now=now), "drug.own-supply")
    assert (found.severity, found.release) == (Severity.STOP, release)
    assert (found.subject, found.facts["scanned"]) == (unit().key, PARACETAMOL.name)


@pytest.mark.hazard("H27", "H56")
def test_pharmacy_hours_are_those_of_the_ward() -> None:
    noon_at_the_ward = datetime(2026, 3, 2, 5, tzinfo=UTC)
    found = found_in(attempt(own_supply(), now=noon_at_the_ward), "drug.own-supply")
    assert found.release == (ReleaseBy.PHARMACIST,)


def test_a_label_of_pharmacy_makes_it_an_ordinary_unit() -> None:
    assert "drug.own-supply" not in codes(attempt(own_supply(label=LABEL)))
    for reason in ("no-barcode", None):
        assert "drug.own-supply" not in codes(attempt(unit(scanned=False, reason=reason)))

"""The right drug, continued: the unit itself."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bcma.model.chart import UnitLabel
from bcma.model.drug import ContainerUse, Recall, SerialLevel
from bcma.model.order import OrderStatus
from bcma.model.scan import UnitCode
from bcma.model.verdict import Severity
from tests.rules.builders import (
    NOW,
    ORDER,
    PARACETAMOL,
    SECOND,
    Value,
    at,
    attempt,
    chart,
    codes,
    findings_of,
    found_in,
    order,
    policy,
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
    found = findings_of(attempt(labelled(**label)), "drug.label-void")
    assert [f.facts["reason"] for f in found] == ([] if reason is None else [reason])


@pytest.mark.parametrize(
    "status", [OrderStatus.STOPPED, OrderStatus.CANCELLED, OrderStatus.ENTERED_IN_ERROR]
)
def test_a_label_of_an_ended_order_stops(status: OrderStatus) -> None:
    tried = attempt(labelled(), chart=chart(order(status=status)))
    assert found_in(tried, "drug.label-void").facts["reason"] == status.value
    assert findings_of(attempt(labelled(void=True), chart=None), "drug.label-void")


@pytest.mark.hazard("H17", "H21")
@pytest.mark.parametrize(
    "code,label,expired",
    [
        ({"expiry": date(2026, 3, 2)}, None, False),
        ({"expiry": date(2026, 3, 1)}, None, True),
        ({"expiry_time": NOW}, None, False),
        ({"expiry_time": NOW - SECOND}, None, True),
        ({}, {"expiry": date(2026, 3, 1)}, True),
        ({}, {"beyond_use": NOW}, False),
        ({}, {"beyond_use": NOW - SECOND}, True),
        # Whichever ends first: both the code's minute and the label's beyond-use time count.
        ({"expiry_time": at(20)}, {"beyond_use": NOW - SECOND}, True),
        ({"expiry_time": NOW - SECOND}, {"beyond_use": at(20)}, True),
    ],
)
def test_a_unit_is_usable_through_its_last_day_or_minute(
    code: dict[str, Value],
    label: dict[str, Value] | None,
    expired: bool,  # noqa: FBT001 - a row of the table
) -> None:
    held = unit(code=code, label=None if label is None else replace(LABEL, **label))
    assert ("drug.expired" in codes(attempt(held))) is expired


@pytest.mark.hazard("H17", "H56")
def test_the_day_is_the_wards_not_the_servers() -> None:
    held = unit(code={"expiry": date(2026, 3, 1)})
    still_sunday_in_utc = datetime(2026, 3, 1, 18, tzinfo=UTC)  # 01:00 on Monday at the ward
    assert "drug.expired" in codes(attempt(held, now=still_sunday_in_utc))


@pytest.mark.parametrize("days,warned", [(0, False), (1, False), (3, True), (2, True)])
def test_what_expires_soon_is_warned_about_where_the_site_wants_it(
    days: int,
    warned: bool,  # noqa: FBT001 - a row of the table
) -> None:
    held = unit(code={"expiry": date(2026, 3, 4)})
    tried = attempt(held, policy=policy(expires_soon_days=days))
    assert ("drug.expires-soon" in codes(tried)) is warned


@pytest.mark.hazard("H20")
@pytest.mark.parametrize(
    "code,field", [("drug.lot-unknown", "lot"), ("drug.expiry-unknown", "expiry")]
)
def test_what_the_code_does_not_say_is_noted_or_asked(code: str, field: str) -> None:
    held = unit(code={field: None})
    assert found_in(attempt(held), code).severity is Severity.INFO
    asking = policy(**{f"{field}_required": True})
    assert found_in(attempt(held, policy=asking), code).severity is Severity.ASK
    label = replace(LABEL, lot="L9", expiry=date(2027, 1, 1))
    assert findings_of(attempt(unit(code={field: None}, label=label)), code) == []


@pytest.mark.hazard("H19")
@pytest.mark.parametrize(
    "recall,lot,stopped",
    [
        (Recall(None, None, "x"), "L1", True),
        (Recall(None, "L1", "x"), "L1", True),
        (Recall(None, "L2", "x"), "L1", False),
        (Recall("00000000000000", "L1", "x"), "L1", False),
        (Recall(None, "L1", "x"), None, False),
    ],
)
def test_a_recalled_lot_stops(
    recall: Recall,
    lot: str | None,
    stopped: bool,  # noqa: FBT001 - a row of the table
) -> None:
    held = unit(replace(PARACETAMOL, recalls=(recall,)), code={"lot": lot})
    tried = attempt(held)
    assert ("drug.recalled" in codes(tried)) is stopped
    if stopped:
        assert found_in(tried, "drug.recalled").facts["reason"] == "x"


def test_the_lot_of_the_label_is_recalled_too() -> None:
    recalled = replace(PARACETAMOL, recalls=(Recall(None, "L9", "x"),))
    held = unit(recalled, code={"lot": None}, label=replace(LABEL, lot="L9"))
    assert "drug.recalled" in codes(attempt(held))
    assert "drug.recalled" not in codes(attempt(unit(None)))


@pytest.mark.hazard("H111")
def test_a_unit_identified_by_hand_is_a_warning() -> None:
    found = found_in(attempt(unit(scanned=False, reason="no-barcode")), "drug.unscannable")
    assert (found.severity, found.facts["reason"]) == (Severity.WARN, "no-barcode")

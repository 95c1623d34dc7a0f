"""Small questions that the nouns of the house answer."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bcma.model.chart import Chart
from bcma.model.drug import Medication
from bcma.model.order import (
    ORDERING_INTENTS,
    Dosage,
    Intent,
    MedicationRequest,
    OrderStatus,
    PeriodUnit,
    Timing,
)
from bcma.model.people import Band, Kin, Patient
from bcma.model.record import MedicationAdministration, RecordedUnit, RecordStatus
from bcma.model.scan import Wristband
from bcma.model.slot import DoseSlot, SlotStanding, SlotState

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def order(*dosages: Dosage, order_id: str = "o1") -> MedicationRequest:
    return MedicationRequest(
        id=order_id,
        patient_id="p1",
        status=OrderStatus.ACTIVE,
        intent=Intent.ORDER,
        medication=Medication(id="m1", name="metFORMIN"),
        dosages=dosages,
    )


@pytest.mark.hazard("H03")
@pytest.mark.parametrize(
    "band, void",
    [
        (Band("BN1.1"), False),
        (Band("BN1.1", old=True), True),
        (Band("BN1.1", ends=NOW - HOUR), True),
        (Band("BN1.1", ends=NOW), True),
        (Band("BN1.1", ends=NOW + HOUR), False),
    ],
)
def test_a_band_is_void_when_replaced_or_ended(band: Band, *, void: bool) -> None:
    assert band.is_void(NOW) is void


@pytest.mark.parametrize(
    "scanned, required, is_print",
    [
        (Wristband("BN1", "2"), True, True),
        (Wristband("BN1", "1"), True, False),
        (Wristband("BN1", "02"), True, False),
        (Wristband("BN1", "1"), False, True),
        (Wristband("BN1", None), True, False),
        (Wristband("BN1", None), False, True),
        (Wristband("BN", "2"), False, False),
    ],
)
def test_prints_of_a_band(scanned: Wristband, *, required: bool, is_print: bool) -> None:
    assert Band("BN1.2").is_print_of(scanned, instance_required=required) is is_print


def test_the_value_of_a_band() -> None:
    assert Wristband("893", "01").value == "893.01"
    assert Wristband("893", None).value == "893"


@pytest.mark.parametrize("status", RecordStatus)
def test_which_records_mean_that_some_drug_went_in(status: RecordStatus) -> None:
    stayed_out = {
        RecordStatus.HELD,
        RecordStatus.REFUSED,
        RecordStatus.NOT_GIVEN,
        RecordStatus.ENTERED_IN_ERROR,
    }
    record = MedicationAdministration(status=status, patient_id="p1", given_at=NOW)
    assert record.went_in is (status not in stayed_out)


def test_serials_that_a_record_used_up() -> None:
    record = MedicationAdministration(
        status=RecordStatus.GIVEN,
        patient_id="p1",
        given_at=NOW,
        units=(
            RecordedUnit(medication_id="m", label="L1"),
            RecordedUnit(medication_id="m", serial="S2"),
            RecordedUnit(medication_id="m"),
        ),
    )
    assert record.unit_serials == {"L1", "S2"}


def test_an_order_is_as_needed_when_all_of_it_is() -> None:
    needed, planned = Dosage(as_needed=True), Dosage()
    assert order(needed).as_needed
    assert not order(needed, planned).as_needed
    assert not order().as_needed
    assert order().reference == "MedicationRequest/o1"


def test_only_ordering_intents_order() -> None:
    assert not ORDERING_INTENTS & {
        Intent.PROPOSAL,
        Intent.PLAN,
        Intent.OPTION,
        Intent.UNREADABLE,
    }
    assert len(ORDERING_INTENTS) == 5


@pytest.mark.parametrize(
    "timing, repeats",
    [
        (Timing(), False),
        (Timing(bounds_start=NOW, bounds_end=NOW + HOUR), False),
        (Timing(frequency=2), True),
        (Timing(period=Decimal(8), period_unit=PeriodUnit.HOUR), True),
        (Timing(when=("ACM",)), True),
        (Timing(days_of_week=(0,)), True),
        (Timing(count=3), True),
    ],
)
def test_whether_a_timing_repeats(timing: Timing, *, repeats: bool) -> None:
    assert timing.has_repeat is repeats


def test_a_chart_finds_its_orders() -> None:
    chart = Chart(
        patient=Patient(id="p1", name="Nguyễn Văn An"), orders=(order(), order(order_id="o2"))
    )
    found = chart.order("o2")
    assert found is not None
    assert found.id == "o2"
    assert chart.order("o3") is None


def test_a_window_has_two_closed_sides() -> None:
    slot = DoseSlot(id="s", order_id="o1", planned=NOW, early=HOUR, late=2 * HOUR)
    assert slot.has_window
    assert (slot.earliest, slot.latest) == (NOW - HOUR, NOW + 2 * HOUR)
    assert slot.window_contains(NOW - HOUR)
    assert slot.window_contains(NOW + 2 * HOUR)
    assert not slot.window_contains(NOW - HOUR - timedelta(seconds=1))
    assert not slot.window_contains(NOW + 2 * HOUR + timedelta(seconds=1))


@pytest.mark.parametrize("early, late", [(None, None), (HOUR, None), (None, HOUR)])
def test_a_slot_without_a_window_contains_nothing(
    early: timedelta | None, late: timedelta | None
) -> None:
    slot = DoseSlot(id="s", order_id="o1", planned=NOW, early=early, late=late)
    assert not slot.has_window
    assert not slot.window_contains(NOW)


@pytest.mark.parametrize("state", SlotState)
def test_open_and_taken_slots(state: SlotState) -> None:
    standing = SlotStanding(DoseSlot(id="s", order_id="o1", planned=NOW), state)
    assert standing.is_open is (state is SlotState.OPEN)
    assert standing.is_taken is (state in {SlotState.GIVEN, SlotState.RUNNING})


def test_values_are_frozen() -> None:
    patient = Patient(id="p1", name="Trần Thị Bình")
    with pytest.raises(FrozenInstanceError):
        patient.name = "x"  # type: ignore[misc]


@pytest.mark.hazard("H05")
def test_kin_by_the_mothers_record() -> None:
    mother = Patient(id="m", name="Đinh Thị Hoa")
    first = Patient(id="c1", name="Con 1", mother_id="m")
    second = Patient(id="c2", name="Con 2", mother_id="m")
    stranger = Patient(id="x", name="Lê Văn Cường")
    assert Kin.of(mother, to=first) is Kin.MOTHER
    assert Kin.of(first, to=mother) is Kin.CHILD
    assert Kin.of(second, to=first) is Kin.SIBLING
    assert Kin.of(stranger, to=mother) is Kin.NONE
    assert Kin.of(stranger, to=first) is Kin.NONE
    assert Kin.of(first, to=stranger) is Kin.NONE

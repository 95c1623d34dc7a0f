"""A wrong dose that was stopped and did not go in is told of, once, whichever way it left."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from bcma.bedside import PassState, Phase
from bcma.bedside.near_miss import KEEPS_AWAY
from bcma.model.events import NearMiss
from bcma.model.findings import CATALOGUE
from bcma.model.ports import SaveOutcome, SaveResult
from bcma.model.record import RecordStatus
from bcma.model.verdict import Right, Severity
from tests.bedside.ward import (
    BAND,
    OTHER_BAND,
    PIN,
    TABLET,
    UNORDERED,
    Bedside,
    code,
    held,
)
from tests.rules.builders import HOUR, NOW, SECOND

#: Two tablets of 500 mg make the dose of mr1.
RIGHT, SECOND_TABLET, THIRD = code(1, "U1"), code(1, "U2"), code(1, "U3")
EXPIRED = code(1, "X1", expiry="260228")
WRONG_DRUG = code(5)

Leaving = Callable[[Bedside], PassState]


def told(ward: Bedside) -> list[NearMiss]:
    return [event for event in ward.filed if isinstance(event, NearMiss)]


def back(ward: Bedside) -> PassState:
    return ward.scan("CMD-BACK")


def other_nurse(ward: Bedside) -> PassState:
    return ward.pass_.sign_in("NV-0002", PIN)


def role_ends(ward: Bedside) -> PassState:
    del ward.people["NV-0001"]
    return ward.pass_.state()


def withheld(status: RecordStatus) -> Leaving:
    return lambda ward: ward.pass_.withhold(status, "patient-request", None)


WAYS: dict[str, Leaving] = {
    "taken back": back,
    "signed out": lambda ward: ward.pass_.sign_out(),
    "another person": other_nurse,
    "role ended": role_ends,
    "held": withheld(RecordStatus.HELD),
    "refused": withheld(RecordStatus.REFUSED),
    "not given": withheld(RecordStatus.NOT_GIVEN),
}


@pytest.mark.hazard("H17")
@pytest.mark.parametrize("leave", WAYS.values(), ids=WAYS)
def test_a_stopped_dose_is_told_of_whichever_way_it_leaves_the_hand(leave: Leaving) -> None:
    ward = Bedside().opened()
    ward.scan(EXPIRED)
    ward.now += SECOND
    ward.pass_.state()
    ward.pass_.give()
    assert ward.filed == [], "it is still in hand"
    state = leave(ward)
    (event,) = told(ward)
    assert event == NearMiss(
        event_id=event.event_id,
        patient_id="p1",
        at=NOW + 2 * SECOND,
        by_id="n1",
        order_id="mr1",
        medication_id=TABLET.id,
        codes=("drug.expired",),
    )
    assert str(UUID(event.event_id)) == event.event_id
    assert (state.filed, state.refused, state.dose) == (event, None, None)
    assert ward.pass_.state().filed is None, "told in the step that ended it, and in no other"
    assert ward.filed == [event]


@pytest.mark.hazard("H01")
def test_another_patients_band_in_mid_dose_is_one_even_where_the_dose_was_right() -> None:
    ward = Bedside().opened()
    assert held(ward.scan(RIGHT, SECOND_TABLET)) == set()
    state = ward.scan(OTHER_BAND)
    (event,) = told(ward)
    assert (event.patient_id, event.order_id, event.codes) == ("p1", "mr1", ("patient.mismatch",))
    assert (event.at, event.medication_id) == (ward.now, TABLET.id)
    assert (state.phase, state.record, state.filed) == (Phase.NEED_PATIENT, None, event)
    assert state.verdict is not None
    assert state.verdict.word == "stop"


@pytest.mark.hazard("H01")
def test_several_stops_of_one_dose_are_one_event() -> None:
    ward = Bedside().opened()
    ward.scan(EXPIRED, code(1, "U2"), OTHER_BAND)
    (event,) = told(ward)
    assert event.codes == ("drug.expired", "patient.mismatch")
    assert event.at == NOW + 2 * SECOND, "the first of the stops"


@pytest.mark.hazard("H11")
def test_a_drug_that_nobody_ordered_has_no_order() -> None:
    ward = Bedside().opened()
    ward.scan(WRONG_DRUG)
    back(ward)
    (event,) = told(ward)
    assert (event.order_id, event.medication_id) == (None, UNORDERED.id)
    assert event.codes == ("drug.not-ordered",)


@pytest.mark.parametrize("known", [True, False])
def test_a_product_without_a_name_of_its_own_is_not_named(*, known: bool) -> None:
    ward = Bedside().opened()
    ward.drugs = (replace(UNORDERED, id=""),)
    ward.scan(WRONG_DRUG)
    ward.drugs = ward.drugs if known else ()
    back(ward)
    assert [event.medication_id for event in told(ward)] == [None]


@pytest.mark.hazard("H11")
def test_a_unit_identified_by_hand_counts_as_one_scanned() -> None:
    ward = Bedside().opened()
    ward.pass_.unable_to_scan("unit", "damaged-label", {"gtin": min(UNORDERED.gtins)})
    back(ward)
    assert [event.codes for event in told(ward)] == [("drug.not-ordered",)]


@pytest.mark.hazard("H17")
def test_of_several_units_the_one_that_was_stopped_is_named() -> None:
    ward = Bedside().opened()
    ward.scan(WRONG_DRUG, RIGHT)
    ward.pass_.sign_out()
    (event,) = told(ward)
    assert event.medication_id == UNORDERED.id
    ward.opened().scan(WRONG_DRUG, EXPIRED)
    ward.pass_.sign_out()
    assert told(ward)[-1].medication_id == TABLET.id, "of two the last"


@pytest.mark.hazard("H25")
def test_a_unit_too_many_is_told_of_when_it_is_taken_back_and_the_dose_goes_on() -> None:
    ward = Bedside().opened()
    ward.scan(RIGHT, SECOND_TABLET, THIRD)
    state = back(ward)
    (event,) = told(ward)
    assert (event.codes, event.order_id) == (("dose.excess",), "mr1")
    assert state.filed == event
    assert ward.pass_.give().record is RecordStatus.GIVEN
    assert ward.filed == [event]


def test_a_unit_taken_back_that_was_right_leaves_the_wrong_one_in_hand() -> None:
    ward = Bedside().opened()
    ward.scan(EXPIRED, RIGHT)
    back(ward)
    assert ward.filed == []
    back(ward)
    assert [event.codes for event in told(ward)] == [("drug.expired",)]


def test_two_units_that_are_wrong_in_the_same_way_are_one_event() -> None:
    ward = Bedside().opened()
    ward.scan(EXPIRED, code(1, "X2", expiry="260228"))
    back(ward)
    assert ward.filed == []
    back(ward)
    assert [event.codes for event in told(ward)] == [("drug.expired",)]


@pytest.mark.hazard("H17")
def test_the_same_unit_scanned_again_is_no_second_event() -> None:
    ward = Bedside().opened()
    for _ in range(3):
        ward.scan(EXPIRED, "CMD-BACK")
    ward.scan(EXPIRED)
    ward.scan(OTHER_BAND, BAND, EXPIRED, "CMD-BACK")
    assert [event.codes for event in told(ward)] == [
        ("drug.expired",),
        ("drug.expired", "patient.mismatch"),
    ]


def test_another_unit_another_patient_and_another_stop_are_another_event() -> None:
    ward = Bedside().opened()
    ward.scan(EXPIRED, "CMD-BACK")
    ward.scan(code(1, "X2", expiry="260228"), "CMD-BACK")
    assert len(told(ward)) == 2
    ward.scan(OTHER_BAND, EXPIRED, "CMD-BACK")
    assert told(ward)[-1].patient_id == "p2"
    assert len(told(ward)) == 3
    ward.scan(BAND, RIGHT, SECOND_TABLET)
    ward.pass_.give()
    ward.scan(EXPIRED, "CMD-BACK")
    assert told(ward)[-1].codes == ("drug.expired", "time.already-given", "time.too-soon")


def test_who_signs_in_again_begins_anew() -> None:
    ward = Bedside().opened()
    ward.scan(EXPIRED, "CMD-BACK")
    ward.now += HOUR
    ward.pass_.sign_in("NV-0001", PIN)
    ward.scan(BAND, EXPIRED, "CMD-BACK")
    assert [event.at for event in told(ward)] == [NOW + 2 * SECOND, ward.now - SECOND]


def test_a_locked_station_keeps_the_dose_and_names_who_had_it() -> None:
    ward = Bedside().opened()
    ward.scan(EXPIRED)
    ward.pass_.lock()
    ward.now += HOUR
    ward.pass_.state()
    assert ward.filed == []
    other_nurse(ward)
    (event,) = told(ward)
    assert (event.by_id, event.at, event.codes) == ("n1", NOW + 2 * SECOND, ("drug.expired",))


def test_a_locked_station_that_is_resumed_goes_on_with_the_dose() -> None:
    ward = Bedside().opened()
    ward.scan(EXPIRED)
    ward.pass_.lock()
    ward.pass_.sign_in("NV-0001", PIN)
    assert ward.filed == []
    back(ward)
    assert len(told(ward)) == 1


@pytest.mark.hazard("H86")
@pytest.mark.parametrize("leave", [back, WAYS["signed out"]])
def test_what_cannot_be_kept_is_said_and_holds_nobody_up(leave: Leaving) -> None:
    ward = Bedside().opened()
    ward.scan(EXPIRED)
    ward.outcome = SaveOutcome.NOT_SAVED
    state = leave(ward)
    assert (state.refused, state.filed, state.dose) == ("documentation.not-saved", None, None)
    ward.outcome = SaveOutcome.SAVED
    ward.signed_in().scan(BAND, EXPIRED, "CMD-BACK")
    assert len(told(ward)) == 1, "what was not kept was not told"


def test_a_step_that_was_refused_says_why_before_all_else() -> None:
    ward = Bedside().opened()
    ward.scan(EXPIRED)
    ward.outcome = SaveOutcome.NOT_SAVED
    del ward.people["NV-0001"]
    state = ward.pass_.give()
    assert (state.refused, state.dose) == ("documentation.signed-out", None)


@pytest.mark.hazard("H86")
def test_a_dose_that_was_held_is_not_called_unsaved_for_the_event_beside_it() -> None:
    class Full(Bedside):
        """Its disk is full after the record."""

        def file(self, event: object) -> SaveResult:  # noqa: ARG002 - as the port has it
            return SaveResult(SaveOutcome.NOT_SAVED)

    ward = Full().opened()
    ward.scan(EXPIRED)
    state = ward.pass_.withhold(RecordStatus.HELD, "asleep", None)
    assert (state.record, state.refused, state.filed) == (RecordStatus.HELD, None, None)
    assert [f.code for f in ward.records[0].findings if f.severity is Severity.STOP] == [
        "drug.expired"
    ], "the record tells it"


#: Stops of the five rights that say no more than that the station could not tell, or that
#: something else comes first: the dose was perhaps right.
PERHAPS_RIGHT = {
    "patient.unknown-band",
    "patient.not-a-band",
    "patient.band-void",
    "patient.not-admitted",
    "drug.unknown-code",
    "drug.bad-code",
    "drug.order-changed",
    "drug.order-unverified",
    "drug.order-unreadable",
    "drug.own-supply",
    "drug.blood-product",
    "drug.not-checked",
    "dose.unit-unknown",
    "dose.weight-missing",
    "dose.rate-unordered",
    "dose.recompute",
    "route.missing",
    "time.in-future",
    "time.clock-off",
}
FIVE_RIGHTS = {Right.PATIENT, Right.DRUG, Right.DOSE, Right.ROUTE, Right.TIME}


def test_of_every_stop_of_the_five_rights_it_was_decided_whether_it_is_one() -> None:
    stops = {
        spec.code
        for spec in CATALOGUE
        if spec.right in FIVE_RIGHTS and spec.variants[0].severity is Severity.STOP
    }
    assert stops == KEEPS_AWAY | PERHAPS_RIGHT
    assert not KEEPS_AWAY & PERHAPS_RIGHT

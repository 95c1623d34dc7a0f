"""What waits for a person at a real station, with the names and beds that the page shows."""

import pytest

from bcma.app import Worklist
from bcma.model.record import MedicationAdministration
from tests.app.conftest import ANOTHER, MANAGER, NURSE, PIN, Hospital


def test_nothing_waits_at_first(hospital: Hospital) -> None:
    hospital.a.sign_in(NURSE, PIN)
    assert hospital.a.worklist() == Worklist()
    assert hospital.a.worklist().to_do == 0


@pytest.mark.hazard("H47")
def test_a_dose_charted_twice_waits_with_both_nurses_until_one_settles_it(
    hospital: Hospital,
) -> None:
    _, right = hospital.given_twice()
    hospital.a.sign_in(NURSE, PIN)
    work = hospital.a.worklist()
    (notice,) = work.notices
    assert [work.names[r.giver_id or ""] for r in notice.records] == [
        "Lê Thị Lan",
        "Phạm Văn Minh",
    ]
    assert work.to_do == 1
    assert hospital.a.safety.charted_twice(notice, right, "other").refused is None
    assert hospital.a.worklist().notices == ()


@pytest.mark.hazard("H87")
def test_what_was_refused_waits_with_patient_bed_drug_and_owner(hospital: Hospital) -> None:
    station = hospital.a
    hospital.give(station, NURSE, "U1")
    (parcel,) = station.store.outbox.deliverable()
    station.store.outbox.refused(parcel.sequence, "emr.refused 422 required", at=hospital.time.at)
    work = station.worklist()
    (refused,) = work.refused
    assert isinstance(refused.problem.record, MedicationAdministration)
    assert (refused.owner, refused.drug) == ("Lê Thị Lan", "Amlodipin 5 mg")
    assert refused.patient
    assert refused.bed
    assert (work.backlog.refused, work.backlog.waiting, work.others) == (1, 0, 0)
    station.sign_in(ANOTHER, PIN)
    assert (station.worklist().refused, station.worklist().others) == ((), 1)
    station.sign_in(MANAGER, PIN)
    assert station.delivery.retry(parcel.sequence)
    assert station.worklist().to_do == 0
    assert station.worklist().backlog.waiting == 1


def test_nobody_signed_in_sees_no_refused_record(hospital: Hospital) -> None:
    hospital.give(hospital.a, NURSE, "U1")
    (parcel,) = hospital.a.store.outbox.deliverable()
    hospital.a.store.outbox.refused(parcel.sequence, "emr.refused", at=hospital.time.at)
    hospital.a.sign_out()
    assert hospital.a.worklist().refused == ()

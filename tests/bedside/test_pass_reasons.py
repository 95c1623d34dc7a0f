"""A reason that is given once for the whole pass: for which warnings, and for whom."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from bcma.bedside import Phase, Proof
from bcma.model.order import Timing
from bcma.model.record import MedicationAdministration, RecordStatus, ReleaseRecord
from tests.bedside.ward import BAND, DUE, HALF, OTHER_BAND, PIN, TABLET, ZINC, Bedside, code, held
from tests.rules.builders import at, dosage, mg, order

LATE = at(9, 30)
ONCE = Proof(reason="patient-off-ward")
FOR_ALL = Proof(reason="patient-off-ward", whole_pass=True)
EVERY_MORNING_AT_HALF_PAST_NINE = Timing(
    times_of_day=(time(9, 30),), bounds_start=at(8, day=1), frequency=1
)
ORDERS = (
    order("mr2", dosage(mg(10), timing=DUE), medication=ZINC),
    order("mr4", dosage(mg(10), timing=DUE), medication=HALF),
)


def two_late_doses(proof: Proof) -> Bedside:
    """Release the first of two late doses, give it, and scan the second."""
    ward = Bedside(orders=ORDERS, now=LATE).opened()
    assert held(ward.scan(code(2))) == {"time.late"}
    assert held(ward.pass_.release("time.late", proof)) == set()
    ward.pass_.give()
    ward.scan(code(4))
    return ward


@pytest.mark.hazard("H100")
def test_a_reason_for_the_whole_pass_holds_for_later_doses() -> None:
    ward = two_late_doses(FOR_ALL)
    assert held(ward.pass_.state()) == set()
    assert held(two_late_doses(ONCE).pass_.state()) == {"time.late"}


def releases(record: MedicationAdministration) -> list[ReleaseRecord]:
    return [r for r in record.releases if r.code == "time.late"]


def test_every_record_holds_the_reason_for_its_own_finding() -> None:
    ward = two_late_doses(FOR_ALL)
    ward.pass_.give()
    first, second = ward.records
    for charted in (first, second):
        late = next(f for f in charted.findings if f.code == "time.late")
        (release,) = releases(charted)
        assert (release.reason, release.subject) == ("patient-off-ward", late.subject)
        assert release.whole_pass
    assert releases(first)[0].subject != releases(second)[0].subject


def test_a_record_without_the_warning_does_not_hold_its_reason() -> None:
    on_time = order("mr1", dosage(mg(500), timing=EVERY_MORNING_AT_HALF_PAST_NINE))
    ward = Bedside(orders=(*ORDERS, replace(on_time, medication=TABLET)), now=LATE).opened()
    ward.scan(code(2))
    ward.pass_.release("time.late", FOR_ALL)
    ward.pass_.give()
    ward.scan(code(1, "U1"))
    assert held(ward.pass_.state()) == set()
    ward.pass_.give()
    assert [r.order_id for r in ward.records] == ["mr2", "mr1"]
    assert releases(ward.records[-1]) == []


def test_the_reason_ends_where_the_station_locks_itself() -> None:
    ward = two_late_doses(FOR_ALL)
    ward.now += ward.site.idle_lock
    assert "time.late" not in held(ward.pass_.state())
    ward.now += timedelta(seconds=1)
    assert ward.pass_.state().phase is Phase.SIGNED_OUT
    assert "time.late" in held(ward.pass_.sign_in("NV-0001", PIN))


def test_the_reason_ends_with_the_patient() -> None:
    ward = two_late_doses(FOR_ALL)
    ward.pass_.take_back()
    ward.scan(OTHER_BAND, BAND)
    assert held(ward.scan(code(4))) == {"time.late"}


def test_a_dose_that_is_withheld_keeps_the_reason_too() -> None:
    ward = two_late_doses(FOR_ALL)
    ward.pass_.withhold(RecordStatus.HELD, "asleep", None)
    (release,) = releases(ward.records[-1])
    assert release.reason == "patient-off-ward"

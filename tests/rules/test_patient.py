"""The right patient."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bcma.model.chart import NameAlike
from bcma.model.order import OrderStatus
from bcma.model.people import BandScan, Encounter, EncounterStatus
from bcma.model.scan import Wristband
from bcma.model.verdict import NotChecked, ReleaseBy, Right, Severity
from bcma.rules import BandInHand, judge
from tests.rules.builders import (
    MINUTE,
    NOW,
    ORDER,
    PATIENT,
    SECOND,
    STAY,
    Value,
    at,
    attempt,
    chart,
    codes,
    found_in,
    policy,
)
from tests.rules.test_judge import lacking

CODE = Wristband("BN0001", "1")


@pytest.mark.hazard("H03")
def test_a_band_that_was_replaced_stops() -> None:
    found = found_in(attempt(band=BandInHand(at=NOW, code=CODE, void=True)), "patient.band-void")
    assert (found.severity, found.release, found.facts["band"]) == (Severity.STOP, (), "BN0001.1")


@pytest.mark.hazard("H06")
def test_identification_by_hand_is_a_warning_with_its_reason() -> None:
    found = found_in(attempt(band=BandInHand(at=NOW, reason="band-damaged", void=True)), UNREADABLE)
    assert (found.severity, found.facts) == (Severity.WARN, {"reason": "band-damaged"})


UNREADABLE = "patient.band-unreadable"


@pytest.mark.parametrize(
    "age,asked", [(10 * MINUTE, False), (10 * MINUTE + SECOND, True), (11 * MINUTE - SECOND, True)]
)
def test_an_old_scan_is_asked_for_again(age: Value, asked: bool) -> None:  # noqa: FBT001 - a row of the table
    tried = attempt(band=BandInHand(at=NOW - age, code=CODE))
    assert ("patient.rescan" in codes(tried)) is asked
    if asked:
        found = found_in(tried, "patient.rescan")
        assert (found.severity, found.cannot, found.facts) == (Severity.ASK, None, {"minutes": 10})


def test_without_a_patient_or_a_band_nothing_was_checked() -> None:
    assert NotChecked(Right.PATIENT, "no-patient") in judge(attempt(chart=None)).not_checked
    nobody = attempt(chart=None, band=None, order=None, claim=None, dosage=None)
    assert NotChecked(Right.PATIENT, "no-band") in judge(replace(nobody, units=())).not_checked


@pytest.mark.hazard("H04", "H08")
@pytest.mark.parametrize(
    "changes,status,release",
    [
        ({"patient": replace(PATIENT, replaced_by="p9")}, "merged", ()),
        ({"patient": replace(PATIENT, deceased=True)}, "deceased", ()),
        ({"patient": replace(PATIENT, active=False)}, "inactive", ()),
        ({"encounters": ()}, "no-encounter", ()),
        ({"encounters": (replace(STAY, status=EncounterStatus.CANCELLED),)}, "cancelled", ()),
        (
            {"encounters": (replace(STAY, status=EncounterStatus.FINISHED, ends=at(0)),)},
            "finished",
            (ReleaseBy.PRESCRIBER,),
        ),
        (
            {"encounters": (replace(STAY, status=EncounterStatus.FINISHED, ends=at(23, 59, 1)),)},
            "finished",
            (),
        ),
        ({"encounters": (replace(STAY, status=EncounterStatus.FINISHED),)}, "finished", ()),
        (
            {
                "encounters": (replace(STAY, status=EncounterStatus.FINISHED, ends=at(0)),),
                "orders": (replace(ORDER, status=OrderStatus.STOPPED),),
            },
            "finished",
            (),
        ),
    ],
)
def test_who_is_not_here_to_be_treated_stops(
    changes: dict[str, Value], status: str, release: tuple[ReleaseBy, ...]
) -> None:
    """Discharged today while an order runs is the one that a prescriber may release."""
    found = found_in(attempt(chart=replace(chart(), **changes)), "patient.not-admitted")
    assert found.severity is Severity.STOP
    assert (found.facts["status"], found.release) == (status, release)


def test_the_latest_stay_tells_the_status() -> None:
    old = Encounter(id="e0", patient_id="p1", status=EncounterStatus.CANCELLED)
    ended = replace(STAY, status=EncounterStatus.FINISHED, ends=at(7))
    found = found_in(attempt(chart=chart(encounters=(ended, old))), "patient.not-admitted")
    assert found.facts["status"] == "finished"


@pytest.mark.hazard("H09")
@pytest.mark.parametrize(
    "changes,warned",
    [
        ({"ward": "NGOAI"}, True),
        ({"ward": "NOI"}, False),
        ({"ward": ""}, False),
        ({"ward": "MO", "policy": policy(other_ward_exempt=["MO"])}, False),
        ({"ward": "NGOAI", "chart": chart(encounters=(replace(STAY, wards=frozenset()),))}, False),
        ({"ward": "NGOAI", "chart": chart(encounters=())}, False),
    ],
)
def test_a_patient_of_another_ward_is_warned_about(changes: dict[str, Value], warned: bool) -> None:  # noqa: FBT001 - a row of the table
    tried = attempt(**changes)
    assert ("patient.other-ward" in codes(tried)) is warned
    if warned:
        assert found_in(tried, "patient.other-ward").facts == {"ward": "Nội", "bed": "12"}


@pytest.mark.hazard("H02")
def test_a_name_alike_is_pointed_at() -> None:
    born = date(1961, 4, 30)
    other = NameAlike("p2", "Nguyễn Văn Ân", "26002", born, "14")
    found = found_in(attempt(chart=chart(name_alikes=(other,))), "patient.name-alike")
    assert (found.severity, found.subject) == (Severity.INFO, "p2")
    assert found.facts == {
        "other_patient": "Nguyễn Văn Ân",
        "mrn": "26002",
        "birth_date": born,
        "bed": "14",
    }
    assert lacking([found]) == []


def scanned_elsewhere(before: timedelta) -> BandInHand:
    other = BandScan(
        patient_id="p1", band="BN0001.1", station="B", at=NOW - MINUTE - before, by_id="n2"
    )
    return BandInHand(at=NOW - MINUTE, code=CODE, elsewhere=other)


@pytest.mark.hazard("H03", "H98")
@pytest.mark.parametrize(
    "before,minutes,warned",
    [
        (0 * MINUTE, 5, True),
        (5 * MINUTE, 5, True),
        (5 * MINUTE + SECOND, 5, False),
        (SECOND, 0, False),
        (20 * MINUTE, 20, True),
    ],
)
def test_a_band_that_was_just_scanned_on_another_station_is_warned_about(
    before: timedelta,
    minutes: int,
    warned: bool,  # noqa: FBT001 - a row of the table
) -> None:
    site = policy(band_elsewhere_minutes=minutes)
    tried = attempt(band=scanned_elsewhere(before), policy=site)
    assert ("patient.band-elsewhere" in codes(tried)) is warned
    if warned:
        found = found_in(tried, "patient.band-elsewhere")
        assert (found.severity, found.release) == (Severity.WARN, (ReleaseBy.REASON,))
        assert (found.subject, found.facts["station"]) == ("B", "B")
        assert found.facts["at"] == NOW - MINUTE - before


def test_no_scan_elsewhere_is_nothing_to_say() -> None:
    assert codes(attempt(band=BandInHand(at=NOW, code=CODE))) == set()
    assert codes(attempt(band=None)) == {"patient.rescan"}


@pytest.mark.parametrize(
    "first,second,status",
    [
        ({"starts": at(7, day=1)}, {"starts": at(8, day=1)}, "planned"),
        ({"starts": at(8, day=1)}, {"starts": at(7, day=1)}, "finished"),
        ({"starts": at(6, day=1), "ends": at(7, day=1)}, {"starts": at(6, day=1)}, "finished"),
        ({"starts": at(6, day=1), "ends": at(7, day=1)}, {"starts": at(8, day=1)}, "planned"),
        ({"starts": None}, {"starts": at(7, day=1)}, "planned"),
    ],
)
def test_the_stay_that_ended_or_else_began_last_is_the_latest(
    first: dict[str, Value], second: dict[str, Value], status: str
) -> None:
    ended = replace(STAY, status=EncounterStatus.FINISHED, **first)
    planned = replace(STAY, id="e2", status=EncounterStatus.PLANNED, **second)
    for both in ((ended, planned), (planned, ended)):
        found = found_in(attempt(chart=chart(encounters=both)), "patient.not-admitted")
        assert found.facts["status"] == status


def test_today_is_the_ward_s_day() -> None:
    """Half past midnight in Hanoi is still yesterday by UTC."""
    ended = replace(STAY, status=EncounterStatus.FINISHED, ends=at(9))
    tried = attempt(now=at(0, 30, day=3), chart=chart(encounters=(ended,)))
    assert found_in(tried, "patient.not-admitted").release == ()
    same_day = replace(tried, now=at(23, 30))
    assert found_in(same_day, "patient.not-admitted").release == (ReleaseBy.PRESCRIBER,)

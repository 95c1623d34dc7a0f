"""Care events reach the EMR once, in the order of their patient, and other stations."""

from dataclasses import replace
from uuid import uuid4

import pytest

from bcma.emr.sandbox import Faults, Lost
from bcma.model.events import AllergyAsked, EffectCheck, NearMiss, Reaction
from bcma.model.ports import SaveOutcome
from bcma.model.scan import Wristband
from tests.store import ward
from tests.sync.conftest import EVENT, Emr, Station
from tests.sync.test_push import chart_it, on_emr

REACTION = Reaction(
    event_id=str(uuid4()),
    patient_id="p1",
    record_id=EVENT,
    at=ward.NOW,
    by_id="n1",
    signs=("mày đay",),
    severity="moderate",
    grade=1,
)
CHECK = EffectCheck(
    event_id=str(uuid4()), patient_id="p1", record_id=EVENT, at=ward.NOW, by_id="n1", text="đỡ"
)
ASKED = AllergyAsked(event_id=str(uuid4()), patient_id="p1", at=ward.NOW, by_id="n1")


def file_all(station: Station) -> None:
    chart_it(station)
    for event in (REACTION, CHECK, ASKED):
        assert station.store.recorder.file(event).outcome is SaveOutcome.SAVED


@pytest.mark.hazard("H78", "H77", "H70")
def test_care_events_follow_their_dose_to_the_emr(station: Station) -> None:
    station.sync.sync_now()
    file_all(station)
    report = station.sync.sync_now()
    assert (report.delivered, report.unsent, report.problems) == (4, 0, 0)
    for kind, event in (
        ("AdverseEvent", REACTION),
        ("Observation", CHECK),
        ("AllergyIntolerance", ASKED),
    ):
        assert [there["id"] for there in on_emr(station, kind)] == [event.event_id]


def test_they_are_pulled_back_and_count_once(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    file_all(station)
    before = ward.chart(station.store)
    station.sync.sync_now()
    emr.tick()
    report = station.sync.sync_now()
    assert report.pulled.news["AdverseEvent"] == 1
    after = ward.chart(station.store)
    assert after.effect_checks == before.effect_checks
    assert after.reactions == before.reactions
    assert [a.kind for a in after.allergies] == [a.kind for a in before.allergies]


@pytest.mark.hazard("H78", "H77", "H70")
def test_another_station_learns_of_them(emr: Emr, station: Station, other: Station) -> None:
    station.sync.sync_now()
    file_all(station)
    station.sync.sync_now()
    emr.tick()
    other.sync.sync_now()
    chart = ward.chart(other.store)
    assert [r.id for r in chart.reactions] == [REACTION.event_id]
    assert chart.effect_checks == (CHECK,)
    assert [a.active for a in chart.allergies] == [True]


@pytest.mark.hazard("H78")
def test_a_near_miss_reaches_the_emr_and_is_a_reaction_at_no_station(
    emr: Emr, station: Station, other: Station
) -> None:
    station.sync.sync_now()
    missed = NearMiss(
        event_id=str(uuid4()),
        patient_id="p1",
        at=ward.NOW,
        by_id="n1",
        medication_id="m1",
        codes=("drug.expired",),
    )
    assert station.store.recorder.file(missed).outcome is SaveOutcome.SAVED
    assert station.sync.sync_now().delivered == 1
    assert [(e["id"], e["actuality"]) for e in on_emr(station, "AdverseEvent")] == [
        (missed.event_id, "potential")
    ]
    emr.tick()
    for one in (station, other):
        assert one.sync.sync_now().pulled.news["AdverseEvent"] == 1
        assert not any(reaction.open for reaction in ward.chart(one.store).reactions)


@pytest.mark.hazard("H86")
def test_a_lost_reply_writes_no_second_reaction(emr: Emr, station: Station) -> None:
    station.sync.sync_now()
    file_all(station)
    emr.sandbox.faults = Faults(lose_replies=Lost.WRITES)
    assert not station.sync.sync_now().reached
    emr.sandbox.faults = Faults()
    report = station.sync.sync_now()
    assert (report.unsent, report.problems) == (0, 0)
    assert len(on_emr(station, "AdverseEvent")) == 1
    assert len(on_emr(station, "Provenance")) == 4


def test_an_event_that_nothing_can_be_written_under_is_a_problem(station: Station) -> None:
    station.sync.sync_now()
    station.store.recorder.file(replace(ASKED, event_id="event-1"))
    report = station.sync.sync_now()
    assert (report.delivered, report.problems) == (0, 1)


@pytest.mark.hazard("H78")
def test_reactions_come_with_a_patient_who_is_fetched_alone(
    emr: Emr, station: Station, other: Station
) -> None:
    station.sync.sync_now()
    file_all(station)
    station.sync.sync_now()
    emr.tick()
    band = Wristband("B1", "01")
    assert other.sync.lookup_band(band)
    assert [r.id for r in ward.chart(other.store).reactions] == [REACTION.event_id]

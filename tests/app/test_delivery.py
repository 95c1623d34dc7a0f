"""Who sees what the EMR refused, and what they may do about it (hazard H87)."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bcma.app import Station
from bcma.app.values import SystemClock
from bcma.config import load_config
from bcma.emr.sandbox import Sandbox
from bcma.model.events import AllergyAsked, DoubleDose
from tests.store.ward import NOW

WARD = Path(__file__).parents[1] / "scenarios" / "ward.json"
NURSE, ANOTHER, MANAGER = "NV-0001", "NV-0002", "NV-0005"
pytestmark = pytest.mark.hazard("H87")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """A station with two refused events: one told by a nurse, one found by the station."""
    with Sandbox() as emr:
        emr.load(json.loads(WARD.read_bytes()))
        settings = {
            "BCMA_EMR_URL": emr.base_url,
            "BCMA_WARD": "NOI",
            "BCMA_DATA_FOLDER": str(tmp_path),
        }
        with Station(load_config(None, settings), SystemClock()) as here:
            here.sync_now()
            told = {"event_id": str(uuid4()), "at": NOW}
            here.store.recorder.file(AllergyAsked(patient_id="p1", by_id="s1", **told))  # type: ignore[arg-type]
            told["event_id"] = str(uuid4())
            found = DoubleDose(patient_id="p2", record_ids=("a", "b"), **told)  # type: ignore[arg-type]
            here.store.recorder.file(found)
            for parcel in here.store.outbox.deliverable():
                here.store.outbox.refused(parcel.sequence, "emr.refused 422", at=NOW)
            for badge in (NURSE, ANOTHER, MANAGER):
                here.enrol(badge, "4711")
            yield here


def kinds(station: Station) -> list[str]:
    return [problem.kind for problem in station.delivery.problems()]


def test_each_sees_their_own_and_the_ward_manager_all(station: Station) -> None:
    assert kinds(station) == [], "nobody is signed in"
    station.sign_in(NURSE, "4711")
    assert kinds(station) == ["allergy-asked", "double-dose"]
    station.sign_in(ANOTHER, "4711")
    assert kinds(station) == ["double-dose"], "what nobody charted is everybody's"
    station.sign_in(MANAGER, "4711")
    assert kinds(station) == ["allergy-asked", "double-dose"]


def test_only_who_it_concerns_may_decide(station: Station) -> None:
    station.sign_in(NURSE, "4711")
    hers = station.delivery.problems()[0].sequence
    station.sign_in(ANOTHER, "4711")
    assert not station.delivery.retry(hers)
    assert not station.delivery.handled(hers, "entered by hand")
    station.sign_out()
    assert not station.delivery.retry(hers)
    assert station.health().problems == 2


def test_what_is_sent_again_arrives(station: Station) -> None:
    station.sign_in(NURSE, "4711")
    assert station.delivery.retry(station.delivery.problems()[0].sequence)
    assert kinds(station) == ["double-dose"]
    assert station.sync_now().delivered == 1
    assert station.store.audit_entries()[-1].what == "delivery-retried"


def test_what_was_seen_to_otherwise_is_off_the_list_under_the_name_of_who_said_so(
    station: Station,
) -> None:
    station.sign_in(MANAGER, "4711")
    last = station.delivery.problems()[-1].sequence
    assert not station.delivery.handled(last, "")
    assert station.delivery.handled(last, "told the pharmacist")
    assert kinds(station) == ["allergy-asked"]
    entry = station.store.audit_entries()[-1]
    assert (entry.what, entry.who) == ("delivery-handled", "s5")

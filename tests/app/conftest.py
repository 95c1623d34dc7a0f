"""An EMR and two stations that exchange with it only when a test lets them."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from bcma.app import SafetyNotice, Station
from bcma.config import PinHash, load_config
from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Sandbox
from bcma.policy import Policy

WARD = Path(__file__).parents[1] / "scenarios" / "ward.json"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
NURSE, ANOTHER, PHARMACIST, DOCTOR, MANAGER, STUDENT = (f"NV-000{n}" for n in range(1, 7))
THIRD_NURSE, PIN, INCOMPLETE = "NV-0009", "4711", "documentation.incomplete"
STAFF = (NURSE, ANOTHER, PHARMACIST, DOCTOR, MANAGER, STUDENT, THIRD_NURSE)
Json = dict[str, Any]


def order(**changes: object) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": "mr1",
        "status": "active",
        "intent": "order",
        "medicationReference": {"reference": "Medication/amlo5"},
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e1"},
        "authoredOn": "2026-03-01T07:30:00+07:00",
        "reasonCode": [{"text": "Tăng huyết áp"}],
        "dosageInstruction": [
            {
                "timing": {
                    "repeat": {"boundsPeriod": {"start": "2026-03-01T08:00:00+07:00"}},
                    "code": {"text": "BID"},
                },
                "route": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/v2-0162",
                            "code": "PO",
                        }
                    ]
                },
                "doseAndRate": [
                    {
                        "doseQuantity": {
                            "value": 5,
                            "unit": "mg",
                            "system": "http://unitsofmeasure.org",
                            "code": "mg",
                        }
                    }
                ],
            }
        ],
        **changes,
    }


THIRD: list[Json] = [
    {
        "resourceType": "Practitioner",
        "id": "s9",
        "active": True,
        "identifier": [{"system": "urn:bcma:badge", "value": THIRD_NURSE}],
        "name": [{"text": "Trương Thị Yến"}],
    },
    {
        "resourceType": "PractitionerRole",
        "id": "s9-role",
        "active": True,
        "practitioner": {"reference": "Practitioner/s9"},
        "code": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/practitioner-role",
                        "code": "nurse",
                    }
                ]
            }
        ],
    },
]


@dataclass
class Time:
    """The time of the EMR and of every station."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def goes_on(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Hospital:
    """An EMR and two stations that talk to it when they are told to."""

    emr: Sandbox
    time: Time
    client: FhirClient
    a: Station
    b: Station

    def sync(self) -> None:
        """Let both exchange with the EMR, until each knows what the other one told."""
        for station in (self.a, self.b, self.a, self.b):
            self.time.goes_on(seconds=1)
            assert station.sync_now().reached

    def on_emr(self, search: str) -> list[Json]:
        return [dict(found.resource) for found in self.client.search_all(search)]

    def give(self, station: Station, badge: str, serial: str) -> str:
        """Let a nurse give the dose that is due, and name its record."""
        self.time.goes_on(minutes=6)
        station.sign_in(badge, PIN)
        station.scan("BN0001.2")
        station.scan(f"]d201089350000000381727123110L1\u001d21{serial}")
        given = station.give()
        assert given.written is not None, given.refused
        return given.written.event_id or ""

    def given_twice(self) -> tuple[str, str]:
        """Let two nurses give one dose, neither station knowing of the other."""
        events = self.give(self.a, NURSE, "U1"), self.give(self.b, ANOTHER, "U2")
        self.sync()
        return events

    def holds_the_next(self, station: Station) -> bool:
        """Tell whether the evening's dose waits for somebody to settle the morning's."""
        self.time.at = NOW + timedelta(hours=12)
        station.sign_in(NURSE, PIN)
        station.scan("BN0001.2")
        state = station.scan("]d201089350000000381727123110L1\u001d21U9")
        assert state.standing_verdict is not None
        codes = {found.code for found in state.standing_verdict.findings}
        return "documentation.conflict" in codes


def load(emr: Sandbox, *resources: Json) -> None:
    entries = [{"resource": resource} for resource in resources]
    emr.load({"resourceType": "Bundle", "type": "collection", "entry": entries})


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    time = Time()
    site = Policy.default().with_overrides({"acknowledge_orders": False, "verification": "off"})
    with ExitStack() as closing:
        emr = closing.enter_context(Sandbox(clock=time.now))
        emr.load(json.loads(WARD.read_bytes()))
        load(emr, order(), *THIRD)

        def open_station(name: str) -> Station:
            settings = {
                "BCMA_EMR_URL": emr.base_url,
                "BCMA_WARD": "NOI",
                "BCMA_STATION": name,
                "BCMA_DATA_FOLDER": str(tmp_path / name),
            }
            config = replace(load_config(None, settings), pin_hash=PinHash(passes=1, memory_kib=64))
            station = closing.enter_context(Station(config, time, policy=site))
            station.sync_now()
            for badge in STAFF:
                station.enrol(badge, PIN)
            return station

        http = closing.enter_context(httpx.Client())
        a, b = open_station("A"), open_station("B")
        yield Hospital(emr, time, FhirClient(emr.base_url, http), a, b)


def only_notice(station: Station, badge: str) -> SafetyNotice:
    station.sign_in(badge, PIN)
    (notice,) = station.safety.notices()
    return notice

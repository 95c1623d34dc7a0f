"""The sample ward: whole, readable and movable."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bcma.barcode import SiteFormats, parse
from bcma.emr.sandbox import Sandbox
from bcma.model.scan import BadCode, Badge, UnitCode, Wristband
from bcma.simulate.sample import SampleWard, sample_ward

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WRITTEN = datetime(2026, 3, 2, 8, tzinfo=ZONE)


@pytest.fixture
def ward() -> SampleWard:
    return sample_ward(WRITTEN)


def resources(ward: SampleWard, kind: str) -> list[Mapping[str, object]]:
    entries = ward.bundle["entry"]
    assert isinstance(entries, list)
    found = [entry["resource"] for entry in entries]
    return [resource for resource in found if resource["resourceType"] == kind]


def identifiers(ward: SampleWard, kind: str, system: str) -> set[str]:
    found = set()
    for resource in resources(ward, kind):
        listed = resource.get("identifier", [])
        assert isinstance(listed, list)
        found |= {one["value"] for one in listed if one.get("system") == system}
    return found


def test_it_is_a_ward_that_tells_stories(ward: SampleWard) -> None:
    assert len(resources(ward, "Patient")) >= 8
    statuses = Counter(order["status"] for order in resources(ward, "MedicationRequest"))
    assert statuses["stopped"] == 1
    assert statuses["active"] > 15
    orders = {order["id"] for order in resources(ward, "MedicationRequest")}
    assert orders.issuperset(ward.unread)
    names = Counter(str(patient["name"]) for patient in resources(ward, "Patient"))
    assert max(names.values()) == 2


def test_the_sandbox_takes_it(ward: SampleWard) -> None:
    with Sandbox(clock=lambda: WRITTEN, check_references=True) as sandbox:
        reply = sandbox.load(ward.bundle)

    entries = reply["entry"]
    assert isinstance(entries, list)
    assert len(entries) == len({str(entry["response"]["location"]) for entry in entries})


def test_every_code_is_read_and_known_to_the_ward(ward: SampleWard) -> None:
    gtins = identifiers(ward, "Medication", "https://www.gs1.org/gtin")
    drugs = identifiers(ward, "Medication", "urn:bcma:drug")
    bands = identifiers(ward, "Patient", "urn:bcma:wristband")
    badges = identifiers(ward, "Practitioner", "urn:bcma:badge")
    for scan in ward.scans:
        code = parse(scan.code, SiteFormats(), zone=ZONE, today=date(2026, 3, 2))
        assert not isinstance(code, BadCode), scan
        match code:
            case UnitCode(gtin=str(gtin)):
                assert gtin.removeprefix("0") in gtins or gtin in gtins, scan
            case UnitCode(drug=drug):
                assert drug in drugs, scan
            case Wristband():
                assert code.value in bands, scan
            case Badge(badge=badge):
                assert badge in badges, scan
            case _:
                pass
    assert set(ward.pins) == badges


@pytest.mark.parametrize(
    "now",
    [datetime(2031, 12, 31, 23, 50, tzinfo=UTC), datetime(2020, 1, 1, 0, 0, tzinfo=ZONE)],
)
def test_moved_its_doses_stand_as_they_stood(ward: SampleWard, now: datetime) -> None:
    moved = sample_ward(now)

    move = now - WRITTEN
    for before, after in zip(planned(ward), planned(moved), strict=True):
        assert timedelta(0) <= move - (after - before) < timedelta(minutes=15)
        assert after.minute % 15 == 0


def test_birth_dates_stay(ward: SampleWard) -> None:
    later = sample_ward(WRITTEN + timedelta(days=400))

    births = [patient["birthDate"] for patient in resources(ward, "Patient")]
    assert [patient["birthDate"] for patient in resources(later, "Patient")] == births


def planned(ward: SampleWard) -> list[datetime]:
    found = []
    for order in resources(ward, "MedicationRequest"):
        dosages = order["dosageInstruction"]
        assert isinstance(dosages, list)
        for dosage in dosages:
            found += [datetime.fromisoformat(at) for at in dosage["timing"].get("event", [])]
    assert found
    return found

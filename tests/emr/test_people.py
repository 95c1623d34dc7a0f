"""Patients, bands, stays, places and staff."""

from datetime import UTC, date, datetime

import pytest

from bcma.emr.fhir_map import (
    Places,
    ResourceUnreadable,
    read_encounter,
    read_patient,
    read_practitioner,
)
from bcma.emr.fhir_map.people import UNREADABLE_TARGET
from bcma.model.people import Encounter, EncounterStatus, Patient, Role, Sex
from tests.emr.resources import changed, load

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KIND = "http://terminology.hl7.org/CodeSystem/location-physical-type"
NURSE = {"system": "http://terminology.hl7.org/CodeSystem/practitioner-role", "code": "nurse"}


def patient_with(**elements: object) -> Patient:
    return read_patient(changed(load("patient"), elements))


def test_a_good_patient_is_read_whole() -> None:
    patient = patient_with()
    assert (patient.id, patient.name, patient.family) == ("p1", "Nguyễn Thị Ngọc", "Nguyễn")
    assert (patient.mrn, patient.sex) == ("26001234", Sex.FEMALE)
    assert patient.birth_date == date(1954, 11, 30)
    assert patient.active
    assert not patient.deceased


@pytest.mark.hazard("H03")
def test_only_the_last_print_of_a_band_stands() -> None:
    bands = {band.value: band.is_void(NOW) for band in patient_with().bands}
    assert bands == {
        "26001234.1": True,
        "26001234.2": False,
        "26001234.3": True,
        "26001234.4": True,
    }


@pytest.mark.parametrize(
    "elements",
    [{"active": False}, {"active": "true"}, {"modifierExtension": [{"url": "urn:x"}]}],
)
def test_doubt_about_a_record_counts_against_it(elements: dict[str, object]) -> None:
    assert not patient_with(**elements).active


@pytest.mark.hazard("H04")
@pytest.mark.parametrize(
    "elements", [{"deceasedBoolean": True}, {"deceasedBoolean": "no"}, {"deceasedDateTime": "?"}]
)
def test_doubt_about_death_is_death(elements: dict[str, object]) -> None:
    assert patient_with(**elements).deceased
    assert not patient_with(deceasedBoolean=False).deceased


@pytest.mark.hazard("H08")
@pytest.mark.parametrize(
    "link, target",
    [
        ({"type": "replaced-by", "other": {"reference": "Patient/p2"}}, "p2"),
        ({"type": "replaced-by", "other": {"display": "?"}}, UNREADABLE_TARGET),
        ({"type": "merged", "other": {"reference": "Patient/p2"}}, "p2"),
        ({"type": "replaces", "other": {"reference": "Patient/p2"}}, None),
    ],
)
def test_a_merge_is_seen_even_where_its_target_is_not(link: object, target: str | None) -> None:
    assert patient_with(link=[link]).replaced_by == target


def test_an_inexact_birth_date_stays_in_words() -> None:
    patient = patient_with(birthDate="1954")
    assert (patient.birth_date, patient.birth_text) == (None, "1954")


def test_a_name_in_parts_is_joined_family_first() -> None:
    patient = patient_with(name=[{"family": "Lê", "given": ["Văn", "Sáu"]}])
    assert patient.name == "Lê Văn Sáu"
    assert patient_with(name="Lê Văn Sáu").name == ""


def place(identity: str, kind: str, name: str, parent: str | None, code: str) -> dict[str, object]:
    return {
        "resourceType": "Location",
        "id": identity,
        "name": name,
        "physicalType": {"coding": [{"system": KIND, "code": kind}]},
        "identifier": [{"value": code}],
        **({"partOf": {"reference": f"Location/{parent}"}} if parent else {}),
    }


PLACES = Places.read(
    [
        place("l1", "wa", "Khoa Nội", "l9", "NOI"),
        place("l2", "ro", "Phòng 3", "l1", "NOI-3"),
        place("l3", "bd", "Giường 12", "l2", "NOI-3-12"),
        place("l4", "wa", "Khoa Ngoại", None, "NGOAI"),
        place("l9", "bu", "Nhà A", "l1", "A"),
        {"resourceType": "Location"},
    ]
)


def stay(*locations: dict[str, object], **elements: object) -> Encounter:
    raw = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "in-progress",
        "subject": {"reference": "Patient/p1"},
        "location": list(locations),
    }
    return read_encounter(changed(raw, elements), PLACES)


def at(identity: str, **more: object) -> dict[str, object]:
    return {"location": {"reference": f"Location/{identity}"}, **more}


def test_a_stay_is_found_at_bed_room_ward_and_beyond() -> None:
    found = stay(at("l4", status="completed"), at("l3", status="active"))
    assert {"l3", "NOI-3-12", "l2", "NOI-3", "l1", "NOI", "l9", "A"} == found.wards
    assert (found.ward_name, found.bed) == ("Khoa Nội", "Giường 12")


def test_only_a_location_of_now_counts() -> None:
    assert "NGOAI" not in stay(at("l4", status="planned")).wards
    assert "NGOAI" in stay(at("l4")).wards
    assert "NGOAI" not in stay(at("l4", period={"end": "2026-03-01T08:00:00Z"})).wards
    assert stay(at("l7", status="active")).wards == {"l7"}


def spent(identity: str, start: str | None, end: str | None = None) -> dict[str, object]:
    """Say from which hour of 1 March to which the patient was at a place."""
    times = {"start": start, "end": end}
    period = {name: f"2026-03-01T{hour}:00Z" for name, hour in times.items() if hour is not None}
    status = "active" if end is None else "completed"
    return at(identity, status=status, **({"period": period} if period else {}))


AHEAD = {"end": "2026-03-09T01:00:00Z"}


@pytest.mark.hazard("H58")
@pytest.mark.parametrize(
    "locations,hour",
    [
        ([spent("l4", "01:00", "05:00"), spent("l3", "05:00")], 5),
        # within the ward from bed to room: the first of them counts
        ([spent("l4", "01:00", "05:00"), spent("l3", "05:00", "07:00"), spent("l2", "07:00")], 5),
        # there and back again
        (
            [spent("l3", "01:00", "03:00"), spent("l4", "03:00", "05:00"), spent("l3", "05:00")],
            5,
        ),
        ([spent("l4", "01:00", "05:00"), spent("l3", None)], 5),
        ([spent("l4", "01:00"), spent("l3", None)], None),
        ([spent("l3", "01:00", "05:00"), spent("l2", "05:00")], None),
        ([spent("l3", "05:00")], None),
        ([spent("l4", "01:00", "05:00"), at("l3", status="active", period=AHEAD)], 5),
        ([spent("l4", "01:00", "05:00"), {"status": "active"}, spent("l3", "05:00")], 5),
        ([at("l4", status="planned", period={"start": "2026-03-01T01:00:00Z"})], None),
    ],
)
def test_a_stay_says_since_when_it_is_in_its_ward(
    locations: list[dict[str, object]], hour: int | None
) -> None:
    known = None if hour is None else datetime(2026, 3, 1, hour, tzinfo=UTC)
    assert stay(*locations).moved_at == known


def test_a_stay_names_its_ward_and_the_version_that_it_is() -> None:
    found = stay(at("l3"), meta={"lastUpdated": "2026-03-01T01:00:00Z"})
    assert (found.ward_id, found.last_updated) == ("l1", datetime(2026, 3, 1, 1, tzinfo=UTC))
    assert (stay().ward_id, stay().moved_at) == ("", None)
    assert stay(at("l7")).ward_id == "l7"


def test_a_status_that_is_not_known_is_no_stay() -> None:
    assert stay(status="here").status is EncounterStatus.UNREADABLE
    assert stay(status=None).status is EncounterStatus.UNREADABLE
    assert stay(modifierExtension=[{"url": "urn:x"}]).status is EncounterStatus.UNREADABLE
    assert stay().status is EncounterStatus.IN_PROGRESS


def test_a_stay_of_nobody_is_refused() -> None:
    with pytest.raises(ResourceUnreadable):
        stay(subject=None)


def role(**elements: object) -> dict[str, object]:
    raw = {
        "resourceType": "PractitionerRole",
        "id": "r1",
        "practitioner": {"reference": "Practitioner/n1"},
        "code": [{"coding": [NURSE]}],
    }
    return changed(raw, elements)


PRACTITIONER = {
    "resourceType": "Practitioner",
    "id": "n1",
    "name": [{"text": "Phạm Thị Hoa"}],
    "identifier": [
        {"system": "urn:bcma:badge", "value": "NV-0001"},
        {"system": "urn:bcma:badge", "value": "NV-0009", "use": "old"},
        {"system": "urn:bcma:badge", "value": "NV-0008", "period": {"end": "2026-03-01T00:00:00Z"}},
    ],
}


def test_staff_with_badge_and_role() -> None:
    person = read_practitioner(PRACTITIONER, [role()], NOW)
    assert (person.name, person.badges, person.roles) == (
        "Phạm Thị Hoa",
        frozenset({"NV-0001"}),
        frozenset({Role.NURSE}),
    )


@pytest.mark.parametrize(
    "elements",
    [
        {"active": False},
        {"active": "yes"},
        {"period": {"end": "2026-03-01T00:00:00Z"}},
        {"period": {"start": "2026-03-03T00:00:00Z"}},
        {"period": {"end": "mai"}},
        {"practitioner": {"reference": "Practitioner/n2"}},
        {"practitioner": None},
        {"code": [{"coding": [NURSE | {"system": "urn:x"}]}]},
        {"modifierExtension": [{"url": "urn:x"}]},
        {"id": None},
    ],
)
def test_a_role_that_does_not_stand_entitles_nobody(elements: dict[str, object]) -> None:
    assert read_practitioner(PRACTITIONER, [role(**elements)], NOW).roles == frozenset()


def test_own_roles() -> None:
    codes = [
        {"coding": [{"system": "urn:bcma:role", "code": c}]} for c in ("student", "ward-manager")
    ]
    person = read_practitioner(PRACTITIONER, [role(code=codes)], NOW)
    assert person.roles == {Role.STUDENT, Role.WARD_MANAGER}
    assert not read_practitioner(changed(PRACTITIONER, {"active": False}), [], NOW).active

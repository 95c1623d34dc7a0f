"""What a nurse's round leaves on the EMR as AuditEvents: this, and nothing else."""

from datetime import timedelta

from bcma.bedside.acts import Correct
from tests.app.conftest import ANOTHER, NURSE, PIN, STAFF, Hospital, Json

ENROLLED = len(STAFF) * 2


def told(hospital: Hospital) -> list[tuple[str, str, str, str, str]]:
    """Give kind, action, outcome, person and patient of each but who was enrolled."""
    found = hospital.on_emr("AuditEvent")
    events = [event for event in found if _kind(event) != "enrol"]
    assert len(found) - len(events) == ENROLLED, "the same at two stations is two"
    assert all(event["source"]["observer"]["display"] == "A" for event in events)
    assert all(event["agent"][-1]["who"]["display"] == "A" for event in events)
    return sorted(
        (_kind(event), event["action"], event["outcome"], _person(event), _patient(event))
        for event in events
    )


def _kind(event: Json) -> str:
    return str(event["subtype"][-1]["code"])


def _person(event: Json) -> str:
    return str(event["agent"][0]["who"]["reference"])


def _patient(event: Json) -> str:
    about = event.get("entity", [{"what": {"reference": ""}}])
    return str(about[0]["what"]["reference"])


def test_a_round_is_told_whole_and_once(hospital: Hospital) -> None:
    station = hospital.a
    station.sign_in(NURSE, "0000")
    given = hospital.give(station, NURSE, "U1")
    hospital.sync()
    corrected = station.act_on(given, Correct("other"))
    assert corrected.record is not None, corrected.refused
    station.lock()
    station.sign_in(NURSE, PIN)
    station.sign_out()
    station.sign_out()  # nobody is there any more
    hospital.sync()
    hospital.sync()
    nurse, patient = "Practitioner/s1", "Patient/p1"
    assert told(hospital) == [
        ("band-scan", "R", "0", nurse, patient),
        ("lock", "E", "0", nurse, ""),
        ("record", "C", "0", nurse, patient),
        ("record", "U", "0", nurse, patient),
        ("sign-in", "E", "0", nurse, ""),
        ("sign-in", "E", "0", nurse, ""),
        ("sign-in-refused", "E", "4", nurse, ""),
        ("sign-out", "E", "0", nurse, ""),
    ]
    (dose,) = hospital.on_emr("MedicationAdministration?status=entered-in-error")
    about = hospital.on_emr(f"AuditEvent?entity=MedicationAdministration/{dose['id']}")
    assert sorted(event["action"] for event in about) == ["C", "U"]


def test_a_station_that_locks_itself_and_a_person_who_takes_over(hospital: Hospital) -> None:
    station = hospital.a
    station.sign_in(NURSE, PIN)
    station.sign_in(ANOTHER, PIN)
    hospital.time.at += timedelta(hours=1)
    station.state()
    station.state()
    hospital.sync()
    assert [(kind, person) for kind, _, _, person, _ in told(hospital)] == [
        ("lock", "Practitioner/s2"),
        ("sign-in", "Practitioner/s1"),
        ("sign-in", "Practitioner/s2"),
        ("sign-out", "Practitioner/s1"),
    ]


def test_no_name_and_no_pin_is_told(hospital: Hospital) -> None:
    hospital.give(hospital.a, NURSE, "U1")
    hospital.sync()
    events = str(hospital.on_emr("AuditEvent"))
    names = [name for kind in ("Patient", "Practitioner") for name in _names(hospital, kind)]
    assert names
    for secret in (PIN, *names):
        assert f"'{secret}'" not in events


def _names(hospital: Hospital, kind: str) -> list[str]:
    return [name["text"] for who in hospital.on_emr(kind) for name in who.get("name", ())]

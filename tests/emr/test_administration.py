"""Records: others' are read with doubt, ours come back as they were written."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.emr.fhir_map import (
    Change,
    ResourceUnreadable,
    Signed,
    administration_bundle,
    encode,
    parse,
    provenance_id,
    read_administration,
)
from bcma.model.quantity import Quantity
from bcma.model.record import (
    MedicationAdministration,
    RecordedUnit,
    RecordStatus,
    ReleaseRecord,
)
from bcma.model.verdict import Finding, ReleaseBy, Severity
from tests.emr.resources import HANOI, PARACETAMOL, changed, drug_file, quantity

EVENT = "0f8fad5b-d9cb-469f-a165-70867728950e"
LATER = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
GIVEN_AT = datetime(2026, 3, 2, 8, 5, 30, tzinfo=HANOI)
RECORD = MedicationAdministration(
    status=RecordStatus.GIVEN,
    patient_id="p1",
    given_at=GIVEN_AT,
    event_id=EVENT,
    order_id="mr1",
    order_version="ab12",
    encounter_id="e1",
    slot=datetime(2026, 3, 2, 8, 0, tzinfo=HANOI),
    band="26001234.2",
    medication_id="para500",
    medication_name="Paracetamol 500 mg",
    ingredients=frozenset({"N02BE01"}),
    amount=Quantity(Decimal("500.0"), "mg"),
    route="PO",
    units=(
        RecordedUnit(
            medication_id="para500",
            gtin="08935001700111",
            lot="L7",
            expiry=date(2026, 11, 30),
            serial="U001",
            amount=Quantity(Decimal(500), "mg"),
        ),
    ),
    giver_id="n1",
    giver_name="Phạm Thị Hoa",
    witness_id="n2",
)


def foreign(**elements: object) -> MedicationAdministration:
    raw = {
        "resourceType": "MedicationAdministration",
        "id": "ma1",
        "status": "completed",
        "medicationCodeableConcept": {"text": "Paracetamol"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-02T08:00:00+07:00",
        "performer": [{"actor": {"reference": "Practitioner/n7", "display": "Vũ Thị Lan"}}],
        "dosage": {"text": "1 viên", "dose": quantity("1.50", "mg")},
    }
    return read_administration(changed(raw, elements))


def written(record: MedicationAdministration, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    bundle: Any = parse(encode(administration_bundle(record, medication=PARACETAMOL, **more)))
    return [entry["resource"] for entry in bundle["entry"]]


def test_another_systems_record_is_read() -> None:
    found = foreign()
    assert (found.status, found.event_id, found.resource_id) == (RecordStatus.GIVEN, None, "ma1")
    assert found.given_at == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert str(found.amount) == "1.50 mg"
    assert (found.giver_id, found.giver_name) == ("n7", "Vũ Thị Lan")
    assert found.ingredients == {"paracetamol"}
    assert (found.patient_scanned, found.drug_scanned) == (False, False)


@pytest.mark.parametrize(
    "status, found",
    [
        ("in-progress", RecordStatus.RUNNING),
        ("on-hold", RecordStatus.RUNNING),
        ("stopped", RecordStatus.STOPPED),
        ("not-done", RecordStatus.NOT_GIVEN),
        ("entered-in-error", RecordStatus.ENTERED_IN_ERROR),
        ("unknown", RecordStatus.UNREADABLE),
        ("done", RecordStatus.UNREADABLE),
        (None, RecordStatus.UNREADABLE),
        (["completed"], RecordStatus.UNREADABLE),
    ],
)
def test_every_status_has_its_meaning(status: object, found: RecordStatus) -> None:
    assert foreign(status=status).status is found


@pytest.mark.hazard("H46")
@pytest.mark.parametrize(
    "elements",
    [
        {"status": "given"},
        {"modifierExtension": [{"url": "urn:x"}]},
        {
            "status": "not-done",
            "statusReason": [{"coding": [{"system": "urn:bcma:record", "code": "maybe"}]}],
        },
    ],
)
def test_a_record_that_is_not_understood_counts_as_given(elements: dict[str, object]) -> None:
    found = foreign(**elements)
    assert found.status is RecordStatus.UNREADABLE
    assert found.went_in
    assert found.problems


def test_an_unreadable_dose_or_instant_is_named_and_still_given() -> None:
    found = foreign(dosage={"dose": {"value": "500", "unit": "mg"}}, effectiveDateTime="sáng")
    assert found.went_in
    assert (found.amount, found.given_at) == (None, None)
    assert len(found.problems) == 2


WRITTEN_AT = datetime(2026, 3, 2, 1, 40, tzinfo=UTC)


@pytest.mark.hazard("H46")
@pytest.mark.parametrize(
    "elements, latest",
    [
        ({"effectiveDateTime": "2026-03-02"}, WRITTEN_AT),
        ({"effectiveDateTime": "2026-03-01"}, datetime(2026, 3, 2, tzinfo=UTC)),
        ({"effectiveDateTime": "2026-03-01T08:05:00"}, datetime(2026, 3, 2, tzinfo=UTC)),
        ({"effectiveDateTime": "2026-02"}, datetime(2026, 3, 1, tzinfo=UTC)),
        ({"effectiveDateTime": "hôm nay"}, WRITTEN_AT),
        ({"effectiveDateTime": "9999-12-31"}, WRITTEN_AT),
        ({"effectiveDateTime": 20260302}, WRITTEN_AT),
        ({"effectiveDateTime": None}, WRITTEN_AT),
        ({"effectiveDateTime": None, "effectivePeriod": "sáng"}, WRITTEN_AT),
        ({"effectiveDateTime": None, "effectivePeriod": {"start": "2026-03-02"}}, WRITTEN_AT),
        (
            {"effectiveDateTime": None, "effectivePeriod": {"end": "2026-03-01"}},
            datetime(2026, 3, 2, tzinfo=UTC),
        ),
    ],
)
def test_a_dose_without_an_instant_keeps_the_latest_it_can_have_been_given(
    elements: dict[str, object], latest: datetime
) -> None:
    found = foreign(meta={"lastUpdated": WRITTEN_AT.isoformat()}, **elements)
    assert (found.status, found.given_at) == (RecordStatus.GIVEN, None)
    assert found.recorded_at is not None
    assert timedelta(0) <= latest - found.recorded_at <= timedelta(microseconds=1)


def test_a_period_with_an_end_alone_was_given_at_its_end() -> None:
    found = foreign(effectiveDateTime=None, effectivePeriod={"end": "2026-03-02T01:12:00Z"})
    assert found.given_at == found.ended_at == datetime(2026, 3, 2, 1, 12, tzinfo=UTC)
    assert found.recorded_at is None


def test_a_record_of_nobody_is_refused() -> None:
    with pytest.raises(ResourceUnreadable):
        foreign(subject={"display": "Bà Ngọc"})


def test_a_drug_by_reference_is_looked_up() -> None:
    raw = {
        "resourceType": "MedicationAdministration",
        "id": "ma1",
        "status": "completed",
        "medicationReference": {"reference": "Medication/para500"},
        "subject": {"reference": "Patient/p1"},
        "effectivePeriod": {"start": "2026-03-02T08:00:00+07:00"},
    }
    found = read_administration(raw, drug_file)
    assert found.medication_id == "para500"
    assert found.ingredients == {"N02BE01"}


def test_our_record_comes_back_as_it_was_written() -> None:
    assert read_administration(written(RECORD)[0]) == replace(RECORD, resource_id=EVENT)


STATUSES = st.sampled_from([s for s in RecordStatus if s is not RecordStatus.UNREADABLE])
WORDS = st.text("abcđêô 12-", min_size=1, max_size=9).filter(str.strip)
IDS = st.text("abc123-.", min_size=1, max_size=20)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001 - zone follows
    lambda naive: naive.replace(tzinfo=HANOI)
)
AMOUNTS = st.builds(
    Quantity,
    st.decimals("0.001", "99999", places=3),
    st.sampled_from(["mg", "mL", "{tablet}", "[iU]", "ug/kg/min"]),
)
UNITS = st.builds(
    RecordedUnit,
    medication_id=IDS,
    gtin=st.none() | st.just("08935001700111"),
    drug=st.none() | IDS,
    lot=st.none() | WORDS,
    expiry=st.none() | st.dates(date(2020, 1, 1)),
    serial=st.none() | WORDS,
    label=st.none() | WORDS,
    amount=st.none() | AMOUNTS,
    scanned=st.booleans(),
    count=st.integers(1, 40),
)


@st.composite
def records(draw: st.DrawFn) -> MedicationAdministration:
    """Make any record, holding only what the EMR's resource can hold for its status."""
    status = draw(STATUSES)
    kept = status not in {RecordStatus.HELD, RecordStatus.REFUSED, RecordStatus.NOT_GIVEN}
    amount = draw(st.none() | AMOUNTS) if kept else None
    given_at = draw(INSTANTS)
    lasting = status in {RecordStatus.RUNNING, RecordStatus.STOPPED, RecordStatus.REMOVED}
    ended = given_at + timedelta(hours=1) if lasting and draw(st.booleans()) else None
    return MedicationAdministration(
        status=status,
        patient_id=draw(IDS),
        given_at=given_at,
        ended_at=ended,
        event_id=str(UUID(int=draw(st.integers(0, 2**128 - 1)))),
        order_id=draw(st.none() | IDS),
        order_version=draw(st.just("") | IDS),
        encounter_id=draw(st.none() | IDS),
        slot=draw(st.none() | INSTANTS),
        band=draw(st.none() | WORDS),
        medication_id=draw(st.none() | IDS),
        medication_name=draw(WORDS),
        ingredients=draw(st.frozensets(IDS, min_size=1, max_size=3)),
        amount=amount,
        route=draw(st.none() | st.sampled_from(["PO", "IV", "SC"])) if amount else None,
        site=draw(st.none() | IDS) if amount else None,
        units=draw(st.lists(UNITS, max_size=3).map(tuple)),
        giver_id=draw(IDS),
        giver_name=draw(st.just("") | WORDS),
        witness_id=draw(st.none() | IDS),
        verifier_id=draw(st.none() | IDS),
        reason=draw(st.none() | st.sampled_from(["asleep", "vomited", "prescriber-decision"])),
        prn_reason=draw(st.none() | WORDS),
        patient_scanned=draw(st.booleans()),
        drug_scanned=draw(st.booleans()),
    )


@given(record=records())
def test_every_record_comes_back_as_it_was_written(record: MedicationAdministration) -> None:
    resource = parse(encode(administration_bundle(record)))
    entries: Any = resource["entry"]
    found = read_administration(entries[0]["resource"])
    assert found == replace(record, resource_id=record.event_id)
    assert str(found.amount) == str(record.amount)


@pytest.mark.parametrize(
    "status", [RecordStatus.HELD, RecordStatus.REFUSED, RecordStatus.NOT_GIVEN]
)
def test_a_dose_not_given_has_reason_kind_and_no_dosage(status: RecordStatus) -> None:
    administration = written(replace(RECORD, status=status, reason="asleep"))[0]
    assert administration["status"] == "not-done"
    assert "dosage" not in administration
    assert [c["coding"][0] for c in administration["statusReason"]] == [
        {"system": "urn:bcma:reason", "code": "asleep"},
        {"system": "urn:bcma:record", "code": status.value},
    ]


def test_without_dose_there_is_no_dosage() -> None:
    assert "dosage" not in written(replace(RECORD, amount=None))[0]


def test_numbers_are_written_with_their_digits() -> None:
    assert b'"value":500.0,' in encode(administration_bundle(RECORD))


def test_an_unreadable_or_nameless_record_is_not_written() -> None:
    for bad in (
        replace(RECORD, status=RecordStatus.UNREADABLE),
        replace(RECORD, event_id=None),
        replace(RECORD, event_id="E-1"),
        replace(RECORD, given_at=None),
    ):
        with pytest.raises(ResourceUnreadable):
            administration_bundle(bad)


def test_what_was_lost_carries_its_outcome() -> None:
    vomited = written(replace(RECORD, status=RecordStatus.LOST, reason="vomited"))[0]
    assert vomited["status"] == "completed"
    assert {"url": "urn:bcma:ext:outcome", "valueCode": "vomited"} in vomited["extension"]


def test_the_event_is_one_transaction_of_puts_that_can_be_repeated() -> None:
    first = administration_bundle(RECORD)
    again = administration_bundle(RECORD)
    assert first == again
    assert first["type"] == "transaction"
    entries: Any = first["entry"]
    assert [e["request"]["url"] for e in entries] == [
        f"MedicationAdministration/{EVENT}",
        f"Provenance/{provenance_id(EVENT)}",
    ]


def test_only_findings_that_were_released_or_stopped_become_issues() -> None:
    late = Finding(
        code="time.late", severity=Severity.WARN, release=(ReleaseBy.REASON,), released=True
    )
    early = Finding(code="time.early", severity=Severity.STOP)
    told = Finding(code="drug.lot-unknown", severity=Severity.INFO)
    release = ReleaseRecord(
        code="time.late", reason="patient-off-ward", prescriber_id="bs1", witness_id="n2"
    )
    record = replace(RECORD, findings=(late, early, told), releases=(release,))
    issues = [r for r in written(record) if r["resourceType"] == "DetectedIssue"]
    assert [(i["code"]["coding"][0]["code"], i["severity"]) for i in issues] == [
        ("time.late", "moderate"),
        ("time.early", "high"),
    ]
    assert [m["author"]["reference"] for m in issues[0]["mitigation"]] == [
        "Practitioner/bs1",
        "Practitioner/n2",
    ]
    assert issues[0]["mitigation"][0]["action"]["coding"][0]["code"] == "patient-off-ward"
    assert "mitigation" not in issues[1]
    assert issues[0]["implicated"][1] == {"reference": f"MedicationAdministration/{EVENT}"}
    provenance = written(record)[-1]
    assert len(provenance["target"]) == 3


@pytest.mark.parametrize(
    "status", [RecordStatus.HELD, RecordStatus.REFUSED, RecordStatus.NOT_GIVEN]
)
def test_a_stop_that_ended_in_no_dose_is_an_issue_too(status: RecordStatus) -> None:
    expired = Finding(code="drug.expired", severity=Severity.STOP)
    record = replace(RECORD, status=status, reason="no-stock", findings=(expired,))
    (issue,) = [r for r in written(record) if r["resourceType"] == "DetectedIssue"]
    assert issue["code"]["coding"][0]["code"] == "drug.expired"
    assert "mitigation" not in issue


def test_provenance_is_tagged_and_signed_only_when_signed() -> None:
    plain = written(RECORD)[-1]
    assert plain["meta"]["tag"] == [{"system": "urn:bcma:event", "code": EVENT}]
    assert "signature" not in plain
    assert [a["who"]["reference"] for a in plain["agent"]] == ["Practitioner/n1", "Practitioner/n2"]
    signed = written(RECORD, signed=Signed(data=b"\x01\x02", by="n1", at=GIVEN_AT))[-1]
    assert signed["signature"][0]["data"] == "AQI="
    assert signed["signature"][0]["who"] == {"reference": "Practitioner/n1"}


@pytest.mark.hazard("H85")
def test_a_correction_is_a_new_version_of_the_same_resource() -> None:
    wrong = replace(RECORD, status=RecordStatus.ENTERED_IN_ERROR, resource_id=EVENT, reason="other")
    entries: Any = administration_bundle(wrong, change=Change(LATER, replaces="4"))["entry"]
    assert entries[0]["request"] == {
        "method": "PUT",
        "url": f"MedicationAdministration/{EVENT}",
        "ifMatch": 'W/"4"',
    }
    assert entries[0]["resource"]["identifier"][0]["value"] == EVENT
    assert entries[-1]["resource"]["id"] == provenance_id(LATER)
    assert "ifMatch" not in entries[-1]["request"]

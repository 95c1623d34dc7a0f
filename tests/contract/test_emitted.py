"""Everything that we emit, looked at by HAPI's validator: codes, invariants, cardinalities."""

import base64
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any, Final

import pytest

from bcma.access import Keys, Standing, check_provenance, keys_of
from bcma.bedside.near_miss import KEEPS_AWAY
from bcma.emr.bundles import addressed
from bcma.emr.fhir_map import (
    Raw,
    access_resource,
    care_bundle,
    encode,
    entry,
    parse,
    transaction,
)
from bcma.emr.fhir_map.node import Node
from bcma.model.audited import Audited, AuditedEvent, AuditKind
from bcma.model.events import (
    AllergyAsked,
    DoubleDose,
    DoubleOutcome,
    DoubleSettled,
    EffectCheck,
    LateDose,
    LateDoseTold,
    NearMiss,
    Reaction,
)
from tests.peers.emitted import resources, sent_by_all
from tests.peers.fhir_validator import validate

pytestmark = [pytest.mark.emr, pytest.mark.timeout(2400)]

Json = dict[str, Any]

#: Every kind of resource that a station sends; one that nothing makes it send is missed.
KINDS: Final = frozenset(
    [
        "AdverseEvent actual",
        "AdverseEvent documentation.conflict",
        "AdverseEvent potential",
        "AllergyIntolerance 716186003",
        "AllergyIntolerance text",
        "AuditEvent band-scan",
        "AuditEvent deletions-accepted",
        "AuditEvent delivery-handled",
        "AuditEvent delivery-retried",
        "AuditEvent enrol",
        "AuditEvent file",
        "AuditEvent lock",
        "AuditEvent locked-out",
        "AuditEvent orders-read",
        "AuditEvent record",
        "AuditEvent record-refused",
        "AuditEvent replayed",
        "AuditEvent setback-seen",
        "AuditEvent sign-in",
        "AuditEvent sign-in-refused",
        "AuditEvent sign-out",
        "AuditEvent store-copied",
        "AuditEvent store-restored",
        "DetectedIssue finding",
        "DetectedIssue DUPTHPY",
        "DetectedIssue DUPTHPY charted-twice",
        "DetectedIssue DUPTHPY given-twice",
        "DetectedIssue given-after-order-change",
        "DetectedIssue given-after-order-change prescriber-told",
        "MedicationAdministration completed",
        "MedicationAdministration completed given-in-part",
        "MedicationAdministration completed lost",
        "MedicationAdministration completed patch",
        "MedicationAdministration completed removed",
        "MedicationAdministration completed vomited",
        "MedicationAdministration entered-in-error",
        "MedicationAdministration in-progress",
        "MedicationAdministration not-done held",
        "MedicationAdministration not-done not-given",
        "MedicationAdministration not-done refused",
        "MedicationAdministration on-hold",
        "MedicationAdministration stopped",
        "Observation effect-check",
        "Observation entered-in-error",
        "Observation measured",
        "Observation symptom-score",
        "Provenance",
        "Provenance signed",
    ]
)

#: What the validator may say all the same, and why nothing is to be done about it.
LOOKED_AT: Final = (
    (r"urn:bcma:", "code systems and extensions of ours, which no server of the world can know"),
    (
        r"^Constraint failed: dom-6",
        "a narrative, which nobody reads, for whom coded data are meant",
    ),
    (r"^UCUM Codes that contain human readable annotations", "tablets are counted: UCUM has {}"),
    (r"unknown and can't be validated: http://loinc.org", "LOINC is not part of the validator"),
    (r"unknown and can't be validated: http://snomed.info/sct", "nor is SNOMED CT"),
    (r"'Detected Issue Category'.*#DUPTHPY", "the category has no code for a second dose"),
)

AT: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EVENT: Final = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b001"
DOSE: Final = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b002"
ABOUT: Final[Json] = {"event_id": EVENT, "patient_id": "p1", "at": AT, "by_id": "n1"}


@pytest.fixture(scope="module")
def sent() -> tuple[Raw, ...]:
    """Give what stations send in all scenarios, and what scenarios do not come to."""
    return (*sent_by_all(), *(addressed(bundle, "http://emr/fhir") for bundle in _seldom()))


def test_everything_that_we_emit_is_valid(sent: tuple[Raw, ...]) -> None:
    looked_at = [*resources(sent), *_one_of_each_make(sent)]
    found = validate([encode(resource) for resource in looked_at])
    said = [
        f"{issue.severity}: {resource['resourceType']} {issue.where}: {issue.says}"
        for resource, issues in zip(looked_at, found, strict=True)
        for issue in issues
        if issue.severity in {"fatal", "error"} or not _is_known(issue.says)
    ]
    assert said == []
    print(f"{len(looked_at)} shapes of resources and Bundles validated")  # noqa: T201 - for the log


def test_every_kind_is_emitted(sent: tuple[Raw, ...]) -> None:
    emitted = {_kind(dict(resource)) for resource in resources(sent)}
    assert emitted - KINDS == set(), "tell the list of it"
    assert KINDS - emitted == set(), "nothing makes a station send it any more"


def test_the_signatures_that_are_validated_are_those_of_stations(sent: tuple[Raw, ...]) -> None:
    signed = [found for found in resources(sent) if _kind(dict(found)) == "Provenance signed"]
    standings = {check_provenance(provenance, _own_key(provenance)) for provenance in signed}
    assert standings == {Standing.GOOD}


def _own_key(provenance: Raw) -> Keys:
    """Give the key that a signature names: scenarios' stations are gone, and theirs with them."""
    (signature,) = Node(provenance).nodes("signature")
    head = base64.b64decode(signature.string("data") or "").split(b".")[0]
    named = Node(parse(base64.urlsafe_b64decode(head + b"=" * (-len(head) % 4)))).node("jwk")
    assert named is not None
    return keys_of([named.value])


def _is_known(says: str) -> bool:
    return any(re.search(pattern, says) for pattern, _ in LOOKED_AT)


def _kind(resource: Json) -> str:
    """Name what a resource tells of."""
    return f"{resource['resourceType']} {_detail(resource)}".strip()


def _detail(resource: Json) -> str:
    match resource:
        case {"resourceType": "MedicationAdministration", "status": status}:
            return f"{status} {_manner(resource)}"
        case {"resourceType": "Observation", "status": "entered-in-error" as status}:
            detail = status
        case {
            "code": {"coding": [{"code": code}]},
            "mitigation": [{"action": {"coding": [{"system": "urn:bcma:notice", "code": done}]}}],
        }:
            detail = f"{code} {done}"
        case {"resourceType": "Provenance", "signature": _}:
            detail = "signed"
        case {"actuality": "potential" as detail} | {"event": {"coding": [{"code": detail}]}}:
            pass
        case {"code": {"coding": [{"system": system, "code": code}]}}:
            detail = {"urn:bcma:finding": "finding", "http://loinc.org": "measured"}.get(
                system, code
            )
        case {"code": {"text": _}}:
            detail = "text"
        case {"actuality": detail} | {"subtype": [*_, {"code": detail}]}:
            pass
        case _:
            detail = ""
    return str(detail)


def _manner(record: Json) -> str:
    """Tell what the status of a record does not: what became of the dose."""
    if record["status"] == "entered-in-error":
        return ""
    for extension in record["extension"]:
        if extension["url"] == "urn:bcma:ext:outcome":
            return str(extension["valueCode"])
    for reason in record.get("statusReason", []):
        if reason["coding"][0]["system"] == "urn:bcma:record":
            return str(reason["coding"][0]["code"])
    sticks = record["status"] == "completed" and "effectivePeriod" in record
    return "patch" if sticks and "end" not in record["effectivePeriod"] else ""


def _one_of_each_make(bundles: Sequence[Raw]) -> tuple[Raw, ...]:
    """Give one Bundle for each set of resources, as a server gets it."""
    made: dict[tuple[str, ...], Raw] = {}
    for bundle in bundles:
        parts = {str(resource["resourceType"]) for resource in resources([bundle])}
        made.setdefault(tuple(sorted(parts)), bundle)
    return tuple(made.values())


def _seldom() -> Iterator[Raw]:
    """Write what scenarios do not come to: every form of a care event, and of the audit trail."""
    for score, text in ((Decimal(3), ""), (None, "ngủ yên"), (Decimal(3), "đỡ đau")):
        yield care_bundle(EffectCheck(**ABOUT, record_id=DOSE, score=score, text=text))
    severities = ("", "mild", "moderate", "severe", "life-threatening")
    for severity, grade in product(severities, (None, 1, 4)):
        signs = ("mày đay", "khó thở") if severity else ()
        reaction = Reaction(**ABOUT, record_id=DOSE, signs=signs, severity=severity, grade=grade)
        yield care_bundle(reaction)
    for substance in (None, "penicillin"):
        yield care_bundle(AllergyAsked(**ABOUT, substance=substance))
    late = LateDose(
        event_id=EVENT, patient_id="p1", record_id=DOSE, order_id="mr1", at=AT, by_id=""
    )
    yield care_bundle(late)
    told = LateDoseTold(event_id=late.told_id, patient_id="p1", late=late, at=AT, by_id="n1")
    yield care_bundle(told)
    double = DoubleDose(event_id=EVENT, patient_id="p1", record_ids=(DOSE, EVENT), at=AT)
    for outcome in DoubleOutcome:
        settled = DoubleSettled(**ABOUT | {"event_id": DOSE}, issues=(double,), outcome=outcome)
        yield care_bundle(settled)
    for codes in (("patient.mismatch",), tuple(sorted(KEEPS_AWAY))):
        for drug in (None, "m1"):
            yield care_bundle(NearMiss(**ABOUT, codes=codes, medication_id=drug))
    yield transaction(map(entry, _audit_events()))


def _audit_events() -> Iterator[Json]:
    """Write every kind of entry of the audit trail that is told, in all that it may name."""
    told = [k for k in AuditKind if k is not AuditKind.ACKNOWLEDGE]
    for number, (kind, version, is_told) in enumerate(product(told, (1, 2), (True, False))):
        about = AuditedEvent(event_id=DOSE, is_dose=True, version=version, is_told=is_told)
        whole = Audited(
            kind=kind, station="A", at=AT, by_id="n1", person_id="n2", patient_id="p1", event=about
        )
        bare = Audited(kind=kind, station="A", at=AT)
        for what, audited in enumerate((whole, bare)):
            yield dict(access_resource(audited, f"audit-{number}-{what}"))

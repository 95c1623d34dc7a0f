"""Hand-made work that waits for a person, to draw: the people are invented."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bcma.app import NoticeKind, Refused, SafetyNotice, Shrinkage, Worklist
from bcma.model.events import AllergyAsked
from bcma.model.people import Patient
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.store import Backlog, Loss, Problem
from tests.ui.states import NOW, PATIENT

MINUTE = timedelta(minutes=1)
OTHER = Patient(id="p2", name="Trần Văn Ẩn", mrn="24-118311")
NAMES = {"n1": "Phạm Thị Thu Ngân", "n2": "Đỗ Hữu Nghĩa"}
FIRST = MedicationAdministration(
    status=RecordStatus.GIVEN,
    patient_id="p1",
    given_at=NOW - 64 * MINUTE,
    recorded_at=NOW - 64 * MINUTE,
    event_id="7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b001",
    order_id="metFORMIN",
    medication_name="metFORMIN 500 mg",
    amount=Quantity(Decimal(500), "mg"),
    route="PO",
    giver_id="n1",
    recorder_id="n1",
    station="XE-1",
)
SECOND = replace(
    FIRST,
    given_at=NOW - 31 * MINUTE,
    recorded_at=NOW - 31 * MINUTE,
    event_id="7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b002",
    giver_id="n2",
    recorder_id="n2",
    station="XE-2",
    drug_scanned=False,
)
TWICE = SafetyNotice(
    id="twice",
    kind=NoticeKind.CHARTED_TWICE,
    patient=PATIENT,
    bed="12A",
    drug="metFORMIN 500 mg",
    records=(FIRST, SECOND),
    planned=NOW - 64 * MINUTE,
    since=SECOND.given_at,
    concerns_me=True,
    may_settle=True,
)
STOPPED = SafetyNotice(
    id="stopped",
    kind=NoticeKind.ORDER_STOPPED,
    patient=OTHER,
    bed="Giường 3B",
    drug="enoxaparin 60 mg",
    records=(replace(FIRST, patient_id="p2", medication_name="enoxaparin 60 mg", route="SC"),),
    changed_at=NOW - 75 * MINUTE,
    since=FIRST.given_at,
    concerns_me=True,
    may_settle=True,
)
REFUSED = Refused(
    problem=Problem(
        sequence=7,
        record=replace(FIRST, patient_id="p2"),
        kind="dose",
        since=NOW - 12 * MINUTE,
        outcome="emr.refused 422 required",
        said="MedicationAdministration.request: minimum required = 1",
        behind=2,
    ),
    patient=OTHER.name,
    bed="3B",
    drug="metFORMIN 500 mg",
    owner=NAMES["n1"],
)
ASKED = Refused(
    problem=Problem(
        sequence=9,
        record=AllergyAsked(event_id="e9", patient_id="p9", at=NOW - 40 * MINUTE, by_id="n2"),
        kind="allergy-asked",
        since=None,
        outcome="emr.no-way-to-write",
    ),
)
BACKLOG = Backlog(
    waiting=4,
    unknown=1,
    since=NOW - 23 * MINUTE,
    next_try=NOW + 2 * MINUTE,
    refused=3,
    refused_since=NOW - 12 * MINUTE,
)
SHRUNK = Shrinkage(
    losses=(Loss("MedicationRequest", 341, 1204), Loss("MedicationAdministration", 12, 12)),
    orders_as_of=NOW - 6 * MINUTE,
    may_accept=True,
)
FULL = Worklist(
    backlog=BACKLOG, notices=(TWICE, STOPPED), refused=(REFUSED, ASKED), others=1, names=NAMES
)
EMPTY = Worklist()

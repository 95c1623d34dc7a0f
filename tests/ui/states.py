"""Hand-made states of a pass, to draw: the people are invented."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bcma.bedside import DoseInHand, Due, DueRow, PassState, Phase
from bcma.model.chart import AllergyIntolerance, AllergyKind, Chart
from bcma.model.drug import Form, HighAlert, Medication
from bcma.model.order import Dosage, Intent, MedicationRequest, OrderStatus
from bcma.model.people import Encounter, EncounterStatus, Patient, Practitioner, Role, Session, Sex
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.scan import BadCodeReason, UnitCode
from bcma.model.slot import DoseSlot, SlotStanding
from bcma.model.verdict import Finding, NotChecked, ReleaseBy, Right, Severity, Verdict
from bcma.rules.attempt import UnitInHand
from bcma.rules.effect import EffectDue

NOW = datetime(2026, 11, 22, 1, 4, tzinfo=UTC)  # 08:04 at the ward
_HOUR = timedelta(hours=1)


def drug(name: str, form: Form = Form.TABLET, alert: HighAlert = HighAlert.NONE) -> Medication:
    return Medication(id=name, name=name, form=form, high_alert=alert)


def order(  # noqa: PLR0913 - every state names only what is special about its order
    name: str,
    dose: str,
    route: str,
    *,
    form: Form = Form.TABLET,
    alert: HighAlert = HighAlert.NONE,
    as_needed: bool = False,
    unit: str = "mg",
) -> MedicationRequest:
    dosage = Dosage(dose=Quantity(Decimal(dose), unit), routes=(route,), as_needed=as_needed)
    return MedicationRequest(
        id=name,
        patient_id="p1",
        status=OrderStatus.ACTIVE,
        intent=Intent.ORDER,
        medication=drug(name, form, alert),
        dosages=(dosage,),
        reasons=("Đái tháo đường típ 2",),
    )


def slot(hour: float, *, window: float = 1) -> DoseSlot:
    planned = datetime(2026, 11, 21, 17, 0, tzinfo=UTC) + hour * _HOUR
    return DoseSlot(
        id=f"s{hour}",
        order_id="o",
        planned=planned,
        early=window * _HOUR,
        late=window * _HOUR,
        interval=timedelta(hours=12),
    )


def due_rows() -> tuple[DueRow, ...]:
    def at(due: Due, what: MedicationRequest, hour: float, window: float = 1) -> DueRow:
        return DueRow(
            order=what,
            due=due,
            dosage=what.dosages[0],
            standing=SlotStanding(slot(hour, window=window)),
        )

    return (
        at(Due.OVERDUE, order("furosemid", "20", "PO"), 6),
        at(Due.OVERDUE, order("digoxin", "0.25", "IV", alert=HighAlert.REQUIRED), 7, 0.5),
        at(Due.DUE, METFORMIN, 8),
        at(Due.DUE, HYDRALAZINE, 8),
        at(Due.SOON, order("enoxaparin", "60", "SC", alert=HighAlert.REQUIRED), 10),
        DueRow(
            order=order("paracetamol", "500", "PO", as_needed=True),
            due=Due.AS_NEEDED,
            next_possible=NOW + timedelta(minutes=86),
        ),
        DueRow(order=order("ondansetron", "4", "IV", as_needed=True), due=Due.AS_NEEDED),
        at(Due.RUNNING, order("natri clorid 0,9 %", "80", "IV", unit="mL/h"), 6.5),
    )


METFORMIN = order("metFORMIN", "500", "PO")
HYDRALAZINE = order("hydrALAzine", "25", "PO")
NURSE = Practitioner(id="n1", name="Phạm Thị Thu Ngân", roles=frozenset({Role.NURSE}))
PATIENT = Patient(
    id="p1",
    name="Nguyễn Thị Ánh Nguyệt",
    mrn="24-118307",
    sex=Sex.FEMALE,
    birth_date=date(1959, 3, 14),
)
CHART = Chart(
    patient=PATIENT,
    allergies=(
        AllergyIntolerance(
            id="a1", kind=AllergyKind.CODED, text="Penicilin · phản vệ độ III", severe=True
        ),
        AllergyIntolerance(id="a2", kind=AllergyKind.CODED, text="Naproxen · mày đay"),
    ),
    weight=Quantity(Decimal("52.4"), "kg"),
    weight_at=NOW - timedelta(days=1),
    orders_as_of=NOW,
)
SIGNED_OUT = PassState(phase=Phase.SIGNED_OUT, now=NOW)
NEED_PATIENT = PassState(phase=Phase.NEED_PATIENT, now=NOW, session=Session(NURSE, NOW))
OPEN = replace(
    NEED_PATIENT,
    phase=Phase.NEED_DRUG,
    patient=PATIENT,
    chart=CHART,
    band_at=NOW - timedelta(minutes=1),
    encounter=Encounter(id="e1", patient_id="p1", status=EncounterStatus.IN_PROGRESS, bed="12A"),
    due=due_rows(),
)


def unit(
    product: Medication | None, lot: str = "6B1204", expiry: date = date(2028, 3, 31)
) -> UnitInHand:
    code = UnitCode(gtin="08935001700012", lot=lot, expiry=expiry)
    return UnitInHand(code=code, at=NOW, product=product)


def dose(
    what: MedicationRequest | None, units: tuple[UnitInHand, ...], **more: object
) -> DoseInHand:
    dosage = what.dosages[0] if what else None
    ordered = dosage.dose if dosage else None
    values: dict[str, object] = {
        "order": what,
        "candidates": (),
        "dosage": dosage,
        "slot": slot(8),
        "units": units,
        "ordered": ordered,
        "total": ordered,
        "units_needed": 1,
        "units_counted": len(units),
        "route": None,
        "site": None,
        **more,
    }
    return DoseInHand(**values)  # type: ignore[arg-type] # a test's shorthand


def judged(
    what: DoseInHand, *findings: Finding, not_checked: tuple[NotChecked, ...] = ()
) -> PassState:
    verdict = Verdict(tuple(findings), not_checked)
    return replace(OPEN, phase=Phase.JUDGED, dose=what, verdict=verdict, standing_verdict=verdict)


NOT_BUILT = (NotChecked(Right.RESPONSE, "not-built"),)


def passed() -> PassState:
    return judged(
        dose(METFORMIN, (unit(drug("metFORMIN 500 mg", Form.TABLET)),)), not_checked=NOT_BUILT
    )


def info() -> PassState:
    found = Finding(
        code="patient.name-alike",
        severity=Severity.INFO,
        facts={"other_patient": "Nguyễn Thị Ánh Tuyết", "mrn": "24-118922", "bed": "3B"},
    )
    return judged(dose(METFORMIN, (unit(drug("metFORMIN 500 mg")),)), found, not_checked=NOT_BUILT)


def warned() -> PassState:
    found = Finding(
        code="time.late",
        severity=Severity.WARN,
        release=(ReleaseBy.REASON,),
        facts={"minutes": 34, "planned": NOW - _HOUR, "next": NOW + timedelta(hours=23)},
    )
    digoxin = OPEN.due[1].order
    return judged(
        dose(digoxin, (unit(drug("digoxin 0,25 mg")),), slot=slot(7, window=0.5)),
        found,
        not_checked=NOT_BUILT,
    )


def asked() -> PassState:
    late = warned().verdict
    assert late is not None
    site = Finding(
        code="route.site-needed",
        severity=Severity.ASK,
        cannot=ReleaseBy.REASON,
        release=(ReleaseBy.REASON,),
        facts={"route": "SC"},
    )
    enoxaparin = OPEN.due[4].order
    return judged(
        dose(enoxaparin, (unit(drug("enoxaparin 60 mg", Form.INJECTION)),), slot=slot(10)),
        site,
        *late.findings,
        not_checked=NOT_BUILT,
    )


def incomplete() -> PassState:
    found = Finding(
        code="dose.incomplete", severity=Severity.ASK, cannot=None, facts={"count": 1, "needed": 2}
    )
    return judged(
        dose(
            METFORMIN,
            (unit(drug("metFORMIN 250 mg")),),
            total=Quantity(Decimal(250), "mg"),
            units_needed=2,
        ),
        found,
        not_checked=NOT_BUILT,
    )


def part_unit() -> PassState:
    found = Finding(
        code="dose.part-unit",
        severity=Severity.ASK,
        cannot=ReleaseBy.REASON,
        release=(ReleaseBy.REASON,),
        facts={"amount": Quantity(Decimal(250), "mg")},
    )
    half = dose(METFORMIN, (unit(drug("metFORMIN 500 mg")),), ordered=Quantity(Decimal(250), "mg"))
    return judged(half, found, not_checked=NOT_BUILT)


def stopped() -> PassState:
    wrong = unit(drug("hydrOXYzine 25 mg"), lot="H2207", expiry=date(2027, 6, 30))
    found = Finding(
        code="drug.not-ordered",
        severity=Severity.STOP,
        release=(ReleaseBy.PRESCRIBER,),
        facts={"scanned": "hydrOXYzine 25 mg"},
    )
    rights = (Right.DOSE, Right.ROUTE, Right.TIME, Right.INDICATION, Right.RESPONSE)
    return judged(
        dose(HYDRALAZINE, (wrong,)),
        found,
        not_checked=tuple(NotChecked(right, "no-order") for right in rights),
    )


def expired() -> PassState:
    old = unit(drug("metFORMIN 500 mg"), expiry=date(2025, 12, 31))
    found = Finding(
        code="drug.expired", severity=Severity.STOP, facts={"expiry": date(2025, 12, 31)}
    )
    return judged(dose(METFORMIN, (old,)), found, not_checked=NOT_BUILT)


def misread() -> PassState:
    found = Finding(code="drug.bad-code", severity=Severity.STOP)
    return replace(OPEN, verdict=Verdict((found,)), misread=BadCodeReason.TRUNCATED)


def unknown_band() -> PassState:
    found = Finding(code="patient.unknown-band", severity=Severity.STOP)
    return replace(NEED_PATIENT, verdict=Verdict((found,)))


def band_read() -> PassState:
    return replace(OPEN, verdict=Verdict(()))


def recorded() -> PassState:
    written = MedicationAdministration(
        status=RecordStatus.GIVEN,
        patient_id="p1",
        given_at=NOW,
        medication_name="metFORMIN",
        amount=Quantity(Decimal(500), "mg"),
    )
    return replace(OPEN, phase=Phase.RECORDED, record=RecordStatus.GIVEN, written=written)


def held() -> PassState:
    state = recorded()
    assert state.written is not None
    return replace(
        state, record=RecordStatus.HELD, written=replace(state.written, status=RecordStatus.HELD)
    )


def effects_due() -> PassState:
    given = recorded().written
    assert given is not None
    overdue = EffectDue(replace(given, medication_name="Paracetamol 500 mg"), NOW, NOW - _HOUR)
    later = EffectDue(replace(given, medication_name="Morphin 10 mg/mL"), NOW, NOW + _HOUR / 2)
    return replace(OPEN, effects_due=(overdue, later))


STATES: Mapping[str, Callable[[], PassState]] = {
    "pass": passed,
    "info": info,
    "warn": warned,
    "ask": asked,
    "incomplete": incomplete,
    "part-unit": part_unit,
    "stop": stopped,
    "expired": expired,
    "misread": misread,
    "unknown-band": unknown_band,
    "band": band_read,
    "recorded": recorded,
    "held": held,
    "effects-due": effects_due,
    "signed-out": lambda: SIGNED_OUT,
    "need-patient": lambda: NEED_PATIENT,
    "need-drug": lambda: OPEN,
}

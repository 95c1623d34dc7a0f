"""Invented orders, products and records to judge: each builder gives a good one to spoil."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bcma.model.chart import AllergyIntolerance, AllergyKind, Chart
from bcma.model.drug import Form, Ingredient, Medication
from bcma.model.order import (
    Dosage,
    DoseRange,
    Intent,
    MedicationRequest,
    OrderStatus,
    PeriodUnit,
    Timing,
)
from bcma.model.people import Band, Encounter, EncounterStatus, Patient, Practitioner, Role, Session
from bcma.model.quantity import Quantity, Ratio
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.scan import UnitCode, Wristband
from bcma.model.slot import Claim, ClaimKind, DoseSlot, SlotStanding, SlotState
from bcma.model.verdict import Finding
from bcma.policy import Policy
from bcma.rules import Attempt, BandInHand, MatchRank, UnitInHand, judge

#: What a field of a value may hold: builders pass it on to ``replace``.
Value = Any

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
#: Monday morning, in pharmacy hours.
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=HANOI)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)


def at(hour: int, minute: int = 0, day: int = 2, month: int = 3) -> datetime:
    """Give a wall time of the ward in March 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=HANOI)


def policy(**overrides: object) -> Policy:
    """Give the shipped policy with some settings of a site."""
    return _quiet().with_overrides(overrides) if overrides else _quiet()


@cache
def _quiet() -> Policy:
    """Give the shipped policy without what most tests are not about."""
    return Policy.default().with_overrides({"acknowledge_orders": False, "verification": "off"})


def mg(value: object) -> Quantity:
    return Quantity(Decimal(str(value)), "mg")


def per(value: object, unit: str, over: str = "{tablet}", count: object = 1) -> Ratio:
    return Ratio(Quantity(Decimal(str(value)), unit), Quantity(Decimal(str(count)), over))


def product(
    name: str = "paracetamol", strength: object = 500, form: Form = Form.TABLET, **changes: Value
) -> Medication:
    """Give a product: its id tells substance, strength and form."""
    made = Medication(
        id=f"{name}-{strength}-{form.value}",
        name=f"{name.upper()} {strength} mg",
        gtins=frozenset({f"{abs(hash((name, str(strength), form))) % 10**13:014}"}),
        form=form,
        ingredients=(Ingredient(name, name, per(strength, "mg")),),
    )
    return replace(made, **changes)


PARACETAMOL = product()


def repeat(**changes: Value) -> Timing:
    """Give a timing that says something of a repeat."""
    return Timing(**changes)


TWICE_DAILY = Timing(code="BID", bounds_start=at(8, day=1))
AS_NEEDED = Timing(frequency=1, period=Decimal(6), period_unit=PeriodUnit.HOUR)


def dosage(dose: Quantity | DoseRange | None = None, **changes: Value) -> Dosage:
    made = Dosage(timing=TWICE_DAILY, routes=("PO",), dose=mg(500) if dose is None else dose)
    return replace(made, **changes)


def order(identity: str = "mr1", *dosages: Dosage, **changes: Value) -> MedicationRequest:
    """Give an active order for 500 mg of paracetamol twice a day."""
    made = MedicationRequest(
        id=identity,
        patient_id="p1",
        status=OrderStatus.ACTIVE,
        intent=Intent.ORDER,
        medication=PARACETAMOL,
        version=f"v-{identity}",
        version_id="1",
        authored_on=at(7, day=1),
        last_updated=at(7, day=1),
        dosages=dosages or (dosage(),),
        reasons=("Theo chẩn đoán",),
    )
    return replace(made, **changes)


ORDER = order()
PATIENT = Patient(
    id="p1",
    name="Nguyễn Văn An",
    family="Nguyễn",
    mrn="26001",
    birth_date=date(1960, 5, 1),
    bands=(Band("BN0001.1", old=True), Band("BN0001.2")),
)
STAY = Encounter(
    id="e1",
    patient_id="p1",
    status=EncounterStatus.IN_PROGRESS,
    starts=at(9, day=1),
    wards=frozenset({"NOI"}),
    ward_name="Nội",
    bed="12",
)
NO_ALLERGY = AllergyIntolerance(id="a0", kind=AllergyKind.NONE_KNOWN, text="")
NURSE = Practitioner(id="n1", name="Trần Thị Bình", roles=frozenset({Role.NURSE}))
OTHER_NURSE = Practitioner(id="n2", name="Lê Thu Hà", roles=frozenset({Role.NURSE}))
DOCTOR = Practitioner(id="d1", name="Phạm Minh Đức", roles=frozenset({Role.DOCTOR}))
PHARMACIST = Practitioner(id="ph1", name="Vũ Ngọc Lan", roles=frozenset({Role.PHARMACIST}))
STUDENT = Practitioner(id="s1", name="Đỗ Gia Huy", roles=frozenset({Role.STUDENT}))
MANAGER = Practitioner(id="m1", name="Bùi Thanh Mai", roles=frozenset({Role.WARD_MANAGER}))


def chart(*orders: MedicationRequest, **changes: Value) -> Chart:
    made = Chart(
        patient=PATIENT,
        encounters=(STAY,),
        orders=orders or (ORDER,),
        allergies=(NO_ALLERGY,),
        orders_as_of=NOW - MINUTE,
    )
    return replace(made, **changes)


def unit(of: Medication | None = PARACETAMOL, **changes: Value) -> UnitInHand:
    """Give a scanned unit with lot and expiry."""
    gtin = min(of.gtins) if of is not None and of.gtins else None
    code = UnitCode(gtin=gtin, lot="L1", expiry=date(2027, 12, 31))
    made = UnitInHand(code=code, at=NOW, product=of)
    fields: Mapping[str, Any] = changes
    if "code" in fields and isinstance(fields["code"], dict):
        changes["code"] = replace(code, **fields["code"])
    return replace(made, **changes)


def slot(planned: datetime = NOW, **changes: Value) -> DoseSlot:
    made = DoseSlot(
        id=f"slot-{planned.astimezone(UTC):%d%H%M}",
        order_id="mr1",
        planned=planned,
        interval=12 * HOUR,
        early=HOUR,
        late=HOUR,
    )
    return replace(made, **changes)


def claim_of(
    planned: datetime = NOW,
    kind: ClaimKind = ClaimKind.SLOT,
    state: SlotState = SlotState.OPEN,
    record: MedicationAdministration | None = None,
    **changes: Value,
) -> Claim:
    given = (record,) if record is not None and record.went_in else ()
    standing = SlotStanding(slot(planned, **changes), state, record, given)
    return Claim(
        kind=kind, standing=standing, next_planned=planned + 12 * HOUR, shortest_interval=12 * HOUR
    )


def record(
    status: RecordStatus = RecordStatus.GIVEN, given_at: datetime | None = NOW, **changes: Value
) -> MedicationAdministration:
    made = MedicationAdministration(
        status=status,
        patient_id="p1",
        given_at=given_at,
        event_id="ev1",
        order_id="mr1",
        giver_name="Lê Thu Hà",
        station="B",
        amount=mg(500),
    )
    return replace(made, **changes)


def attempt(*units: UnitInHand, **changes: Value) -> Attempt:
    """Give an attempt that passes; without units one paracetamol tablet is in hand."""
    given_order = changes.get("order", ORDER)
    made = Attempt(
        now=NOW,
        zone=HANOI,
        policy=policy(),
        ward="NOI",
        session=Session(NURSE, NOW),
        chart=chart() if given_order is None else chart(given_order),
        band=BandInHand(at=NOW, code=Wristband("BN0001", "2")),
        order=given_order,
        rank=MatchRank.EXACT,
        chain=() if given_order is None else (given_order,),
        dosage=given_order.dosages[0] if given_order is not None and given_order.dosages else None,
        shown_version="" if given_order is None else given_order.version,
        claim=claim_of(),
        units=units or (unit(),),
        strengths=(PARACETAMOL,),
    )
    return replace(made, **changes)


def findings_of(tried: Attempt, code: str) -> list[Finding]:
    """Judge, and give the findings of one code."""
    return [found for found in judge(tried).findings if found.code == code]


def found_in(tried: Attempt, code: str) -> Finding:
    """Judge, and give the one finding of a code."""
    (found,) = findings_of(tried, code)
    return found


def codes(tried: Attempt) -> set[str]:
    """Judge, and give every code that holds the dose back."""
    return {found.code for found in judge(tried).findings if found.holds_back}

"""A ward in memory: the ports of a pass, filled by dictionaries, with people, bands and units."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bcma.barcode import SiteFormats
from bcma.bedside import BadgePin, MedPass, PassState, Phase, Ward, World
from bcma.model.audited import AuditKind
from bcma.model.chart import AllergyIntolerance, AllergyKind, Chart, SuspectedReaction
from bcma.model.drug import ContainerUse, HighAlert, Medication, SerialLevel
from bcma.model.events import AllergyAsked, CareEvent, DoubleSettled, EffectCheck, Reaction
from bcma.model.order import MedicationRequest, OrdersRead, Timing
from bcma.model.people import Band, BandScan, Patient, Practitioner, Session
from bcma.model.ports import SaveOutcome, SaveResult, SignInFailure, TypedIdentity, UnitFacts
from bcma.model.record import MedicationAdministration
from bcma.model.scan import UnitCode, Wristband
from bcma.policy import Policy
from tests.rules.builders import (
    DOCTOR,
    HANOI,
    HOUR,
    NO_ALLERGY,
    NOW,
    NURSE,
    OTHER_NURSE,
    PATIENT,
    PHARMACIST,
    SECOND,
    STAY,
    STUDENT,
    at,
    chart,
    dosage,
    mg,
    order,
    policy,
    product,
)

PIN = "4711"
STAFF = {
    "NV-0001": NURSE,
    "NV-0002": OTHER_NURSE,
    "NV-0003": DOCTOR,
    "NV-0004": PHARMACIST,
    "NV-0005": STUDENT,
}


def gtin(number: int) -> str:
    """Give an invented trade item number with its check digit."""
    body = f"0893500{number:06}"
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(body))
    return f"{body}{-total % 10}"


TABLET = replace(
    product(),
    gtins=frozenset({gtin(1)}),
    drug_codes=frozenset({"PARA"}),
    serial_level=SerialLevel.UNIT,
)
ZINC = replace(product("kẽm", 10), gtins=frozenset({gtin(2)}), drug_codes=frozenset({"ZN"}))
MORPHINE = replace(
    product("morphin", 10), gtins=frozenset({gtin(3)}), high_alert=HighAlert.REQUIRED
)
HALF = replace(product("prednisolon", 10), gtins=frozenset({gtin(4)}), divisible=True)
UNORDERED = replace(product("digoxin", 1), gtins=frozenset({gtin(5)}))
BROKEN = replace(product("x", 1), gtins=frozenset({gtin(6)}), problems=("form",))
DRUGS = (TABLET, ZINC, MORPHINE, HALF, UNORDERED, BROKEN)
SECOND_PATIENT = Patient(id="p2", name="Phan Thị Tư", mrn="26002", bands=(Band("BN0002.1"),))
GONE = Patient(id="p3", name="Hồ Văn Năm", mrn="26003", bands=(Band("BN0003.1"),))
BAND, OLD_BAND, OTHER_BAND, GONE_BAND = "BN0001.2", "BN0001.1", "BN0002.1", "BN0003.1"


def code(number: int, serial: str | None = None, expiry: str = "271231", lot: str = "L1") -> str:
    """Write a unit's code as a reader delivers it."""
    tail = "" if serial is None else f"\x1d21{serial}"
    return f"]d201{gtin(number)}17{expiry}10{lot}{tail}"


DUE = Timing(code="BID", bounds_start=at(8, day=1))
ORDERS = (
    order("mr1", dosage(mg(1000), timing=DUE), medication=TABLET),
    order("mr2", dosage(mg(20), timing=DUE), medication=ZINC),
    order("mr3", dosage(mg(10), timing=DUE), medication=MORPHINE),
    order("mr4", dosage(mg(5), timing=DUE), medication=HALF),
)


@dataclass
class Bedside:
    """One station's world, all of it to be changed by a test between two steps."""

    site: Policy = field(default_factory=policy)
    now: datetime = NOW
    orders: tuple[MedicationRequest, ...] = ORDERS
    people: dict[str, Practitioner] = field(default_factory=lambda: dict(STAFF))
    records: list[MedicationAdministration] = field(default_factory=list)
    filed: list[CareEvent] = field(default_factory=list)
    allergies: tuple[AllergyIntolerance, ...] = (NO_ALLERGY,)
    read: list[OrdersRead] = field(default_factory=list)
    scans: list[BandScan] = field(default_factory=list)
    left_by: list[tuple[str, AuditKind, datetime]] = field(default_factory=list)
    outcome: SaveOutcome = SaveOutcome.SAVED
    other: MedicationAdministration | None = None
    drugs: tuple[Medication, ...] = DRUGS
    clock_offset: timedelta | None = None
    pass_: MedPass = field(init=False)

    def __post_init__(self) -> None:
        ward = Ward(code="NOI", station="A", zone=HANOI, policy=self.site, formats=SiteFormats())
        self.pass_ = MedPass(ward, World(self, self, self, self, ClockOf(self)))

    # --- charts ---

    def holder_of(self, band: Wristband) -> Patient | None:
        def wears(patient: Patient) -> bool:
            return any(b.value.rpartition(".")[0] in band.bands for b in patient.bands)

        return next((p for p in (PATIENT, SECOND_PATIENT, GONE) if wears(p)), None)

    def find_inpatients(self, typed: TypedIdentity) -> Sequence[Patient]:
        def agrees(patient: Patient) -> bool:
            born = None if patient.birth_date is None else patient.birth_date.isoformat()
            return (
                typed.mrn in (None, patient.mrn)
                and typed.name in (None, patient.name)
                and typed.birth_date in (None, born)
            )

        return [p for p in (PATIENT, SECOND_PATIENT) if agrees(p)]

    def chart(self, patient_id: str, now: datetime) -> Chart:
        patient = next(p for p in (PATIENT, SECOND_PATIENT, GONE) if p.id == patient_id)
        return replace(
            chart(),
            patient=patient,
            encounters=() if patient is GONE else (replace(STAY, patient_id=patient_id),),
            orders=self.orders if patient is PATIENT else (),
            administrations=tuple(r for r in self.records if r.patient_id == patient_id),
            acknowledged=frozenset(
                version
                for some in self.read
                if (some.patient_id, some.ward) == (patient_id, "NOI")
                for version in some.versions
            ),
            band_scans=tuple(s for s in self.scans if s.patient_id == patient_id),
            allergies=(
                *self.allergies,
                *(
                    _allergy(e)
                    for e in self.filed
                    if isinstance(e, AllergyAsked) and e.patient_id == patient_id
                ),
            ),
            reactions=tuple(self._reaction(e) for e in self.filed if isinstance(e, Reaction)),
            effect_checks=tuple(e for e in self.filed if isinstance(e, EffectCheck)),
            settled_doubles=tuple(
                frozenset(e.record_ids) for e in self.filed if isinstance(e, DoubleSettled)
            ),
            orders_as_of=now,
        )

    def recorded(self, event_id: str) -> MedicationAdministration | None:
        return next((r for r in self.records if r.event_id == event_id), None)

    def _reaction(self, event: Reaction) -> SuspectedReaction:
        suspect = self.recorded(event.record_id)
        return SuspectedReaction(
            id=event.event_id,
            at=event.at,
            signs=event.signs,
            severity=event.severity,
            grade=event.grade,
            ingredients=frozenset() if suspect is None else suspect.ingredients,
        )

    # --- drug file ---

    def unit_facts(self, code: UnitCode) -> UnitFacts:
        found = [d for d in self.drugs if code.gtin in d.gtins or code.drug in d.drug_codes]
        named = [r for r in self.records if code.serial in r.unit_serials and r.went_in]
        used = tuple(named) if code.serial else ()
        if any(d.container_use is not ContainerUse.SINGLE for d in found):
            return UnitFacts(products=tuple(found), uses=used)
        return UnitFacts(products=tuple(found), used_by=next(iter(used), None))

    def strengths_of(self, medication: Medication) -> Sequence[Medication]:
        return [d for d in self.drugs if d.ingredient_keys == medication.ingredient_keys]

    # --- recorder ---

    def record(
        self,
        administration: MedicationAdministration,
        closes: Sequence[MedicationAdministration] = (),
    ) -> SaveResult:
        if self.outcome is SaveOutcome.SAVED:
            for closed in closes:
                self.record(closed)
            earlier = self.recorded(administration.event_id or "")
            self.records = [*(r for r in self.records if r is not earlier), administration]
            return SaveResult(self.outcome, administration)
        return SaveResult(self.outcome, other=self.other)

    def file(self, event: CareEvent) -> SaveResult:
        if self.outcome is SaveOutcome.SAVED:
            self.filed.append(event)
        return SaveResult(self.outcome)

    def acknowledge(self, read: Sequence[OrdersRead]) -> SaveResult:
        if self.outcome is SaveOutcome.SAVED:
            self.read.extend(read)
        return SaveResult(self.outcome)

    def band_scanned(self, scan: BandScan) -> SaveResult:
        self.scans.append(scan)
        return SaveResult(self.outcome)

    # --- authenticator ---

    def sign_in(self, badge: str, pin: str, now: datetime) -> Session | SignInFailure:
        person = self.people.get(badge)
        return Session(person, now) if person and pin == PIN else SignInFailure.UNKNOWN

    def practitioner(self, badge: str) -> Practitioner | None:
        return self.people.get(badge)

    def left(self, practitioner_id: str, how: AuditKind, at: datetime) -> None:
        self.left_by.append((practitioner_id, how, at))

    def standing(self, practitioner_id: str) -> Practitioner | None:
        return next((p for p in self.people.values() if p.id == practitioner_id), None)

    # --- what a test does ---

    def scan(self, *texts: str, after: timedelta = SECOND) -> PassState:
        """Scan one text after the other, each a little later."""
        state = self.pass_.state()
        for text in texts:
            self.now += after
            state = self.pass_.scan(text)
        return state

    def signed_in(self) -> "Bedside":
        self.pass_.sign_in("NV-0001", PIN)
        return self

    def opened(self) -> "Bedside":
        """Sign in and scan the patient's band."""
        self.signed_in().scan(BAND)
        return self

    def in_phase(self, phase: Phase) -> "Bedside":
        """Bring the pass there by scans."""
        if phase is Phase.SIGNED_OUT:
            return self
        self.signed_in()
        if phase is Phase.NEED_PATIENT:
            return self
        self.scan(BAND)
        if phase is Phase.NEED_DRUG:
            return self
        self.scan(code(1, "U1"), code(1, "U2"))
        if phase is Phase.RECORDED:
            self.pass_.give()
        return self


def _allergy(event: AllergyAsked) -> AllergyIntolerance:
    none = event.substance is None
    kind = AllergyKind.NONE_KNOWN if none else AllergyKind.FREE_TEXT
    return AllergyIntolerance(id=event.event_id, kind=kind, text=event.substance or "")


@dataclass
class ClockOf:
    bedside: Bedside

    @property
    def offset(self) -> timedelta | None:
        return self.bedside.clock_offset

    def now(self) -> datetime:
        return self.bedside.now


def badge_pin(badge: str, pin: str = PIN) -> BadgePin:
    return BadgePin(badge, pin)


def held(state: PassState) -> set[str]:
    """Give the codes that hold the dose in hand back."""
    verdict = state.standing_verdict
    return set() if verdict is None else {f.code for f in verdict.findings if f.holds_back}


NEXT_DAY = 24 * HOUR

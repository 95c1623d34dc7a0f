"""A hospital of any size as FHIR resources: one full ward, and everybody who was there before.

All of it is invented and follows from the numbers alone, so the same size is the same hospital
every time. What was given is written as the product writes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from bcma.emr.fhir_map import STANDARD, read_medication
from bcma.emr.fhir_map.administration_out import administration_resource
from bcma.model.drug import Medication
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordedUnit, RecordStatus

Json = dict[str, Any]

#: Eight in the morning at the ward: a dose of every order is due.
NOW: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WARD: Final = "NOI"
NURSE_BADGE: Final = "NV-0001"
_EVERY: Final = timedelta(hours=12)
_TIMES: Final = ("08:00:00", "20:00:00")
_UCUM: Final = "http://unitsofmeasure.org"
_ATC: Final = "http://www.whocc.no/atc"
_TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem"
#: So many products hold the same substance, in these strengths.
_PER_SUBSTANCE: Final = 50
_STRENGTHS: Final = (5, 10, 20, 50, 100)
_EXPIRY: Final = date(2028, 12, 31)
_FAMILIES: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Vũ", "Đặng", "Bùi", "Đỗ")
_MIDDLES: Final = ("Văn", "Thị", "Đức", "Ngọc", "Minh", "Thu", "Hữu")
_GIVENS: Final = (
    "An",
    "Bình",
    "Cường",
    "Dung",
    "Hạnh",
    "Khánh",
    "Long",
    "Mai",
    "Phúc",
    "Yến",
    "Sơn",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BigWard:
    """How big: the ward's inpatients, and with those who went home all records of the hospital."""

    inpatients: int = 60
    orders_each: int = 15
    records_each: int = 200
    records: int = 200_000
    products: int = 100_000

    @property
    def patients(self) -> int:
        """Give how many have a record here, the inpatients first."""
        return max(self.inpatients, self.records // self.records_each)

    def band(self, patient: int) -> str:
        """Give what the reader sends of a patient's band."""
        return f"BN{_band(patient)}"

    def unit(self, patient: int, order: int, serial: str = "S1") -> str:
        """Give what the reader sends of a unit that an order is for."""
        return f"]d201{_gtin(self.product_of(patient, order))}17{_EXPIRY:%y%m%d}10L1\x1d21{serial}"

    def product_of(self, patient: int, order: int) -> int:
        """Give the number of the product of an order: those of a patient differ in substance."""
        return (patient * 7 + order * _PER_SUBSTANCE * 3 + order) % self.products

    def resources(self) -> Iterator[Json]:
        """Give everything, what is referred to first."""
        yield from _staff_and_places()
        for number in range(self.products):
            yield medication(number)
        for about in (_patient, self._stay, _weight, _no_allergies):
            yield from map(about, range(self.patients))
        for number in range(self.patients):
            yield from self._orders(number)
        for number in range(self.patients * self.orders_each):
            yield _approval(f"{number // self.orders_each}-{number % self.orders_each}")
        for number in range(self.records):
            yield self._record(number)

    def _stay(self, patient: int) -> Json:
        return _stay(patient, is_over=patient >= self.inpatients)

    def _orders(self, patient: int) -> Iterator[Json]:
        """Give the orders of a patient, ended where the stay is."""
        begins = NOW - _EVERY * (self.records_each // self.orders_each + 1)
        is_over = patient >= self.inpatients
        for order in range(self.orders_each):
            drug = self.product_of(patient, order)
            yield _order(patient, order, drug, begins, is_over=is_over)

    def _record(self, number: int) -> Json:
        """Give one dose that was given, in the slots before now, one round after the other."""
        patient, place = number % self.patients, number // self.patients
        order, back = place % self.orders_each, place // self.orders_each + 1
        drug, slot = self.product_of(patient, order), NOW - back * _EVERY
        given = MedicationAdministration(
            status=RecordStatus.GIVEN,
            patient_id=f"p{patient}",
            event_id=str(uuid5(NAMESPACE_OID, f"dose {number}")),
            order_id=f"mr{patient}-{order}",
            encounter_id=f"e{patient}",
            given_at=slot + timedelta(minutes=order % 30),
            slot=slot,
            band=_band(patient),
            medication_id=f"m{drug}",
            medication_name=_name(drug),
            ingredients=frozenset({_substance(drug)}),
            amount=Quantity(Decimal(_strength(drug)), "mg"),
            route="PO",
            units=(
                RecordedUnit(
                    medication_id=f"m{drug}",
                    gtin=_gtin(drug),
                    lot="L1",
                    expiry=_EXPIRY,
                    serial=f"D{number}",
                    amount=Quantity(Decimal(1), "{tablet}"),
                ),
            ),
            giver_id="s1",
            giver_name="Lê Thị Lan",
            station="B",
        )
        return dict(administration_resource(given, _drug(drug), STANDARD))


def medication(number: int) -> Json:
    """Give one product of the drug file."""
    name, substance = _name(number), _substance(number)
    return {
        "resourceType": "Medication",
        "id": f"m{number}",
        "status": "active",
        "identifier": [
            {"system": STANDARD.gtin, "value": _gtin(number)},
            {"system": STANDARD.gtin, "value": _gtin(number, box=True)},
            {"system": STANDARD.drug, "value": f"T{number:06}"},
        ],
        "code": {"coding": [_coding(STANDARD.drug, f"T{number:06}")], "text": name},
        "form": {"coding": [_coding("urn:bcma:form", "tablet")]},
        "ingredient": [
            {
                "itemCodeableConcept": {
                    "coding": [_coding(_ATC, substance)],
                    "text": f"Hoạt chất {substance}",
                },
                "isActive": True,
                "strength": {
                    "numerator": _amount(_strength(number), "mg"),
                    "denominator": _amount(1, "{tablet}"),
                },
            }
        ],
    }


def _staff_and_places() -> Iterator[Json]:
    physical = f"{_TERMINOLOGY}/location-physical-type"
    yield {
        "resourceType": "Location",
        "id": "ward",
        "status": "active",
        "name": "Khoa Nội tổng hợp",
        "identifier": [{"system": "urn:vn:ward", "value": WARD}],
        "physicalType": {"coding": [_coding(physical, "wa")]},
    }
    yield {
        "resourceType": "Practitioner",
        "id": "s1",
        "active": True,
        "identifier": [{"system": STANDARD.badge, "value": NURSE_BADGE}],
        "name": [{"text": "Lê Thị Lan", "family": "Lê", "given": ["Thị", "Lan"]}],
    }
    yield {
        "resourceType": "PractitionerRole",
        "id": "s1-role",
        "active": True,
        "practitioner": _to("Practitioner/s1"),
        "code": [{"coding": [_coding(f"{_TERMINOLOGY}/practitioner-role", "nurse")]}],
        "location": [_to("Location/ward")],
    }


def _patient(number: int) -> Json:
    family = _FAMILIES[number % len(_FAMILIES)]
    given = [_MIDDLES[number % len(_MIDDLES)], _GIVENS[number % len(_GIVENS)]]
    record_number = {"coding": [_coding(f"{_TERMINOLOGY}/v2-0203", "MR")]}
    return {
        "resourceType": "Patient",
        "id": f"p{number}",
        "active": True,
        "identifier": [
            {"type": record_number, "system": "urn:vn:hospital", "value": f"26{number:06}"},
            {"use": "usual", "system": STANDARD.wristband, "value": _band(number)},
        ],
        "name": [{"text": " ".join([family, *given]), "family": family, "given": given}],
        "gender": "female" if number % 2 else "male",
        "birthDate": (date(1940, 1, 1) + timedelta(days=number * 37)).isoformat(),
    }


def _stay(patient: int, *, is_over: bool) -> Json:
    ends = {"end": (NOW - timedelta(days=1)).isoformat()} if is_over else {}
    there = {"location": _to("Location/ward"), "status": "completed" if is_over else "active"}
    return {
        "resourceType": "Encounter",
        "id": f"e{patient}",
        "status": "finished" if is_over else "in-progress",
        "class": _coding(f"{_TERMINOLOGY}/v3-ActCode", "IMP"),
        "subject": _to(f"Patient/p{patient}"),
        "period": {"start": (NOW - timedelta(days=20)).isoformat(), **ends},
        "location": [there],
    }


def _weight(patient: int) -> Json:
    return {
        "resourceType": "Observation",
        "id": f"w{patient}",
        "status": "final",
        "code": {"coding": [_coding("http://loinc.org", "29463-7")]},
        "subject": _to(f"Patient/p{patient}"),
        "effectiveDateTime": (NOW - timedelta(days=2)).isoformat(),
        "valueQuantity": _amount(50 + patient % 30, "kg"),
    }


def _no_allergies(patient: int) -> Json:
    clinical = f"{_TERMINOLOGY}/allergyintolerance-clinical"
    return {
        "resourceType": "AllergyIntolerance",
        "id": f"a{patient}",
        "clinicalStatus": {"coding": [_coding(clinical, "active")]},
        "code": {"coding": [_coding("http://snomed.info/sct", "716186003")]},
        "patient": _to(f"Patient/p{patient}"),
    }


def _order(patient: int, number: int, drug: int, begins: datetime, *, is_over: bool) -> Json:
    repeat = {
        "boundsPeriod": {"start": begins.isoformat()},
        "frequency": len(_TIMES),
        "period": 1,
        "periodUnit": "d",
        "timeOfDay": list(_TIMES),
    }
    return {
        "resourceType": "MedicationRequest",
        "id": f"mr{patient}-{number}",
        "status": "completed" if is_over else "active",
        "intent": "order",
        "medicationReference": _to(f"Medication/m{drug}"),
        "subject": _to(f"Patient/p{patient}"),
        "encounter": _to(f"Encounter/e{patient}"),
        "authoredOn": begins.isoformat(),
        "requester": _to("Practitioner/s1"),
        "reasonCode": [{"text": "Tăng huyết áp"}],
        "dosageInstruction": [
            {
                "sequence": number + 1,
                "timing": {"repeat": repeat},
                "route": {"coding": [_coding(f"{_TERMINOLOGY}/v2-0162", "PO")]},
                "doseAndRate": [{"doseQuantity": _amount(_strength(drug), "mg")}],
            }
        ],
    }


def _approval(order: str) -> Json:
    return {
        "resourceType": "Task",
        "id": f"t{order}",
        "status": "completed",
        "intent": "order",
        "code": {"coding": [_coding("http://hl7.org/fhir/CodeSystem/task-code", "approve")]},
        "focus": _to(f"MedicationRequest/mr{order}"),
        "owner": _to("Practitioner/s1"),
    }


@cache
def _drug(number: int) -> Medication:
    return read_medication(medication(number), STANDARD)


def _name(number: int) -> str:
    return f"Thuốc {number // _PER_SUBSTANCE} {_strength(number)} mg"


def _substance(number: int) -> str:
    """Give a code of the form of ATC's: a letter, two digits, two letters, two digits."""
    group = number // _PER_SUBSTANCE
    return f"{'ABCDGHJLMN'[group % 10]}{group // 10 % 100:02}XY{group // 1000 % 100:02}"


def _strength(number: int) -> int:
    return _STRENGTHS[number % len(_STRENGTHS)]


def _gtin(number: int, *, box: bool = False) -> str:
    """Give the 14 digits of a tablet's blister, or of the box of them."""
    digits = f"{1 if box else 0}893{number:09}"
    weighted = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def _band(patient: int) -> str:
    return f"{patient:06}.1"


def _amount(value: int, unit: str) -> Json:
    return {"value": value, "unit": unit, "system": _UCUM, "code": unit}


def _coding(system: str, code: str) -> Json:
    return {"system": system, "code": code}


def _to(target: str) -> Json:
    return {"reference": target}

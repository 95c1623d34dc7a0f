"""What becomes of a dose is signed like the dose itself, and whatever was altered of it is told."""

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import pytest

from bcma.__main__ import main
from bcma.access import Standing, check_provenance, keys_of, public_key
from bcma.bedside import acts
from bcma.bedside.infusion_acts import StopInfusion
from bcma.emr.fhir_map import canonical
from bcma.model.quantity import Quantity
from tests.app.conftest import NURSE, PIN, WARD, Hospital, Json, load, order

PATCH: Final = "]d201089350000060161727123110L1\u001d21P1"
BAG: Final = "]d201089350000020011727123110L1\u001d21B1"
Audit = Callable[[], tuple[int, str]]
Write = Callable[[bytes, bytes], None]


def amount(value: str, unit: str) -> Json:
    number = json.loads(value)
    return {"value": number, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def ordered(drug: str, route: str, **dose: Json) -> Json:
    """Order a drug once a day, not by the mouth."""
    (dosage,) = order()["dosageInstruction"]
    (by_mouth,) = dosage["route"]["coding"]
    changes = {
        "timing": {**dosage["timing"], "code": {"text": "QD"}},
        "route": {"coding": [{**by_mouth, "code": route}]},
        "doseAndRate": [dose],
    }
    reference = {"reference": f"Medication/{drug}"}
    return order(medicationReference=reference, dosageInstruction=[{**dosage, **changes}])


def saline() -> Json:
    known = [
        {"url": "container-route", "valueCode": "IV"},
        {"url": "serial-level", "valueCode": "unit"},
    ]
    strength = {"numerator": amount("9", "g"), "denominator": amount("1000", "mL")}
    return {
        "resourceType": "Medication",
        "id": "nacl500",
        "extension": [{"url": "urn:bcma:ext:drug", "extension": known}],
        "status": "active",
        "identifier": [{"system": "https://www.gs1.org/gtin", "value": "08935000002001"}],
        "code": {"text": "Natri clorid 0,9% 500 mL"},
        "form": {"coding": [{"system": "urn:bcma:form", "code": "infusion"}]},
        "amount": {"numerator": amount("500", "mL"), "denominator": amount("1", "{bag}")},
        "ingredient": [
            {
                "itemCodeableConcept": {"text": "Natri clorid"},
                "isActive": True,
                "strength": strength,
            }
        ],
    }


def begun(hospital: Hospital, pack: str, site: str) -> str:
    """Put on or hang up what is due, and let the EMR know."""
    station = hospital.a
    assert station.sync_now().reached
    hospital.time.goes_on(minutes=6)
    station.sign_in(NURSE, PIN)
    station.scan("BN0001.2")
    station.scan(pack)
    station.answer("route.site-needed", site)
    given = station.give()
    assert given.written is not None, given.standing_verdict
    assert station.sync_now().delivered == 1
    return given.written.event_id or ""


def ended(hospital: Hospital, event: str, act: acts.Act) -> str:
    hospital.time.goes_on(minutes=60)
    hospital.a.sign_in(NURSE, PIN)
    done = hospital.a.act_on(event, act)
    assert done.record is not None, done.refused
    return event


def held(hospital: Hospital) -> str:
    hospital.a.sign_in(NURSE, PIN)
    hospital.a.scan("BN0001.2")
    done = hospital.a.hold("mr1", "value-out-of-range")
    assert done.written is not None, done.refused
    return done.written.event_id or ""


def patch_removed(hospital: Hospital) -> str:
    load(hospital.emr, *drugs_by_route(), ordered("fenta25", "TD", doseQuantity=amount("25", "ug")))
    return ended(hospital, begun(hospital, PATCH, "chest-left"), acts.RemovePatch())


def infusion_stopped(hospital: Hospital) -> str:
    dose, rate = amount("500", "mL"), amount("100", "mL/h")
    load(hospital.emr, saline(), ordered("nacl500", "IV", doseQuantity=dose, rateQuantity=rate))
    volume = Quantity.of(120, "mL")
    return ended(
        hospital,
        begun(hospital, BAG, "forearm-left"),
        StopInfusion(volume=volume, reason="no-access"),
    )


def corrected(hospital: Hospital) -> str:
    event = hospital.give(hospital.a, NURSE, "U1")
    hospital.a.sync_now()
    return ended(hospital, event, acts.Correct("other"))


def drugs_by_route() -> list[Json]:
    bundle = json.loads(WARD.with_name("drugs-by-route.json").read_bytes())
    return [entry["resource"] for entry in bundle["entry"]]


@dataclass(frozen=True, slots=True)
class Charted:
    """Something charted, as which version, and what of its record says so."""

    charts: Callable[[Hospital], str]
    version: int
    says: bytes


CHARTED: Final = {
    "held": Charted(held, 1, b'"not-done"'),
    "patch-removed": Charted(patch_removed, 2, b'"removed"'),
    "infusion-stopped": Charted(infusion_stopped, 2, b'"stopped"'),
    "corrected": Charted(corrected, 2, b'"entered-in-error"'),
}
#: Where a byte is altered: in the signature, in a code that is then none, in what is sent of a
#: record and in what is not.
PLACES: Final[Sequence[Callable[[bytes, bytes], tuple[bytes, bytes]]]] = (
    lambda kept, signature: (kept, flipped(signature, len(signature) // 2)),
    lambda kept, signature: (flipped(kept, value_of(kept, "status")), signature),
    lambda kept, signature: (flipped(kept, value_of(kept, "patient_id")), signature),
    lambda kept, signature: (flipped(kept, value_of(kept, "policy_version")), signature),
)
EACH: Final = pytest.mark.parametrize("charted", CHARTED.values(), ids=CHARTED.keys())


@pytest.fixture
def audit(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Audit:
    """Give ``bcma audit signatures`` of station A: exit status, and what was printed."""
    monkeypatch.setenv("BCMA_DATA_FOLDER", str(hospital.a.config.data_folder))

    def run() -> tuple[int, str]:
        status = main(["--language", "en", "audit", "signatures"])
        return status, capsys.readouterr().out

    return run


@pytest.mark.hazard("H85")
@EACH
def test_it_is_signed_and_any_altered_byte_of_the_store_is_told(
    hospital: Hospital, audit: Audit, charted: Charted
) -> None:
    event = charted.charts(hospital)
    signed = list(hospital.a.store.signed_events())
    assert [(one.event_id, one.version) for one in signed] == [
        (event, number) for number in range(1, charted.version + 1)
    ]
    assert charted.says in content_of(signed[-1].signature or b"")
    whole = (0, f"Signatures that hold: {charted.version}; records without one: 0\n")
    assert audit() == whole
    for altered in PLACES:
        with last_event(hospital) as (kept, signature, write):
            write(*altered(kept, signature))
            status, told = audit()
            write(kept, signature)
        first, second = told.splitlines()
        assert status == 1
        assert first == f"Signatures that hold: {charted.version - 1}; records without one: 0"
        assert second.startswith(f"Record {event}, version {charted.version}: what was signed was")
    assert audit() == whole


@EACH
def test_any_altered_byte_of_the_emrs_copy_is_told(hospital: Hospital, charted: Charted) -> None:
    charted.charts(hospital)
    assert hospital.a.sync_now().delivered == 1
    (there,) = hospital.on_emr("MedicationAdministration")
    told = {content_of(jws_of(one)): one for one in hospital.on_emr("Provenance")}
    assert len(told) == charted.version
    content = canonical(there)
    known = keys_of([public_key(hospital.a.config.data_folder)])
    assert check_provenance(told[content], known, there) is Standing.GOOD
    altered = json.loads(flipped(content, content.index(charted.says) + 1))
    assert check_provenance(told[content], known, altered) is Standing.ALTERED
    jws = jws_of(told[content])
    (signature,) = told[content]["signature"]
    for place in (len(jws) // 2, len(jws) - 40):
        data = base64.b64encode(flipped(jws, place)).decode()
        forged = {**told[content], "signature": [{**signature, "data": data}]}
        assert check_provenance(forged, known) is Standing.ALTERED


def jws_of(provenance: Json) -> bytes:
    (signature,) = provenance["signature"]
    return base64.b64decode(signature["data"])


def content_of(jws: bytes) -> bytes:
    body = jws.split(b".")[1]
    return base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4))


def value_of(kept: bytes, name: str) -> int:
    """Find where a text of a record begins."""
    before = f'"{name}":"'.encode()
    return kept.index(before) + len(before)


def flipped(text: bytes, place: int) -> bytes:
    other = b"x" if text[place : place + 1] != b"x" else b"y"
    return text[:place] + other + text[place + 1 :]


@contextmanager
def last_event(hospital: Hospital) -> Iterator[tuple[bytes, bytes, Write]]:
    """Give what is kept of the last event, its signature, and how to change both beneath."""
    raw = sqlite3.connect(hospital.a.config.data_folder / "station.db")

    def write(payload: bytes, signature: bytes) -> None:
        change = "UPDATE event SET payload = ?, signature = ? WHERE sequence = ?"
        raw.execute(change, (payload, signature, sequence))
        raw.commit()

    newest = "SELECT sequence, payload, signature FROM event ORDER BY sequence DESC LIMIT 1"
    sequence, kept, signature = raw.execute(newest).fetchone()
    yield kept, signature, write
    raw.close()

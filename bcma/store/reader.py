"""Mirrored bytes as clinical nouns, through the EMR's mapping, inside one transaction.

The bytes are the truth and the mapping is applied when they are read: a mistake mended in
the mapping is mended for old data too.
"""

import logging
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from bcma.emr import fhir_map
from bcma.emr.fhir_map import Dialect, Places, Raw
from bcma.errors import DataError
from bcma.model.chart import (
    AllergyIntolerance,
    NilByMouth,
    Observation,
    SuspectedReaction,
    UnitLabel,
)
from bcma.model.drug import Medication
from bcma.model.events import EffectCheck
from bcma.model.order import Approval, MedicationRequest, OrdersRead
from bcma.model.people import BandScan, Encounter, Patient, Practitioner
from bcma.model.record import MedicationAdministration
from bcma.store import keys, mirror, revisions
from bcma.store.cache import MappedCache
from bcma.store.mirror import Ref

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
#: The two readings of one Observation.
_Observed = tuple[tuple[Observation, ...], EffectCheck | None]
#: The two readings of one AdverseEvent.
_Suffered = tuple[SuspectedReaction, frozenset[str]]
_log = logging.getLogger(__name__)


class Reader:
    """Reads the mirror as it is in one transaction."""

    def __init__(self, connection: Connection, cache: MappedCache, dialect: Dialect) -> None:
        self.connection = connection
        self.dialect = dialect
        self._cache = cache
        self.revisions = revisions.of_types(connection)

    def revision(self, *types: str) -> tuple[int, ...]:
        """Give a value that changes whenever anything of these types does."""
        return tuple(self.revisions.get(kind, 0) for kind in types)

    def cached(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give a value that never changes and was made before, or make it now."""
        return self._cache.get_or_make(key, make)

    def cached_each(
        self,
        what: str,
        names: Iterable[K],
        read: Callable[[Sequence[K]], Iterable[tuple[K, T]]],
    ) -> dict[K, T]:
        """Give values that never change, by name; those not met before are read together."""
        keyed = {(what, name): name for name in names}
        found = self._cache.get_many(keyed)
        missing = [name for key, name in keyed.items() if key not in found]
        for name, value in read(missing) if missing else ():
            found[what, name] = value
            self._cache.put((what, name), value)
        return {name: found[key] for key, name in keyed.items()}

    def kept(self, key: Hashable, state: object, make: Callable[[], T]) -> T:
        """Give a value that was made of the same state, or make it now and forget the one before.

        Only before this transaction writes: what it writes itself may never come to be.
        """
        return self._cache.of_state(key, state, make)

    def patients(self, refs: Sequence[Ref]) -> tuple[Patient, ...]:
        """Map Patients."""
        return self._map(refs, lambda raw: fhir_map.read_patient(raw, self.dialect))

    def patient(self, patient_id: str) -> Patient | None:
        """Map one Patient, if it is here and readable."""
        return _first(self.patients(mirror.get(self.connection, "Patient", [patient_id])))

    def encounters(self, refs: Sequence[Ref]) -> tuple[Encounter, ...]:
        """Map Encounters, with the wards of their beds."""

        def read(raw: Raw) -> Encounter:
            return fhir_map.read_encounter(raw, self._places(), self.dialect)

        return self._map(refs, read, "Location")

    def medications(self, refs: Sequence[Ref]) -> tuple[Medication, ...]:
        """Map entries of the drug file."""
        return self._map(refs, lambda raw: fhir_map.read_medication(raw, self.dialect))

    def medication(self, medication_id: str) -> Medication | None:
        """Map one entry of the drug file, if it is here and readable."""
        return _first(self.medications(mirror.get(self.connection, "Medication", [medication_id])))

    def orders(self, refs: Sequence[Ref]) -> tuple[MedicationRequest, ...]:
        """Map orders, with the entries of the drug file that they name."""

        def read(raw: Raw) -> MedicationRequest:
            return fhir_map.read_order(raw, self.medication, self.dialect)

        return self._map(refs, read, "Medication")

    def order(self, order_id: str) -> MedicationRequest | None:
        """Map one order, if it is here and readable."""
        return _first(self.orders(mirror.get(self.connection, "MedicationRequest", [order_id])))

    def order_versions(
        self, order_ids: Collection[str]
    ) -> Mapping[str, Sequence[MedicationRequest]]:
        """Map every version of some orders that this station has seen, with the drug file of now.

        An order of which no version is here or readable has none.
        """
        found: dict[str, list[MedicationRequest]] = {name: [] for name in order_ids}
        for order in self.orders(
            mirror.versions(self.connection, "MedicationRequest", sorted(found))
        ):
            found[order.id].append(order)
        return found

    def approvals(self, order_ids: Sequence[str]) -> tuple[Approval, ...]:
        """Map the pharmacists' verdicts on some orders."""
        refs = mirror.find(
            self.connection, "Task", keys.FOCUS, [f"MedicationRequest/{i}" for i in order_ids]
        )
        found = self._map(refs, fhir_map.read_approval)
        return tuple(approval for approval in found if approval is not None)

    def administrations(self, refs: Sequence[Ref]) -> tuple[MedicationAdministration, ...]:
        """Map the EMR's records."""

        def read(raw: Raw) -> MedicationAdministration:
            return fhir_map.read_administration(raw, self.medication, self.dialect)

        return self._map(refs, read, "Medication")

    def labels(self, refs: Sequence[Ref]) -> tuple[UnitLabel, ...]:
        """Map the labels of what was dispensed."""
        found = self._map(refs, lambda raw: fhir_map.read_labels(raw, self.dialect))
        return tuple(label for labels in found for label in labels)

    def allergies(self, refs: Sequence[Ref]) -> tuple[AllergyIntolerance, ...]:
        """Map the allergy list."""
        return self._map(refs, fhir_map.read_allergy)

    def observations(self, refs: Sequence[Ref]) -> tuple[Observation, ...]:
        """Map measured values."""
        return tuple(value for values, _ in self._observed(refs) for value in values)

    def reactions(self, refs: Sequence[Ref]) -> tuple[SuspectedReaction, ...]:
        """Map adverse events; the substances of their suspects are still to be looked up."""
        return tuple(reaction for reaction, _ in self._suffered(refs))

    def issues(self, refs: Sequence[Ref]) -> tuple[fhir_map.Issue, ...]:
        """Map those DetectedIssues that are about doses in the patient."""
        found = self._map(refs, lambda raw: fhir_map.read_issue(raw, self.dialect))
        return tuple(issue for issue in found if issue is not None)

    def given_twice(self, refs: Sequence[Ref]) -> tuple[frozenset[str], ...]:
        """Map those adverse events that say that doses were really given twice."""
        return tuple(names for _, names in self._suffered(refs) if names)

    def effect_checks(self, refs: Sequence[Ref]) -> tuple[EffectCheck, ...]:
        """Map those Observations that look at the effect of a dose."""
        return tuple(check for _, check in self._observed(refs) if check is not None)

    def band_scans(self, refs: Sequence[Ref]) -> tuple[BandScan, ...]:
        """Map scans of wristbands, the newest last."""
        scans = [told for told in self._accesses(refs) if isinstance(told, BandScan)]
        return tuple(sorted(scans, key=lambda scan: scan.at))

    def orders_read(self, refs: Sequence[Ref]) -> tuple[OrdersRead, ...]:
        """Map what wards have told that they read."""
        return tuple(told for told in self._accesses(refs) if isinstance(told, OrdersRead))

    def nil_by_mouth(self, flags: Sequence[Raw], diets: Sequence[Raw], now: datetime) -> NilByMouth:
        """Say whether anything may go by mouth now."""
        return fhir_map.read_nil_by_mouth(flags, diets, now, self.dialect)

    def practitioners(self, raws: Iterable[Raw], now: datetime) -> tuple[Practitioner, ...]:
        """Map members of staff with the roles that stand now; roles end by the clock."""
        return tuple(person for raw in raws if (person := self._practitioner(raw, now)) is not None)

    def unreadable(self, refs: Sequence[Ref]) -> tuple[Ref, ...]:
        """List what cannot be understood at all, of the types without which there is no dose."""
        by_type = {
            kind: [ref for ref in refs if ref.type == kind]
            for kind in ("Patient", "Encounter", "Medication", "MedicationRequest")
        }
        understood = {
            *(("Patient", patient.id) for patient in self.patients(by_type["Patient"])),
            *(("Encounter", stay.id) for stay in self.encounters(by_type["Encounter"])),
            *(("Medication", drug.id) for drug in self.medications(by_type["Medication"])),
            *(
                ("MedicationRequest", order.id)
                for order in self.orders(by_type["MedicationRequest"])
            ),
        }
        wanted = (ref for some in by_type.values() for ref in some)
        return tuple(ref for ref in wanted if (ref.type, ref.id) not in understood)

    def raws(self, refs: Sequence[Ref]) -> tuple[Raw, ...]:
        """Give resources as JSON values, as written."""
        bodies = mirror.bodies(self.connection, refs)
        return tuple(fhir_map.parse(bodies[ref.content_hash]) for ref in refs)

    def _map(
        self, refs: Sequence[Ref], read: Callable[[Raw], T], *depends_on: str
    ) -> tuple[T, ...]:
        """Map resources that were not mapped before; what cannot be read at all is left out.

        ``depends_on`` names the other types that go into the values.
        """
        state = self.revision(*depends_on)
        keyed = {(ref.type, ref.id, ref.content_hash, *state): ref for ref in refs}
        found = self._cache.get_many(keyed)
        missing = {key: ref for key, ref in keyed.items() if key not in found}
        if missing:
            bodies = mirror.bodies(self.connection, tuple(missing.values()))
            for key, ref in missing.items():
                found[key] = _read(ref, bodies[ref.content_hash], read)
                self._cache.put(key, found[key])
        return tuple(value for key in keyed if (value := found[key]) is not None)

    def _observed(self, refs: Sequence[Ref]) -> tuple[_Observed, ...]:
        def read(raw: Raw) -> _Observed:
            return (
                fhir_map.read_observations(raw, self.dialect),
                fhir_map.read_effect_check(raw, self.dialect),
            )

        return self._map(refs, read)

    def _suffered(self, refs: Sequence[Ref]) -> tuple[_Suffered, ...]:
        return self._map(refs, lambda r: (fhir_map.read_reaction(r), fhir_map.read_given_twice(r)))

    def _accesses(self, refs: Sequence[Ref]) -> tuple[BandScan | OrdersRead | None, ...]:
        return self._map(refs, lambda raw: fhir_map.read_access(raw, self.dialect))

    def _places(self) -> Places:
        def load() -> Places:
            refs = mirror.of_type(self.connection, "Location")
            return Places.read(self.raws(refs), self.dialect)

        return self.kept("places", self.revision("Location"), load)

    def _practitioner(self, raw: Raw, now: datetime) -> Practitioner | None:
        try:
            return fhir_map.read_practitioner(raw, self._roles(raw), now, self.dialect)
        except DataError as unreadable:
            _log.warning("unreadable Practitioner: %s", unreadable.code)
            return None

    def _roles(self, practitioner: Raw) -> tuple[Raw, ...]:
        named = f"Practitioner/{practitioner.get('id')}"

        def read() -> tuple[Raw, ...]:
            refs = mirror.find(self.connection, "PractitionerRole", keys.PRACTITIONER, [named])
            return self.raws(refs)

        return self.kept(("roles", named), self.revision("PractitionerRole"), read)


def _read(ref: Ref, body: bytes, read: Callable[[Raw], T]) -> T | None:
    try:
        return read(fhir_map.parse(body))
    except DataError as unreadable:
        _log.warning("unreadable %s/%s: %s", ref.type, ref.id, unreadable.code)
        return None


def _first(found: Sequence[T]) -> T | None:
    return found[0] if found else None

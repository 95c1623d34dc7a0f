"""One patient's record, part by part, each read again only when something in it changed.

Which parts changed is counted in the transactions that changed them
(:mod:`bcma.store.revisions`), so what is kept is never older than what this transaction sees.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import select

from bcma.emr.fhir_map import Raw
from bcma.model.chart import (
    AllergyIntolerance,
    NameAlike,
    Observation,
    SuspectedReaction,
    UnitLabel,
)
from bcma.model.double import Double
from bcma.model.drug import Medication
from bcma.model.events import DoubleDose, EffectCheck
from bcma.model.order import Approval, MedicationRequest
from bcma.model.people import BandScan, Encounter, EncounterStatus, Patient
from bcma.model.record import MedicationAdministration
from bcma.rules.doubles import doubles
from bcma.schedule import chains
from bcma.store import care, census, history, mirror, revisions
from bcma.store.approvals import approvals_of
from bcma.store.labels import labels_of
from bcma.store.mirror import Ref
from bcma.store.reader import Reader
from bcma.store.tables import Acknowledgement

T = TypeVar("T")
_ORDERS, _DRUGS, _FILLS = "MedicationRequest", "Medication", "MedicationDispense"


class PatientFile:
    """What one reading transaction sees of a patient."""

    def __init__(self, reader: Reader, patient_id: str) -> None:
        self._reader = reader
        self._id = patient_id
        self._ids = reader.kept(
            ("identities", patient_id),
            reader.revision("Patient"),
            lambda: history.identities(reader, patient_id),
        )
        self._revisions = {i: revisions.of_patient(reader.connection, i) for i in self._ids}

    def patient(self) -> Patient | None:
        """Give the patient, if the record is here and readable."""
        return self._part("patient", lambda: self._reader.patient(self._id), ["Patient"])

    def stays(self) -> tuple[Encounter, ...]:
        """Give the stays, the newest last; one without a start comes before all others."""

        def read() -> tuple[Encounter, ...]:
            found = [self._moved(stay) for stay in self._reader.encounters(self._refs("Encounter"))]
            return tuple(sorted(found, key=lambda s: (s.starts is not None, s.starts, s.id)))

        return self._part("stays", read, ["Encounter"], ["Location"])

    def orders(self) -> tuple[MedicationRequest, ...]:
        """Give the orders of every status."""
        return self._part(
            "orders", lambda: self._reader.orders(self._refs(_ORDERS)), [_ORDERS], [_DRUGS]
        )

    def renewals(self) -> Mapping[str, frozenset[str]]:
        """Give the orders that are one with an order, by its id."""

        def read() -> Mapping[str, frozenset[str]]:
            whole = (frozenset(order.id for order in chain) for chain in chains(self.orders()))
            return MappingProxyType({order_id: ids for ids in whole for order_id in ids})

        return self._part("renewals", read, [_ORDERS], [_DRUGS])

    def records(self) -> tuple[MedicationAdministration, ...]:
        """Give what was done, by us and by others, newest last."""
        return self._part(
            "records",
            lambda: history.administrations(self._reader, self._ids),
            [revisions.RECORDS],
            [_DRUGS],
        )

    def doubles(self) -> tuple[Double, ...]:
        """Give the doses that were charted twice, settled or not."""

        def read() -> tuple[Double, ...]:
            whole = {frozenset(o.id for o in chain): chain for chain in chains(self.orders())}
            by_chain: dict[frozenset[str], list[MedicationAdministration]] = defaultdict(list)
            for record in self.records():
                if record.order_id is not None:
                    alone = frozenset({record.order_id})
                    by_chain[self.renewals().get(record.order_id, alone)].append(record)
            found = (doubles(whole.get(ids, ()), some) for ids, some in by_chain.items())
            return tuple(double for some in found for double in some)

        return self._part("doubles", read, [_ORDERS, revisions.RECORDS], [_DRUGS])

    def approvals(self) -> tuple[Approval, ...]:
        """Give the pharmacists' verdicts on the orders."""
        return self._part(
            "approvals",
            lambda: approvals_of(self._reader, [order.id for order in self.orders()]),
            [_ORDERS],
            [_DRUGS, "Task"],
        )

    def labels(self) -> tuple[UnitLabel, ...]:
        """Give the labels of what was dispensed."""
        return self._part(
            "labels",
            lambda: labels_of(self._reader, self._refs(_FILLS)),
            [_FILLS],
            # a fill may name an order of anybody
            [_DRUGS, _ORDERS],
        )

    def allergies(self) -> tuple[AllergyIntolerance, ...]:
        """Give the allergy list."""
        kind = "AllergyIntolerance"

        def read() -> tuple[AllergyIntolerance, ...]:
            theirs = self._reader.allergies(self._refs(kind))
            return (*theirs, *self._own_care().allergies())

        return self._part("allergies", read, [kind, revisions.CARE])

    def observations(self) -> tuple[Observation, ...]:
        """Give the measured values, the newest last."""
        kind = "Observation"

        def read() -> tuple[Observation, ...]:
            found = self._reader.observations(self._refs(kind))
            found = (*found, *care.measured(self._reader, self.records(), found))
            return tuple(sorted(found, key=lambda value: (value.at, value.id, value.code)))

        return self._part("values", read, [kind, revisions.RECORDS])

    def reactions(self) -> tuple[SuspectedReaction, ...]:
        """Give the reactions that a drug was suspected of, with its substances."""
        kind = "AdverseEvent"

        def read() -> tuple[SuspectedReaction, ...]:
            found = (*self._reader.reactions(self._refs(kind)), *self._own_care().reactions())
            return care.suspected(self._reader, found, self.records())

        return self._part("reactions", read, [kind, revisions.CARE, revisions.RECORDS], [_DRUGS])

    def settled_doubles(self) -> tuple[frozenset[str], ...]:
        """Give the doses charted twice of which a person found out what they mean."""
        kinds = "DetectedIssue", "AdverseEvent"

        def read() -> tuple[frozenset[str], ...]:
            issues, events = map(self._refs, kinds)
            told = [i.found for i in self._reader.issues(issues) if i.settled]
            doubles = (frozenset(f.record_ids) for f in told if isinstance(f, DoubleDose))
            twice = self._reader.given_twice(events)
            return (*doubles, *twice, *self._own_care().settled_doubles())

        return self._part("settled", read, [*kinds, revisions.CARE])

    def effect_checks(self) -> tuple[EffectCheck, ...]:
        """Give the looks at the effects of doses."""
        kind = "Observation"

        def read() -> tuple[EffectCheck, ...]:
            theirs = self._reader.effect_checks(self._refs(kind))
            return (*theirs, *self._own_care().effect_checks())

        return self._part("effects", read, [kind, revisions.CARE])

    def band_scans(self) -> tuple[BandScan, ...]:
        """Give the scans of the patient's band, the newest last."""
        kind = "AuditEvent"
        return self._part("scans", lambda: self._reader.band_scans(self._refs(kind)), [kind])

    def fasting(self) -> tuple[tuple[Raw, ...], tuple[Raw, ...]]:
        """Give flags and diets as written; what they mean hangs on the instant."""

        def read() -> tuple[tuple[Raw, ...], tuple[Raw, ...]]:
            flags, diets = self._refs("Flag"), self._refs("NutritionOrder")
            return self._reader.raws(flags), self._reader.raws(diets)

        return self._part("fasting", read, ["Flag", "NutritionOrder"])

    def name_alikes(self, patient: Patient) -> tuple[NameAlike, ...]:
        """Give the inpatients with whom this one could be mistaken."""
        stays = self.stays()
        return self._part(
            "alikes",
            lambda: census.name_alikes(self._reader, patient, stays[-1]) if stays else (),
            [],
            census.DEPENDS_ON,
        )

    def medications(self) -> tuple[Medication, ...]:
        """Give the entries of the drug file that orders and records name."""
        return self._part("drugs", self._named_medications, [_ORDERS, revisions.RECORDS], [_DRUGS])

    def acknowledged(self, ward: str) -> frozenset[str]:
        """Give the versions of the patient's orders that a ward has read, here or elsewhere."""
        kind = "AuditEvent"

        def read() -> frozenset[str]:
            query = select(Acknowledgement.order_version).where(
                Acknowledgement.ward == ward, Acknowledgement.patient_id == self._id
            )
            ours = frozenset(self._reader.connection.execute(query).scalars())
            told = self._reader.orders_read(self._refs(kind))
            return ours.union(*(there.versions for there in told if there.ward == ward))

        return self._part(f"read by {ward}", read, [kind, revisions.ACKNOWLEDGEMENT])

    def whole(self, name: str, besides: object, make: Callable[[], T]) -> T:
        """Make something of all parts together, unless it is known and nothing at all has changed.

        ``besides`` is what it is made of that no change is counted of.
        """
        state = self._revisions, self._reader.revisions, besides
        return self._reader.kept((name, self._id), state, make)

    def _own_care(self) -> care.OwnCare:
        return care.OwnCare.read(self._reader, self._id)

    def _named_medications(self) -> tuple[Medication, ...]:
        named = {order.medication.id for order in self.orders()}
        for record in self.records():
            named |= {record.medication_id or "", *(unit.medication_id for unit in record.units)}
        refs = mirror.get(self._reader.connection, _DRUGS, sorted(named - {""}))
        return self._reader.medications(refs)

    def _moved(self, stay: Encounter) -> Encounter:
        """Add when the patient changed ward, where only earlier versions of the stay tell it."""
        if stay.moved_at is not None or stay.status is not EncounterStatus.IN_PROGRESS:
            return stay
        refs = mirror.versions(self._reader.connection, "Encounter", [stay.id])
        seen = [v for v in self._reader.encounters(refs) if v.last_updated is not None]
        elsewhere = [v.last_updated for v in seen if v.ward_id != stay.ward_id]
        last = max((at for at in elsewhere if at is not None), default=None)
        since = [v.last_updated for v in seen if last and v.last_updated and v.last_updated > last]
        return replace(stay, moved_at=min(since, default=None))

    def _refs(self, kind: str) -> Sequence[Ref]:
        return mirror.of_patient(self._reader.connection, self._id, kind)

    def _part(
        self, name: str, read: Callable[[], T], own: Iterable[str], site: Iterable[str] = ()
    ) -> T:
        """Read a part, unless it is known and nothing of these types has changed.

        ``own`` names types of which only what is about this patient matters.
        """
        of_patient = tuple((i, self._revisions[i].get(k, 0)) for i in self._ids for k in own)
        return self._reader.kept((name, self._id), (of_patient, self._reader.revision(*site)), read)

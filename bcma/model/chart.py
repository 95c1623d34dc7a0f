"""The chart: all that rules may look at for one patient at one instant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple

from bcma.model.drug import Coding, Form, Medication
from bcma.model.events import EffectCheck
from bcma.model.history import History
from bcma.model.order import Approval, MedicationRequest
from bcma.model.people import BandScan, Encounter, EncounterStatus, Patient
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus

_WORN: Final = frozenset(
    {RecordStatus.GIVEN, RecordStatus.GIVEN_IN_PART, RecordStatus.RUNNING, RecordStatus.UNREADABLE}
)
_TRANSDERMAL: Final = "TD"


class AllergyKind(StrEnum):
    """What an AllergyIntolerance entry says."""

    NONE_KNOWN = "none-known"
    CODED = "coded"
    FREE_TEXT = "free-text"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyIntolerance:
    """An entry of the allergy list; ``active`` is its clinical and verification status."""

    id: str
    kind: AllergyKind
    text: str
    codes: tuple[Coding, ...] = ()
    severe: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A measured value, by LOINC code, as old as ``at`` says."""

    id: str
    code: str
    at: datetime
    value: Quantity | None
    display: str = ""


#: LOINC: body weight, body weight measured.
BODY_WEIGHT: Final = frozenset({"29463-7", "3141-9"})


class Weight(NamedTuple):
    """A body weight, and when it was measured."""

    at: datetime
    value: Quantity


def weights_of(observations: Iterable[Observation]) -> tuple[Weight, ...]:
    """Give the readable body weights above zero, newest last."""
    weights = (
        Weight(found.at, found.value)
        for found in observations
        if found.code in BODY_WEIGHT
        and found.value is not None
        and found.value.value > 0
        and found.value.convertible_to("kg")
    )
    return tuple(sorted(weights, key=lambda weight: weight.at))


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectedReaction:
    """An adverse event that some drug is suspected of (hazard H78).

    Attributes:
        suspects: references of what is suspected: records of doses, or drugs.
        open: it happened, and nobody has resolved it or acquitted all suspects.
        ingredients: the substances of the suspects, as far as they are known here.
        names: the suspects in words.
        unknown_suspect: a suspect cannot be found or read: which substance it is, nobody knows.
        grade: of anaphylaxis, 1 to 4; ``None`` where not said.
    """

    id: str
    at: datetime | None = None
    suspects: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    severity: str = ""
    grade: int | None = None
    open: bool = True
    ingredients: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    unknown_suspect: bool = False


class NilByMouth(StrEnum):
    """Whether anything may go by mouth."""

    NO = "no"
    SIPS = "sips"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLabel:
    """One label that pharmacy printed (MedicationDispense identifier).

    Attributes:
        order_version: the version hash of the order when the label was printed; ``None`` where
            it is not known that there was another.
        order_version_id: the EMR's version of the order that the fill names.
        labelled_at: when the fill was prepared.
        product: what the fill itself says it is, where it names no entry of the drug file.
    """

    serial: str
    dispense_id: str
    patient_id: str | None = None
    order_id: str | None = None
    order_version: str | None = None
    order_version_id: str | None = None
    labelled_at: datetime | None = None
    medication_id: str | None = None
    product: Medication | None = None
    lot: str | None = None
    expiry: date | None = None
    beyond_use: datetime | None = None
    void: bool = False
    void_reason: str = ""


@dataclass(frozen=True, slots=True)
class NameAlike:
    """Another inpatient of the ward who could be mistaken for this one (hazard H02)."""

    patient_id: str
    name: str
    mrn: str | None
    birth_date: date | None
    bed: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Everything known about one patient at one instant; rules see nothing else of the world.

    What is looked up in it is worked out once: a chart that did not change serves many scans.

    Attributes:
        orders: of every status, unreadable ones included.
        administrations: ours and others', newest last, corrected ones marked.
        medications: the drug file's entries that these orders and records name, by id.
        reactions: every adverse event that a drug was suspected of, open or not.
        effect_checks: looks at the effects of doses.
        acknowledged: version hashes of orders that this ward has read, on any of its stations.
        band_scans: on any station that told the EMR, newest last.
        settled_doubles: records that stood for one dose, by their names, of which a person has
            found out what they mean (hazard H47).
        orders_as_of: server time of the last complete pull; ``None`` before the first.
    """

    patient: Patient
    encounters: tuple[Encounter, ...] = ()
    orders: tuple[MedicationRequest, ...] = ()
    administrations: tuple[MedicationAdministration, ...] = ()
    approvals: tuple[Approval, ...] = ()
    labels: tuple[UnitLabel, ...] = ()
    allergies: tuple[AllergyIntolerance, ...] = ()
    observations: tuple[Observation, ...] = ()
    reactions: tuple[SuspectedReaction, ...] = ()
    effect_checks: tuple[EffectCheck, ...] = ()
    nil_by_mouth: NilByMouth = NilByMouth.NO
    name_alikes: tuple[NameAlike, ...] = ()
    medications: tuple[Medication, ...] = ()
    acknowledged: frozenset[str] = frozenset()
    band_scans: tuple[BandScan, ...] = ()
    settled_doubles: tuple[frozenset[str], ...] = ()
    orders_as_of: datetime | None = None
    weight: Quantity | None = None
    weight_at: datetime | None = None
    age_years: Decimal | None = None

    @property
    def stay(self) -> Encounter | None:
        """Give the stay in progress, if the patient has one."""
        return next((e for e in self.encounters if e.status is EncounterStatus.IN_PROGRESS), None)

    def order(self, order_id: str | None) -> MedicationRequest | None:
        """Give an order by its id; what names none has none."""
        return None if order_id is None else self._orders_by_id.get(order_id)

    @cached_property
    def _orders_by_id(self) -> Mapping[str, MedicationRequest]:
        return {order.id: order for order in reversed(self.orders)}

    @cached_property
    def history(self) -> History:
        """Give the records, to be looked up by order and by time."""
        return History(self.administrations)

    @cached_property
    def patches_on(self) -> tuple[MedicationAdministration, ...]:
        """Give the patches that nobody has recorded as removed, oldest first.

        Of a drug whose form nobody knows, what goes through the skin counts as a patch.
        """
        return tuple(
            record
            for record in self.administrations
            if record.status in _WORN and record.ended_at is None and self._is_patch(record)
        )

    def _is_patch(self, record: MedicationAdministration) -> bool:
        order = self.order(record.order_id)
        ordered = None if order is None else order.medication.form
        form = self._forms.get(record.medication_id or "") or ordered
        return form is Form.PATCH or (form is None and record.route == _TRANSDERMAL)

    @cached_property
    def _forms(self) -> Mapping[str, Form | None]:
        return {drug.id: drug.form for drug in self.medications}

"""Orders: what was prescribed, as it was understood, and what of it could not be.

An order is never repaired: whatever could not be read is a :class:`Problem` on it, and an
order with problems is not given from (rule 1 of the eight rights).
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from bcma.model.drug import Coding, Form, Medication
from bcma.model.quantity import Quantity, Ratio


class OrderStatus(StrEnum):
    """FHIR R4 medicationrequest-status; anything else is ``UNREADABLE``."""

    ACTIVE = "active"
    ON_HOLD = "on-hold"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered-in-error"
    STOPPED = "stopped"
    DRAFT = "draft"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


class Intent(StrEnum):
    """FHIR R4 medicationrequest-intent; only some may be given from."""

    PROPOSAL = "proposal"
    PLAN = "plan"
    ORDER = "order"
    ORIGINAL_ORDER = "original-order"
    REFLEX_ORDER = "reflex-order"
    FILLER_ORDER = "filler-order"
    INSTANCE_ORDER = "instance-order"
    OPTION = "option"
    UNREADABLE = "unreadable"


#: The intents that order something; proposals, plans and options do not.
ORDERING_INTENTS = frozenset(
    {
        Intent.ORDER,
        Intent.ORIGINAL_ORDER,
        Intent.REFLEX_ORDER,
        Intent.FILLER_ORDER,
        Intent.INSTANCE_ORDER,
    }
)


class Priority(StrEnum):
    """FHIR R4 request-priority. ``STAT`` is due within 60 min, ``asap``/``urgent`` in 120."""

    ROUTINE = "routine"
    URGENT = "urgent"
    ASAP = "asap"
    STAT = "stat"


class PeriodUnit(StrEnum):
    """UCUM units of time in a Timing: h, min, s elapse; d, wk, mo, a are calendar steps."""

    SECOND = "s"
    MINUTE = "min"
    HOUR = "h"
    DAY = "d"
    WEEK = "wk"
    MONTH = "mo"
    YEAR = "a"


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a resource that could not be understood, with its text as written."""

    path: str
    written: str


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in the unit in which it was ordered."""

    value: Decimal
    unit: PeriodUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """FHIR R4 Timing: explicit instants, or a repeat to be expanded.

    Attributes:
        events: explicit planned instants (rule 1).
        bounds_start, bounds_end: the period in which doses fall, both inclusive.
        bounds_length: length counted from the first dose (``boundsDuration``, low ``boundsRange``).
        bounds_length_max: high end of a ``boundsRange``; shown, never planned to.
        days_of_week: Monday is 0.
        duration: length of one infusion (rule 10), not of the order.
        offset: minutes before or after the ``when`` event, as ordered.
        code: BID, TID, Q8H ... or the site's text.
    """

    events: tuple[datetime, ...] = ()
    bounds_start: datetime | None = None
    bounds_end: datetime | None = None
    bounds_length: Span | None = None
    bounds_length_max: Span | None = None
    count: int | None = None
    count_max: int | None = None
    duration: Span | None = None
    duration_max: Span | None = None
    frequency: int | None = None
    frequency_max: int | None = None
    period: Decimal | None = None
    period_max: Decimal | None = None
    period_unit: PeriodUnit | None = None
    days_of_week: tuple[int, ...] = ()
    times_of_day: tuple[time, ...] = ()
    when: tuple[str, ...] = ()
    offset: int | None = None
    code: str | None = None

    @property
    def is_bare(self) -> bool:
        """Tell whether it names no dose at all: neither instants, rhythm nor code."""
        return not (self.events or self.has_repeat or self.code)

    @property
    def has_repeat(self) -> bool:
        """Tell whether the repeat says more than its bounds."""
        return bool(
            self.frequency is not None
            or self.period is not None
            or self.times_of_day
            or self.when
            or self.days_of_week
            or self.count is not None
        )


@dataclass(frozen=True, slots=True)
class DoseRange:
    """An ordered range; the amount is chosen at the bedside."""

    low: Quantity
    high: Quantity


#: Forms that give the drug off by themselves, whatever rate is written beside them.
_NEVER_RUN = frozenset(
    {
        Form.TABLET,
        Form.TABLET_MR,
        Form.CAPSULE,
        Form.CAPSULE_MR,
        Form.PATCH,
        Form.SUPPOSITORY,
        Form.INHALER,
        Form.NEBULISER,
        Form.DROPS_EYE,
        Form.DROPS_EAR,
        Form.CREAM,
    }
)


class DoseBasis(StrEnum):
    """Whether the dose is an amount, or an amount per body weight or surface."""

    AMOUNT = "amount"
    PER_KG = "per-kg"
    PER_M2 = "per-m2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosage:
    """One dosage instruction.

    Attributes:
        as_needed_for: codes of the need; where there are none, its words.
        as_needed_text: the need in the order's own words.
        routes: table 0162 codes; empty where none is readable (``route.missing``).
        route_text: what was written for the route, shown when it could not be read.
        dose: the amount; ``None`` only together with a problem on the order, or for a
            dosage that states a rate.
        max_per_period: the limit in 24 h or whatever the denominator says.
        crushed: it is to be crushed, or capsules to be opened, by method or instruction.
        pushed: it is to be injected at once (push, bolus), not run in.
    """

    sequence: int = 1
    text: str = ""
    timing: Timing | None = None
    as_needed: bool = False
    as_needed_for: tuple[Coding, ...] = ()
    as_needed_text: str = ""
    site: Coding | None = None
    routes: tuple[str, ...] = ()
    route_text: str = ""
    method: Coding | None = None
    crushed: bool = False
    pushed: bool = False
    dose: Quantity | DoseRange | None = None
    rate: Quantity | DoseRange | Ratio | None = None
    max_per_period: Ratio | None = None
    max_per_administration: Quantity | None = None
    max_per_lifetime: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLimit:
    """A value below or above which the dose is held (``urn:bcma:ext:hold``)."""

    code: Coding
    low: Quantity | None = None
    high: Quantity | None = None
    max_age: timedelta | None = None


class Decision(StrEnum):
    """The pharmacist's verdict on one version of an order."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A pharmacist's Task on an order.

    Attributes:
        order_version_id: the version that ``focus`` names, or ``None`` (then ``at`` decides).
        order_version: hash of the version that was approved, where this station has seen it.
        at: ``Task.meta.lastUpdated``.
    """

    order_id: str
    decision: Decision
    at: datetime
    order_version_id: str | None = None
    order_version: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersRead:
    """That a ward has read some versions of a patient's orders; another ward reads for itself.

    Attributes:
        versions: the version hashes.
        ward: code of the ward for which they were read.
        station: the one on which they were.
        by_id: id of the person who read them.
    """

    patient_id: str
    versions: tuple[str, ...]
    ward: str
    station: str
    at: datetime
    by_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationRequest:
    """An order.

    Attributes:
        id, version_id, last_updated: as the EMR has them.
        version: hash of drug, dose, unit, route, timing, status and limits: an unchanged
            copy has the same one and keeps approval, labels and acknowledgement.
        prior_ids: orders that this one renews (priorPrescription, basedOn).
        reasons: what it is for, in words, or the reference of a diagnosis.
        reason_codes: the codes of the same, as far as there are any.
        substitution_allowed: ``None`` where the order does not say.
        stop_date: the last instant for which it was meant, by its stop or its review date; it stays
            in force after that, but somebody has to think about it.
        as_written: the order's own words, never translated.
        problems: what could not be read; not empty means ``drug.order-unreadable``.
    """

    id: str
    patient_id: str
    status: OrderStatus
    intent: Intent
    medication: Medication
    version: str = ""
    version_id: str = ""
    last_updated: datetime | None = None
    identifiers: tuple[str, ...] = ()
    encounter_id: str | None = None
    priority: Priority = Priority.ROUTINE
    prohibits: bool = False
    authored_on: datetime | None = None
    stop_date: datetime | None = None
    prior_ids: tuple[str, ...] = ()
    dosages: tuple[Dosage, ...] = ()
    reasons: tuple[str, ...] = ()
    reason_codes: tuple[Coding, ...] = ()
    substitution_allowed: bool | None = None
    holds: tuple[HoldLimit, ...] = ()
    requester: str = ""
    note: str = ""
    as_written: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def reference(self) -> str:
        """Give the FHIR reference."""
        return f"MedicationRequest/{self.id}"

    def runs(self, dosage: Dosage) -> bool:
        """Tell whether a dose is started and then runs, at the rate that is ordered for it.

        A push and a short infusion over an ordered time have no rate: they are given at once.
        """
        return dosage.rate is not None and self.medication.form not in _NEVER_RUN

    def runs_on(self, dosage: Dosage) -> bool:
        """Tell whether it runs without an end of its own: bag follows bag, and there are no slots.

        An urgent order of one amount is one bag, and that is its slot.
        """
        bare = dosage.timing is None or dosage.timing.is_bare
        one_bag = dosage.dose is not None and self.priority is not Priority.ROUTINE
        return self.runs(dosage) and bare and not dosage.as_needed and not one_bag

    @property
    def as_needed(self) -> bool:
        """Tell whether it is given on need: no slots."""
        return bool(self.dosages) and all(d.as_needed for d in self.dosages)

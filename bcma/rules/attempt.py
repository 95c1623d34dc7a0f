"""What is about to be done: everything that the rules look at, as values.

The bedside builds an Attempt after every scan and answer; rules read it and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bcma.model.chart import Chart, UnitLabel
from bcma.model.drug import ContainerUse, Medication, SerialLevel
from bcma.model.order import Dosage, MedicationRequest, Problem
from bcma.model.people import BandScan, Practitioner, Session
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, ReleaseRecord
from bcma.model.scan import UnitCode, Wristband
from bcma.model.slot import Claim
from bcma.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class BandInHand:
    """How the patient was identified for this pass.

    Attributes:
        code: the scanned band; ``None`` when identified by hand.
        at: when.
        reason: the coded reason of an identification by hand.
        void: the scanned print no longer stands for the patient.
        elsewhere: the last scan of the same band before this one, on another station.
    """

    at: datetime
    code: Wristband | None = None
    reason: str | None = None
    void: bool = False
    elsewhere: BandScan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitInHand:
    """A unit in the nurse's hand: its code and what this station knows about it.

    Attributes:
        product: the drug file's entry; ``None`` is an unknown code.
        used_by: the record that used this single-use unit up.
        uses: what was given before from this container of several doses, oldest first.
        typed_lot, typed_expiry: read off the pack by a person, where the code does not say.
        scanned: ``False`` when identified by hand, with ``reason``.
        count: how often a serial-less code was scanned, or the count entered.
    """

    code: UnitCode
    at: datetime
    product: Medication | None = None
    label: UnitLabel | None = None
    used_by: MedicationAdministration | None = None
    uses: tuple[MedicationAdministration, ...] = ()
    typed_lot: str | None = None
    typed_expiry: date | None = None
    scanned: bool = True
    reason: str | None = None
    count: int = 1

    @property
    def lot(self) -> str | None:
        """Give the lot by its code, else by our label, else as somebody read it."""
        of_label = None if self.label is None else self.label.lot
        return self.code.lot or of_label or self.typed_lot

    @property
    def last_day(self) -> date | None:
        """Give the last day of use; the earlier one where code and label differ."""
        of_label = None if self.label is None else self.label.expiry
        days = (self.code.expiry, of_label, self.typed_expiry)
        return min((day for day in days if day is not None), default=None)

    @property
    def last_minute(self) -> datetime | None:
        """Give the expiry to the minute (AI 7003), or the label's beyond-use time."""
        of_label = None if self.label is None else self.label.beyond_use
        minutes = (self.code.expiry_time, of_label)
        return min((minute for minute in minutes if minute is not None), default=None)

    @property
    def own_serial(self) -> str | None:
        """Give the serial that names this very unit: our label's, or a unit-level one."""
        if self.label is not None:
            return self.label.serial
        if self.product is not None and self.product.serial_level is SerialLevel.UNIT:
            return self.code.serial
        return None

    def is_the_same_as(self, other: "UnitInHand") -> bool:
        """Tell whether both are one and the same unit, by a serial of its own.

        A label's serial is unique; a manufacturer's is so within its product.
        """
        if self.own_serial is None or self.own_serial != other.own_serial:
            return False
        labels = (self.label is not None, other.label is not None)
        return all(labels) or (not any(labels) and self.code.gtin == other.code.gtin)

    @property
    def single_use_serial(self) -> str | None:
        """Give the serial that may be used up only once: not a pen's, an inhaler's, a bottle's."""
        return None if self.serves_many_doses else self.own_serial

    @property
    def serves_many_doses(self) -> bool:
        """Tell whether it is a container that one dose does not use up."""
        return self.product is not None and self.product.container_use is not ContainerUse.SINGLE

    @property
    def key(self) -> str:
        """Give what identifies this unit among those in hand: releases hold for it only."""
        code = self.code
        return "/".join((code.gtin or code.drug or "", code.lot or "", code.serial or ""))

    @property
    def description(self) -> str:
        """Give the product's name, or the code as far as it is known, for facts."""
        if self.product is not None:
            return self.product.name
        return self.code.gtin or self.code.drug or self.code.serial or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """Another person who proved or declared who they are."""

    practitioner: Practitioner
    proven: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputation:
    """What giver and second person each worked out, unseen by the other.

    ``failed`` counts the times that both had entered and differed.
    """

    by_giver: Quantity | None = None
    by_witness: Quantity | None = None
    second: Second | None = None
    failed: int = 0

    @property
    def is_complete(self) -> bool:
        """Tell whether both have entered."""
        return self.by_giver is not None and self.by_witness is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was answered to the asks of this dose, each checked for form before it got here.

    Attributes:
        drawn: components of a mixture of which a part was measured out of a larger bag.
        not_empty: keys of containers in which something was seen to be left.
        amount: chosen where the order leaves a range, or cannot be computed without a weight.
        part: the whole dose's amount, confirmed where it is a part of what is in hand.
        rate: chosen where the order leaves a range.
        closing: volume that went in of the bags still running, by the event of their record.
    """

    count: int | None = None
    drawn: frozenset[str] = frozenset()
    not_empty: frozenset[str] = frozenset()
    amount: Quantity | None = None
    part: Quantity | None = None
    recomputed: Recomputation = field(default_factory=Recomputation)
    rate: Quantity | None = None
    closing: Mapping[str, Quantity] = field(default_factory=lambda: MappingProxyType({}))
    route: str | None = None
    site: str | None = None
    prn_reason: str | None = None
    prn_score: Decimal | None = None
    missed_choice: str | None = None
    reopened_slot: str | None = None
    measured: Mapping[str, Quantity] = field(default_factory=lambda: MappingProxyType({}))
    witness: Second | None = None
    verifier: Second | None = None
    given_amount: Quantity | None = None
    given_reason: str | None = None
    releases: tuple[ReleaseRecord, ...] = ()

    @property
    def slot_choice(self) -> str | None:
        """Give which slot is meant; who cannot say is late for the missed one, and told so."""
        unsaid = any(r.code == "time.missed-choice" and r.cannot for r in self.releases)
        return self.missed_choice or ("late" if unsaid else None)


class MatchRank(StrEnum):
    """How closely an order fits the scanned product."""

    EXACT = "exact"
    FORM = "form"
    INGREDIENT = "ingredient"
    COMPONENT = "component"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One dose (or, without units and order, one band) as it stands now.

    Attributes:
        order: the order that is given from; ``None`` while none or several fit.
        candidates: orders of equal rank when several fit.
        rank: how the order fits the units.
        chain: the order with its renewals, oldest first; records under any of them count.
        dosage: the instruction that the claimed slot belongs to.
        order_problems: what of the order, its schedule included, could not be understood.
        shown_version: version hash of the order when it was first shown or scanned for.
        strengths: active products of the ordered ingredients and form.
        already_given: what part-doses of this slot have given before; ``None`` among them is an
            amount that nobody can read.
        opens_at: until this instant the order is not started (an interval before its start).
        closes_at: the order's end; with an open slot of its period, half an interval later.
        clock_offset: the server's time less this machine's, as last measured; ``now`` is the
            server's where it is large.
        knowledge_absent: this station runs without a drug knowledge pack on purpose.
    """

    now: datetime
    zone: ZoneInfo
    policy: Policy
    ward: str
    station: str = ""
    session: Session | None = None
    chart: Chart | None = None
    band: BandInHand | None = None
    order: MedicationRequest | None = None
    candidates: tuple[MedicationRequest, ...] = ()
    rank: MatchRank = MatchRank.NONE
    chain: tuple[MedicationRequest, ...] = ()
    dosage: Dosage | None = None
    order_problems: tuple[Problem, ...] = ()
    shown_version: str = ""
    claim: Claim | None = None
    units: tuple[UnitInHand, ...] = ()
    strengths: tuple[Medication, ...] = ()
    already_given: tuple[Quantity | None, ...] = ()
    answers: Answers = field(default_factory=Answers)
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    clock_offset: timedelta | None = None
    knowledge_absent: bool = False

    @property
    def is_dose(self) -> bool:
        """Tell whether there is a dose to judge, and not only a band."""
        return bool(self.units) or self.order is not None or bool(self.candidates)

    @property
    def gives_nothing(self) -> bool:
        """Tell whether the chosen dose is zero by scale: an ordinary outcome, and no dose."""
        return self.answers.amount is not None and not self.answers.amount.value

    @property
    def drugs(self) -> tuple[Medication, ...]:
        """Give the drug as it was ordered, and the products in hand."""
        ordered = () if self.order is None else (self.order.medication,)
        return (*ordered, *(u.product for u in self.units if u.product is not None))

    def record(self, event_id: str) -> MedicationAdministration | None:
        """Give a record of this patient by its event."""
        records = () if self.chart is None else self.chart.administrations
        return next((r for r in records if r.event_id == event_id), None)

    def records_of_chain(self) -> tuple[MedicationAdministration, ...]:
        """Give every record under this order or one of its renewals."""
        if self.chart is None:
            return ()
        return self.chart.history.of_orders({order.id for order in self.chain})

"""What the CSV files say, as values: people, stays, orders, and the rows of the eMAR."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

#: The part of an order that is the drug itself, not what it is diluted in.
MAIN: Final = "MAIN"
_AS_NEEDED: Final = "PRN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One product line of an order: what was prescribed, and how pharmacy dispenses it.

    Attributes:
        kind: MAIN, BASE (diluent) or ADDITIVE.
        code: the formulary code.
        strength: of the product, in words.
        dose, dose_unit: as prescribed.
        dispensed, dispensed_unit: how much of the product makes the dose.
    """

    kind: str
    drug: str
    code: str
    strength: str
    dose: str
    dose_unit: str
    dispensed: str
    dispensed_unit: str
    route: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order of pharmacy, with its product lines."""

    id: str
    patient: str
    stay: str
    drug: str
    entered: datetime
    starts: datetime
    stops: datetime | None
    verified: datetime | None
    route: str
    frequency: str
    expired: bool
    items: tuple[Item, ...]

    @property
    def as_needed(self) -> bool:
        """Tell whether it is given on need."""
        return _AS_NEEDED in self.frequency

    @property
    def main(self) -> Item | None:
        """Give the drug itself; of a plain fluid, the fluid."""
        drug = next((item for item in self.items if item.kind == MAIN), None)
        return drug or next(iter(self.items), None)

    @property
    def codes(self) -> frozenset[str]:
        """Give the formulary codes of all its lines."""
        return frozenset(item.code for item in self.items if item.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What was taken for a dose: a detail row of the eMAR.

    Attributes:
        order: the row's own ``pharmacy_id``.
        barcode: kind of the barcode that was scanned; empty where none was.
        given, given_unit: its share of the dose.
        amount, amount_unit: how much of the product.
    """

    order: str
    barcode: str
    code: str
    description: str
    given: str
    given_unit: str
    amount: str
    amount_unit: str

    @property
    def scanned(self) -> bool:
        """Tell whether a product's barcode was scanned for it."""
        return bool(self.barcode and self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of the eMAR with its detail rows.

    Attributes:
        kind: its ``administration_type``.
        word: what happened (``event_txt``).
        due, due_unit: the dose that the eMAR said was due.
        route: as charted.
    """

    id: str
    sequence: int
    patient: str
    order: str
    charted: datetime
    planned: datetime
    word: str
    kind: str = ""
    due: str = ""
    due_unit: str = ""
    route: str = ""
    units: tuple[Unit, ...] = ()

    @property
    def own_order(self) -> str:
        """Give the order that its scanned units name, else the row's."""
        named = next((u.order for u in self.units if u.scanned and u.order), "")
        return named or next((u.order for u in self.units if u.order), "") or self.order

    @property
    def scanned_units(self) -> tuple[Unit, ...]:
        """Give the units whose barcode was scanned, in the order of scanning."""
        return tuple(u for u in self.units if u.scanned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stay in the hospital."""

    id: str
    patient: str
    admitted: datetime
    discharged: datetime

    def holds(self, patient: str, at: datetime) -> bool:
        """Tell whether it is this patient's, and lasts at an instant."""
        return self.patient == patient and self.admitted <= at <= self.discharged


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A patient; nobody has a name here."""

    id: str
    sex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hospital:
    """A whole folder."""

    people: Sequence[Person]
    stays: Sequence[Stay]
    orders: Sequence[Order]
    events: Sequence[Event]
    #: product lines and units of every patient of the folder, replayed or not: the formulary
    items: Sequence[Item]
    units: Sequence[Unit]

"""Dose slots: the planned doses of an order, and what has become of each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bcma.model.record import MedicationAdministration


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSlot:
    """One planned dose: the same id on every workstation (fhir.md, rule 15).

    Attributes:
        order_id: the copy of the renewal chain in whose period the slot lies.
        dosage: index of the dosage instruction in that order.
        interval: distance to the neighbour before (after, for the first) in the schedule as
            ordered; ``None`` for a single dose.
        early, late: how far the window reaches before and after ``planned``; ``None`` for a
            slot without a window (first ever, one-time, STAT).
    """

    id: str
    order_id: str
    planned: datetime
    dosage: int = 0
    interval: timedelta | None = None
    early: timedelta | None = None
    late: timedelta | None = None

    @property
    def has_window(self) -> bool:
        """Tell whether the slot can be late."""
        return self.early is not None and self.late is not None

    @property
    def earliest(self) -> datetime | None:
        """Give the opening of the window."""
        return None if self.early is None else self.planned - self.early

    @property
    def latest(self) -> datetime | None:
        """Give the end of the window."""
        return None if self.late is None else self.planned + self.late

    def window_contains(self, now: datetime) -> bool:
        """Tell whether now lies in the window; a slot without a window contains nothing."""
        if self.earliest is None or self.latest is None:
            return False
        return self.earliest <= now <= self.latest


class SlotState(StrEnum):
    """What has become of a slot so far."""

    OPEN = "open"
    GIVEN = "given"
    GIVEN_IN_PART = "given-in-part"
    RUNNING = "running"
    LOST = "lost"
    HELD = "held"
    REFUSED = "refused"
    NOT_GIVEN = "not-given"


@dataclass(frozen=True, slots=True)
class SlotStanding:
    """A slot with the record that decides its state, if there is one.

    ``given`` are all records by which something went in: two of them are a conflict, unless one
    is a part of the dose or was lost (vomited).
    """

    slot: DoseSlot
    state: SlotState = SlotState.OPEN
    record: MedicationAdministration | None = None
    given: tuple[MedicationAdministration, ...] = ()

    @property
    def is_open(self) -> bool:
        """Tell whether nothing at all was recorded for it."""
        return self.state is SlotState.OPEN

    @property
    def is_taken(self) -> bool:
        """Tell whether the whole dose went in or is running."""
        return self.state in {SlotState.GIVEN, SlotState.RUNNING}


class ClaimKind(StrEnum):
    """What the slot rules say about now (*Which order, which slot*)."""

    SLOT = "slot"
    ALREADY_GIVEN = "already-given"
    MISSED_CHOICE = "missed-choice"
    NOT_DUE = "not-due"
    AS_NEEDED = "as-needed"
    RUNS_ON = "runs-on"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The slot that this dose claims, and the neighbours that matter.

    Attributes:
        standing: the claimed slot; ``None`` for as-needed orders, for infusions that run on, and
            where there is none.
        before: an older open slot, when the choice between the two has to be made.
        missed: older open slots, listed and never claimed silently.
        next_planned: the slot after the claimed one.
        shortest_interval: the shortest distance between two slots of the schedule.
    """

    kind: ClaimKind
    standing: SlotStanding | None = None
    before: SlotStanding | None = None
    missed: tuple[SlotStanding, ...] = ()
    next_planned: datetime | None = None
    shortest_interval: timedelta | None = None

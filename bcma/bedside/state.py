"""What a medication pass looks like from outside, after every step: values to draw.

The window draws a PassState, `bcma simulate` prints it, and neither decides anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bcma.model.chart import Chart
from bcma.model.events import CareEvent
from bcma.model.explanation import Account
from bcma.model.order import Dosage, DoseRange, MedicationRequest
from bcma.model.people import Encounter, Patient, Session
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.scan import BadCodeReason
from bcma.model.slot import DoseSlot, SlotStanding
from bcma.model.verdict import Finding, Verdict
from bcma.rules import explain
from bcma.rules.attempt import Attempt, UnitInHand
from bcma.rules.effect import EffectDue


class Phase(StrEnum):
    """Where the pass stands."""

    SIGNED_OUT = "signed-out"
    NEED_PATIENT = "need-patient"
    NEED_DRUG = "need-drug"
    JUDGED = "judged"
    RECORDED = "recorded"


class Due(StrEnum):
    """The group of the due list that a row belongs to."""

    OVERDUE = "overdue"
    DUE = "due"
    SOON = "soon"
    LATER = "later"
    AS_NEEDED = "as-needed"
    RUNNING = "running"
    DONE = "done"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """A line of the due list: a slot of an order, an as-needed order, a patch to take off.

    Attributes:
        standing: the slot and its record; ``None`` for as-needed and unreadable orders.
        next_possible: for as-needed orders, when the next dose may be given at the earliest.
        patch: the record of a patch that is on and has to come off.
        remove_at: when it has to; ``None`` where nothing on its order says.
    """

    order: MedicationRequest
    due: Due
    dosage: Dosage | None = None
    standing: SlotStanding | None = None
    next_possible: datetime | None = None
    patch: MedicationAdministration | None = None
    remove_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseInHand:
    """The dose being prepared, as far as it is known.

    Attributes:
        ordered: the target in the order's unit.
        total: what the units in hand make, in the order's unit; ``None`` if it cannot be told.
        units_needed: how many units of the scanned product make the dose.
    """

    order: MedicationRequest | None
    candidates: tuple[MedicationRequest, ...]
    dosage: Dosage | None
    slot: DoseSlot | None
    units: tuple[UnitInHand, ...]
    ordered: Quantity | DoseRange | None
    total: Quantity | None
    units_needed: int | None
    units_counted: int
    route: str | None
    site: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassState:
    """The answer to a step, and all that a screen shows of the pass.

    Attributes:
        verdict: what this step judged, a dose or a band; ``None`` where nothing was judged.
        judged: what ``verdict`` was judged from; ``None`` for a code without effect.
        standing_verdict: the verdict of the dose in hand, whatever this step did.
        standing: what ``standing_verdict`` was judged from.
        record: what this step wrote.
        filed: what this step told about the patient beside the doses.
        effects_due: as-needed doses whose effect is still to be looked at, by due time.
        reported: what was found about a dose that is in the patient already (paper doses).
        refused: why a verb had no effect: a finding code, or ``not-available``. Taking a unit
            back or leaving has its effect all the same where only the near miss was not kept.
        misread: why the scanned text was no code, when it was none.
        conflict: the other record, where a save ran into one.
        to_link: doses of the open patient that were given first and have no order yet.
        signed_in_failure: why a sign-in did not succeed.
        due: the due list; a row is worked out when somebody looks.
    """

    phase: Phase
    now: datetime
    session: Session | None = None
    patient: Patient | None = None
    encounter: Encounter | None = None
    chart: Chart | None = None
    band_at: datetime | None = None
    dose: DoseInHand | None = None
    verdict: Verdict | None = None
    judged: Attempt | None = None
    standing_verdict: Verdict | None = None
    standing: Attempt | None = None
    record: RecordStatus | None = None
    written: MedicationAdministration | None = None
    filed: CareEvent | None = None
    refused: str | None = None
    reported: tuple[Finding, ...] = ()
    misread: BadCodeReason | None = None
    sign_in_failure: str | None = None
    conflict: MedicationAdministration | None = None
    to_link: tuple[MedicationAdministration, ...] = ()
    due: Sequence[DueRow] = ()
    effects_due: tuple[EffectDue, ...] = ()

    def account(self) -> Account | None:
        """Tell how this step's verdict came about; worked out now, not at every step."""
        return _account(self.verdict, self.judged)

    def standing_account(self) -> Account | None:
        """Tell how the verdict of the dose in hand came about."""
        return _account(self.standing_verdict, self.standing)


def _account(verdict: Verdict | None, judged: Attempt | None) -> Account | None:
    if verdict is None:
        return None
    return Account(verdict, () if judged is None else explain(judged))

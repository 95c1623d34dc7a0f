"""Near misses: a stop that kept a wrong dose away (the table of writes in fhir.md).

Looked for in one place, at the end of every step, by what is no longer in hand: whichever way
the nurse goes on (unit taken back, dose withheld, patient left, signed out), a dose that was
stopped and did not go in was kept away. It asks nobody anything and holds nobody up.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bcma.bedside.charting import REFUSED_BY_SAVE
from bcma.bedside.course import Course
from bcma.bedside.hand import Dose
from bcma.bedside.state import PassState
from bcma.model.events import NearMiss
from bcma.model.ports import SaveOutcome
from bcma.model.verdict import Severity, Verdict
from bcma.rules import Attempt, UnitInHand

#: The stops that say: this dose would have been wrong. By code and not by right, as the same
#: rights have stops that say only that the station could not tell, and behind which the dose was
#: perhaps right: what could not be read, converted, weighed or checked (order-unreadable,
#: unit-unknown, weight-missing, rate-unordered, route.missing, not-checked, own-supply,
#: clock-off, in-future), what waits for somebody (order-unverified, order-changed: scanned again
#: it is judged anew; recompute: which of two amounts is wrong nobody knows), and what is about
#: the chart and not the dose (band-void, not-admitted). Codes that never become a dose
#: (unknown-band, not-a-band, unknown-code, bad-code, blood-product) are none either. Whether to
#: give (indication, response) and how to chart (documentation) is another matter.
KEEPS_AWAY: Final = frozenset(
    {
        "patient.mismatch",
        "drug.not-ordered",
        "drug.order-inactive",
        "drug.order-rejected",
        "drug.form-differs",
        "drug.strength-unusable",
        "drug.substitution-refused",
        "drug.other-patient",
        "drug.unit-used",
        "drug.container-other-patient",
        "drug.in-use-expired",
        "drug.label-void",
        "drug.expired",
        "drug.recalled",
        "drug.allergy",
        "drug.interaction",
        "dose.excess",
        "dose.out-of-order",
        "dose.above-single-max",
        "dose.above-absolute",
        "dose.above-daily-max",
        "dose.rate",
        "route.mismatch",
        "route.lethal",
        "route.do-not-crush",
        "route.patch-on",
        "route.nil-by-mouth",
        "time.early",
        "time.not-due",
        "time.already-given",
        "time.too-soon",
        "time.prn-max",
        "time.weekly-only",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """The dose in hand at the end of a step, as it was shown to whoever holds it.

    Attributes:
        stops: code → what it is about, of the open stops that say that it is wrong.
        at: since when it is stopped.
    """

    dose: Dose
    attempt: Attempt
    patient_id: str
    by_id: str
    stops: Mapping[str, str]
    at: datetime


class NearMisses:
    """Watches what is in hand from step to step, and tells of what was kept away.

    The same unit, scanned again under the same stops, is told of once in a sign-in: people
    scan again what was refused, and a flood would teach nobody.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._held: _Held | None = None
        self._since: datetime | None = None
        self._told: set[tuple[str, str, str]] = set()

    def after(self, state: PassState) -> PassState:
        """Take what a step left; the state says what was told, or that it could not be kept."""
        before, self._held = self._held, self._holding(state)
        if before is not None and not before.attempt.gives_nothing:
            state = self._tell(before, state)
        if state.session is not None and state.session.since != self._since:
            self._since, self._told = state.session.since, set()
        return state

    def _holding(self, state: PassState) -> _Held | None:
        dose, attempt = self._course.hand.dose, state.standing
        if dose is None or attempt is None or attempt.chart is None:
            return None
        before = self._held if self._held is not None and self._held.dose is dose else None
        if state.session is None:
            return before  # locked: it waits as it was last shown
        stops = _stops(state.standing_verdict)
        return _Held(
            dose=dose,
            attempt=attempt,
            patient_id=attempt.chart.patient.id,
            by_id=state.session.practitioner.id,
            stops=stops,
            at=before.at if before is not None and before.stops else state.now,
        )

    def _tell(self, before: _Held, state: PassState) -> PassState:
        units, stops = _kept_away(before, self._held, state)
        parts = {(before.patient_id, unit.key, code) for unit in units for code in stops}
        if parts <= self._told:
            return state
        event = NearMiss(
            event_id=str(uuid.uuid4()),
            patient_id=before.patient_id,
            at=before.at if before.stops else state.now,
            by_id=before.by_id,
            codes=tuple(stops),
            order_id=None if before.attempt.order is None else before.attempt.order.id,
            medication_id=_product(units, stops),
        )
        result = self._course.world.recorder.file(event)
        if result.outcome is SaveOutcome.SAVED:
            self._told |= parts
            return replace(state, filed=event)
        if state.record is not None:
            # The dose was charted as withheld, and its record has the stops: that it was not
            # saved would be untrue. What kept the event from the disk is in the recorder's log.
            return state
        return replace(state, refused=state.refused or REFUSED_BY_SAVE[result.outcome])


def _kept_away(
    before: _Held, now: _Held | None, state: PassState
) -> tuple[tuple[UnitInHand, ...], Mapping[str, str]]:
    """Give the units that left the hand without being given, and the stops that went with them.

    Of a dose that is still in hand, the units taken back, and what no longer stops the others.
    """
    if now is not None and now.dose is before.dose:
        left = before.attempt.units[len(now.attempt.units) :]
        return left, {code: of for code, of in before.stops.items() if code not in now.stops}
    if state.written is not None and state.written.went_in:
        return (), {}
    # another patient's band ends the dose by a stop of its own
    return before.attempt.units, {**before.stops, **_stops(state.verdict)}


def _stops(verdict: Verdict | None) -> Mapping[str, str]:
    found = () if verdict is None else verdict.findings
    return {
        f.code: f.subject
        for f in found
        if f.severity is Severity.STOP and not f.released and f.code in KEEPS_AWAY
    }


def _product(units: tuple[UnitInHand, ...], stops: Mapping[str, str]) -> str | None:
    """Name the product of the unit that was stopped; where none is named, of the last one."""
    named = [unit for unit in units if unit.key in stops.values()]
    product = (named or units)[-1].product
    return None if product is None else product.id or None

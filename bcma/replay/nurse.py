"""The nurse of the replay: scans, answers and gives at a real station, as the row tells."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final

from bcma.app import Station
from bcma.bedside.acts import FollowUp, RemovePatch
from bcma.bedside.state import Phase
from bcma.model.quantity import Quantity, UnitError
from bcma.model.record import RecordStatus
from bcma.model.verdict import Finding, Severity
from bcma.replay.amounts import number, unit_of
from bcma.replay.answers import CANNOT, REASON, answer_of
from bcma.replay.chart_rows import Event, Unit
from bcma.replay.handled import Handled
from bcma.replay.oracle import total_given
from bcma.replay.products import Product
from bcma.replay.resources import BADGE, band_of, order_id
from bcma.replay.words import HELD, PER_SCALE
from bcma.rules.effect import effects_due

PIN: Final = "4711"
#: A nurse scans the band for every round, and signs in when the station has locked itself.
_ROUND: Final = timedelta(minutes=5)
_SESSION: Final = timedelta(minutes=10)
#: No dose raises more questions than this; a further one means that answers do not take.
_MOST_QUESTIONS: Final = 15
#: Giving less is explained under the ask that it answers: it comes after all others.
_LESS: Final = "dose.incomplete"
_PATCH_ON: Final = "route.patch-on"
_UNREAD: Final = "drug.order-unread"
#: The folder does not say what a dose on need did; that somebody looked is what the next one asks.
_EFFECT: Final = FollowUp("seen")


class Nurse:
    """Works at one station."""

    def __init__(self, station: Station, products: Mapping[str, Product]) -> None:
        self._station = station
        self._products = products
        self._state = station.state()
        self._patient = ""
        self._band_at: datetime | None = None
        self._acted_at: datetime | None = None

    def give(self, event: Event) -> Handled:
        """Re-enact a dose that was given."""
        barred = self._approach(event)
        if barred is not None:
            return barred
        self._look_at_effects(event)
        self._state = self._station.open_order(order_id(event.own_order))
        refused = self._state.refused
        self._scan_units(event)
        self._take_patch_off(event)
        handled = self._judged(event, refused)
        self._put_down()
        return handled

    def read_orders(self, now: datetime, patient: str | None = None) -> None:
        """Read all new orders in one go, as a nurse does who comes on, or takes a patient in."""
        unread = self._station.unread_orders(patient)
        if unread:
            self._sign_in(now)
            self._state = self._station.acknowledge(unread)

    def withhold(self, event: Event) -> Handled:
        """Re-enact a dose that was not given."""
        barred = self._approach(event)
        if barred is not None:
            return barred
        order = order_id(event.own_order)
        if event.word == HELD:
            self._state = self._station.hold(order, REASON)
        elif event.word == PER_SCALE:
            self._state = self._station.not_given(order, "value-out-of-range")
        else:
            self._state = self._station.not_given(order, "other")
        return Handled(word="", record=self._state.record, stuck=self._state.refused or "")

    def _approach(self, event: Event) -> Handled | None:
        """Sign in and scan the band where it is due; tell if the patient is not opened."""
        now = event.charted
        self._sign_in(now)
        fresh = self._band_at is not None and now - self._band_at <= _ROUND
        if fresh and self._patient == event.patient:
            return None
        self._state = self._station.scan(band_of(event.patient))
        opened = self._state.patient
        if opened is not None and opened.id == event.patient:
            self._patient, self._band_at = event.patient, now
            return None
        self._patient, self._band_at = "", None
        verdict = self._state.verdict
        if verdict is None:
            return Handled(word="", stuck=self._state.refused or "")
        held = [f for f in verdict.findings if f.holds_back]
        return Handled(word=verdict.word, seen=verdict.findings, stuck=held[0].code if held else "")

    def _look_at_effects(self, event: Event) -> None:
        """Tell the effects that are due, as a nurse does before the next dose."""
        chart = self._station.store.charts.chart(event.patient, event.charted)
        for check in effects_due(chart, self._station.policy, event.charted):
            if check.is_overdue(event.charted) and check.record.event_id is not None:
                self._station.act_on(check.record.event_id, _EFFECT)

    def _sign_in(self, now: datetime) -> None:
        """Sign in for a new round; signing out ended the one before, and its reasons."""
        if self._acted_at is None or now - self._acted_at > _SESSION:
            self._station.sign_out()
            self._patient, self._band_at = "", None
            self._state = self._station.sign_in(BADGE, PIN)
        self._acted_at = now

    def _scan_units(self, event: Event) -> None:
        taken: dict[str, int] = {}
        for unit in event.scanned_units:
            if unit.given == "0" and len(event.scanned_units) > 1:
                continue  # scanned and put back
            product = self._products[unit.code]
            self._state = self._station.scan(f"]d201{product.gtin}")
            pieces = _pieces(unit, product)
            taken[unit.code] = taken.get(unit.code, 0) + pieces
            if pieces > 1 and self._is_open(_LESS):
                self._state = self._station.answer(_LESS, {"count": taken[unit.code]})

    def _take_patch_off(self, event: Event) -> None:
        """Take off the patch that a new one follows, as the folder does not say when it was."""
        verdict = self._state.verdict
        worn = None if verdict is None else verdict.open_finding(_PATCH_ON)
        if worn is not None and self._station.act_on(worn.subject, RemovePatch()).refused is None:
            self._state = self._station.scan(band_of(event.patient))

    def _judged(self, event: Event, refused: str | None) -> Handled:
        verdict = self._state.verdict
        if verdict is None:
            return Handled(word="", stuck=self._state.refused or refused or "")
        word, seen, later = verdict.word, verdict.findings, dict[tuple[str, str], Finding]()
        record, stuck = self._resolve(event, later)
        known = {(f.code, f.subject) for f in seen}
        return Handled(
            word=word,
            seen=seen,
            later=tuple(f for key, f in later.items() if key not in known),
            not_checked=verdict.not_checked,
            record=record,
            stuck=stuck,
        )

    def _resolve(
        self, event: Event, later: dict[tuple[str, str], Finding]
    ) -> tuple[RecordStatus | None, str]:
        """Answer and release one finding after the other, then give."""
        for _ in range(_MOST_QUESTIONS):
            verdict = self._state.verdict
            if verdict is None:
                return None, self._state.refused or ""
            for found in verdict.findings:
                # as it was when it came up: answered or not is another matter
                later.setdefault((found.code, found.subject), found)
            held = [f for f in verdict.findings if f.holds_back]
            stops = [f.code for f in held if f.severity is Severity.STOP]
            if stops:
                return None, stops[0]
            question = next((f for f in held if f.code != _LESS), None)
            if question is None and (not held or not self._complete(event)):
                return self._give(event)
            question = question or held[0]
            self._settle(question, event)
            if self._state.refused == question.code:
                return None, question.code
        return None, "unanswered"

    def _settle(self, question: Finding, event: Event) -> None:
        if question.severity is Severity.WARN:
            self._release(question)
            return
        if question.code == _UNREAD:
            # asked once, a nurse reads whatever else is new for this patient
            self.read_orders(event.charted, event.patient)
            if not self._is_open(_UNREAD):
                return
        value = answer_of(question, event, self._state)
        if value is None:
            self._state = self._station.answer(question.code, cannot=CANNOT)
        else:
            self._state = self._station.answer(question.code, value)

    def _release(self, warning: Finding) -> None:
        """Give a reason: one for all doses of this pass, where it may hold for them."""
        self._state = self._station.release_for_pass(warning.code, REASON)
        if self._is_open(warning.code):
            self._state = self._station.release(warning.code, reason=REASON)

    def _complete(self, event: Event) -> bool:
        """Enter the count where the row does not say how much was taken."""
        return all(number(unit.amount) is None for unit in event.scanned_units)

    def _give(self, event: Event) -> tuple[RecordStatus | None, str]:
        given = total_given(event)
        dose = self._state.dose
        target = None if dose is None else dose.ordered
        if given is not None and isinstance(target, Quantity) and _less(given, target):
            self._state = self._station.give(given, REASON)
        else:
            self._state = self._station.give()
        return self._state.record, self._state.refused or ""

    def _put_down(self) -> None:
        """Put down whatever was not given: nothing of it may stay in hand."""
        for _ in range(_MOST_QUESTIONS):
            if self._state.phase is not Phase.JUDGED:
                return
            self._state = self._station.take_back()

    def _is_open(self, code: str) -> bool:
        verdict = self._state.verdict
        return verdict is not None and verdict.open_finding(code) is not None


def _pieces(unit: Unit, product: Product) -> int:
    """Count the pieces that were taken: tablets, vials; of a measured amount, its containers."""
    taken, kind = number(unit.amount), unit_of(unit.amount_unit)
    if taken is None or kind is None:
        return 1
    if kind.startswith("{"):
        return max(1, int(taken.to_integral_value(ROUND_CEILING)))
    content = product.content
    if content is None or content.numerator.unit != kind:
        return 1
    return max(1, int((taken / content.numerator.value).to_integral_value(ROUND_CEILING)))


def _less(given: Quantity, target: Quantity) -> bool:
    try:
        return Decimal(0) < given.to(target.unit).value < target.value
    except UnitError:
        return False

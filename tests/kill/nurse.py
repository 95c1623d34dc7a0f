"""A nurse on a round that never ends, at the real station."""

import time
from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Final, Protocol
from uuid import uuid4

from bcma.app import Station
from bcma.bedside import PassState
from bcma.bedside.acts import Act, Correct, FollowUp, LoseDose, Suspect
from tests.kill.shared import Hands, Shared, Verb
from tests.kill.told import Message, Recorded, Refused, Trying
from tests.kill.ward import BADGE, BEDS, DRUGS, PIN, order_of

#: The verdicts on which a nurse gives without another word.
_FINE: Final = frozenset({"pass", "info"})
#: Warnings for which a nurse has a reason.
_LET_PASS: Final = frozenset({"documentation.orders-stale", "time.late"})
#: So many 5 ms a nurse waits for the line to be quiet before the clock is moved on.
_PATIENCE: Final = 100
#: How often the program is started again only for the next hour.
_LATER: Final = 0.6
#: A suspected reaction is rare: the product asks about it at every later dose.
_AFTERWARDS: Final[tuple[Act, ...]] = (
    *(Correct("other"),) * 6,
    *(LoseDose("vomited"),) * 4,
    *(FollowUp("đỡ đau"),) * 6,
    Suspect(("ngứa",), "mild"),
)


class Listener(Protocol):
    """Hears what the nurse tells."""

    def tell(self, message: Message) -> None:
        """Take one message."""
        ...


class Nurse:
    """Goes from bed to bed; tells what the screen called recorded, and not a moment before."""

    def __init__(self, station: Station, shared: Shared, mouth: Listener, chance: Random) -> None:
        self._station = station
        self._shared = shared
        self._mouth = mouth
        self._chance = chance

    def work(self, unsure: Trying | None) -> None:
        """Give doses until the program is killed; ``unsure`` may or may not have been given."""
        self._sign_in()
        if unsure is not None:
            self._open(unsure.bed)
            self._give(unsure)
        for hour in count():
            if hour or self._chance.random() < _LATER:
                self._next_hour()
            for bed in self._shuffled(len(BEDS)):
                self._open(bed)
                for drug in self._shuffled(len(DRUGS)):
                    self._care(bed, drug)

    def _next_hour(self) -> None:
        """Let an hour go by, and sign in again; not while a reply is to tell the server's time."""
        for _ in range(_PATIENCE):
            if self._shared.hands(sync=True) is not Hands.REQUEST_OUT:
                break
            time.sleep(0.005)
        self._shared.next_hour()
        self._sign_in()

    def _shuffled(self, number: int) -> Iterator[int]:
        return iter(self._chance.sample(range(number), number))

    def _sign_in(self) -> None:
        self._shared.verb = Verb.SIGN_IN
        state = self._station.sign_in(BADGE, PIN)
        if state.session is None:
            raise RuntimeError(f"nobody signed in: {state.sign_in_failure}")

    def _open(self, bed: int) -> None:
        self._shared.verb = Verb.SCAN
        self._station.scan(BEDS[bed].band)
        self._station.acknowledge(self._station.unread_orders(BEDS[bed].patient))

    def _care(self, bed: int, drug: int) -> None:
        match self._chance.random():
            case low if low < 0.75:
                self._give(Trying(bed, drug, uuid4().hex[:12]))
            case low if low < 0.85:
                self._withhold(bed, drug, held=True)
            case low if low < 0.95:
                self._withhold(bed, drug, held=False)

    def _give(self, unit: Trying) -> None:
        self._mouth.tell(unit)
        self._shared.verb = Verb.SCAN
        state = self._released(self._station.scan(DRUGS[unit.drug].unit(unit.serial)))
        if state.verdict is None or state.verdict.word not in _FINE:
            self._put_down(state)
            return
        self._shared.verb = Verb.RECORD
        state = self._told(self._station.give())
        written = state.written
        if written is not None and self._chance.random() < 0.3:
            self._told(self._station.act_on(written.event_id, self._chance.choice(_AFTERWARDS)))

    def _released(self, state: PassState) -> PassState:
        """Say why it is given all the same, where the EMR has not been read for a while."""
        open_codes = (
            ()
            if state.verdict is None
            else [f.code for f in state.verdict.findings if f.holds_back and f.code in _LET_PASS]
        )
        for code in open_codes:
            state = self._station.release(code, reason="emergency")
        return state

    def _withhold(self, bed: int, drug: int, *, held: bool) -> None:
        self._shared.verb = Verb.RECORD
        order = order_of(BEDS[bed], DRUGS[drug])
        verb = self._station.hold if held else self._station.refuse
        self._told(verb(order, "patient-request"))

    def _put_down(self, state: PassState) -> None:
        """Leave the dose that the product does not let pass."""
        findings = () if state.verdict is None else state.verdict.findings
        self._mouth.tell(Refused(tuple(f.code for f in findings if f.holds_back)))
        while state.dose is not None and state.dose.units:
            state = self._station.take_back()

    def _told(self, state: PassState) -> PassState:
        """Tell what the screen shows as recorded."""
        if state.record is not None and state.written is not None:
            self._mouth.tell(Recorded(state.written.event_id or "", state.record.value))
        elif state.filed is not None:
            self._mouth.tell(Recorded(state.filed.event_id, ""))
        else:
            self._mouth.tell(Refused((state.refused or "nothing",)))
        return state

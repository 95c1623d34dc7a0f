"""Does what a page says: one verb of the station per act, the state back to the window."""

from collections.abc import Callable
from functools import partial
from typing import assert_never

from bcma.bedside import PassState
from bcma.bedside.acts import RemovePatch
from bcma.errors import BcmaError
from ui.acts import (
    Answer,
    Credentials,
    Give,
    GoOn,
    Hold,
    Lock,
    OpenOrder,
    PassAct,
    Refuse,
    Release,
    SignIn,
    TakeBack,
    TakePatchOff,
    UnableToScan,
)
from ui.bridge import Bridge
from ui.station_port import Pair, StationPort

_Verb = Callable[[], PassState]


class Desk:
    """Between the window and the station.

    Acts with a PIN are slow on purpose (a password hash), and a band that is not known here is
    asked of the EMR: these run on the worker, and what is scanned meanwhile waits its turn.

    Args:
        show: draws the state that a step returned.
        fail: shows an error as a sentence.
        busy: told when slow work begins and ends.
    """

    def __init__(
        self,
        station: StationPort,
        bridge: Bridge,
        *,
        show: Callable[[PassState], None],
        fail: Callable[[BaseException], None],
        busy: Callable[[], None],
    ) -> None:
        self._station, self._bridge = station, bridge
        self._show, self._fail, self._tell_busy = show, fail, busy
        self._waiting: list[Callable[[], None]] = []
        self._working = self._asking = False

    @property
    def working(self) -> bool:
        """Tell whether slow work is going on."""
        return self._working

    @property
    def asking(self) -> bool:
        """Tell whether the EMR is being asked whose band was scanned."""
        return self._asking

    def do(self, act: PassAct) -> None:
        """Do what was pressed, typed or scanned."""
        verb = self._verb(act)
        if _is_slow(act):
            self._run_slowly(verb)
        else:
            self._run(verb)

    def scan(self, text: str) -> None:
        """Route a scan by its content, in any state."""
        if self._working:
            self._waiting.append(partial(self.scan, text))
            return
        verb = partial(self._station.scan, text)
        try:
            asks = self._station.bands.is_unknown(text)
        except BcmaError as error:
            self._fail(error)
            return
        if asks:
            self._asking = True
            self._run_slowly(verb)
        else:
            self._run(verb)

    def _run(self, verb: _Verb) -> None:
        if self._working:
            self._waiting.append(partial(self._run, verb))
            return
        try:
            state = verb()
        except Exception as error:  # noqa: BLE001 - shown as a sentence, logged by the window
            self._fail(error)
            return
        self._show(state)

    def _run_slowly(self, verb: _Verb) -> None:
        if self._working:
            return
        self._working = True
        self._tell_busy()
        self._bridge.run(verb, self._done, self._failed)

    def _done(self, state: PassState) -> None:
        self._end()
        self._show(state)
        self._catch_up()

    def _failed(self, error: Exception) -> None:
        self._end()
        self._fail(error)
        self._catch_up()

    def _end(self) -> None:
        self._working = self._asking = False
        self._tell_busy()

    def _catch_up(self) -> None:
        waiting, self._waiting = self._waiting, []
        for go_on in waiting:
            go_on()

    def _verb(self, act: PassAct) -> _Verb:  # noqa: PLR0911, PLR0912, C901 - one line per act
        station = self._station
        match act:
            case SignIn(who):
                return lambda: station.sign_in(who.badge, who.pin)
            case Lock():
                return station.lock
            case Give(amount, reason):
                return lambda: station.give(amount, reason)
            case Hold(why):
                return lambda: station.hold(None, why)
            case Refuse(why):
                return lambda: station.refuse(None, why)
            case TakeBack():
                return station.take_back
            case TakePatchOff(event_id):
                return lambda: station.act_on(event_id, RemovePatch())
            case OpenOrder(order_id):
                return lambda: station.open_order(order_id)
            case UnableToScan(what, reason, typed):
                return lambda: station.unable_to_scan(what, reason, dict(typed))
            case GoOn():
                return station.state
            case Answer():
                value = act.value if act.cannot or act.value is not None else _pair(act.witness)
                return lambda: station.answer(
                    act.code,
                    value,
                    cannot=act.cannot,
                    prescriber=_pair(act.prescriber),
                    witness=_pair(act.witness),
                )
            case Release():
                return lambda: station.release(
                    act.code,
                    reason=act.reason,
                    prescriber=act.prescriber
                    if isinstance(act.prescriber, str)
                    else _pair(act.prescriber),
                    pharmacist=_pair(act.pharmacist),
                    witness=_pair(act.witness),
                )
            case _:
                assert_never(act)


def _is_slow(act: PassAct) -> bool:
    """Tell whether a PIN has to be checked."""
    match act:
        case SignIn():
            return True
        case Answer():
            return bool(act.witness or act.prescriber)
        case Release():
            people = (act.prescriber, act.pharmacist, act.witness)
            return any(isinstance(person, Credentials) for person in people)
        case _:
            return False


def _pair(who: Credentials | None) -> Pair | None:
    return None if who is None else (who.badge, who.pin)

"""Plays a scenario through the product and compares what comes out."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bcma.access import EnrolError
from bcma.bedside.acts import BackEntry, GiveFirst
from bcma.bedside.state import PassState
from bcma.emr.errors import EmrError, Refused
from bcma.emr.sandbox import Sandbox
from bcma.simulate.answer import NOT_AVAILABLE, StepAnswer, step_answer
from bcma.simulate.at_bedside import at_bedside
from bcma.simulate.desk import Desk, desk_config
from bcma.simulate.emr_check import emr_differences
from bcma.simulate.emr_side import EmrSide, clock_offset, server_code
from bcma.simulate.expect import Difference, EmrExpect, differences
from bcma.simulate.place import Mistake, ScenarioError
from bcma.simulate.scenario import Scenario, Step
from bcma.simulate.server_time import ScenarioClock, ServerTime
from bcma.simulate.verbs import ActOn, ChangeEmr, Network, NotBuilt, Restart, SetNetwork, SyncNow


@dataclass(frozen=True, slots=True)
class Played:
    """What came out of a scenario.

    ``unknown_badges`` have a PIN in the file and no Practitioner in the EMR: most likely a
    slip, yet a shared list of staff may well name more people than one ward has.
    """

    answers: tuple[StepAnswer, ...]
    differences: tuple[Difference, ...]
    unknown_badges: tuple[str, ...] = ()


def play(scenario: Scenario, emr_url: str | None = None) -> Played:
    """Play a scenario.

    Args:
        scenario: what to play.
        emr_url: an empty FHIR server; ``None``: a sandbox EMR of its own.

    Raises:
        ScenarioError: the EMR does not answer, or refuses a Bundle or search of it.
        BcmaError: the product failed.
    """
    with _stage(scenario, emr_url) as player:
        return player.play()


def state_after(scenario: Scenario, number: int, emr_url: str | None = None) -> PassState:
    """Play a scenario up to a step, that one included, and give the pass as it stands then.

    Raises:
        ScenarioError: it has no such step, or see :func:`play`.
        BcmaError: the product failed.
    """
    if not 1 <= number <= len(scenario.steps):
        raise ScenarioError(
            Mistake.NO_SUCH_STEP, file=scenario.file, value=number, count=len(scenario.steps)
        )
    with _stage(scenario, emr_url) as player:
        return player.state_after(number)


@contextmanager
def _stage(scenario: Scenario, emr_url: str | None) -> Iterator["_Player"]:
    """Set up the EMR and the stations of a scenario, and close them again."""
    with ExitStack() as closing:
        clock = ScenarioClock(scenario.now)
        server_time = None if emr_url is None else _time_of(emr_url, clock, scenario.file)
        url = (
            emr_url or closing.enter_context(Sandbox(clock=clock.now, zone=scenario.zone)).base_url
        )
        folder = Path(closing.enter_context(TemporaryDirectory(prefix="bcma-simulate-")))
        emr = EmrSide(url, server_time)
        closing.callback(emr.close)
        for bundle in scenario.emr:
            emr.load(bundle)
        desks: dict[str, Desk] = {}
        for plan in scenario.stations:
            config = desk_config(scenario, plan, url, folder)
            desk = Desk(
                config,
                scenario.policy,
                clock,
                knowledge_absent=scenario.knowledge is None,
                server_time=server_time,
            )
            closing.callback(desk.close)
            desks[plan.name] = desk
        yield _Player(scenario, clock, emr, desks)


def _time_of(emr_url: str, clock: ScenarioClock, file: str) -> ServerTime:
    try:
        return ServerTime(clock, clock_offset(emr_url))
    except EmrError as failure:
        code = server_code(failure)
        raise ScenarioError(Mistake.NO_EMR, file=file, value=emr_url, server_code=code) from failure


class _Player:
    def __init__(
        self, scenario: Scenario, clock: ScenarioClock, emr: EmrSide, desks: dict[str, Desk]
    ) -> None:
        self._scenario = scenario
        self._clock = clock
        self._emr = emr
        self._desks = desks
        self._unknown_badges: list[str] = []
        self._written: dict[int, str] = {}

    def play(self) -> Played:
        answers: list[StepAnswer] = []
        found: list[Difference] = []
        self._begin()
        for step in self._scenario.steps:
            answer = self._step(step)
            answers.append(answer)
            if step.expect is not None:
                found += differences(step.expect, answer)
        if self._scenario.expect_emr:
            self._last_sync()
        for expect in self._scenario.expect_emr:
            found += self._on_emr(expect)
        return Played(tuple(answers), tuple(found), tuple(dict.fromkeys(self._unknown_badges)))

    def state_after(self, number: int) -> PassState:
        """Play the first steps; there is at least one."""
        self._begin()
        first, *more = self._scenario.steps[:number]
        state = self._state(first)
        for step in more:
            state = self._state(step)
        return state

    def _begin(self) -> None:
        for desk in self._desks.values():
            desk.sync()
            for badge, pin in self._scenario.pins:
                self._enrol(desk, badge, pin)

    def _enrol(self, desk: Desk, badge: str, pin: str) -> None:
        """Enrol; who is inactive gets no PIN, and a step that signs them in will show it."""
        try:
            desk.station.enrol(badge, pin)
        except EnrolError:
            if self._emr.has_badge(badge):
                return
            self._unknown_badges.append(badge)

    def _step(self, step: Step) -> StepAnswer:
        return step_answer(
            self._state(step),
            scenario=self._scenario.title,
            step=step.number,
            station=step.station,
            refused=NOT_AVAILABLE if isinstance(step.verb, NotBuilt) else None,
        )

    def _state(self, step: Step) -> PassState:
        """Do a step and give the pass after it."""
        self._clock.set(step.at)
        desk = self._desks[step.station]
        if not isinstance(step.verb, SyncNow):
            self._poll(desk)
        state = self._do(step, desk)
        if state.written is not None and state.written.event_id is not None:
            self._written[step.number] = state.written.event_id
        return state

    def _poll(self, desk: Desk) -> None:
        """Let every workstation poll; the one in use last, so that it learns of the others."""
        for other in self._desks.values():
            if other is not desk:
                other.poll()
        desk.poll()

    def _do(self, step: Step, desk: Desk) -> PassState:
        match step.verb:
            case ChangeEmr(bundle):
                self._emr.load(bundle)
            case SetNetwork(network):
                desk.network = network
            case SyncNow():
                desk.sync()
            case BackEntry():
                return desk.station.back_enter(step.verb)
            case GiveFirst():
                return desk.station.give_first(step.verb)
            case ActOn(_, number, act):
                # A step that wrote nothing names no event: the station refuses by itself.
                return desk.station.act_on(self._written.get(number), act)
            case Restart(kill):
                desk.restart(kill=kill)
            case NotBuilt():
                pass
            case _:
                return at_bedside(step.verb, desk.station)
        return _unjudged(desk.station.state())

    def _last_sync(self) -> None:
        """Sync all with the network up; twice, as what one tells the others have to learn."""
        for _ in self._desks:
            for desk in self._desks.values():
                desk.network = Network.UP
                desk.sync()

    def _on_emr(self, expect: EmrExpect) -> Iterator[Difference]:
        try:
            matches = self._emr.search(expect.search)
        except Refused as refused:
            raise ScenarioError(
                Mistake.REFUSED_SEARCH,
                file=self._scenario.file,
                place=expect.place,
                value=expect.search,
                server_code=server_code(refused),
            ) from refused
        except EmrError as failure:
            yield Difference(expect.search, "search", "an answer", str(failure))
            return
        yield from emr_differences(expect, matches)


def _unjudged(state: PassState) -> PassState:
    """Give a state without what an earlier step judged or wrote."""
    return replace(state, verdict=None, record=None, written=None, refused=None, reported=())

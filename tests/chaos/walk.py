"""One random walk: two stations, three patients, a server of some kind, and a bad day.

The same seed always walks the same way.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from random import Random
from uuid import UUID

from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Faults, Lost, Sandbox, StoppedClock, Traffic
from bcma.emr.sandbox.sandbox import OpenLine
from bcma.model.events import EffectCheck, Reaction
from bcma.model.ports import SaveOutcome
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.store import Store
from bcma.sync import Sync
from tests.chaos.check import Told, wrongs
from tests.store import ward
from tests.sync.conftest import SERVERS, Station, TestClock

PATIENTS = ("p1", "p2", "p3")
_STATIONS = ("A", "B")
_STEPS = 40
#: So often a healthy line is tried before what is still not delivered counts as lost.
_HEALTHY = 8
_TROUBLES: tuple[tuple[str, Faults], ...] = (
    ("replies to writes lost", Faults(lose_replies=Lost.WRITES)),
    ("all replies lost", Faults(lose_replies=Lost.ALL)),
    ("replies cut off", Faults(cut_replies=True)),
    ("writes carried out twice", Faults(twice=True, traffic=Traffic.WRITES)),
    ("twice, and the reply lost", Faults(twice=True, lose_replies=Lost.WRITES)),
    ("503", Faults(error_status=HTTPStatus.SERVICE_UNAVAILABLE, retry_after=20)),
    ("500", Faults(error_status=HTTPStatus.INTERNAL_SERVER_ERROR, traffic=Traffic.WRITES)),
    ("429", Faults(error_status=HTTPStatus.TOO_MANY_REQUESTS, retry_after=40)),
    ("409", Faults(error_status=HTTPStatus.CONFLICT, traffic=Traffic.WRITES)),
    ("412", Faults(error_status=HTTPStatus.PRECONDITION_FAILED, traffic=Traffic.WRITES)),
    ("401 once", Faults(error_status=HTTPStatus.UNAUTHORIZED, times=1)),
    ("422", Faults(error_status=HTTPStatus.UNPROCESSABLE_ENTITY, traffic=Traffic.WRITES)),
    ("none", Faults()),
)


@dataclass
class Walk:
    """What happens, and what it came to.

    Attributes:
        server: the name of the kind of server (:data:`tests.sync.conftest.SERVERS`).
        told: everything that the stations were told, in order.
        met: how often each trouble was set.
    """

    seed: int
    server: str
    told: list[Told] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    wrong: tuple[str, ...] = ()


@dataclass
class _Day:
    """The stations and the lines between them and the server."""

    walk: Walk
    chance: Random
    clock: StoppedClock
    sandbox: Sandbox
    stations: dict[str, Station]
    lines: dict[str, OpenLine]

    def run(self) -> None:
        """Let things happen, then let the line be well until all is delivered."""
        for station in self.stations.values():
            station.sync.sync_now()
        happenings: tuple[tuple[int, Callable[[str], None]], ...] = (
            (4, self._give),
            (3, self._change),
            (2, self._tell),
            (4, self._trouble),
            (8, self._sync),
        )
        weights = [weight for weight, _ in happenings]
        for _ in range(_STEPS):
            (_, happen), *_ = self.chance.choices(happenings, weights)
            happen(self.chance.choice(_STATIONS))
        self._heal()

    def _give(self, name: str) -> None:
        store = self.stations[name].store
        patient, event = self.chance.choice(PATIENTS), self._uuid()
        order = ward.chart(store, patient).orders[0]
        record = ward.given(
            store,
            event,
            patient_id=patient,
            order_id=order.id,
            order_version=order.version,
            slot=None,
            slot_id=event,
            given_at=self.clock(),
            station=name,
        )
        self._record(name, record)

    def _change(self, name: str) -> None:
        """Change what this station charted and nobody took back."""
        own = {told.event: told for told in self.walk.told if told.station == name}
        open_doses = [t.record for t in own.values() if t.status is RecordStatus.GIVEN]
        if open_doses:
            record = self.chance.choice([dose for dose in open_doses if dose is not None])
            status = self.chance.choice([RecordStatus.LOST, RecordStatus.ENTERED_IN_ERROR])
            reason = "vomited" if status is RecordStatus.LOST else "other"
            changed = replace(record, status=status, reason=reason, revision=record.revision + 1)
            self._record(name, changed)

    def _record(self, name: str, record: MedicationAdministration) -> None:
        saved = self.stations[name].store.recorder.record(record)
        assert saved.outcome is SaveOutcome.SAVED, saved.outcome
        told = Told(name, record.patient_id, record.event_id or "", record)
        self.walk.told.append(told)

    def _tell(self, name: str) -> None:
        doses = [t for t in self.walk.told if t.station == name and t.record is not None]
        if not doses:
            return
        about, event = self.chance.choice(doses), self._uuid()
        who = ward.Teller(event_id=event, patient_id=about.patient, at=self.clock(), by_id="n1")
        told: Reaction | EffectCheck = EffectCheck(**who, record_id=about.event, text="đỡ")
        if self.chance.random() < 0.5:
            told = Reaction(**who, record_id=about.event, severity="mild")
        assert self.stations[name].store.recorder.file(told).outcome is SaveOutcome.SAVED
        self.walk.told.append(Told(name, about.patient, event))

    def _trouble(self, name: str) -> None:
        what, faults = self.chance.choice(_TROUBLES)
        self.walk.met[what] += 1
        probability = self.chance.choice([0.2, 0.5, 1.0])
        seed = self.chance.randrange(1000)
        self.lines[name].faults = replace(faults, chance=probability, seed=seed)
        if self.chance.random() < 0.2:
            self.walk.met["any order"] += 1
            self.sandbox.faults = Faults(shuffle=True, seed=seed)

    def _sync(self, name: str) -> None:
        self.clock.advance(timedelta(seconds=self.chance.choice([1, 30, 400])))
        sync = self.stations[name].sync
        (self.chance.choice([sync.poll, sync.sync_now]))()

    def _heal(self) -> None:
        """End the troubles; what was refused is sent again by a person."""
        self.sandbox.faults = Faults()
        for line in self.lines.values():
            line.faults = Faults()
        for _ in range(_HEALTHY):
            for station in self.stations.values():
                self.clock.advance(timedelta(seconds=400))
                for problem in station.store.problems.list():
                    station.store.problems.retry(problem.sequence, by="n1", at=self.clock())
                station.sync.sync_now()

    def _uuid(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))


def walk(seed: int, folder: Path, spoil: Callable[[Sandbox], None] | None = None) -> Walk:
    """Walk once, in an empty folder, and look what came of it.

    ``spoil`` does something to the EMR before that, to try whether it is noticed.
    """
    chance = Random(seed)  # noqa: S311 - the same seed, the same walk
    clock = StoppedClock(ward.NOW)
    found = Walk(seed, list(SERVERS)[seed % len(SERVERS)])
    with Sandbox(clock=clock, powers=SERVERS[found.server]) as sandbox:
        _fill(sandbox)
        lines = {name: sandbox.open_line() for name in _STATIONS}
        with _stations(folder, clock, lines) as stations:
            day = _Day(found, chance, clock, sandbox, stations, lines)
            day.run()
            if spoil is not None:
                spoil(sandbox)
            with _stations(folder, clock, {"C": sandbox.open_line()}) as others:
                found.wrong = tuple(wrongs(found.told, stations, others["C"]))
    return found


def _fill(sandbox: Sandbox) -> None:
    resources = [ward.location(), ward.medication(), *ward.nurse()]
    for number, patient in enumerate(PATIENTS, start=1):
        resources += [
            ward.patient(patient, f"Nguyễn Văn {number}", f"B{number}.01"),
            ward.encounter(patient),
            ward.order(f"mr-{patient}", patient),
        ]
    entries = [{"resource": resource} for resource in resources]
    sandbox.load({"resourceType": "Bundle", "type": "collection", "entry": entries})


@contextmanager
def _stations(
    folder: Path, clock: StoppedClock, lines: dict[str, OpenLine]
) -> Iterator[dict[str, Station]]:
    made: dict[str, Station] = {}
    try:
        for name, line in lines.items():
            store = Store.open(folder / f"{name}.db", ward=ward.WARD)
            client, time = FhirClient(line.base_url, now=clock), TestClock(clock)
            made[name] = Station(store, client, Sync(store, client, time), time)
        yield made
    finally:
        for station in made.values():
            station.client.close()
            station.store.close()

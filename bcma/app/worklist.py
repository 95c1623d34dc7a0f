"""What waits for a person at this station, with names and beds: for one page of the window."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bcma.app.delivery import DeliveryDesk
from bcma.app.exchange import ExchangeDesk, Shrinkage
from bcma.app.safety import SafetyDesk, SafetyNotice
from bcma.errors import DataError
from bcma.model.chart import Chart
from bcma.model.record import MedicationAdministration
from bcma.store import Backlog, Problem, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What the EMR refused, in words that a nurse knows.

    Attributes:
        patient, bed: whose it is; empty where this station does not know the patient any more.
        drug: of a dose; empty for what is told beside the doses.
        owner: the name of who charted it; empty where nobody did.
    """

    problem: Problem
    patient: str = ""
    bed: str = ""
    drug: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """Everything that waits for a person, as whoever is signed in may see it.

    Attributes:
        backlog: what has not reached the EMR.
        notices: doses charted twice or late, what concerns the person first.
        refused: what of the refused concerns the person.
        others: how much of the refused is other people's.
        names: of the people whom records name, by id.
        shrinkage: the EMR suddenly lacks too much to be believed; everybody is told.
    """

    backlog: Backlog = field(default_factory=Backlog)
    notices: tuple[SafetyNotice, ...] = ()
    refused: tuple[Refused, ...] = ()
    others: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    shrinkage: Shrinkage | None = None

    @property
    def to_do(self) -> int:
        """Count what somebody has to decide about."""
        shrank = self.shrinkage is not None and not self.shrinkage.accepted
        return len(self.notices) + len(self.refused) + shrank


@dataclass(frozen=True, slots=True)
class Desks:
    """Who knows what waits."""

    delivery: DeliveryDesk
    safety: SafetyDesk
    exchange: ExchangeDesk


def read_worklist(store: Store, desks: Desks, now: datetime) -> Worklist:
    """Look at everything that waits; takes a few milliseconds for each patient concerned.

    Raises:
        StoreError: the store cannot be read.
    """
    backlog, notices, problems = store.backlog(), desks.safety.notices(), desks.delivery.problems()
    people = {record.giver_id for notice in notices for record in notice.records}
    names = _names(store, people | {problem.owner_id for problem in problems}, now)
    charts = _charts(store, {problem.patient_id for problem in problems}, now)
    return Worklist(
        backlog=backlog,
        notices=notices,
        refused=tuple(_refused(p, charts.get(p.patient_id), names) for p in problems),
        others=max(backlog.refused - len(problems), 0),
        names=names,
        shrinkage=desks.exchange.shrinkage(),
    )


def _refused(problem: Problem, chart: Chart | None, names: Mapping[str, str]) -> Refused:
    stay = None if chart is None else chart.stay
    return Refused(
        problem=problem,
        patient="" if chart is None else chart.patient.name,
        bed="" if stay is None else stay.bed,
        drug=_drug(problem, chart),
        owner=names.get(problem.owner_id, ""),
    )


def _drug(problem: Problem, chart: Chart | None) -> str:
    record = problem.record
    if not isinstance(record, MedicationAdministration):
        return ""
    order = None if chart is None else chart.order(record.order_id)
    return record.medication_name or ("" if order is None else order.medication.name)


def _charts(store: Store, patients: Iterable[str], now: datetime) -> dict[str, Chart]:
    charts = {}
    for patient in patients:
        try:
            charts[patient] = store.charts.chart(patient, now)
        except DataError:  # unknown here by now: the record is shown without a name
            continue
    return charts


def _names(store: Store, people: Iterable[str | None], now: datetime) -> dict[str, str]:
    found = ((who, store.staff.person(who, now)) for who in people if who)
    return {who: person.name for who, person in found if person is not None}

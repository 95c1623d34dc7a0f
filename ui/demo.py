"""The demonstration: the sample ward on a sandbox EMR of its own, in this process.

Every demonstration has its own port, store and EMR, so that two can run side by side. Dates
of the sample ward are moved to today, and its clock begins at the hour of its story.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Final

from bcma.app import Station
from bcma.config import load_config
from bcma.emr.sandbox import Sandbox
from bcma.errors import DataError
from bcma.model.order import OrdersRead

_INSTANT: Final = re.compile(
    r'"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))"'
)
#: What reading through the shift's orders would have cost: they count as read.
_READER: Final = "demo"


class DemoError(DataError):
    """The demonstration cannot be set up. Facts: ``cause``."""

    code = "demo.failed"


@dataclass(frozen=True, slots=True)
class Story:
    """What ``sample_data/demo.json`` says: when it plays, who signs in, what stays unread."""

    now: datetime
    ward: str
    pins: Mapping[str, str]
    unread: frozenset[str]

    @classmethod
    def read(cls) -> "Story":
        """Read it from the sample data."""
        written = json.loads((files("sample_data") / "demo.json").read_text(encoding="utf-8"))
        return cls(
            now=datetime.fromisoformat(written["now"]),
            ward=written["ward"],
            pins=written["pins"],
            unread=frozenset(written["unread"]),
        )


class StoryClock:
    """Runs like any clock, from the story's hour of today on."""

    def __init__(self, story: Story) -> None:
        real = datetime.now(UTC)
        begins = datetime.combine(real.astimezone(story.now.tzinfo).date(), story.now.timetz())
        self._ahead = begins - real
        self.moved = begins.date() - story.now.date()

    def now(self) -> datetime:
        """Give the present instant of the story."""
        return (datetime.now(UTC) + self._ahead).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demonstration."""

    station: Station
    emr_url: str
    hint: str


@contextmanager
def demonstration(*, port: int = 0, folder: Path | None = None) -> Iterator[Demo]:
    """Run the sample ward: sandbox EMR, station with enrolled staff, orders pulled.

    Args:
        port: of the sandbox EMR; 0 takes a free one.
        folder: where the station keeps its store; left out, a temporary one that goes again.

    Raises:
        DemoError: the first pull or an enrolment failed.
    """
    story = Story.read()
    clock = StoryClock(story)
    with (
        tempfile.TemporaryDirectory(prefix="bcma-demo-", ignore_cleanup_errors=True) as temporary,
        Sandbox(clock=clock.now, port=port) as sandbox,
    ):
        sandbox.load(_moved(clock.moved))
        config = load_config(
            None,
            {
                "BCMA_EMR_URL": sandbox.base_url,
                "BCMA_WARD": story.ward,
                "BCMA_DATA_FOLDER": str(folder or temporary),
            },
        )
        with Station(config, clock) as station:
            _prepare(station, story)
            yield Demo(station, sandbox.base_url, _hint(story))


def _moved(by: timedelta) -> bytes:
    """Read the sample ward with every instant moved by whole days; plain dates stay."""
    text = (files("sample_data") / "ward.json").read_text(encoding="utf-8")

    def move(found: re.Match[str]) -> str:
        return f'"{(datetime.fromisoformat(found[1]) + by).isoformat()}"'

    return _INSTANT.sub(move, text).encode()


def _prepare(station: Station, story: Story) -> None:
    """Pull the ward, enrol its staff, and count the orders of the shift as read."""
    report = station.sync_now()
    if not report.reached:
        raise DemoError(cause=report.failure)
    for badge, pin in story.pins.items():
        station.enrol(badge, pin)
    now = station.clock.now()
    charts = [station.store.charts.chart(row.patient.id, now) for row in station.patients()]
    read = [
        OrdersRead(
            patient_id=chart.patient.id,
            versions=tuple(o.version for o in chart.orders if o.id not in story.unread),
            ward=station.config.ward,
            station=station.config.station,
            at=now,
            by_id=_READER,
        )
        for chart in charts
    ]
    station.store.recorder.acknowledge(read)


def _hint(story: Story) -> str:
    """Name a badge and its PIN for whoever opens the demonstration."""
    badge, pin = next(iter(story.pins.items()))
    return f"{badge} · PIN {pin}"

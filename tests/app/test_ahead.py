"""What the next scans need is in memory before they come."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bcma.app.ahead import ReadAhead
from bcma.model.chart import Chart
from bcma.store import Store, StoreBusyError
from bcma.sync import SyncReport
from bcma.sync.report import Pulled
from tests.bench.statements import overheard
from tests.store import ward


class Clock:
    def now(self) -> datetime:
        return ward.NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "station.db", ward=ward.WARD) as opened:
        ward.fill(opened)
        yield opened


def report(news: int = 0) -> SyncReport:
    pulled = Pulled(news={"MedicationRequest": news} if news else {})
    return SyncReport(
        pulled=pulled, delivered=0, unsent=0, problems=0, as_of=None, clock_offset=None
    )


def bodies_read(store: Store) -> int:
    """Look at the patient's chart, and at what holds the same drug; count what is read for it."""
    with overheard() as heard:
        for order in ward.chart(store).orders:
            store.drugs.strengths_of(order.medication)
    return sum("resource_body" in str(what) for one in heard for what, _ in one.statements)


def test_a_chart_is_in_memory_before_the_first_exchange(store: Store) -> None:
    seen: list[int] = []

    def exchange() -> SyncReport:
        seen.append(bodies_read(store))
        return report()

    told = ReadAhead(exchange, store, Clock())()
    assert seen == [0]
    assert told == report()


def test_what_an_exchange_brought_is_read_at_once(store: Store) -> None:
    ahead = ReadAhead(lambda: report(news=1), store, Clock())
    ahead()
    ward.take(store, ward.order("mr2"))
    ahead()
    assert bodies_read(store) == 0


def test_without_news_nothing_is_read_again(store: Store) -> None:
    ahead = ReadAhead(report, store, Clock())
    ahead()
    with overheard() as heard:
        ahead()
    assert heard == []


def test_a_chart_that_nobody_read_ahead_is_read_when_it_is_wanted(store: Store) -> None:
    assert bodies_read(store) > 0


def test_a_chart_that_cannot_be_read_keeps_no_record_from_the_emr(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanged: list[SyncReport] = []

    def exchange() -> SyncReport:
        exchanged.append(report())
        return exchanged[-1]

    def unreadable(_patient: str, _now: datetime) -> Chart:
        raise StoreBusyError(cause="locked")

    ahead = ReadAhead(exchange, store, Clock())
    monkeypatch.setattr(store.charts, "chart", unreadable)
    with pytest.raises(StoreBusyError):
        ahead()
    ahead()
    assert len(exchanged) == 1

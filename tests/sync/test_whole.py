"""Whatever happens while pages are read: after a clean pull the mirror is what the server holds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bcma.emr.errors import EmrError, NotFhir
from bcma.model.order import OrderStatus
from bcma.sync.reconcile import Reconciled
from tests.emr.misbehaving import Answer
from tests.store import ward
from tests.sync.bench import Bench, bench, empty
from tests.sync.foreign import Foreign

__all__ = ["empty"]

HOUR = timedelta(hours=1)


def orders(server: Foreign, count: int, *, apart: bool = True) -> None:
    for n in range(count):
        server.put(ward.order(f"o{n:02}"))
        if apart:
            server.tick(10 * timedelta(minutes=1))


def nothing() -> None:
    return None


def test_an_order_that_slides_into_a_page_that_was_read_is_not_missed(empty: Path) -> None:
    server = Foreign(ward.NOW)
    orders(server, 9)

    def changed() -> None:
        server.put(ward.order("o01", status="stopped"))

    with bench(empty, server) as made:
        # the CapabilityStatement, patients, first page of orders: then o03 becomes the third
        server.happenings = [nothing, nothing, nothing, changed]
        assert made.pull().complete
        assert made.equal()


def test_a_page_that_went_out_late_hides_nothing(empty: Path) -> None:
    """A reply bears the time at which it went out, not at which it was looked up."""
    server = Foreign(ward.NOW)
    orders(server, 9)
    late = [6]

    def answer(method: str, path: str) -> Answer:
        found = server.answer(method, path)
        if "/MedicationRequest?" not in path or not late:
            return found
        server.tick(timedelta(seconds=late.pop()))
        server.put(ward.order("o01", status="stopped"))
        server.tick(timedelta(seconds=6))
        date = format_datetime(server.clock.replace(microsecond=0), usegmt=True)
        return replace(found, headers={**found.headers, "Date": date})

    with bench(empty, server, answer) as made:
        assert made.pull().complete
        assert made.equal()


def test_pages_that_never_stand_still_leave_the_orders_as_old_as_they_are(
    empty: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = Foreign(ward.NOW)
    orders(server, 9)

    def changed() -> None:
        server.put(ward.order("o01"))

    with bench(empty, server) as made:
        server.happenings = [nothing, nothing, *[nothing, changed] * 20]
        pulled = made.pull()
        assert not pulled.complete
        assert pulled.as_of is None
        assert made.store.orders_as_of() is None
        assert [r.getMessage() for r in caplog.records if r.levelname == "WARNING"] == [
            "pages of MedicationRequest moved at every reading"
        ]
        server.happenings = []
        assert made.pull().complete
        assert made.equal()


@pytest.mark.hazard("H56")
def test_what_a_server_wrote_after_its_clock_was_put_back_is_not_passed_over(
    empty: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = Foreign(ward.NOW)
    orders(server, 2)
    with bench(empty, server) as made:
        made.pull()
        made.put_clock(-2 * HOUR)
        server.put(ward.order("o00", status="stopped"))
        server.tick(3 * HOUR)
        assert made.pull().news == {"MedicationRequest": 1}
        assert made.equal()
        (told,) = [r for r in caplog.records if r.levelname == "WARNING"]
        assert told.msg == "the clock of the EMR was put back by %d s"
        as_of = made.store.orders_as_of()
        assert as_of is not None
        assert timedelta(0) <= server.clock - as_of <= timedelta(seconds=5)
        made.pull()
        assert len([r for r in caplog.records if r.levelname == "WARNING"]) == 1


@pytest.mark.hazard("H56")
def test_a_source_of_time_that_puts_back_server_and_station_hides_nothing(empty: Path) -> None:
    server = Foreign(ward.NOW)
    orders(server, 2)
    with bench(empty, server) as made:
        made.pull()
        server.clock -= 2 * HOUR  # and with it the machine's
        server.put(ward.order("o00", status="stopped"))
        server.tick()
        assert made.pull().news == {"MedicationRequest": 1}
        assert made.equal()
        as_of = made.store.orders_as_of()
        assert as_of is not None
        assert as_of <= server.clock, "not read up to a time to come"


@pytest.mark.hazard("H56")
def test_what_bears_a_time_to_come_moves_no_cursor_there(empty: Path) -> None:
    server = Foreign(ward.NOW, page=2)
    for name in ("o00", "o01", "o02"):
        server.put(ward.order(name), late=-2 * HOUR)
    with bench(empty, server) as made:
        made.pull()
        server.tick(HOUR)
        server.put(ward.order("o03"))
        made.pull()
        assert made.equal()


@pytest.mark.parametrize("page", [1, 2])
def test_pages_in_the_order_of_their_making_are_not_taken_for_sorted(
    empty: Path, page: int
) -> None:
    server = Foreign(ward.NOW, page=page, sorts=False)
    orders(server, 9)
    server.put(ward.order("o01"))
    with bench(empty, server) as made:
        # the CapabilityStatement, patients, and orders up to the one changed last
        server.happenings = [nothing, nothing, nothing, nothing, lambda: Answer(0)]
        with pytest.raises(EmrError):
            made.pull()
        made.pull()
        assert made.equal()


@pytest.mark.hazard("H93")
@pytest.mark.parametrize("broken", [b"Nguy\xd4n", b"\\ud83d", b"\\udc8a\\ud83d"])
def test_a_text_that_is_broken_keeps_nothing_else_from_being_read(
    empty: Path, broken: bytes
) -> None:
    """Old character sets, and notes that were cut off in the middle of a picture."""
    server = Foreign(ward.NOW, page=2)
    orders(server, 3)
    server.put(ward.order("o00", note=[{"text": "BROKEN"}], status="stopped"))

    def answer(method: str, path: str) -> Answer:
        whole = server.answer(method, path)
        return replace(whole, body=whole.body.replace(b"BROKEN", broken))

    with bench(empty, server, answer) as made:
        assert made.pull().complete
        assert made.equal()
        assert made.reconcile() == Reconciled()
        with made.store.reading() as reader:
            order = reader.order("o00")
        assert order is not None
        assert order.status is OrderStatus.STOPPED


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00", "soon"])
def test_a_time_that_is_none_keeps_nothing_from_being_read(empty: Path, at: str) -> None:
    """As a server writes it that was never told when something was changed."""
    server = Foreign(ward.NOW, sorts=False)
    orders(server, 2)
    server.untold["o00"] = at
    with bench(empty, server) as made:
        assert made.pull().complete
        assert made.equal()
        server.put(ward.order("o00", status="stopped"))
        assert made.pull().complete
        assert made.equal()


def test_a_pull_that_breaks_off_goes_on_where_it_stood(empty: Path) -> None:
    server = Foreign(ward.NOW)
    orders(server, 9)
    with bench(empty, server) as made:
        # the CapabilityStatement, patients, orders, whether they are sorted, orders
        server.happenings = [nothing, nothing, nothing, nothing, nothing, lambda: Answer(0)]
        with pytest.raises(EmrError):
            made.pull()
        assert made.pull().news == {"MedicationRequest": 3}
        assert made.equal()


@pytest.mark.hazard("H56")
def test_a_clock_that_was_put_forward_costs_nothing(empty: Path) -> None:
    server = Foreign(ward.NOW)
    orders(server, 2)
    with bench(empty, server) as made:
        made.pull()
        made.put_clock(2 * HOUR)
        server.put(ward.order("o00", status="stopped"))
        assert made.pull().news == {"MedicationRequest": 1}
        server.tick(HOUR)
        assert made.pull().news == {}


def test_a_server_without_a_date_is_read_by_its_own_instants(empty: Path) -> None:
    server = Foreign(ward.NOW, dated=False)
    orders(server, 7)
    with bench(empty, server) as made:
        asked = server.clock
        pulled = made.pull()
        assert pulled.complete
        assert pulled.as_of is not None
        # by this machine's clock, when it was asked
        assert asked <= pulled.as_of <= asked + timedelta(seconds=5)
        server.tick(HOUR)
        server.put(ward.order("o00", status="stopped"))
        assert made.pull().news == {"MedicationRequest": 1}
        assert made.equal()


def test_a_search_that_the_server_forgot_goes_on_from_what_was_reached(empty: Path) -> None:
    server = Foreign(ward.NOW, moving=False)
    orders(server, 9)
    with bench(empty, server) as made:
        server.happenings = [nothing, nothing, nothing, nothing, server.kept.clear]
        assert made.pull().complete
        assert made.equal()


def test_a_search_that_is_forgotten_again_and_again_is_a_failure(empty: Path) -> None:
    server = Foreign(ward.NOW, moving=False)
    orders(server, 9, apart=False)
    with bench(empty, server) as made:
        server.happenings = [nothing, nothing, nothing, *[server.kept.clear, nothing] * 9]
        with pytest.raises(EmrError):
            made.pull()
        assert made.store.orders_as_of() is None


def test_a_server_that_links_to_no_next_page_is_read_on_by_time(empty: Path) -> None:
    server = Foreign(ward.NOW, links=False, totals=True)
    orders(server, 9)
    with bench(empty, server) as made:
        assert made.pull().complete
        assert made.equal()
        with pytest.raises(NotFhir):  # what is not shown looks deleted
            made.reconcile()
        assert made.equal()


def test_a_part_without_a_way_to_the_rest_is_not_the_whole(empty: Path) -> None:
    server = Foreign(ward.NOW, links=False, totals=True)
    orders(server, 9, apart=False)
    with bench(empty, server) as made:
        with pytest.raises(NotFhir):
            made.pull()
        assert made.store.orders_as_of() is None


def test_a_total_that_says_too_much_is_no_reason_to_doubt_a_server_that_links(empty: Path) -> None:
    server = Foreign(ward.NOW, totals=True, overstates=2)
    orders(server, 9)
    with bench(empty, server) as made:
        assert made.pull().complete
        assert made.equal()
        made.reconcile()


HAPPENINGS = ("nothing", "nothing", "change", "create", "late", "cut", "error", "hang-up", "forget")


def happen(server: Foreign, what: str, number: int) -> Callable[[], Answer | None]:
    """Give what happens before a request."""

    def change() -> None:
        server.put(ward.order(f"o{number:02}"))

    def create() -> None:
        server.put(ward.order(f"n{number:02}{len(server.held):03}"))

    def late() -> None:
        server.put(ward.order(f"l{number:02}{len(server.held):03}"), late=timedelta(minutes=4))

    def cut() -> Answer:
        return Answer(200, b'{"resourceType": "Bundle", "entry": [{"reso')

    return {
        "nothing": nothing,
        "change": change,
        "create": create,
        "late": late,
        "cut": cut,
        "error": lambda: Answer(503),
        "hang-up": lambda: Answer(0),
        "forget": server.kept.clear,
    }[what]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    count=st.integers(0, 11),
    page=st.integers(1, 4),
    sorts=st.booleans(),
    moving=st.booleans(),
    dated=st.booleans(),
    apart=st.booleans(),
    pulls=st.lists(
        st.tuples(
            st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 11)), max_size=14),
            st.sampled_from([timedelta(0), timedelta(seconds=30), HOUR]),
            st.sampled_from([timedelta(0), timedelta(0), -2 * HOUR, HOUR]),
        ),
        min_size=1,
        max_size=4,
    ),
)
@example(
    count=4,
    page=1,
    sorts=False,
    moving=False,
    dated=True,
    apart=True,
    pulls=[
        ([("nothing", 0), ("nothing", 0), ("change", 0), ("cut", 0)], timedelta(0), timedelta(0))
    ],
)
def test_after_a_clean_pull_the_mirror_is_what_the_server_holds(  # noqa: PLR0913 (a server's ways)
    *,
    empty: Path,
    count: int,
    page: int,
    sorts: bool,
    moving: bool,
    dated: bool,
    apart: bool,
    pulls: list[tuple[list[tuple[str, int]], timedelta, timedelta]],
) -> None:
    server = Foreign(ward.NOW, page=page, sorts=sorts, moving=moving, dated=dated)
    orders(server, count, apart=apart)
    with bench(empty, server) as made:
        for happenings, later, put in pulls:
            server.happenings = [happen(server, *drawn) for drawn in happenings]
            _try(made)
            server.happenings = []
            server.tick(later)
            if dated:  # without a Date nobody can know that a clock was put
                made.put_clock(put)
        server.tick()
        assert made.pull().complete
        assert made.equal()


def _try(made: Bench) -> datetime | None:
    try:
        return made.pull().as_of
    except EmrError:
        return None

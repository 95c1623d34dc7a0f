"""Records looked up by order and by time, as they lie on the chart."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.model.history import History
from bcma.model.record import MedicationAdministration, RecordStatus
from tests.rules.builders import NOW, Value, chart, order, product, record

HOUR = timedelta(hours=1)
LONG_AGO = NOW - 100 * HOUR


def named(event_id: str, **changes: Value) -> MedicationAdministration:
    return replace(record(event_id=event_id), **changes)


def ids(found: tuple[MedicationAdministration, ...]) -> list[str | None]:
    return [each.event_id for each in found]


def test_records_of_several_orders_lie_as_on_the_chart() -> None:
    history = History(
        (
            named("1", order_id="b"),
            named("2", order_id="a"),
            named("3", order_id="c"),
            named("4", order_id=None),
            named("5", order_id="b"),
        )
    )
    assert ids(history.of_orders(["a", "b"])) == ["1", "2", "5"]
    assert history.of_orders([]) == history.of_orders(["x"]) == ()


BEGUN: dict[str, Value] = {"status": RecordStatus.RUNNING, "given_at": LONG_AGO}


@pytest.mark.parametrize(
    "what,counts",
    [
        ({"given_at": NOW}, True),
        ({"given_at": NOW - timedelta(microseconds=1)}, False),
        ({"given_at": LONG_AGO, "ended_at": NOW}, True),
        ({"given_at": NOW, "ended_at": LONG_AGO}, True),
        ({"given_at": None, "recorded_at": NOW}, True),
        ({"given_at": None, "recorded_at": LONG_AGO}, False),
        ({"given_at": None, "recorded_at": None}, True),
        (BEGUN, True),
        (BEGUN | {"ended_at": NOW - HOUR}, False),
    ],
)
def test_since_an_instant_counts_what_lasted_until_then(
    what: dict[str, Value], *, counts: bool
) -> None:
    assert ids(History((named("1", **what),)).since(NOW)) == (["1"] if counts else [])


@given(st.lists(st.integers(-3, 3) | st.none(), max_size=8), st.integers(-3, 3))
def test_what_is_found_by_time_lies_as_on_the_chart(hours: list[int | None], since: int) -> None:
    times = [None if hour is None else NOW + hour * HOUR for hour in hours]
    lying = tuple(
        named(str(place), given_at=at, recorded_at=None) for place, at in enumerate(times)
    )
    instant = NOW + since * HOUR
    late = tuple(r for r in lying if r.given_at is None or r.given_at >= instant)
    assert History(lying).since(instant) == late


def test_infusions_that_run_and_doses_without_an_order_are_named() -> None:
    history = History(
        (
            named("given"),
            named("runs", status=RecordStatus.RUNNING),
            named("first", order_id=None),
            named("refused first", order_id=None, status=RecordStatus.REFUSED),
        )
    )
    assert ids(history.running) == ["runs"]
    assert ids(history.without_order) == ["first"]


def test_of_two_orders_by_one_id_the_first_counts() -> None:
    one, other = order("mr1", version="v1"), order("mr1", version="v2")
    assert chart(one, other).order("mr1") is one
    assert chart(one).order("mr2") is chart(one).order(None) is None


def test_a_product_that_was_changed_tells_its_new_substances() -> None:
    before = product()
    after = replace(before, ingredients=())
    assert before.ingredient_keys
    assert after.ingredient_keys == frozenset()

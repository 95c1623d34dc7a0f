"""The due list: what a patient should have, and when, as rows to draw."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import overload

from bcma.bedside.orders import OrderBook, OrderInView
from bcma.bedside.patches import removals
from bcma.bedside.state import Due, DueRow
from bcma.model.order import OrderStatus
from bcma.model.slot import ClaimKind, SlotStanding, SlotState
from bcma.policy import Policy
from bcma.rules.given import ordered_interval

#: How far the list reaches back and ahead of now.
_BACK = timedelta(hours=12)
_AHEAD = timedelta(hours=12)
_SOON = timedelta(hours=2)
#: A slot without a window is listed as due this long before and after its instant; an urgent
#: one as long as the policy says.
_AROUND = timedelta(hours=1)
_ORDER = tuple(Due)


class DueList(Sequence[DueRow]):
    """The rows of a book, worked out when somebody first looks: not every step is drawn."""

    def __init__(self, book: OrderBook) -> None:
        self._book = book

    @overload
    def __getitem__(self, index: int) -> DueRow: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[DueRow]: ...

    def __getitem__(self, index: int | slice) -> DueRow | Sequence[DueRow]:
        """Give a row, or some."""
        return self._rows[index]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    def __eq__(self, other: object) -> bool:
        """Compare row by row, as a tuple does."""
        return isinstance(other, Sequence) and self._rows == tuple(other)

    def __hash__(self) -> int:
        """Hash as a tuple does."""
        return hash(self._rows)

    @cached_property
    def _rows(self) -> tuple[DueRow, ...]:
        return due_list(self._book)


def due_list(book: OrderBook) -> tuple[DueRow, ...]:
    """Give the rows of every order in force, patches to take off, and what was recorded lately."""
    rows = [
        row for view in book.since(book.now - _BACK) for row in _rows(view, book.now, book.policy)
    ]
    return tuple(sorted((*rows, *removals(book)), key=_in_order))


def _rows(view: OrderInView, now: datetime, policy: Policy) -> Iterator[DueRow]:
    if view.problems and view.order.status is OrderStatus.ACTIVE:
        yield DueRow(order=view.order, due=Due.PROBLEM, dosage=view.dosage)
        return
    if view.claim.kind is ClaimKind.AS_NEEDED:
        if view.is_active:
            yield _as_needed(view)
        return
    if view.claim.kind is ClaimKind.RUNS_ON and view.is_active:
        due = Due.RUNNING if view.is_running else Due.DUE
        yield DueRow(order=view.order, due=due, dosage=view.dosage)
    reach = policy.due_within(view.order.priority) or _AROUND
    for standing in view.standings:
        if not now - _BACK <= standing.slot.planned <= now + _AHEAD:
            continue
        if standing.is_open and not view.is_active:
            continue
        order = next((o for o in view.chain if o.id == standing.slot.order_id), view.order)
        yield DueRow(
            order=order,
            due=_group(standing, now, reach),
            dosage=order.dosages[standing.slot.dosage],
            standing=standing,
        )


def _as_needed(view: OrderInView) -> DueRow:
    """Give the row of an as-needed order, with the earliest time of the next dose."""
    dosage, last = view.dosage, view.last_given_at
    interval = None if dosage is None else ordered_interval(dosage.timing)
    possible = None if last is None or interval is None else last + interval
    return DueRow(order=view.order, due=Due.AS_NEEDED, dosage=dosage, next_possible=possible)


def _group(standing: SlotStanding, now: datetime, reach: timedelta) -> Due:
    if standing.state is SlotState.RUNNING:
        return Due.RUNNING
    if standing.state not in {SlotState.OPEN, SlotState.GIVEN_IN_PART}:
        return Due.DONE
    slot = standing.slot
    latest = slot.latest or slot.planned + reach
    earliest = slot.earliest or slot.planned - _AROUND
    if now > latest:
        return Due.OVERDUE
    if now >= earliest:
        return Due.DUE
    return Due.SOON if earliest - now <= _SOON else Due.LATER


def _in_order(row: DueRow) -> tuple[int, float, str]:
    at = row.remove_at if row.standing is None else row.standing.slot.planned
    return _ORDER.index(row.due), 0.0 if at is None else at.timestamp(), row.order.medication.name

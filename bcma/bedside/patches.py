"""Patches that are on, as tasks: each is to be taken off some time (hazard H64)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bcma.bedside.orders import OrderBook, OrderInView
from bcma.bedside.state import Due, DueRow
from bcma.model.order import MedicationRequest, OrderStatus, Span
from bcma.model.record import MedicationAdministration
from bcma.rules.given import length_of

_AROUND: Final = timedelta(hours=1)
_SOON: Final = timedelta(hours=2)
#: Orders that were ended by somebody, and did not run out.
_BROKEN_OFF: Final = frozenset(
    {OrderStatus.STOPPED, OrderStatus.CANCELLED, OrderStatus.ENTERED_IN_ERROR}
)


def removals(book: OrderBook) -> Iterator[DueRow]:
    """Give a row for every patch that is on, by when it has to come off.

    One that no order of this chart is for has no row: only the next patch asks for it.
    """
    for worn in book.chart.patches_on:
        view = None if worn.order_id is None else book.view(worn.order_id)
        if view is not None:
            at = _off_at(worn, view)
            yield DueRow(
                order=_newest(view),
                due=_group(at, book.now),
                dosage=view.dosage,
                patch=worn,
                remove_at=at,
            )


def _off_at(worn: MedicationAdministration, view: OrderInView) -> datetime | None:
    """Give when a patch has to come off; ``None`` where nothing on the order says.

    That is when it was ordered to be worn so long, when the next one is planned, or when its
    order was ended.
    """
    on = worn.known_at
    if on is None:
        return None
    ends = [s.slot.planned for s in view.standings if s.slot.planned > (worn.slot or on)]
    timing = None if view.dosage is None else view.dosage.timing
    if timing is not None and timing.duration is not None:
        ends += _after(on, timing.duration)
    order = _newest(view)
    if order.status in _BROKEN_OFF and order.last_updated is not None:
        ends.append(order.last_updated)
    if not ends:
        planned = next((s.slot for s in view.standings if s.slot.planned == worn.slot), None)
        ends += [on + planned.interval] if planned is not None and planned.interval else []
    return min(ends, default=None)


def _newest(view: OrderInView) -> MedicationRequest:
    """Give the copy of the renewal chain that counts now."""
    return view.chain[-1]


def _after(on: datetime, worn_for: Span) -> list[datetime]:
    length = length_of(worn_for.value, worn_for.unit.value)
    return [] if length is None else [on + length]


def _group(at: datetime | None, now: datetime) -> Due:
    if at is None:
        return Due.LATER
    if now > at + _AROUND:
        return Due.OVERDUE
    if now >= at - _AROUND:
        return Due.DUE
    return Due.SOON if at - _AROUND - now <= _SOON else Due.LATER

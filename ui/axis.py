"""Time drawn as a place: from two hours ago to three hours ahead, with windows as bars."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from bcma.bedside import Due, DueRow
from ui.look import Look

BEFORE = timedelta(hours=2, minutes=12)
AHEAD = timedelta(hours=3, minutes=12)
WIDTH = 152
#: Distance of the axis from the right edge of the list.
RIGHT = 8
#: How wide the bar of a dose without a window is drawn.
_PLAIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps instants to places within one row."""

    look: Look
    now: datetime
    left: float

    @property
    def width(self) -> float:
        """Give the axis' length in pixels."""
        return self.look.px(WIDTH)

    def place(self, instant: datetime) -> float:
        """Give the x of an instant, kept within the axis."""
        share = (instant - self.now + BEFORE) / (BEFORE + AHEAD)
        return self.left + self.width * min(1.0, max(0.0, share))

    def hours(self) -> tuple[datetime, ...]:
        """List the full hours on the axis, in the ward's zone."""
        first = (self.now - BEFORE).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        marks = (first + timedelta(hours=n) for n in range(6))
        return tuple(mark for mark in marks if mark <= self.now + AHEAD)


def paint_bar(painter: QPainter, axis: Axis, row: DueRow, middle: float) -> None:
    """Draw the window of a row, its planned instant, and how it stands to now."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    match row.due:
        case Due.AS_NEEDED:
            _paint_open(painter, axis, row.next_possible or axis.now, middle)
        case Due.RUNNING:
            _paint_running(painter, axis, row, middle)
        case Due.OVERDUE | Due.DUE | Due.SOON | Due.LATER | Due.DONE:
            _paint_window(painter, axis, row, middle)
        case Due.PROBLEM:
            pass


def _span(row: DueRow) -> tuple[datetime, datetime, datetime] | None:
    """Give start, planned instant and end of the bar, if the row has a slot."""
    if row.standing is None:
        return None
    slot = row.standing.slot
    start = slot.earliest or slot.planned - _PLAIN
    return start, slot.planned, slot.latest or slot.planned + _PLAIN


def _paint_window(painter: QPainter, axis: Axis, row: DueRow, middle: float) -> None:
    span = _span(row)
    if span is None:
        return
    start, planned, end = span
    if row.due is not Due.OVERDUE and (end < axis.now - BEFORE or start > axis.now + AHEAD):
        return  # its place is off the axis
    palette = axis.look.palette
    fill, edge = {
        Due.OVERDUE: (palette.warn.fill, palette.warn.mark),
        Due.DUE: (palette.select, palette.ink),
    }.get(row.due, (palette.surface, palette.control))
    if row.due is Due.OVERDUE:
        _paint_tail(painter, axis, end, middle)
    bar = _bar(axis, start, end, middle)
    painter.setPen(QPen(QColor(edge), axis.look.px(1.5)))
    painter.setBrush(QColor(fill))
    painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
    dot = palette.warn.on if row.due is Due.OVERDUE else palette.text
    dot = palette.muted if row.due in {Due.LATER, Due.SOON, Due.DONE} else dot
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(dot))
    radius = axis.look.px(4)
    painter.drawEllipse(QPointF(axis.place(planned), middle), radius, radius)


def _paint_tail(painter: QPainter, axis: Axis, end: datetime, middle: float) -> None:
    pen = QPen(QColor(axis.look.palette.warn.mark), axis.look.px(2))
    pen.setStyle(Qt.PenStyle.CustomDashLine)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([1.5, 1.0])
    painter.setPen(pen)
    painter.drawLine(QPointF(axis.place(end), middle), QPointF(axis.place(axis.now), middle))


def _paint_open(painter: QPainter, axis: Axis, start: datetime, middle: float) -> None:
    """Draw an open end: possible from an instant on."""
    pen = QPen(QColor(axis.look.palette.control), axis.look.px(1.5))
    pen.setStyle(Qt.PenStyle.CustomDashLine)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([4.0, 2.0])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = axis.look.px(7)
    left, right = axis.place(max(start, axis.now)), axis.left + axis.width
    if right - left < half:
        left = right - half
    painter.save()
    painter.setClipRect(QRectF(left - 2, middle - half - 2, right - left + 2, 2 * half + 4))
    painter.drawRoundedRect(QRectF(left, middle - half, right - left + 20, 2 * half), half, half)
    painter.restore()


def _paint_running(painter: QPainter, axis: Axis, row: DueRow, middle: float) -> None:
    span = _span(row)
    if span is None:
        return
    began = span[1]
    if row.standing is not None and row.standing.record is not None:
        began = row.standing.record.given_at or began
    ink = QColor(axis.look.palette.ink)
    bar = _bar(axis, began, axis.now + AHEAD, middle)
    done = QRectF(bar)
    done.setRight(axis.place(axis.now))
    painter.setPen(QPen(ink, axis.look.px(1.5)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
    painter.save()
    painter.setClipRect(done)
    painter.setBrush(ink)
    painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
    painter.restore()


def _bar(axis: Axis, start: datetime, end: datetime, middle: float) -> QRectF:
    """Give the bar's place; never shorter than it is high."""
    half = axis.look.px(7)
    left, right = axis.place(start), axis.place(end)
    if right - left < 2 * half:
        edge = axis.left + axis.width
        left, right = (
            (left, left + 2 * half) if left + 2 * half <= edge else (edge - 2 * half, edge)
        )
    return QRectF(left, middle - half, right - left, 2 * half)

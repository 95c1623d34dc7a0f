"""The due list: a timeline by window, with one line for now through all groups."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from bcma.bedside import Due, DueRow, PassState
from ui.acts import Do, OpenOrder
from ui.axis import RIGHT, WIDTH, Axis
from ui.describe import DOT, local
from ui.due_line import DueLine
from ui.look import Look, Type
from ui.widgets import Card, Scroll, Text, clear, column, row

#: The order in which groups stand.
_GROUPS = (
    Due.PROBLEM,
    Due.OVERDUE,
    Due.DUE,
    Due.SOON,
    Due.AS_NEEDED,
    Due.RUNNING,
    Due.LATER,
    Due.DONE,
)


class DueList(Card):
    """All that the open patient is to have, drawn by time."""

    def __init__(self, look: Look, do: Do) -> None:
        super().__init__("card")
        self._look, self._do = look, do
        self.setAccessibleName(look.say("due.title"))
        self.setFixedWidth(look.px(452) if look.factor == 1 else look.px(500))
        self._lines = _Lines(look)
        self._head = _Head(look, self._lines)
        scroll = Scroll(self._lines)
        edge = look.palette.edge
        self.setLayout(column(self._head, scroll, margins=(edge, edge, edge, edge)))
        self._shown: tuple[object, ...] = ()

    def show_state(self, state: PassState) -> None:
        """Draw the list of a state, where a row, the choice or the minute changed."""
        dose = state.dose
        chosen = (dose.order, dose.slot) if dose else None
        minute = state.now.replace(second=0, microsecond=0)
        shown = (state.patient, state.due, state.effects_due, chosen, minute)
        if shown == self._shown:
            return
        self._shown = shown
        axis = Axis(self._look, local(self._look, state.now), 0)
        self._head.show_axis(axis)
        self._lines.show_rows(axis, state, self._do)


class _Head(QFrame):
    """The title, the hours, and now as a pill on the axis."""

    def __init__(self, look: Look, lines: QWidget) -> None:
        super().__init__()
        self._look, self._lines = look, lines
        self._axis: Axis | None = None
        self.setFixedHeight(look.px(46))
        title = Text(look, look.say("due.title"), Type.CLOCK)
        self.setLayout(row(title, 1, margins=(look.px(16), 0, 0, 0)))

    def show_axis(self, axis: Axis) -> None:
        """Draw the hours of another instant."""
        self._axis = axis
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the hours, and the pill over those it covers."""
        super().paintEvent(event)
        if self._axis is None:
            return
        axis = _at_right(self._axis, self._lines.width())  # a scroll bar narrows the lines
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, palette = self._look, self._look.palette
        now = look.wording.time(axis.now)
        half = look.px(25)
        middle = axis.place(axis.now)
        painter.setPen(QColor(palette.muted))
        painter.setFont(look.font(Type.MINOR))
        for hour in axis.hours():
            x = axis.place(hour)
            if hour.hour % 2 == 0 and abs(x - middle) > half + look.px(10):
                painter.drawText(
                    int(x - half),
                    0,
                    2 * half,
                    self.height(),
                    Qt.AlignmentFlag.AlignCenter,
                    f"{hour.hour:02}",
                )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.text))
        top, height = look.px(8), look.px(30)
        radius = look.px(6)
        painter.drawRoundedRect(int(middle - half), top, 2 * half, height, radius, radius)
        painter.setPen(QColor(palette.surface))
        painter.setFont(look.font(Type.HEADING))
        painter.drawText(
            int(middle - half), top, 2 * half, height, Qt.AlignmentFlag.AlignCenter, now
        )
        painter.setPen(QPen(QColor(palette.line), palette.edge))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


class _Lines(QWidget):
    """The rows under their headings, with the grid behind and now in front."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._axis: Axis | None = None
        self._layout = column()
        self.setLayout(self._layout)
        self._now = _NowLine(self, look)

    def show_rows(self, axis: Axis, state: PassState, do: Do) -> None:
        """Draw rows, group by group."""
        self._axis = axis if state.patient is not None else None
        clear(self._layout)
        if not state.due:
            self._layout.addWidget(self._empty(state))
        if state.effects_due:
            self._add_effects(state)
        for group in _GROUPS:
            lines = [line for line in state.due if line.due is group]
            if lines:
                self._add_group(group, lines, axis, state, do)
        self._layout.addStretch(1)
        self._now.show_axis(self._axis)
        self._now.raise_()
        self.update()

    def _empty(self, state: PassState) -> Text:
        """Say why there is nothing to draw."""
        key = "empty.scan-band" if state.patient is None else "due.no-orders"
        text = Text(self._look, self._look.say(key), Type.VALUE, "muted", wrap=True)
        edge = self._look.px(16)
        text.setContentsMargins(edge, edge, edge, edge)
        return text

    def _add_effects(self, state: PassState) -> None:
        """List the doses whose effect is to be looked at, each with its time."""
        look, edge = self._look, self._look.px(12)
        heading = Text(look, look.say("due.effects"), Type.HEADING, "muted")
        heading.setContentsMargins(edge, 0, edge, 0)
        self._layout.addWidget(heading)
        for check in state.effects_due:
            at = look.wording.time(check.due)
            tone = "warn" if check.is_overdue(state.now) else "muted"
            words = f"{at}{DOT}{check.record.medication_name}"
            line = Text(look, words, Type.VALUE, tone, wrap=True)
            line.setContentsMargins(edge, 0, edge, look.px(4))
            self._layout.addWidget(line)

    def _add_group(
        self, group: Due, lines: Iterable[DueRow], axis: Axis, state: PassState, do: Do
    ) -> None:
        look = self._look
        lines = tuple(lines)
        tone = {Due.OVERDUE: "warn", Due.PROBLEM: "stop"}.get(group, "muted")
        heading = Text(look, look.word("due", group), Type.HEADING, tone)
        count = Text(look, str(len(lines)), Type.CAPTION, tone)
        holder = QWidget()
        holder.setFixedHeight(look.px(26))
        margins = (look.px(12), 0, 0, 0)
        holder.setLayout(row(heading, count, 1, spacing=look.px(8), margins=margins))
        self._layout.addWidget(holder)
        dose = state.dose
        for line in lines:
            chosen = (
                dose is not None
                and dose.order is not None
                and dose.order.id == line.order.id
                and (
                    dose.slot is None
                    or line.standing is None
                    or dose.slot.id == line.standing.slot.id
                )
            )
            press = partial(do, OpenOrder(line.order.id))
            self._layout.addWidget(DueLine(look, line, axis, press, chosen=chosen))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the hours' grid."""
        super().paintEvent(event)
        if self._axis is None:
            return
        painter = QPainter(self)
        palette = self._look.palette
        pen = QPen(QColor(palette.line), 1)
        if palette.edge > 1:
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        axis = _at_right(self._axis, self.width())
        for hour in axis.hours():
            x = round(axis.place(hour))
            painter.drawLine(x, 0, x, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the line for now as tall as the list."""
        super().resizeEvent(event)
        self._now.resize(self.size())


class _NowLine(QWidget):
    """One unbroken line at this instant; every press goes through it."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._axis: Axis | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_axis(self, axis: Axis | None) -> None:
        """Move the line to another instant."""
        self._axis = axis
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line."""
        if self._axis is None:
            return
        axis = _at_right(self._axis, self.width())
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self._look.palette.text), self._look.px(2)))
        x = axis.place(axis.now)
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))


def _at_right(axis: Axis, width: int) -> Axis:
    """Place the axis at the right end of a widget."""
    look = axis.look
    return Axis(look, axis.now, width - look.px(WIDTH) - look.px(RIGHT))

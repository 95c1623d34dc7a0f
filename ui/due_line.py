"""One row of the due list: when, what, and its bar on the axis."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout

from bcma.bedside import Due, DueRow
from bcma.model.drug import HighAlert
from ui.axis import RIGHT, WIDTH, Axis, paint_bar
from ui.describe import due_clock, due_detail, spoken_due
from ui.look import Look, Type
from ui.widgets import Picture, Text, column, row


class DueLine(QAbstractButton):
    """A pressable row; a press opens its order."""

    def __init__(
        self, look: Look, line: DueRow, axis: Axis, press: Callable[[], None], *, chosen: bool
    ) -> None:
        super().__init__()
        self._look, self._line, self._axis, self._chosen = look, line, axis, chosen
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(spoken_due(look, line))
        self.setMinimumHeight(look.px(62 if look.roomy else 50))
        tone = {Due.OVERDUE: "warn", Due.PROBLEM: "stop", Due.DONE: "muted"}.get(line.due, "text")
        clock = Text(look, due_clock(look, line), Type.CLOCK, tone)
        clock.setFixedWidth(look.px(62))
        detail = Text(look, due_detail(look, line), Type.CAPTION, "muted", wrap=True)
        words = column(1, self._title(), detail, 1, spacing=look.px(2))
        margins = (look.px(12), look.px(2), look.px(WIDTH + RIGHT), look.px(2))
        layout = row(clock, margins=margins)
        layout.addLayout(words, 1)
        self.setLayout(layout)
        for child in self.findChildren(Text):
            child.setContentsMargins(0, 0, 0, 0)
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clicked.connect(lambda: press())  # noqa: PLW0108 - drops the argument of clicked

    def _title(self) -> QHBoxLayout:
        look, drug = self._look, self._line.order.medication
        title = row(spacing=look.px(6))
        name = Text(look, drug.name, Type.STRONG, wrap=True)
        if drug.high_alert is HighAlert.NONE:
            title.addWidget(name)
            return title
        if look.width_of(drug.name, Type.STRONG) < look.px(190):
            name.setWordWrap(False)
        title.addWidget(name)
        title.addWidget(Picture(look, "shield-alert", look.palette.text, 20))
        title.addStretch(1)
        return title

    def sizeHint(self) -> QSize:
        """Ask for what the words need."""
        layout = self.layout()
        return super().sizeHint() if layout is None else layout.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the row that has the focus."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the choice and the bar; words are labels."""
        painter = QPainter(self)
        look, palette = self._look, self._look.palette
        if self._chosen or self.isDown():
            painter.fillRect(self.rect(), QColor(palette.select))
        if self._chosen:
            painter.fillRect(0, 0, look.px(4), self.height(), QColor(palette.ink))
        left = self.width() - look.px(WIDTH) - look.px(RIGHT)
        axis = Axis(look, self._axis.now, left)
        if self._chosen:  # the row covers the grid behind it
            painter.setPen(QColor(palette.line))
            for hour in axis.hours():
                x = round(axis.place(hour))
                painter.drawLine(x, 0, x, self.height())
        paint_bar(painter, axis, self._line, self.height() / 2)

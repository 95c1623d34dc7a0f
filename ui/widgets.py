"""The few building blocks of every page: text, icon, card, button, field."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.look import Look, Type

#: Room above and below a line, as a share of its size, so that stacked marks stay whole.
_LEADING = 0.09
#: The least edge of anything that is pressed, at factor 1.
LEAST_TARGET = 44


class Text(QLabel):
    """Plain text: never markup, never elided; wraps when told to."""

    def __init__(
        self, look: Look, text: str, kind: Type, tone: str = "text", *, wrap: bool = False
    ) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(look.font(kind))
        self.setProperty("tone", tone)
        self.setWordWrap(wrap)
        self.setAccessibleName(text)
        leading = round(look.px(kind.value[0]) * _LEADING)
        self.setContentsMargins(0, leading, 0, leading)
        if not wrap:
            self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        """Change the words, for the eye and for a screen reader."""
        self.setText(text)
        self.setAccessibleName(text)


class Picture(QLabel):
    """An icon that only repeats what a word beside it says."""

    def __init__(self, look: Look, name: str, colour: str, size: float) -> None:
        super().__init__()
        self.setPixmap(look.pixmap(name, colour, size))
        self.setFixedSize(look.px(size), look.px(size))


class Card(QFrame):
    """A framed patch; its role chooses the style."""

    def __init__(self, role: str = "card") -> None:
        super().__init__()
        self.setProperty("role", role)


class Button(QPushButton):
    """Pressed by touch, click, Space or Enter; focus comes by keyboard only."""

    def __init__(
        self, look: Look, text: str, press: Callable[[], None], *, role: str = "", icon: str = ""
    ) -> None:
        super().__init__(f"\N{EN SPACE}{text}" if icon and text else text)
        self.setProperty("role", role)
        self.setFont(look.font(Type.VALUE))
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(look.px(LEAST_TARGET))
        self._floor = look.px(LEAST_TARGET)
        if icon:
            palette = look.palette
            colour = palette.on_ink if role in {"chosen", "ink"} else palette.text
            self.setIcon(look.icon(icon, colour))
            self.setIconSize(QSize(look.px(22), look.px(22)))
        self.clicked.connect(lambda: press())  # noqa: PLW0108 - drops the argument of clicked

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button that has the focus, and nothing else."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Never shrink below the words or the least target."""
        hint = self.sizeHint()
        return QSize(max(hint.width(), self._floor), max(hint.height(), self._floor))


class RichButton(Button):
    """A button with a layout of its own inside: icon, title, second line."""

    def __init__(self, look: Look, name: str, press: Callable[[], None], *, role: str) -> None:
        super().__init__(look, "", press, role=role)
        self.setAccessibleName(name)
        self.inside = row(margins=(look.px(16), look.px(6), look.px(16), look.px(6)))
        self.setLayout(self.inside)

    def sizeHint(self) -> QSize:
        """Ask for what the layout inside needs."""
        return self.inside.sizeHint()

    def add(self, *widgets: QWidget) -> None:
        """Place widgets from left to right; they let every press through."""
        for widget in widgets:
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self.inside.addWidget(widget)


class Field(QLineEdit):
    """A line to type in; Enter confirms it and goes no further."""

    def __init__(self, look: Look, name: str, enter: Callable[[], None]) -> None:
        super().__init__()
        self.setFont(look.font(Type.VALUE))
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self.setFixedHeight(look.px(52))
        self._enter = enter

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Confirm by Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not event.isAutoRepeat():
                self._enter()
            return
        super().keyPressEvent(event)


class Scroll(QScrollArea):
    """Scrolls its content up and down where it does not fit; nothing is cut."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)

    def to_top(self) -> None:
        """Show the beginning."""
        self.verticalScrollBar().setValue(0)

    def by_pages(self, pages: int) -> None:
        """Scroll down by whole heights, up where the number is negative."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())


def row(
    *parts: QWidget | QLayout | int,
    spacing: int = 0,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
) -> QHBoxLayout:
    """Lay out from left to right; a number is a stretch."""
    layout = QHBoxLayout()
    _fill(layout, parts, spacing, margins)
    return layout


def column(
    *parts: QWidget | QLayout | int,
    spacing: int = 0,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
) -> QVBoxLayout:
    """Lay out from top to bottom; a number is a stretch."""
    layout = QVBoxLayout()
    _fill(layout, parts, spacing, margins)
    return layout


def rule(look: Look, *, height: float = 0, width: float = 0) -> QFrame:
    """Draw a hairline: of a height (standing) or a width (lying); 0 is the edge's width."""
    line = Card("rule")
    thin = look.palette.edge
    if height:
        line.setFixedSize(thin, look.px(height))
    elif width:
        line.setFixedSize(look.px(width), thin)
    else:
        line.setFixedHeight(thin)
    return line


def clear(layout: QLayout) -> None:
    """Take everything out of a layout, widgets and layouts inside included.

    The focus goes with what had it: Qt would hand it, unseen, to whatever comes next.
    """
    focused = QApplication.focusWidget()
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            if focused is not None and (widget is focused or widget.isAncestorOf(focused)):
                widget.window().setFocus()
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


def focus_one(widget: QWidget, *, last: bool = False) -> None:
    """Give the focus, as if by Tab, to the first or last control of what was just laid out."""
    tab = Qt.FocusPolicy.TabFocus
    controls = [c for c in widget.findChildren(QWidget) if c.focusPolicy() & tab]
    if controls:
        widget.show()  # what is not shown yet takes no focus
        controls[-1 if last else 0].setFocus(Qt.FocusReason.TabFocusReason)


def _fill(
    layout: QHBoxLayout | QVBoxLayout,
    parts: Iterable[QWidget | QLayout | int],
    spacing: int,
    margins: tuple[int, int, int, int],
) -> None:
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        elif isinstance(part, QLayout):
            layout.addLayout(part)
        else:
            layout.addWidget(part)

"""What the cards of waiting work share: whose it is on top, what is decided at the bottom."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from ui import describe
from ui.chips import Chip, ChipGrid
from ui.kit import Kit
from ui.look import Look, Type
from ui.widgets import Button, Card, Scroll, Text, clear, column, focus_one, row

#: Turns of the event loop until a new form has its place: its card's, then what scrolls the card.
_TURNS: Final = 2


class WorkCard(Card):
    """A card with a place at its bottom where a decision is asked for, in place of a dialog."""

    def __init__(self, kit: Kit, role: str) -> None:
        super().__init__(role)
        self.kit = kit
        look = kit.look
        pad = look.px(20)
        self.body = column(spacing=look.px(8))
        self._place = column(spacing=look.px(8))
        self._open = False
        margins = (pad, look.px(14), pad, look.px(16))
        self.setLayout(column(self.body, self._place, spacing=look.px(10), margins=margins))

    @property
    def is_open(self) -> bool:
        """Tell whether a decision is about to be taken."""
        return self._open

    def choices(self) -> QWidget | None:
        """Give the buttons that begin a decision; ``None`` where there is none to take here."""
        return None

    def show_choices(self) -> None:
        """Offer the decisions."""
        self._put(self.choices(), is_open=False)

    def show_form(self, form: QWidget, *, careful: bool = False) -> None:
        """Ask for what a decision still needs.

        Whoever works by keys goes on in its first control; with ``careful`` in its last one, so
        that a second Enter cancels what it would have decided.
        """
        self._put(form, is_open=True, careful=careful)

    def close_form(self) -> bool:
        """Go back to the choices; ``False``: nothing was open."""
        was_open = self._open
        if was_open:
            self.show_choices()
        return was_open

    def sent_off(self) -> None:
        """Say that it is being done; the list is drawn anew when it is, or it comes to nothing."""
        look = self.kit.look
        self._put(Text(look, look.say("problems.working"), Type.NOTE, "muted"), is_open=True)

    def _put(self, widget: QWidget | None, *, is_open: bool, careful: bool = False) -> None:
        focused = QApplication.focusWidget()
        by_key = focused is not None and self.isAncestorOf(focused)
        clear(self._place)
        self._open = is_open
        if widget is not None:
            self._place.addWidget(widget)
            if by_key:
                focus_one(widget, last=careful)
            if is_open:
                _show_whole_soon(widget)


def _show_whole_soon(form: QWidget, turns: int = _TURNS) -> None:
    """Scroll until a form is seen to its last button: it may open at the edge of the window."""
    if turns:
        QTimer.singleShot(0, form, partial(_show_whole_soon, form, turns - 1))
        return
    around = form.parentWidget()
    while around is not None and not isinstance(around, Scroll):
        around = around.parentWidget()
    if around is not None:
        around.ensureWidgetVisible(form)


def heading(look: Look, bed: str, patient: str, since: str) -> QHBoxLayout:
    """Say whose it is: bed, name in capitals, and since when it waits."""
    line = row(spacing=look.px(12))
    if bed:
        chip = Text(look, describe.bed(look, bed), Type.STRONG, "on-ink")
        chip.setProperty("role", "bed-chip")
        chip.setAlignment(Qt.AlignmentFlag.AlignCenter)
        chip.setContentsMargins(0, 0, 0, 0)
        chip.setFixedHeight(look.px(32))
        line.addWidget(chip)
    line.addWidget(Text(look, patient.upper() or look.say("problems.no-patient"), Type.LEAD))
    line.addStretch(1)
    line.addWidget(Text(look, since, Type.CAPTION, "muted"))
    return line


def buttons(look: Look, *offered: tuple[str, str, str, Callable[[], None]]) -> QWidget:
    """Lay out buttons: words, icon, role, and what a press does."""
    holder = QWidget()
    line = row(spacing=look.px(10))
    for text, icon, role, press in offered:
        button = Button(look, text, press, role=role, icon=icon)
        button.setFixedHeight(look.px(48))
        line.addWidget(button)
    line.addStretch(1)
    holder.setLayout(line)
    return holder


def asked(look: Look, question: str, *parts: QWidget) -> QWidget:
    """Put a question above what answers it."""
    holder = QWidget()
    inside: QVBoxLayout = column(spacing=look.px(8))
    inside.addWidget(Text(look, question, Type.STRONG, wrap=True))
    for part in parts:
        inside.addWidget(part)
    holder.setLayout(inside)
    return holder


def choose(look: Look, words: Sequence[tuple[str, str]], chosen: Callable[[str], None]) -> ChipGrid:
    """Offer codes as chips, by their words."""
    return ChipGrid(look, [Chip(text, partial(chosen, code)) for code, text in words], most=3)

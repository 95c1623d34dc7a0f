"""What the window asks of whatever page stands in it."""

from typing import Protocol

from PySide6.QtWidgets import QWidget

from bcma.app import Worklist
from bcma.bedside import PassState
from ui.standing import Standing
from ui.verdict_actions import Form


class TakesBadge(Protocol):
    """A field that waits for a badge."""

    def take_badge(self, badge: str) -> None:
        """Take a scanned badge."""
        ...


class Page(QWidget):
    """A page draws and says what was pressed; what does not concern it does nothing."""

    def show_state(self, state: PassState) -> None:
        """Draw what a step returned."""

    def refresh(self, state: PassState) -> None:
        """Draw the same step a little later."""

    def show_work(self, work: Worklist) -> None:
        """Draw what waits for a person."""

    def show_standing(self, standing: Standing) -> None:
        """Draw how the station stands with the EMR."""

    def show_busy(self, *, busy: bool) -> None:
        """Say that slow work is going on."""

    def take_focus(self) -> bool:
        """Put the focus where the next key belongs; ``False``: nowhere in particular."""
        return False

    def waiting_for_badge(self) -> TakesBadge | None:
        """Give the field that a scanned badge belongs to."""
        return None

    def enter(self) -> None:
        """Do the next act, where Enter may do it."""

    def escape(self) -> bool:
        """Close what is open on the page; ``False``: nothing is."""
        return False

    def scroll_by(self, pages: int) -> None:
        """Scroll by whole heights."""

    def open_form(self, form: Form) -> None:
        """Open a form by key or command code."""

    def tell_why(self) -> None:
        """Explain the verdict."""

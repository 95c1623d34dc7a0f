"""A grid of equal chips: as many to a row as their longest words allow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QWidget

from ui.look import Look, Type
from ui.widgets import Button

#: The room that a card has for chips, at factor 1 and at 1.25.
_ROOM = {1.0: 738, 1.25: 950}
_MOST = 4
_PADDING, _ICON = 30, 34


@dataclass(frozen=True, slots=True)
class Chip:
    """A choice: its words, what it does, its icon, and whether it is the chosen one."""

    text: str
    press: Callable[[], None]
    icon: str = ""
    chosen: bool = False


class ChipGrid(QWidget):
    """Chips of one width, 48 high; words are never cut."""

    def __init__(self, look: Look, chips: Sequence[Chip], *, most: int = _MOST) -> None:
        super().__init__()
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.px(8))
        columns = _columns(look, chips, most)
        for number, chip in enumerate(chips):
            button = Button(
                look, chip.text, chip.press, role="chosen" if chip.chosen else "", icon=chip.icon
            )
            button.setFixedHeight(look.px(48))
            grid.addWidget(button, number // columns, number % columns)
        for number in range(columns):
            grid.setColumnStretch(number, 1)
        self.setLayout(grid)


def _columns(look: Look, chips: Sequence[Chip], most: int) -> int:
    """Give how many chips fit into a row without cutting the longest."""
    room = look.px(_ROOM.get(look.factor, 738))
    widest = max(
        (
            look.width_of(c.text, Type.VALUE) + look.px(_PADDING + (_ICON if c.icon else 0))
            for c in chips
        ),
        default=1,
    )
    gap = look.px(8)
    fitting = (room + gap) // (widest + gap)
    return max(1, min(most, fitting, len(chips) or 1))

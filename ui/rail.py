"""The rail: the pages that are built, and below them language, theme and lock."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt

from ui.look import Look, Type
from ui.widgets import Card, Picture, RichButton, Text, column


@dataclass(frozen=True, slots=True)
class RailEntry:
    """A button of the rail; ``count`` is a number that waits there, 0 for none."""

    text: str
    icon: str
    press: Callable[[], None]
    here: bool = False
    count: int = 0


class Rail(Card):
    """Buttons at the left edge, 88 wide."""

    def __init__(
        self, look: Look, pages: tuple[RailEntry, ...], tools: tuple[RailEntry, ...]
    ) -> None:
        super().__init__("rail")
        self.setFixedWidth(look.px(88))
        margins = (look.px(8), look.px(8), look.px(8), look.px(8))
        layout = column(spacing=look.px(4), margins=margins)
        for entry in pages:
            layout.addWidget(_button(look, entry))
        layout.addStretch(1)
        for entry in tools:
            layout.addWidget(_button(look, entry))
        self.setLayout(layout)


def _button(look: Look, entry: RailEntry) -> RichButton:
    palette = look.palette
    role = "rail-here" if entry.here else "rail"
    button = RichButton(look, entry.text, entry.press, role=role)
    button.setFixedHeight(look.px(68))
    text = Text(look, entry.text, Type.RAIL, "on-ink" if entry.here else "text")
    text.setAlignment(Qt.AlignmentFlag.AlignCenter)
    text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    picture = Picture(look, entry.icon, palette.on_ink if entry.here else palette.muted, 26)
    picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    if entry.count:
        button.setAccessibleName(f"{entry.text}, {entry.count}")
        _Badge(look, entry.count, button)
    button.inside.setContentsMargins(0, 0, 0, 0)
    inside = column(1, spacing=look.px(4))
    inside.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
    inside.addWidget(text)
    inside.addStretch(1)
    button.inside.addLayout(inside)
    return button


class _Badge(Text):
    """A number in the corner of a button."""

    def __init__(self, look: Look, count: int, button: RichButton) -> None:
        super().__init__(look, str(count), Type.RAIL, "on-stop")
        self.setParent(button)
        self.setProperty("role", "badge")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(0, 0, 0, 0)
        width = max(look.px(20), look.width_of(str(count), Type.RAIL) + look.px(10))
        self.setGeometry(look.px(71) - width, 0, width, look.px(20))

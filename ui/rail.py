"""The rail: the pages that are built, and below them language, theme and lock."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt

from ui.look import Look, Type
from ui.widgets import Card, Picture, RichButton, Text, column


@dataclass(frozen=True, slots=True)
class RailEntry:
    """A button of the rail."""

    text: str
    icon: str
    press: Callable[[], None]
    here: bool = False


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
    button.inside.setContentsMargins(0, 0, 0, 0)
    inside = column(1, spacing=look.px(4))
    inside.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
    inside.addWidget(text)
    inside.addStretch(1)
    button.inside.addLayout(inside)
    return button

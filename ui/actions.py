"""The action row, pinned to the bottom: the next act largest, the ways out right of it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.look import Look, Type
from ui.widgets import Button, Card, Picture, RichButton, Text, column, row


@dataclass(frozen=True, slots=True)
class WayOut:
    """An outlined button right of the next act, always in the same order."""

    text: str
    icon: str
    press: Callable[[], None]


class ActionRow(QWidget):
    """The next act and the ways out."""

    def __init__(self, look: Look, following: QWidget, ways_out: tuple[WayOut, ...]) -> None:
        super().__init__()
        parts = row(spacing=look.px(12))
        following.setFixedHeight(look.px(76 if look.factor == 1 else 75))
        parts.addWidget(following, 1)
        for way in ways_out:
            button = Button(look, way.text, way.press, role="out", icon=way.icon)
            button.setFixedHeight(look.px(76 if look.factor == 1 else 75))
            parts.addWidget(button)
        self.setLayout(parts)


def give_button(look: Look, press: Callable[[], None]) -> RichButton:
    """Make the only green button: chart as given."""
    on = look.palette.passed.on
    button = RichButton(look, look.say("button.give"), press, role="give")
    words = column(
        1,
        Text(look, look.say("button.give"), Type.GIVE, "on-pass"),
        Text(look, look.say("button.give-hint"), Type.MINOR, "on-pass"),
        1,
    )
    _fill(look, button, Picture(look, "check-bold", on, 28), words)
    return button


def way_out_button(
    look: Look, title: str, detail: str, press: Callable[[], None], icon: str = "arrow-u-left-top"
) -> RichButton:
    """Make the ink button that names the way out of a stop."""
    button = RichButton(look, title, press, role="ink")
    words = column(1, Text(look, title, Type.LEAD, "on-ink"))
    if detail:
        words.addWidget(Text(look, detail, Type.MINOR, "on-ink"))
    words.addStretch(1)
    _fill(look, button, Picture(look, icon, look.palette.on_ink, 24), words)
    return button


def missing_frame(look: Look, text: str, icon: str = "dots-horizontal") -> Card:
    """Show what is missing, dashed, where the next act will be."""
    frame = Card("missing")
    frame.setAccessibleName(text)
    words = Text(look, text, Type.LEAD, "muted")
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    frame.setLayout(
        row(1, Picture(look, icon, look.palette.muted, 24), words, 1, spacing=look.px(10))
    )
    return frame


def _fill(look: Look, button: RichButton, picture: Picture, words: QVBoxLayout) -> None:
    button.inside.setSpacing(look.px(10))
    button.inside.addStretch(1)
    button.add(picture)
    button.inside.addLayout(words)
    button.inside.addStretch(1)
    for text in button.findChildren(Text):
        text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

"""What a stop asks to be done, as numbered steps."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from bcma.model.verdict import Finding
from ui.look import Look, Type
from ui.widgets import Card, Text, column, row


class StepsCard(Card):
    """One step per stop: why, and what to do about it."""

    def __init__(self, look: Look, stops: Sequence[Finding]) -> None:
        super().__init__("card")
        margins = (look.px(20), look.px(12), look.px(20), look.px(12))
        steps = column(spacing=look.px(10), margins=margins)
        spoken = []
        for number, finding in enumerate(stops, start=1):
            headline, todo = look.wording.finding(finding)
            spoken.append(f"{headline}. {todo}")
            words = column(Text(look, todo or headline, Type.STRONG, wrap=True))
            if todo and len(stops) > 1:
                words.addWidget(Text(look, headline, Type.CAPTION, "muted", wrap=True))
            line = row(_number(look, number), spacing=look.px(14))
            line.addLayout(words, 1)
            steps.addLayout(line)
        self.setLayout(steps)
        self.setAccessibleName(" ".join(spoken))


def _number(look: Look, number: int) -> QLabel:
    circle = Text(look, str(number), Type.STRONG, "on-ink")
    circle.setContentsMargins(0, 0, 0, 0)
    circle.setAlignment(Qt.AlignmentFlag.AlignCenter)
    edge = look.px(32)
    circle.setFixedSize(edge, edge)
    circle.setStyleSheet(f"background: {look.palette.ink}; border-radius: {edge // 2}px;")
    return circle

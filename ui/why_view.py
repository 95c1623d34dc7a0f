"""Why a verdict is what it is: one right at a time, each rule with what it looked at and said.

The words are those of ``bcma explain``; this view only places them.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from bcma.model.verdict import Right
from bcma.wording import Mark, RightText, RuleText
from ui.look import Look, Type
from ui.theme import Palette, Tone
from ui.verdict_banner import ICONS
from ui.widgets import Card, Picture, Text, column, row, rule

#: Pairs of label and value beside each other.
_PAIRS = 2
#: The room that a label and its value take of theirs.
_LABEL, _VALUE = 5, 4
_TONES = {Mark.WARN: Tone.WARN, Mark.ASK: Tone.ASK, Mark.STOP: Tone.STOP}
_MARKS = tuple(Mark)


class WhyView(QWidget):
    """The rules of one right, and before them what no rule said."""

    def __init__(self, look: Look, sections: tuple[RightText, ...], chosen: Right) -> None:
        super().__init__()
        self.setAccessibleName(look.say("why"))
        layout = column(spacing=look.px(12))
        for section in sections:
            if section.right in {None, chosen}:
                layout.addWidget(_Section(look, section))
        self.setLayout(layout)


class _Section(Card):
    """The rules of one right, a hairline between them."""

    def __init__(self, look: Look, section: RightText) -> None:
        super().__init__("card")
        self.setAccessibleName(section.heading)
        margins = (look.px(16), look.px(8), look.px(16), look.px(12))
        layout = column(Text(look, section.heading, Type.CARD), spacing=look.px(6), margins=margins)
        for one in section.rules:
            layout.addWidget(rule(look))
            layout.addWidget(RuleBlock(look, one))
        self.setLayout(layout)


class RuleBlock(QWidget):
    """One rule; its accessible name is all that it says, line by line."""

    def __init__(self, look: Look, one: RuleText) -> None:
        super().__init__()
        self.setAccessibleName("\n".join(one.lines))
        words = column(Text(look, one.title, Type.STRONG), spacing=look.px(2))
        for said in one.said:
            words.addWidget(Text(look, said.text, Type.NOTE, wrap=True))
        if one.seen:
            words.addLayout(_pairs(look, one.seen))
        layout = row(spacing=look.px(12))
        icon, colour = _drawing(look.palette, one.worst)
        layout.addLayout(column(Picture(look, icon, colour, 24), 1))
        layout.addLayout(words, 1)
        self.setLayout(layout)


def gravest(sections: tuple[RightText, ...]) -> Right:
    """Give the right with the gravest answer, the first of equals; the patient where none is."""
    rights = [(s.right, s.rules[0].worst) for s in sections if s.right is not None]
    worst = max(rights, key=lambda pair: _MARKS.index(pair[1]), default=None)
    return Right.PATIENT if worst is None else worst[0]


def _pairs(look: Look, seen: tuple[tuple[str, str], ...]) -> QGridLayout:
    """Lay out what a rule looked at: labels muted, values beside them, two pairs a row."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(look.px(12))
    grid.setVerticalSpacing(look.px(2))
    for pair in range(_PAIRS):
        grid.setColumnStretch(2 * pair, _LABEL)
        grid.setColumnStretch(2 * pair + 1, _VALUE)
    for number, (label, value) in enumerate(seen):
        line, pair = divmod(number, _PAIRS)
        grid.addWidget(_cell(Text(look, label, Type.MINOR, "muted", wrap=True)), line, 2 * pair)
        grid.addWidget(_cell(Text(look, value, Type.SMALL, wrap=True)), line, 2 * pair + 1)
    return grid


def _cell(text: Text) -> Text:
    """Let the columns set the width, so that they stand in line from rule to rule."""
    policy = text.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    text.setSizePolicy(policy)
    text.setAlignment(Qt.AlignmentFlag.AlignTop)
    return text


def _drawing(palette: Palette, mark: Mark) -> tuple[str, str]:
    """Give icon and colour; only a rule that ran and is content is green."""
    match mark:
        case Mark.CONTENT:
            return "check", palette.passed.mark
        case Mark.NOT_CHECKED:
            return "circle-off-outline", palette.none.mark
        case Mark.RELEASED:
            return "account-check-outline", palette.text
        case Mark.INFO:
            return "information-outline", palette.text
        case Mark.WARN | Mark.ASK | Mark.STOP:
            tone = _TONES[mark]
            return ICONS[tone], palette.tint(tone).mark

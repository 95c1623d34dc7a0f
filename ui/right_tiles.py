"""The eight rights as tiles: shape, edge and word say the state; *not checked* is never green."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from bcma.bedside import PassState
from bcma.model.verdict import Finding, Right, RightState, Severity, Verdict
from ui import describe
from ui.look import Look, Type
from ui.theme import Tone
from ui.widgets import Card, Picture, Text, column, row

_FINDING_ICONS = {Tone.STOP: "alert-octagon", Tone.WARN: "alert"}


class RightTiles(QWidget):
    """Eight tiles: four by two with a line of detail, or all in one row."""

    def __init__(self, look: Look, state: PassState, verdict: Verdict, *, compact: bool) -> None:
        super().__init__()
        self.setAccessibleName(look.say("rights"))
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.px(8))
        columns = 8 if compact else 4
        for number, right in enumerate(Right):
            tile = _Tile(look, state, verdict, right, compact=compact)
            grid.addWidget(tile, number // columns, number % columns)
            grid.setColumnStretch(number % columns, 1)
        self.setLayout(grid)


class _Tile(Card):
    def __init__(
        self, look: Look, state: PassState, verdict: Verdict, right: Right, *, compact: bool
    ) -> None:
        standing = verdict.rights[right]
        worst = _worst(verdict, right)
        role, icon, colour = _drawing(look, standing, worst)
        super().__init__(role)
        name = look.word("right", right)
        detail = describe.capital(_detail(look, state, verdict, right))
        self.setAccessibleName(f"{name}: {look.word('right-state', standing)}. {detail}")
        self.setToolTip(detail)
        height = 80 if look.roomy and not compact else 60
        self.setMinimumHeight(look.px(height))
        picture = Picture(look, icon, colour, 26)
        if compact:
            title = Text(look, name, Type.SMALL)
            title.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout = column(1, row(1, picture, 1), title, 1, margins=(2, 2, 2, 2))
            self.setLayout(layout)
            return
        words = column(
            1,
            Text(look, name, Type.STRONG),
            Text(
                look,
                detail,
                Type.MINOR,
                "muted" if role in {"tile-ok", "tile-none"} else "text",
                wrap=True,
            ),
            1,
        )
        margins = (look.px(12), look.px(2), look.px(8), look.px(2))
        layout_row = row(picture, spacing=look.px(10), margins=margins)
        layout_row.addLayout(words, 1)
        self.setLayout(layout_row)
        for text in self.findChildren(Text):
            text.setContentsMargins(0, 0, 0, 0)


def _worst(verdict: Verdict, right: Right) -> Finding | None:
    held = (f for f in verdict.findings if f.right is right and f.holds_back)
    return max(held, key=lambda f: f.severity, default=None)


def _drawing(look: Look, standing: RightState, worst: Finding | None) -> tuple[str, str, str]:
    """Give the tile's role, icon and the icon's colour."""
    palette = look.palette
    match standing:
        case RightState.OK:
            return "tile-ok", "check-circle", palette.passed.mark
        case RightState.NEEDS_INPUT:
            return "tile-ask", "help-box", palette.ask.text
        case RightState.NOT_CHECKED:
            return "tile-none", "circle-off-outline", palette.none.mark
        case RightState.FINDING:
            stops = worst is None or worst.severity is Severity.STOP
            tone = Tone.STOP if stops else Tone.WARN
            return f"tile-{tone}", _FINDING_ICONS[tone], palette.tint(tone).text


def _detail(look: Look, state: PassState, verdict: Verdict, right: Right) -> str:
    """Give the tile's line: the worst finding, why nothing was checked, or what is right."""
    worst = _worst(verdict, right)
    if worst is not None:
        return look.wording.finding(worst)[0]
    if verdict.rights[right] is RightState.NOT_CHECKED:
        why = next((n.why for n in verdict.not_checked if n.right is right), "")
        return look.word("not-checked", why)
    return _ok_detail(look, state, right)


def _ok_detail(look: Look, state: PassState, right: Right) -> str:
    """Say what is right about it, in the dose's own terms where there are some."""
    dose = state.dose
    if dose is not None:
        if right is Right.DOSE and dose.total is not None:
            return look.wording.quantity(dose.total)
        if right is Right.ROUTE:
            chosen = describe.route(look, dose.route) if dose.route else ""
            return chosen or describe.routes(look, dose.dosage) or look.say("ok.route")
        if right is Right.INDICATION and dose.order is not None and dose.order.reasons:
            return dose.order.reasons[0]
    return look.say(f"ok.{right}")

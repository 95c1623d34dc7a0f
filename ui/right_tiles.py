"""The eight rights as tiles: shape, edge and word say the state; *not checked* is never green.

A press on a tile tells why its right stands as it does.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from bcma.bedside import PassState
from bcma.model.verdict import Finding, Right, RightState, Severity, Verdict
from ui import describe
from ui.look import Look, Type
from ui.theme import Tone
from ui.widgets import Button, Picture, Text, column, row

_FINDING_ICONS = {Tone.STOP: "alert-octagon", Tone.WARN: "alert"}


class RightTiles(QWidget):
    """Eight tiles: four by two with a line of detail, or all in one row.

    Args:
        press: told the right whose tile was pressed.
        chosen: the right whose tile is marked.
        tabs: whether the tiles take the focus by keyboard; where they do not, a key opens them.
    """

    def __init__(  # noqa: PLR0913 - what a tile is drawn from, and how it answers
        self,
        look: Look,
        state: PassState,
        verdict: Verdict,
        *,
        compact: bool,
        press: Callable[[Right], None],
        chosen: Right | None = None,
        tabs: bool = False,
    ) -> None:
        super().__init__()
        self.setAccessibleName(look.say("rights"))
        self._chosen: _Tile | None = None
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.px(8))
        columns = 8 if compact else 4
        for number, right in enumerate(Right):
            tile = _Tile(look, state, verdict, right, partial(press, right), compact=compact)
            tile.setFocusPolicy(Qt.FocusPolicy.TabFocus if tabs else Qt.FocusPolicy.NoFocus)
            if right is chosen:
                tile.mark()
                self._chosen = tile
            grid.addWidget(tile, number // columns, number % columns)
            grid.setColumnStretch(number % columns, 1)
        self.setLayout(grid)

    def focus_chosen(self) -> None:
        """Give the focus to the marked tile, as a key does."""
        if self._chosen is not None:
            self._chosen.setFocus(Qt.FocusReason.ShortcutFocusReason)


class _Tile(Button):
    def __init__(  # noqa: PLR0913 - see RightTiles
        self,
        look: Look,
        state: PassState,
        verdict: Verdict,
        right: Right,
        press: Callable[[], None],
        *,
        compact: bool,
    ) -> None:
        standing = verdict.rights[right]
        worst = _worst(verdict, right)
        role, icon, colour = _drawing(look, standing, worst)
        super().__init__(look, "", press, role=role)
        name = look.word("right", right)
        detail = describe.capital(_detail(look, state, verdict, right))
        self.setAccessibleName(f"{name}: {look.word('right-state', standing)}. {detail}")
        self.setAccessibleDescription(look.say("why.hint"))
        self.setToolTip(detail)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        height = 80 if look.roomy and not compact else 60
        self.setMinimumHeight(look.px(height))
        picture = Picture(look, icon, colour, 26)
        if compact:
            title = Text(look, name, Type.SMALL)
            title.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.setLayout(column(1, row(1, picture, 1), title, 1, margins=(2, 2, 2, 2)))
        else:
            quiet = "muted" if role in {"tile-ok", "tile-none"} else "text"
            words = column(
                1,
                Text(look, name, Type.STRONG),
                Text(look, detail, Type.MINOR, quiet, wrap=True),
                1,
            )
            margins = (look.px(12), look.px(2), look.px(8), look.px(2))
            layout = row(picture, spacing=look.px(10), margins=margins)
            layout.addLayout(words, 1)
            self.setLayout(layout)
            for text in self.findChildren(Text):
                text.setContentsMargins(0, 0, 0, 0)
        for part in self.findChildren(QWidget):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def mark(self) -> None:
        """Frame the tile whose right is told about."""
        self.setProperty("chosen", True)  # noqa: FBT003 - the value of a property

    def sizeHint(self) -> QSize:
        """Ask for what the layout inside needs."""
        layout = self.layout()
        return super().sizeHint() if layout is None else layout.sizeHint()


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

"""Colour: the tokens of three themes. Everything neutral is slate ink; colour is a state.

Every pair that the window draws has a contrast of at least 4.5:1, the verdict 7:1
(`tests/ui/test_theme.py` computes them).
"""

from dataclasses import dataclass
from enum import StrEnum

from bcma.config import Theme


class Tone(StrEnum):
    """What a patch of colour says; a shape and a word always say it too."""

    PASS = "pass"  # noqa: S105 - the verdict, no password
    ASK = "ask"
    WARN = "warn"
    STOP = "stop"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Tint:
    """The colours of one tone.

    Attributes:
        fill, on: of a verdict and the text on it.
        text, tint: of quiet text and the patch under it.
        mark: of text, icons and edges directly on a surface.
    """

    fill: str
    on: str
    text: str
    tint: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of one theme.

    Attributes:
        control: edge of anything pressable.
        ink, on_ink: the neutral primary: a chosen chip, a way out, the bed.
        edge: width of hairlines in pixels; ``frame`` of the edge around a verdict, or 0.
    """

    ground: str
    surface: str
    sunken: str
    select: str
    line: str
    control: str
    text: str
    muted: str
    ink: str
    on_ink: str
    passed: Tint
    ask: Tint
    warn: Tint
    stop: Tint
    none: Tint
    edge: int = 1
    frame: int = 0

    def tint(self, tone: Tone) -> Tint:
        """Give the colours of a tone."""
        return {
            Tone.PASS: self.passed,
            Tone.ASK: self.ask,
            Tone.WARN: self.warn,
            Tone.STOP: self.stop,
            Tone.NONE: self.none,
        }[tone]


_PALETTES = {
    Theme.LIGHT: Palette(
        ground="#E8ECF0",
        surface="#FFFFFF",
        sunken="#F3F5F7",
        select="#E3EBF3",
        line="#D3DAE1",
        control="#6B7885",
        text="#12202D",
        muted="#4A5967",
        ink="#1D3449",
        on_ink="#FFFFFF",
        passed=Tint("#0A5C36", "#FFFFFF", "#0A5C36", "#E4F3EA", "#0A5C36"),
        ask=Tint("#134A9C", "#FFFFFF", "#134A9C", "#E6EEFB", "#134A9C"),
        warn=Tint("#FFC02E", "#1A1200", "#734600", "#FFF3D6", "#734600"),
        stop=Tint("#A50E1A", "#FFFFFF", "#A50E1A", "#FCE9EA", "#A50E1A"),
        none=Tint("#44515E", "#FFFFFF", "#44515E", "#F3F5F7", "#44515E"),
    ),
    Theme.DARK: Palette(
        ground="#0B1116",
        surface="#151D25",
        sunken="#10171E",
        select="#203041",
        line="#2B3743",
        control="#7D8B99",
        text="#E4EAF0",
        muted="#A3B1BE",
        ink="#C6D4E1",
        on_ink="#0E1720",
        passed=Tint("#12613B", "#FFFFFF", "#7FD6A5", "#12291F", "#7FD6A5"),
        ask=Tint("#1D4C9C", "#FFFFFF", "#9CC2FF", "#14243C", "#9CC2FF"),
        warn=Tint("#E8AE2B", "#1A1200", "#FFCF66", "#2E2611", "#FFCF66"),
        stop=Tint("#A81420", "#FFFFFF", "#FFA3A3", "#351518", "#FFA3A3"),
        none=Tint("#3B4855", "#FFFFFF", "#A9B6C2", "#1A232C", "#A9B6C2"),
    ),
    Theme.CONTRAST: Palette(
        ground="#000000",
        surface="#000000",
        sunken="#000000",
        select="#2A2A2A",
        line="#FFFFFF",
        control="#FFFFFF",
        text="#FFFFFF",
        muted="#FFFFFF",
        ink="#FFFFFF",
        on_ink="#000000",
        passed=Tint("#6BFF9E", "#000000", "#6BFF9E", "#000000", "#6BFF9E"),
        ask=Tint("#8CC8FF", "#000000", "#8CC8FF", "#000000", "#8CC8FF"),
        warn=Tint("#FFE100", "#000000", "#FFE100", "#000000", "#FFE100"),
        stop=Tint("#AD0011", "#FFFFFF", "#FFFFFF", "#AD0011", "#FF9A9A"),
        none=Tint("#FFFFFF", "#000000", "#FFFFFF", "#000000", "#FFFFFF"),
        edge=2,
        frame=3,
    ),
}


def palette_of(theme: Theme) -> Palette:
    """Give the colours of a theme."""
    return _PALETTES[theme]


def following(theme: Theme) -> Theme:
    """Give the theme that one more press chooses."""
    themes = list(Theme)
    return themes[(themes.index(theme) + 1) % len(themes)]

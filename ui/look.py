"""How everything is drawn now: colours, one scale factor, type, icons and words.

A widget is built with a Look and keeps it; a change of theme, language or size builds the
page anew from the same state, so that no widget has to know how to change.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from string import Template

import font_roboto
import qtawesome
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QIcon, QPixmap

from bcma.config import Theme
from bcma.wording import Wording
from ui.theme import Palette, Tone, palette_of

_WEIGHTS = ("Regular", "Medium", "Bold")
#: Brings qtawesome's glyphs (drawn at 7/8) to the size that is asked for.
_GLYPH = 1.14
_LENGTH = re.compile(r"\b(\d+)px\b")
#: From this width and height on, everything is drawn by the factor.
_STEPS = ((3840, 2160, 2.5), (2560, 1440, 1.6), (1920, 1080, 1.25))


class FontMissingError(RuntimeError):
    """The bundled font could not be loaded: tone marks of capitals would be lost."""


class Type(Enum):
    """The sizes of type: pixels at factor 1, and weight."""

    VERDICT = (60, 700)
    NAME = (34, 700)
    MEASURED = (32, 700)
    PAIR = (28, 700)
    GIVE = (26, 700)
    LINE = (24, 700)
    LEAD = (20, 700)
    CARD = (19, 700)
    CLOCK = (18, 700)
    STRONG = (17, 700)
    VALUE = (17, 500)
    HEADING = (15, 700)
    NOTE = (15, 500)
    CAPTION = (15, 400)
    SMALL = (14, 500)
    MINOR = (14, 400)
    RAIL = (13, 500)


@dataclass(frozen=True, slots=True)
class Look:
    """Colours, scale and words together."""

    theme: Theme
    factor: float
    wording: Wording

    @property
    def roomy(self) -> bool:
        """Tell whether the screen is large enough for taller rows."""
        return self.factor > 1

    @property
    def palette(self) -> Palette:
        """Give the colours."""
        return palette_of(self.theme)

    def say(self, key: str, **facts: object) -> str:
        """Give a sentence of the screen (``screen.<key>``)."""
        return self.wording.sentence(f"screen.{key}", **facts)

    def px(self, length: float) -> int:
        """Give a length at factor 1 in pixels of this screen."""
        return round(length * self.factor)

    def font(self, kind: Type) -> QFont:
        """Give a font: tabular figures, no hinting."""
        size, weight = kind.value
        return _font(self.px(size), weight)

    def word(self, family: str, code: str) -> str:
        """Give the word of a code."""
        return self.wording.word(family, code)

    def refusal(self, code: str) -> str:
        """Say why a verb had no effect: by a finding code, or a word of its own."""
        if "." not in code:
            return self.word("refused", code)
        return self.wording.sentence(f"finding.{code}")

    def width_of(self, text: str, kind: Type) -> int:
        """Give how wide a text is drawn."""
        return QFontMetrics(self.font(kind)).horizontalAdvance(text)

    def icon(self, name: str, colour: str) -> QIcon:
        """Give an icon of the set mdi6."""
        return _icon(name, colour)

    def pixmap(self, name: str, colour: str, size: float) -> QPixmap:
        """Give an icon as a picture with edges of ``size`` at factor 1."""
        return _pixmap(name, colour, self.px(size))

    def style_sheet(self) -> str:
        """Give the window's style sheet in these colours and this size."""
        template = (Path(__file__).parent / "app.qss").read_text(encoding="utf-8")
        scaled = _LENGTH.sub(lambda m: f"{max(1, self.px(int(m[1])))}px", template)
        return Template(scaled).substitute(_names(self.palette))


def factor_for(width: int, height: int) -> float:
    """Give the scale factor for a window of this size (1 at 1366 × 768)."""
    for least_width, least_height, factor in _STEPS:
        if width >= least_width and height >= least_height:
            return factor
    return 1.0


@cache
def load_fonts() -> None:
    """Register the bundled Roboto; once per process, after the QGuiApplication.

    Raises:
        FontMissingError: a file cannot be loaded; no other font keeps every tone mark.
    """
    folder = Path(font_roboto.font_directory)
    for weight in _WEIGHTS:
        if QFontDatabase.addApplicationFont(str(folder / f"Roboto-{weight}.ttf")) < 0:
            raise FontMissingError(weight)


@cache
def _font(pixels: int, weight: int) -> QFont:
    font = QFont("Roboto")
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


@cache
def _icon(name: str, colour: str) -> QIcon:
    icon: QIcon = qtawesome.icon(
        f"mdi6.{name}", color=QColor(colour), color_disabled=QColor(colour), scale_factor=_GLYPH
    )
    return icon


@cache
def _pixmap(name: str, colour: str, edge: int) -> QPixmap:
    return _icon(name, colour).pixmap(QSize(edge, edge))


def _names(palette: Palette) -> dict[str, str]:
    """Give the tokens by the names that the style sheet uses."""
    plain = ("ground", "surface", "sunken", "select", "line", "control", "text", "muted")
    names = {name: str(getattr(palette, name)) for name in (*plain, "ink", "on_ink")}
    names["edge"] = f"{palette.edge}px"
    names["frame"] = f"{palette.frame}px solid #FFFFFF" if palette.frame else "none"
    for tone in Tone:
        tint = palette.tint(tone)
        for part in ("fill", "on", "text", "tint", "mark"):
            names[f"{tone}_{part}"] = str(getattr(tint, part))
    return names

"""What a burst of keys says: characters, separators in all their forms, and CapsLock."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from bcma.scanner.keystroke import (
    GS,
    Key,
    KeyStroke,
    Modifier,
    RejectReason,
    WedgeSettings,
)

LONGEST: Final = 7100
"""More keys than the largest symbol has characters: something else is typing."""

_ALT_CODE: Final = "29"
_BRACKET: Final = "]"

_BY_KEY: Final = {
    Key.INPUT_METHOD: RejectReason.INPUT_METHOD,
    Key.BACKSPACE: RejectReason.BACKSPACE,
    Key.OTHER: RejectReason.KEY,
}


def burst_text(strokes: Sequence[KeyStroke], settings: WedgeSettings) -> str | RejectReason:
    """Give the text that a reader typed, its prefix taken off, or why it cannot be trusted.

    A separator arrives as character 29, as Ctrl and the closing bracket, or as Alt with the
    keypad digits 029. Letters whose case contradicts Shift throughout were typed under
    CapsLock, and are turned back.
    """
    if len(strokes) > LONGEST:
        return RejectReason.TOO_LONG
    faults = filter(None, (_fault(stroke, settings) for stroke in strokes))
    if fault := next(faults, None):
        return fault
    pieces: list[str] = []
    for alt, run in groupby(strokes, _is_alt_digit):
        after_separator = pieces[-1:] == [GS]
        said = "".join(_character(stroke) for stroke in run)
        if alt and said.lstrip("0") != _ALT_CODE:
            return RejectReason.MODIFIER
        # Windows sends the composed character as well when Alt is let go
        pieces.append(GS if alt else said.removeprefix(GS) if after_separator else said)
    text = "".join(pieces)
    capitals_turned = _caps_lock(strokes)
    if capitals_turned is None:
        return RejectReason.CAPS_LOCK
    if capitals_turned and not settings.caps_lock_compensated:
        text = text.swapcase()
    if not text.startswith(settings.prefix):
        return RejectReason.PREFIX
    return text.removeprefix(settings.prefix)


def _fault(stroke: KeyStroke, settings: WedgeSettings) -> RejectReason | None:
    if stroke.key is Key.MODIFIER:
        return None
    if stroke.auto_repeat:
        return RejectReason.AUTO_REPEAT
    if stroke.key in _BY_KEY:
        return _BY_KEY[stroke.key]
    if not stroke.text.isascii():
        return RejectReason.NON_ASCII
    if stroke.modifiers & ~Modifier.SHIFT and not _is_alt_digit(stroke):
        expected = _is_separator(stroke) or stroke.text in tuple(settings.prefix)
        return None if expected else RejectReason.MODIFIER
    return None if stroke.text else RejectReason.KEY


def _is_separator(stroke: KeyStroke) -> bool:
    control = stroke.modifiers & ~Modifier.SHIFT == Modifier.CTRL
    return control and stroke.text in {GS, _BRACKET}


def _is_alt_digit(stroke: KeyStroke) -> bool:
    return stroke.modifiers == Modifier.ALT and stroke.text.isdigit()


def _character(stroke: KeyStroke) -> str:
    if stroke.key is Key.MODIFIER:
        return ""
    return GS if _is_separator(stroke) else stroke.text


def _caps_lock(strokes: Sequence[KeyStroke]) -> bool | None:
    """Tell whether every letter's case contradicts Shift; None: only some do."""
    contradictions = {
        stroke.text.isupper() != bool(stroke.modifiers & Modifier.SHIFT)
        for stroke in strokes
        if stroke.key is Key.CHARACTER and stroke.text.isalpha()
    }
    return None if len(contradictions) > 1 else contradictions == {True}

"""The keyboard wedge in the window: keys are told apart before any widget sees one.

The filter sits on the QWindow, where every key passes once; `bcma.scanner.wedge` decides by
the events' own times. Keys of a person are delivered unaltered and in order, at most 60 ms
later; keys of a reader never arrive anywhere. Input-method events go to the focused object
past the window, so the filter watches that one too.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QWindow
from shiboken6 import isValid

from bcma.scanner.keystroke import (
    Key,
    KeyStroke,
    Modifier,
    RejectReason,
    WedgeOutcome,
    WedgeSettings,
)
from bcma.scanner.wedge import Wedge

_KEYS = {
    Qt.Key.Key_Return: Key.ENTER,
    Qt.Key.Key_Enter: Key.ENTER,
    Qt.Key.Key_Tab: Key.TAB,
    Qt.Key.Key_Backspace: Key.BACKSPACE,
    Qt.Key.Key_Shift: Key.MODIFIER,
    Qt.Key.Key_Control: Key.MODIFIER,
    Qt.Key.Key_Alt: Key.MODIFIER,
    Qt.Key.Key_AltGr: Key.MODIFIER,
    Qt.Key.Key_Meta: Key.MODIFIER,
    Qt.Key.Key_CapsLock: Key.MODIFIER,
    Qt.Key.Key_NumLock: Key.MODIFIER,
}
_MODIFIERS = (
    (Qt.KeyboardModifier.ShiftModifier, Modifier.SHIFT),
    (Qt.KeyboardModifier.ControlModifier, Modifier.CTRL),
    (Qt.KeyboardModifier.AltModifier, Modifier.ALT),
    (Qt.KeyboardModifier.MetaModifier, Modifier.META),
)
#: Event times that differ this much from the expected ones come from another clock.
_OTHER_CLOCK_MS = 60_000


@dataclass(slots=True, eq=False)
class _Pressed:
    """A held event, where it was going, and the release that came while it was held."""

    target: QObject
    event: QEvent
    key: int = 0
    release: QKeyEvent | None = None


class WedgeFilter(QObject):
    """Watches one window; tells scans and rejected bursts.

    Args:
        window: every key press of this window goes through the filter.
        scanned: called with a scan's text.
        rejected: called with the reason why a burst is no scan; nothing of it was typed.
    """

    def __init__(
        self,
        window: QWindow,
        scanned: Callable[[str], None],
        rejected: Callable[[RejectReason], None],
        settings: WedgeSettings | None = None,
    ) -> None:
        super().__init__(window)
        self._scanned, self._rejected = scanned, rejected
        self._wedge = Wedge(settings)
        self._clock = _EventClock()
        self._held: list[_Pressed] = []
        self._swallowed: set[int] = set()
        self._passing = False
        self._window = window
        self._watched: QObject | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._flush)
        window.installEventFilter(self)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusObjectChanged.connect(self._watch)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold key presses back until it is known who typed them."""
        if self._passing:
            return False
        if watched is self._window and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                self._take(_Pressed(watched, event.clone(), event.key()), self._stroke(event))
                return True
            if event.type() == QEvent.Type.KeyRelease:
                return self._take_release(event)
        if isinstance(event, QInputMethodEvent) and event.commitString():
            self._take_input_method(watched, event)
            return True
        return False

    def _watch(self, focused: QObject | None) -> None:
        """Watch the focused object for what an input method commits."""
        before, self._watched = self._watched, focused
        if before is not None and before is not self._window and isValid(before):
            before.removeEventFilter(self)
        if focused is not None and focused is not self._window:
            focused.installEventFilter(self)

    def _stroke(self, event: QKeyEvent) -> KeyStroke:
        at_ms = self._clock.seen(event.timestamp())
        modifiers = Modifier.NONE
        for flag, modifier in _MODIFIERS:
            if event.modifiers() & flag:
                modifiers |= modifier
        text = event.text()
        other = Key.CHARACTER if text else Key.OTHER
        if event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Delete}:
            other = Key.OTHER
        kind = _KEYS.get(Qt.Key(event.key()), other)
        return KeyStroke(
            at_ms=at_ms,
            text=text,
            key=kind,
            modifiers=modifiers,
            auto_repeat=event.isAutoRepeat(),
        )

    def _take(self, pressed: _Pressed, stroke: KeyStroke) -> None:
        self._held.append(pressed)
        self._handle(self._wedge.feed(replace(stroke, token=pressed)), pressed)

    def _take_release(self, event: QKeyEvent) -> bool:
        """Keep a release behind its press, or drop it where the press was a reader's."""
        for pressed in reversed(self._held):
            if pressed.key == event.key() and pressed.release is None:
                pressed.release = event.clone()
                return True
        if event.key() in self._swallowed:
            self._swallowed.discard(event.key())
            return True
        return False

    def _take_input_method(self, target: QObject, event: QInputMethodEvent) -> None:
        at_ms = self._clock.now()
        self._take(
            _Pressed(target, event.clone()),
            KeyStroke(at_ms=at_ms, text=event.commitString(), key=Key.INPUT_METHOD),
        )

    def _flush(self) -> None:
        self._handle(self._wedge.flush(self._clock.now()))

    def _handle(self, outcome: WedgeOutcome, latest: _Pressed | None = None) -> None:
        released = [s.token for s in outcome.released if isinstance(s.token, _Pressed)]
        self._held = [p for p in self._held if p not in released]
        deadline = self._wedge.deadline_ms
        if outcome.text is not None or outcome.rejected is not None:
            self._swallow(spared=None if deadline is None else latest)
        elif deadline is None:  # the second end key of a scan: held by nobody
            self._swallow(spared=None)
        self._arm(deadline)
        if outcome.text is not None:
            self._scanned(outcome.text)
        if outcome.rejected is not None:
            self._rejected(outcome.rejected)
        for pressed in released:
            self._deliver(pressed)

    def _swallow(self, spared: _Pressed | None) -> None:
        """Drop what a burst was made of; the stroke that came after its end is spared."""
        self._swallowed |= {p.key for p in self._held if p is not spared and p.release is None}
        self._held = [p for p in self._held if p is spared]

    def _deliver(self, pressed: _Pressed) -> None:
        self._passing = True
        try:
            QCoreApplication.sendEvent(pressed.target, pressed.event)
            if pressed.release is not None:
                QCoreApplication.sendEvent(pressed.target, pressed.release)
        finally:
            self._passing = False

    def _arm(self, deadline: int | None) -> None:
        if deadline is None:
            self._timer.stop()
        else:
            self._timer.start(max(1, deadline - self._clock.now()))


class _EventClock:
    """Tells the present time on the clock of the events' timestamps (the display server's)."""

    def __init__(self) -> None:
        self._offset: int | None = None

    def seen(self, timestamp: int) -> int:
        """Note an event's time as it arrives; the quickest arrival so far sets the clock."""
        offset = _monotonic_ms() - timestamp
        if self._offset is None or abs(offset - self._offset) > _OTHER_CLOCK_MS:
            self._offset = offset
        self._offset = min(self._offset, offset)
        return timestamp

    def now(self) -> int:
        """Give the present time."""
        return _monotonic_ms() - (self._offset or 0)


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000

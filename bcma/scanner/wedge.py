"""Telling a reader that types from a person who types, by time alone. No Qt, no clock.

How a window drives it: put an event filter on the window (a widget's filter sees a key
several times), turn each key press and each input-method event into a
:class:`~bcma.scanner.keystroke.KeyStroke` timed by the event's own timestamp, with the event
as ``token``, and stop the event. Then for the :class:`WedgeOutcome` of :meth:`Wedge.feed`:

1. ``text`` or ``rejected``, if set: a scan, or the reason to show; handle it first;
2. ``released``: deliver these events now, in this order, past the filter;
3. start a single-shot timer for :attr:`Wedge.deadline_ms` (None: stop it), and call
   :meth:`Wedge.flush` when it fires, with the time on the clock of the timestamps.

A burst is four keys or more with a median gap under the threshold, ended by Enter, Tab or
silence. Every stroke that goes in comes out once: released unaltered and in order, or gone
into a scan or a rejected burst. A lone key is held ``hold_ms``, 60 ms as shipped; longer only
while more keys follow at a reader's pace.
"""

from itertools import pairwise
from statistics import median
from typing import Final

from bcma.scanner.key_text import LONGEST, burst_text
from bcma.scanner.keystroke import (
    Key,
    KeyStroke,
    RejectReason,
    WedgeOutcome,
    WedgeSettings,
)

_BURST_KEYS: Final = 4
_LATE_MS: Final = 15
_REARMED_MS: Final = 20
_REARMS: Final = 3
_END_KEYS: Final = frozenset({Key.ENTER, Key.TAB})
_NOTHING: Final = WedgeOutcome()


class Wedge:
    """The state of one keyboard: the strokes that are held, and what they may become."""

    def __init__(self, settings: WedgeSettings | None = None) -> None:
        self._settings = settings or WedgeSettings()
        self._held: list[KeyStroke] = []
        self._in_burst = False
        self._correction_ms: int | None = None
        self._ended_ms: int | None = None
        self._rearmed = 0
        self._not_before: int | None = None

    @property
    def deadline_ms(self) -> int | None:
        """When :meth:`flush` is due, on the clock of the timestamps; None: nothing is held."""
        if not self._held:
            return None
        if self._in_burst:
            due = self._held[-1].at_ms + self._settings.end_ms
        elif self._at_readers_pace():
            due = self._held[-1].at_ms + self._settings.hold_ms
        else:
            due = self._held[0].at_ms + self._settings.hold_ms
        return due if self._not_before is None else max(due, self._not_before)

    def feed(self, stroke: KeyStroke) -> WedgeOutcome:
        """Take the next stroke, and say what became of this and the held ones."""
        self._rearmed, self._not_before = 0, None
        before = self._end_by_silence(stroke.at_ms)
        after = self._take(stroke)
        if before is _NOTHING:
            return after
        return WedgeOutcome(
            released=(*before.released, *after.released),
            text=before.text,
            ended_ms=before.ended_ms,
            rejected=before.rejected,
        )

    def flush(self, now_ms: int) -> WedgeOutcome:
        """Decide about what is held, the deadline having passed.

        A timer that is late itself proves that the program stood still: keys may be waiting
        that came in time. The decision is put off, a few times at most.
        """
        due = self.deadline_ms
        if due is None or now_ms < due:
            return _NOTHING
        if now_ms - due > _LATE_MS and self._rearmed < _REARMS:
            self._rearmed += 1
            self._not_before = now_ms + _REARMED_MS
            return _NOTHING
        self._rearmed, self._not_before = 0, None
        if self._in_burst:
            return self._finish(by_key=False)
        if self._at_readers_pace():
            return self._release_all()
        return self._release_older(now_ms - self._settings.hold_ms)

    def _end_by_silence(self, now_ms: int) -> WedgeOutcome:
        silence = now_ms - self._held[-1].at_ms if self._held else 0
        if self._in_burst:
            over = silence >= self._settings.end_ms
            return self._finish(by_key=False) if over else _NOTHING
        return self._release_all() if silence >= self._settings.hold_ms else _NOTHING

    def _take(self, stroke: KeyStroke) -> WedgeOutcome:
        if self._in_burst:
            return self._continue(stroke)
        if self._is_second_end(stroke):
            self._ended_ms = stroke.at_ms
            return _NOTHING
        if self._is_persons(stroke):
            return self._release_all(stroke)
        self._held.append(stroke)
        if self._counted() >= _BURST_KEYS and self._at_readers_pace():
            self._in_burst = True
            return _NOTHING
        if self._at_readers_pace():
            return _NOTHING
        return self._release_older(stroke.at_ms - self._settings.hold_ms)

    def _continue(self, stroke: KeyStroke) -> WedgeOutcome:
        if stroke.key in _END_KEYS:
            self._ended_ms = stroke.at_ms
            return self._finish(by_key=True)
        if len(self._held) > LONGEST:
            self._held.pop()  # enough to be refused for its length; keep only the time
        self._held.append(stroke)
        return _NOTHING

    def _is_persons(self, stroke: KeyStroke) -> bool:
        """Tell of a stroke outside a burst that no reader sends it here."""
        if stroke.auto_repeat or stroke.key in _END_KEYS:
            return True
        if stroke.key is Key.MODIFIER:
            return not self._held
        return self._is_correction(stroke)

    def _is_correction(self, stroke: KeyStroke) -> bool:
        """Tell whether a typing tool corrects a person: Backspaces first, then the new text.

        Within a scan it corrects a key that came just before, at the reader's pace.
        """
        threshold = self._settings.threshold_ms
        if self._correction_ms is not None and stroke.at_ms - self._correction_ms < threshold:
            self._correction_ms = stroke.at_ms
            return True
        self._correction_ms = None
        paused = not self._held or stroke.at_ms - self._held[-1].at_ms >= threshold
        if stroke.key is Key.BACKSPACE and paused:
            self._correction_ms = stroke.at_ms
        return self._correction_ms is not None

    def _is_second_end(self, stroke: KeyStroke) -> bool:
        """Tell whether this is the LF after a CR: both end the scan before."""
        just_ended = self._ended_ms is not None and (
            stroke.at_ms - self._ended_ms < self._settings.threshold_ms
        )
        return just_ended and stroke.key in _END_KEYS and not self._held

    def _finish(self, *, by_key: bool) -> WedgeOutcome:
        strokes, self._held, self._in_burst = self._held, [], False
        ended = strokes[-1].at_ms
        said = burst_text(strokes, self._settings)
        if isinstance(said, RejectReason):
            return WedgeOutcome(rejected=said, ended_ms=ended)
        if self._settings.suffix_required and not by_key:
            return WedgeOutcome(rejected=RejectReason.SUFFIX, ended_ms=ended)
        return WedgeOutcome(text=said, ended_ms=ended)

    def _release_all(self, *more: KeyStroke) -> WedgeOutcome:
        released, self._held = (*self._held, *more), []
        return WedgeOutcome(released=released)

    def _release_older(self, before_ms: int) -> WedgeOutcome:
        """Release from the front what has been held long enough, until a reader may follow."""
        released = []
        while self._held and self._held[0].at_ms <= before_ms and not self._at_readers_pace():
            released.append(self._held.pop(0))
        return WedgeOutcome(released=tuple(released)) if released else _NOTHING

    def _counted(self) -> int:
        return sum(stroke.key is not Key.MODIFIER for stroke in self._held)

    def _at_readers_pace(self) -> bool:
        times = [stroke.at_ms for stroke in self._held if stroke.key is not Key.MODIFIER]
        gaps = [later - sooner for sooner, later in pairwise(times)]
        return bool(gaps) and median(gaps) < self._settings.threshold_ms

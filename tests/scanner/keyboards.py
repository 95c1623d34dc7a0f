"""Keyboards for tests: a reader, a person, and the window that holds the wedge."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bcma.scanner.keystroke import Key, KeyStroke, Modifier, RejectReason, WedgeOutcome
from bcma.scanner.wedge import Wedge


def stroke(text: str, at_ms: int, **more: object) -> KeyStroke:
    """A key as a US keyboard sends it: capitals with Shift."""
    shift = Modifier.SHIFT if text.isupper() else Modifier.NONE
    return replace(KeyStroke(at_ms=at_ms, text=text, modifiers=shift), **more)  # type: ignore[arg-type]


def burst(
    text: str, start_ms: int = 0, gap_ms: int = 10, end: Key | None = Key.ENTER
) -> list[KeyStroke]:
    strokes = [stroke(letter, start_ms + i * gap_ms) for i, letter in enumerate(text)]
    if end is not None:
        strokes.append(KeyStroke(at_ms=start_ms + len(text) * gap_ms, key=end))
    return strokes


@dataclass
class Window:
    """Drives a wedge as the window does: the timer fires at each deadline."""

    wedge: Wedge = field(default_factory=Wedge)
    typed: list[KeyStroke] = field(default_factory=list)
    scans: list[str] = field(default_factory=list)
    rejected: list[RejectReason] = field(default_factory=list)
    longest_hold_ms: int = 0

    def play(self, strokes: Iterable[KeyStroke]) -> "Window":
        for each in strokes:
            self.wait(each.at_ms)
            self.take(self.wedge.feed(each), each.at_ms)
        return self.rest()

    def wait(self, now_ms: int) -> None:
        due = self.wedge.deadline_ms
        while due is not None and due < now_ms:
            self.take(self.wedge.flush(due), due)
            due = self.wedge.deadline_ms

    def rest(self) -> "Window":
        self.wait(10**9)
        return self

    def take(self, outcome: WedgeOutcome, now_ms: int) -> None:
        if outcome.text is not None:
            self.scans.append(outcome.text)
        if outcome.rejected is not None:
            self.rejected.append(outcome.rejected)
        for each in outcome.released:
            self.longest_hold_ms = max(self.longest_hold_ms, now_ms - each.at_ms)
            self.typed.append(each)

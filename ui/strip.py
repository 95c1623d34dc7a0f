"""The status strip: who is signed in, reader, EMR, age of the orders, unsent, not checked."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from bcma.app import Progress, Stage
from bcma.bedside import PassState
from ui import describe
from ui.acts import Do, GoOnReading, StopReading
from ui.look import Look, Type
from ui.shown import shown_verdict
from ui.standing import total_of
from ui.theme import Tone
from ui.widgets import Button, Card, Picture, RichButton, Text, clear, row, rule


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFacts:
    """What the strip says of the station itself.

    Attributes:
        orders_as_of: server time of the last complete pull; ``None`` before the first.
        reachable: whether the last exchange with the EMR succeeded.
        line_is_there: it failed, and not because the EMR could not be reached.
        unsent: records that wait for the EMR.
        problems: what a person has to decide about.
        shrank: the EMR suddenly lacks too much to be believed.
        progress: how far a long reading from the EMR has come.
        stopping: somebody is breaking it off.
        rests_until: somebody broke it off; it goes on by itself then.
        clock_off: the server's time less this machine's, where they differ too much.
        reader_problem: why the last burst of keys was no scan, if it was none.
        demo: patients and orders are invented.
    """

    orders_as_of: datetime | None = None
    reachable: bool = True
    line_is_there: bool = False
    unsent: int = 0
    problems: int = 0
    shrank: bool = False
    progress: Progress | None = None
    stopping: bool = False
    rests_until: datetime | None = None
    clock_off: timedelta | None = None
    reader_problem: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class _Way:
    """Words that may be said shortly; their accessible name stays whole."""

    label: Text
    words: str
    short: str


class StatusStrip(Card):
    """One line at the bottom of every page.

    Args:
        do: takes what is pressed here.
        open_work: opens the page of what waits; ``None`` where nobody is signed in.
    """

    def __init__(self, look: Look, do: Do, open_work: Callable[[], None] | None = None) -> None:
        super().__init__("strip")
        self._look = look
        self._do = do
        self._open_work = open_work
        self.setFixedHeight(look.px(44))
        self._layout = row(spacing=look.px(9), margins=(look.px(17), 0, look.px(16), 0))
        self.setLayout(self._layout)
        self._shown: tuple[object, ...] = ()
        self._ways: list[_Way] = []
        # it is never wider than the window: it gives way instead
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_state(self, state: PassState, facts: StationFacts) -> None:
        """Draw the line anew where something in it changed."""
        look = self._look
        clock = look.wording.time(state.now)
        verdict = shown_verdict(state)
        unchecked = len({n.right for n in verdict.not_checked}) if verdict else 0
        shown = (facts, clock, unchecked, state.session)
        if shown == self._shown:
            return
        self._shown = shown
        clear(self._layout)
        self._ways.clear()
        self._add_person(state)
        self._divide(self._layout)
        self._add_reader(facts)
        self._divide(self._layout)
        self._add_emr(facts, state.now)
        self._layout.addStretch(1)
        if facts.demo:
            self._layout.addWidget(Text(look, look.say("demo.short"), Type.NOTE, "muted"))
            self._divide(self._layout)
        not_checked = look.say("status.not-checked", count=unchecked)
        self._layout.addWidget(Picture(look, "circle-off-outline", look.palette.muted, 20))
        self._layout.addWidget(Text(look, not_checked, Type.NOTE, "muted"))
        self._divide(self._layout)
        self._add_clock(clock, facts.clock_off)
        for part in self.findChildren(QWidget):
            part.show()  # else it is measured as nothing until the next turn of the loop
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give way where the line is too long."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Say it shortly, one after another, while the line is longer than the window."""
        for way in self._ways:
            way.label.setText(way.words)
        for way in self._ways:
            if self._needed() <= self.width():
                return
            way.label.setText(way.short)

    def _needed(self) -> int:
        """Measure the line as it is now; layouts within it keep what they measured before."""
        for button in self.findChildren(RichButton):
            button.inside.activate()
            button.updateGeometry()
        self._layout.activate()
        return self._layout.minimumSize().width()

    def _add_person(self, state: PassState) -> None:
        look = self._look
        if state.session is None:
            self._add(self._layout, "account", look.say("status.signed-out"))
            return
        person = state.session.practitioner
        role = next(iter(sorted(person.roles)), "")
        words = look.word("role", role) if role else ""
        signed_in = look.say("status.signed-in", text=person.name, role=words)
        self._add(self._layout, "account", signed_in)

    def _add_reader(self, facts: StationFacts) -> None:
        if facts.reader_problem:
            self._add(self._layout, "barcode-off", facts.reader_problem, Tone.WARN)
            return
        ready = self._look.say("status.reader-ready")
        self._add(self._layout, "barcode-scan", ready, Tone.PASS, short="")

    def _add_emr(self, facts: StationFacts, now: datetime) -> None:
        """Say how the station stands with the EMR; whoever is signed in may press it."""
        look = self._look
        line = row(spacing=look.px(9), margins=(look.px(8), 0, look.px(8), 0))
        icon, text, tone = self._emr_words(facts, now)
        self._add(line, icon, text, tone, short=self._emr_shortly(facts))
        said = [text]
        for key, count, icon, tone in (
            ("status.unsent", facts.unsent, "cloud-upload-outline", Tone.WARN),
            ("status.problems", facts.problems, "alert-octagon", Tone.STOP),
        ):
            if count:
                said.append(look.say(key, count=count))
                self._divide(line)
                self._add(line, icon, said[-1], tone, short=look.wording.number(count))
        if self._open_work is None:
            self._layout.addLayout(line)
            self._add_way_out(facts)
            return
        name = ". ".join([*said, look.say("page.problems")])
        button = RichButton(look, name, self._open_work, role="strip")
        clear(button.inside)
        button.inside.setContentsMargins(0, 0, 0, 0)
        button.inside.addLayout(line)
        for inner in button.findChildren(QWidget):
            inner.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._layout.addWidget(button)

    def _emr_words(self, facts: StationFacts, now: datetime) -> tuple[str, str, Tone | None]:
        look = self._look
        reading = self._reading_words(facts, now)
        if reading is not None:
            return reading
        if facts.orders_as_of is None:
            return "cloud-off-outline", look.say("status.never-synced"), Tone.WARN
        at = describe.instant(look, facts.orders_as_of, now)
        if facts.shrank:
            return "cloud-alert", look.say("status.shrank", at=at), Tone.WARN
        if facts.reachable:
            return "cloud-check-outline", look.say("status.emr-up", at=at), None
        if facts.line_is_there:
            return "cloud-alert", look.say("status.emr-trouble", at=at), Tone.WARN
        return "cloud-off-outline", look.say("status.emr-down", at=at), Tone.WARN

    def _reading_words(
        self, facts: StationFacts, now: datetime
    ) -> tuple[str, str, Tone | None] | None:
        """Say how a long reading stands, if one goes on or was broken off."""
        look, progress = self._look, facts.progress
        if facts.stopping:
            return "cloud-sync-outline", look.say("reading.stopping"), None
        if progress is not None:
            total, kind = total_of(progress), look.word("resource", progress.kind)
            stage = "reading" if progress.stage is Stage.PULL else "comparing"
            key = f"status.{stage}" if total is None else f"status.{stage}-of"
            told = look.say(key, kind=kind, count=progress.count, total=total)
            return "cloud-sync-outline", told, None
        if facts.rests_until is not None and facts.reachable:
            at = describe.instant(look, facts.rests_until, now)
            return "pause-circle-outline", look.say("status.resting", at=at), Tone.WARN
        return None

    def _emr_shortly(self, facts: StationFacts) -> str | None:
        """Say of a long reading only how far it is, where there is no room for of what."""
        progress, look = facts.progress, self._look
        if progress is None or facts.stopping:
            return None
        count, total = look.wording.number(progress.count), total_of(progress)
        return count if total is None else f"{count}/{look.wording.number(total)}"

    def _add_way_out(self, facts: StationFacts) -> None:
        """Let the first reading be broken off while nobody can sign in to do it on the page.

        Later on only who is signed in may: orders grow old while reading rests.
        """
        look = self._look
        if facts.orders_as_of is not None or facts.stopping:
            return
        if facts.progress is not None:
            way = look.say("reading.stop"), partial(self._do, StopReading()), "stop-circle-outline"
        elif facts.rests_until is not None:
            way = look.say("reading.go-on"), partial(self._do, GoOnReading()), "cloud-sync-outline"
        else:
            return
        text, press, icon = way
        button = Button(look, text, press, role="strip", icon=icon)
        button.setFont(look.font(Type.NOTE))
        self._divide(self._layout)
        self._layout.addWidget(button)

    def _add_clock(self, clock: str, off: timedelta | None) -> None:
        look = self._look
        if off is not None:
            minutes = max(1, round(abs(off.total_seconds()) / 60))
            text = look.say("status.clock-off", minutes=minutes)
            shortly = look.say("status.clock-off.short", minutes=minutes)
            self._add(self._layout, "clock-alert-outline", text, Tone.WARN, short=shortly)
            self._ways.append(replace(self._ways[-1], short=""))
        self._layout.addWidget(Text(look, clock, Type.STRONG))

    def _add(
        self,
        line: QHBoxLayout,
        icon: str,
        text: str,
        tone: Tone | None = None,
        *,
        short: str | None = None,
    ) -> None:
        """Add an icon and what it says; ``short`` may stand for it where there is no room."""
        look = self._look
        colour = look.palette.tint(tone).mark if tone else look.palette.muted
        picture = Picture(look, icon, colour, 20)
        picture.setAccessibleName(text)
        words = Text(look, text, Type.NOTE, str(tone) if tone else "text")
        line.addWidget(picture)
        line.addWidget(words)
        if short is not None:
            self._ways.append(_Way(words, text, short))

    def _divide(self, line: QHBoxLayout) -> None:
        line.addSpacing(self._look.px(12))
        line.addWidget(rule(self._look, height=20))
        line.addSpacing(self._look.px(12))

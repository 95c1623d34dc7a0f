"""How the exchange with the EMR stands: how far a long reading is, and the way to break it off."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from bcma.app import Progress
from ui import describe
from ui.acts import GoOnReading, StopReading
from ui.kit import Kit
from ui.look import Type
from ui.standing import Standing, total_of
from ui.theme import Tone
from ui.widgets import Button, Card, Picture, Text, clear, column, row

#: What ended an exchange: a person, not a fault; and what a card of its own tells of.
_CANCELLED, _SHRANK = "sync.cancelled", "sync.server-shrank"


class ReadingCard(Card):
    """Draws a Standing; while one reading goes on its parts stay, with the focus in them."""

    def __init__(self, kit: Kit) -> None:
        super().__init__("card")
        self._kit = kit
        look = kit.look
        pad = look.px(20)
        self._layout = column(spacing=look.px(8), margins=(pad, look.px(16), pad, look.px(16)))
        self.setLayout(self._layout)
        self._shown: tuple[object, ...] = ()
        self._running: _Running | None = None
        self._told: list[str] = []

    def show_standing(self, standing: Standing, now: datetime) -> None:
        """Draw how it stands now."""
        progress = None if standing.stopping else standing.progress
        if progress is not None:
            self._show_progress(progress)
            return
        health = standing.health
        told = (health.reached, health.failure, health.orders_as_of, health.rests_until)
        shown = (*told, standing.stopping, now.date())
        if shown != self._shown:
            self._begin(shown)
            self._draw(standing, now)

    def _begin(self, shown: tuple[object, ...]) -> None:
        look = self._kit.look
        clear(self._layout)
        self._running, self._shown, self._told = None, shown, []
        self._layout.addWidget(Text(look, look.say("reading.title"), Type.CARD))

    def _show_progress(self, progress: Progress) -> None:
        if self._running is None:
            self._begin(())
            self._running = _Running(self._kit)
            self._layout.addWidget(self._running)
        self._told = [self._running.show_progress(progress)]
        self._name()

    def _draw(self, standing: Standing, now: datetime) -> None:
        look, health = self._kit.look, standing.health
        if standing.stopping:
            self._say("cloud-sync-outline", look.say("reading.stopping"))
        elif health.reached is False and health.failure != _CANCELLED:
            shortly = look.say("problems.shrinkage") if health.failure == _SHRANK else ""
            told = shortly or look.wording.sentence(f"error.{health.failure}")
            self._say("cloud-alert", told, Tone.WARN)
        elif health.rests_until is not None:
            self._say("pause-circle-outline", look.say("reading.stopped"), Tone.WARN)
            self._draw_rest(describe.instant(look, health.rests_until, now))
        elif health.orders_as_of is None:
            self._say("cloud-sync-outline", look.say("reading.not-yet"))
        else:
            self._say("cloud-check-outline", look.say("reading.well"), Tone.PASS)
        if health.orders_as_of is not None:
            self._draw_age(describe.instant(look, health.orders_as_of, now))
        self._name()

    def _draw_rest(self, until: str) -> None:
        """Say how it goes on, and offer to go on at once."""
        look = self._kit.look
        means = look.say("reading.stopped-means", at=until)
        self._layout.addWidget(Text(look, means, Type.CAPTION, "muted", wrap=True))
        self._told.append(means)
        go_on = look.say("reading.go-on")
        press = Button(look, go_on, self._go_on, role="ink", icon="cloud-sync-outline")
        press.setFixedHeight(look.px(48))
        self._layout.addWidget(press)

    def _draw_age(self, at: str) -> None:
        look = self._kit.look
        caption = look.say("reading.as-of")
        line = row(Text(look, caption, Type.CAPTION, "muted"), 1, Text(look, at, Type.VALUE))
        self._layout.addLayout(line)
        self._told.append(f"{caption} {at}")

    def _say(self, icon: str, text: str, tone: Tone | None = None) -> None:
        look = self._kit.look
        colour = look.palette.muted if tone is None else look.palette.tint(tone).mark
        picture = Picture(look, icon, colour, 26)
        line = row(picture, spacing=look.px(10))
        line.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
        line.addWidget(Text(look, text, Type.VALUE, wrap=True), 1)
        self._layout.addLayout(line)
        self._told.append(text)

    def _name(self) -> None:
        title = self._kit.look.say("reading.title")
        self.setAccessibleName(f"{title}: {'. '.join(self._told)}")

    def _go_on(self) -> None:
        self._kit.do(GoOnReading())


class _Running(QWidget):
    """A reading that goes on: what comes, how much of how much, and the button that ends it."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._look = look = kit.look
        self._stage = Text(look, "", Type.CAPTION, "muted", wrap=True)
        self._kind = Text(look, "", Type.VALUE, wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(look.px(12))
        self._count = Text(look, "", Type.NOTE, "muted")
        stop = Button(
            look,
            look.say("reading.stop"),
            lambda: kit.do(StopReading()),
            role="out",
            icon="stop-circle-outline",
        )
        stop.setFixedHeight(look.px(48))
        hint = Text(look, look.say("reading.stop-hint"), Type.CAPTION, "muted", wrap=True)
        inside = column(spacing=look.px(8))
        inside.addLayout(column(self._stage, self._kind))
        inside.addLayout(column(self._bar, self._count, spacing=look.px(4)))
        for part in (stop, hint):
            inside.addWidget(part)
        self.setLayout(inside)

    def show_progress(self, progress: Progress) -> str:
        """Draw how far it has come, and say it in a line; without a total there is no bar."""
        look, total = self._look, total_of(progress)
        self._stage.say(look.say(f"reading.{progress.stage}"))
        self._kind.say(look.word("resource", progress.kind))
        key = "reading.count" if total is None else "reading.count-of"
        self._count.say(look.say(key, count=progress.count, total=total))
        self._bar.setVisible(total is not None)
        self._bar.setRange(0, total or 1)
        self._bar.setValue(progress.count if total else 0)
        told = f"{self._stage.text()}, {self._kind.text()}: {self._count.text()}"
        self._bar.setAccessibleName(told)
        return told

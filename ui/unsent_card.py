"""What has not reached the EMR: how much, since when, when it is tried again."""

from datetime import datetime

from bcma.store import Backlog
from ui import describe
from ui.look import Look, Type
from ui.widgets import Card, Picture, Text, clear, column, row


class UnsentCard(Card):
    """Draws a Backlog at an instant."""

    def __init__(self, look: Look) -> None:
        super().__init__("card")
        self._look = look
        self._backlog = Backlog()
        self._now: datetime | None = None
        pad = look.px(20)
        self._layout = column(spacing=look.px(8), margins=(pad, look.px(16), pad, look.px(16)))
        self.setLayout(self._layout)

    def show_backlog(self, backlog: Backlog) -> None:
        """Draw another backlog."""
        self._backlog = backlog
        self._draw()

    def show_now(self, now: datetime) -> None:
        """Draw it as of another instant."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self._now:
            self._now = minute
            self._draw()

    def _draw(self) -> None:
        look, backlog, layout = self._look, self._backlog, self._layout
        clear(layout)
        layout.addWidget(Text(look, look.say("problems.unsent"), Type.CARD))
        if not backlog.waiting:
            icon = Picture(look, "check-circle", look.palette.passed.mark, 26)
            key = "problems.none-waits" if backlog.refused else "status.all-sent"
            words = Text(look, look.say(key), Type.VALUE)
            layout.addLayout(row(icon, words, 1, spacing=look.px(10)))
            self.setAccessibleName(f"{look.say('problems.unsent')}: {words.text()}")
            return
        count = Text(look, str(backlog.waiting), Type.MEASURED, "warn")
        words = Text(look, look.say("problems.records"), Type.VALUE)
        line = row(count, words, 1, spacing=look.px(10))
        layout.addLayout(line)
        told = [f"{backlog.waiting} {words.text()}"]
        for caption, value in self._lines():
            words_of = Text(look, value, Type.VALUE, wrap=True)
            layout.addLayout(column(Text(look, caption, Type.CAPTION, "muted"), words_of))
            told.append(f"{caption} {value}")
        key = "problems.blocked-hint" if backlog.blocked else "problems.unsent-hint"
        hint = Text(look, look.say(key), Type.CAPTION, "muted", wrap=True)
        layout.addSpacing(look.px(4))
        layout.addWidget(hint)
        self.setAccessibleName(f"{look.say('problems.unsent')}: {', '.join(told)}")

    def _lines(self) -> list[tuple[str, str]]:
        look, backlog = self._look, self._backlog
        lines = []
        if backlog.since is not None:
            lines.append((look.say("problems.since"), self._at(backlog.since)))
        if backlog.waiting > backlog.blocked:
            lines.append((look.say("problems.next-try"), self._next_try()))
        if backlog.blocked:
            lines.append((look.say("problems.blocked"), look.wording.number(backlog.blocked)))
        if backlog.unknown:
            unknown = look.say("problems.unknown", count=backlog.unknown)
            lines.append((look.say("problems.unanswered"), unknown))
        return lines

    def _next_try(self) -> str:
        at = self._backlog.next_try
        if at is None or (self._now is not None and at <= self._now):
            return self._look.say("problems.at-once")
        return self._at(at)

    def _at(self, instant: datetime) -> str:
        now = self._now
        if now is None:
            return self._look.wording.time(instant)
        return describe.instant(self._look, instant, now)

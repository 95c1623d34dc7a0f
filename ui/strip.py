"""The status strip: who is signed in, reader, EMR, age of the orders, unsent, not checked."""

from dataclasses import dataclass
from datetime import datetime

from bcma.bedside import PassState
from ui.look import Look, Type
from ui.shown import shown_verdict
from ui.theme import Tone
from ui.widgets import Card, Picture, Text, clear, row, rule


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFacts:
    """What the strip says of the station itself.

    Attributes:
        orders_as_of: server time of the last complete pull; ``None`` before the first.
        reachable: whether the last exchange with the EMR succeeded.
        unsent: records that wait for the EMR.
        reader_problem: why the last burst of keys was no scan, if it was none.
        demo: patients and orders are invented.
    """

    orders_as_of: datetime | None = None
    reachable: bool = True
    unsent: int = 0
    reader_problem: str = ""
    demo: bool = False


class StatusStrip(Card):
    """One line at the bottom of every page."""

    def __init__(self, look: Look) -> None:
        super().__init__("strip")
        self._look = look
        self.setFixedHeight(look.px(44))
        self._layout = row(spacing=look.px(9), margins=(look.px(17), 0, look.px(16), 0))
        self.setLayout(self._layout)
        self._shown: tuple[object, ...] = ()

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
        self._add_person(state)
        self._add_reader(facts)
        self._add_emr(facts)
        if facts.unsent:
            text = look.say("status.unsent", count=facts.unsent)
            self._add("cloud-upload-outline", text, Tone.WARN)
        self._layout.addStretch(1)
        if facts.demo:
            self._layout.addWidget(Text(look, look.say("demo.short"), Type.NOTE, "muted"))
            self._divide()
        not_checked = look.say("status.not-checked", count=unchecked)
        self._layout.addWidget(Picture(look, "circle-off-outline", look.palette.muted, 20))
        self._layout.addWidget(Text(look, not_checked, Type.NOTE, "muted"))
        self._divide()
        self._layout.addWidget(Text(look, clock, Type.STRONG))

    def _add_person(self, state: PassState) -> None:
        look = self._look
        if state.session is None:
            self._add("account", look.say("status.signed-out"))
            return
        person = state.session.practitioner
        role = next(iter(sorted(person.roles)), "")
        words = look.word("role", role) if role else ""
        self._add("account", look.say("status.signed-in", text=person.name, role=words))

    def _add_reader(self, facts: StationFacts) -> None:
        self._divide()
        if facts.reader_problem:
            self._add("barcode-off", facts.reader_problem, Tone.WARN)
        else:
            self._add("barcode-scan", self._look.say("status.reader-ready"), Tone.PASS)

    def _add_emr(self, facts: StationFacts) -> None:
        look = self._look
        self._divide()
        if facts.orders_as_of is None:
            self._add("cloud-off-outline", look.say("status.never-synced"), Tone.WARN)
        else:
            at = look.wording.time(facts.orders_as_of)
            key = "status.emr-up" if facts.reachable else "status.emr-down"
            icon = "cloud-check-outline" if facts.reachable else "cloud-off-outline"
            self._add(icon, look.say(key, at=at), None if facts.reachable else Tone.WARN)
        if facts.unsent:
            self._divide()

    def _add(self, icon: str, text: str, tone: Tone | None = None) -> None:
        look = self._look
        colour = look.palette.tint(tone).mark if tone else look.palette.muted
        self._layout.addWidget(Picture(look, icon, colour, 20))
        self._layout.addWidget(Text(look, text, Type.NOTE, str(tone) if tone else "text"))

    def _divide(self) -> None:
        self._layout.addSpacing(self._look.px(12))
        self._layout.addWidget(rule(self._look, height=20))
        self._layout.addSpacing(self._look.px(12))

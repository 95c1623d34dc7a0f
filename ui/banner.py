"""The patient, always in sight: name, what tells people apart, allergies or *never asked*."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from bcma.bedside import PassState
from bcma.model.chart import AllergyIntolerance, AllergyKind, Chart
from ui import describe
from ui.look import Look, Type
from ui.widgets import Card, Picture, Text, clear, column, row


class PatientBanner(Card):
    """The bar at the top of the bedside page."""

    def __init__(self, look: Look) -> None:
        super().__init__("banner")
        self._look = look
        self.setMinimumHeight(look.px(108))
        margins = (look.px(16), look.px(8), look.px(16), look.px(8))
        self._layout = row(spacing=look.px(20), margins=margins)
        self.setLayout(self._layout)
        self._shown: tuple[object, ...] = ()

    def show_state(self, state: PassState) -> None:
        """Draw the open patient, or that none is open; nothing where nothing changed."""
        shown = (state.patient, state.encounter, state.chart)
        if shown == self._shown:
            return
        self._shown = shown
        clear(self._layout)
        look, patient = self._look, state.patient
        if patient is None:
            text = Text(look, look.say("banner.no-patient"), Type.LINE, "muted")
            self._layout.addWidget(text)
            self._layout.addStretch(1)
            self.setAccessibleName(look.say("banner.no-patient"))
            return
        bed = state.encounter.bed if state.encounter else ""
        if bed:
            self._layout.addWidget(_bed(look, bed))
        name = patient.name.upper()
        self._layout.addLayout(
            column(1, Text(look, name, Type.NAME, wrap=True), _facts(look, state), 1), 1
        )
        self.setAccessibleName(f"{name}, {describe.age_and_sex(look, state)}")
        if state.chart is not None:
            card = _allergies(look, state.chart)
            self._layout.addWidget(card, 0, Qt.AlignmentFlag.AlignVCenter)


def _bed(look: Look, bed: str) -> Card:
    card = Card("bed")
    card.setFixedHeight(look.px(79))
    card.setMinimumWidth(look.px(92))
    caption = Text(look, look.say("banner.bed"), Type.SMALL, "on-ink")
    bed = describe.bed(look, bed)
    number = Text(look, bed, Type.NAME if len(bed) < 5 else Type.LINE, "on-ink")  # noqa: PLR2004 - fits
    number.setContentsMargins(0, 0, 0, 0)
    for text in (caption, number):
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
    card.setLayout(column(1, caption, number, 1, margins=(look.px(8), 0, look.px(8), 0)))
    card.setAccessibleName(f"{look.say('banner.bed')} {bed}")
    return card


def _facts(look: Look, state: PassState) -> QWidget:
    """Give the line under the name: sex and age, birth, record number, weight and its age."""
    line = row(spacing=look.px(7))
    line.addWidget(Text(look, describe.age_and_sex(look, state), Type.VALUE))
    for caption, value in _pairs(look, state):
        line.addSpacing(look.px(9))
        if caption:
            line.addWidget(Text(look, caption, Type.CAPTION, "muted"))
        if value:
            line.addWidget(Text(look, value, Type.VALUE))
    line.addStretch(1)
    holder = QWidget()
    holder.setLayout(line)
    return holder


def _pairs(look: Look, state: PassState) -> list[tuple[str, str]]:
    patient, chart = state.patient, state.chart
    if patient is None:
        return []
    born = look.wording.date(patient.birth_date) if patient.birth_date else patient.birth_text
    pairs = [(look.say("banner.born"), born)] if born else []
    if patient.mrn:
        pairs.append((look.say("banner.record"), patient.mrn))
    if chart is None:
        return pairs
    if chart.weight is None:
        return [*pairs, (look.say("banner.no-weight"), "")]
    pairs.append((look.say("banner.weight"), look.wording.quantity(chart.weight)))
    if chart.weight_at is not None:
        day = look.wording.date(describe.local(look, chart.weight_at).date())
        pairs.append((look.say("banner.weighed", at=day), ""))
    return pairs


def _allergies(look: Look, chart: Chart) -> Card:
    active = [a for a in chart.allergies if a.active]
    known = [a for a in active if a.kind is not AllergyKind.NONE_KNOWN]
    if known:
        return _known_allergies(look, known)
    if active:
        card = Card("allergy-none")
        title, tone, icon = look.say("banner.no-allergies"), "text", "check"
        colour = look.palette.text
    else:
        card = Card("allergy-ask")
        title, tone, icon = look.say("banner.allergies-not-asked"), "ask-tint", "help-box"
        colour = look.palette.ask.text
    card.setAccessibleName(title)
    margins = (look.px(20), look.px(8), look.px(20), look.px(8))
    text = Text(look, title, Type.STRONG, tone)
    card.setLayout(row(Picture(look, icon, colour, 30), text, spacing=look.px(12), margins=margins))
    return card


def _known_allergies(look: Look, known: list[AllergyIntolerance]) -> Card:
    card = Card("allergy-stop")
    known = sorted(known, key=lambda a: not a.severe)
    heading = look.say("banner.allergies")
    words = column(1, Text(look, heading, Type.HEADING, "stop-tint"))
    first = Text(look, known[0].text, Type.STRONG, "stop-tint")
    words.addWidget(first)
    rest = describe.DOT.join(a.text for a in known[1:])
    if rest:
        others = Text(look, rest, Type.NOTE, "stop-tint", wrap=len(rest) > 40)  # noqa: PLR2004 - one line
        words.addWidget(others)
    words.addStretch(1)
    margins = (look.px(20), 0, look.px(20), 0)
    layout = row(
        Picture(look, "alert-octagon", look.palette.stop.text, 34),
        spacing=look.px(16),
        margins=margins,
    )
    layout.addLayout(words)
    card.setLayout(layout)
    card.setMinimumHeight(look.px(79))
    for text in card.findChildren(Text):
        text.setContentsMargins(0, 0, 0, 0)
    card.setAccessibleName(f"{heading}: {describe.DOT.join(a.text for a in known)}")
    return card

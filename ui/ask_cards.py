"""One card per open finding: what is asked, and where it is answered, in place."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcma.bedside import PassState
from bcma.model.verdict import Finding, ReleaseBy, Right, Severity
from ui.acts import Answer, Release
from ui.ask_answers import answer_of
from ui.kit import Kit
from ui.look import Look, Type
from ui.reasons import ReasonChips
from ui.theme import Tone
from ui.verdict_banner import ICONS
from ui.widgets import Button, Card, Picture, Text, column, row

#: The room for headline and what to do on one line, at factor 1.
_INLINE = 520
_TONES = {Severity.ASK: Tone.ASK, Severity.WARN: Tone.WARN, Severity.STOP: Tone.STOP}


class FindingCard(Card):
    """An open ask or warning with the means to answer it; ``why`` opens its explanation."""

    def __init__(
        self, kit: Kit, state: PassState, finding: Finding, why: Callable[[Right], None]
    ) -> None:
        tone = _TONES.get(finding.severity, Tone.ASK)
        super().__init__(f"card-{tone}")
        look = kit.look
        self._kit, self._finding, self._why = kit, finding, why
        headline, todo = look.wording.finding(finding)
        self.setAccessibleName(f"{headline}. {todo}")
        margins = (look.px(16), look.px(5), look.px(16), look.px(11))
        self._body = column(spacing=look.px(3), margins=margins)
        self._body.addLayout(self._title(tone, headline, todo))
        self._holder = column()
        self._body.addLayout(self._holder)
        self._fill(state)
        self.setLayout(self._body)

    def _title(self, tone: Tone, headline: str, todo: str) -> QVBoxLayout:
        look, finding = self._kit.look, self._finding
        head = row(
            Picture(look, ICONS[tone], look.palette.tint(tone).mark, 26), spacing=look.px(10)
        )
        inline = _room_for(look, headline, todo)
        if inline:
            head.addWidget(Text(look, headline, Type.CARD))
            head.addWidget(Text(look, todo, Type.CAPTION, "muted"), 1)
        else:
            head.addWidget(Text(look, headline, Type.CARD, wrap=True), 1)
        if finding.severity is Severity.WARN:
            head.addWidget(Text(look, look.say("verdict.choose-reason"), Type.HEADING, tone))
        elif finding.cannot is not None:
            cannot = Button(
                look, look.say("verdict.cannot-answer"), self._show_cannot, role="plain"
            )
            head.addWidget(cannot)
        ask_why = partial(self._why, finding.right)
        head.addWidget(Button(look, look.say("button.why"), ask_why, role="plain"))
        title = column(head)
        if todo and not inline:
            title.addWidget(Text(look, todo, Type.CAPTION, "muted", wrap=True))
        return title

    def _fill(self, state: PassState) -> None:
        finding = self._finding
        if finding.severity is Severity.WARN:
            release = partial(_release, self._kit, finding.code)
            self._holder.addWidget(ReasonChips(self._kit, finding.code, release))
            return
        answer = answer_of(self._kit, state, finding)
        if answer is not None:
            self._holder.addWidget(answer)

    def _show_cannot(self) -> None:
        """Offer the coded reasons why it cannot be answered."""
        finding, kit = self._finding, self._kit
        choose: Callable[[str], None] = partial(_cannot, kit, finding.code)
        self._show_instead(ReasonChips(kit, "cannot-answer", choose))

    def _show_instead(self, widget: QWidget) -> None:
        while (item := self._holder.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._holder.addWidget(widget)


class DoneCard(Card):
    """What was answered or let pass already, on one line."""

    def __init__(self, kit: Kit, finding: Finding) -> None:
        super().__init__("card")
        look = kit.look
        headline, _ = look.wording.finding(finding)
        self.setAccessibleName(f"{look.say('answered')}: {headline}")
        margins = (look.px(16), look.px(6), look.px(16), look.px(6))
        parts = row(
            Picture(look, "check-circle", look.palette.passed.mark, 26),
            spacing=look.px(10),
            margins=margins,
        )
        parts.addWidget(Text(look, headline, Type.CARD, wrap=True), 1)
        parts.addWidget(Text(look, look.say("answered"), Type.CAPTION, "muted"))
        self.setLayout(parts)


class InfoCard(Card):
    """What is only shown: no click."""

    def __init__(self, kit: Kit, finding: Finding) -> None:
        super().__init__("card")
        look = kit.look
        headline, todo = look.wording.finding(finding)
        self.setAccessibleName(f"{headline}. {todo}")
        margins = (look.px(16), look.px(6), look.px(16), look.px(6))
        parts = row(
            Picture(look, "information-outline", look.palette.text, 22),
            spacing=look.px(10),
            margins=margins,
        )
        parts.addWidget(Text(look, headline, Type.VALUE, wrap=True), 1)
        self.setLayout(parts)


def _room_for(look: Look, headline: str, todo: str) -> bool:
    """Tell whether what to do stands beside the headline."""
    width = look.width_of(headline, Type.CARD) + look.width_of(todo, Type.CAPTION)
    return width <= look.px(_INLINE if look.factor == 1 else _INLINE * 1.3)


def needs_person(finding: Finding) -> bool:
    """Tell whether somebody else has to let it pass."""
    return any(by is not ReleaseBy.REASON for by in finding.release)


def _release(kit: Kit, code: str, reason: str) -> None:
    kit.do(Release(code=code, reason=reason))


def _cannot(kit: Kit, code: str, reason: str) -> None:
    kit.do(Answer(code=code, cannot=reason))

"""The verdict: word, icon shape and fill, readable from two metres."""

from dataclasses import dataclass

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcma.bedside import PassState, Phase
from bcma.model.verdict import Severity, Verdict
from ui import describe
from ui.look import Look, Type
from ui.theme import Tone
from ui.widgets import Card, Picture, Text, column, row

#: The icon's shape alone tells the verdicts apart.
ICONS = {
    Tone.PASS: "check-circle",
    Tone.ASK: "help-box",
    Tone.WARN: "alert",
    Tone.STOP: "close-octagon",
    Tone.NONE: "barcode-off",
}


@dataclass(frozen=True, slots=True)
class Headline:
    """What the banner says.

    Attributes:
        proofs: what was scanned, and when, at the right end.
    """

    tone: Tone
    word: str
    title: str
    detail: str = ""
    proofs: tuple[tuple[str, str], ...] = ()

    @property
    def spoken(self) -> str:
        """Give the verdict as a screen reader announces it."""
        return ". ".join(part for part in (self.word, self.title, self.detail) if part)


def tone_of(verdict: Verdict) -> Tone:
    """Give the tone of a verdict; information alone is a pass."""
    match verdict.severity:
        case None | Severity.INFO:
            return Tone.PASS
        case Severity.WARN:
            return Tone.WARN
        case Severity.ASK:
            return Tone.ASK
        case Severity.STOP:
            return Tone.STOP


def misread_headline(look: Look, state: PassState) -> Headline:
    """Say that a text was no code, and why."""
    reason = state.misread
    why = look.word("bad-code", reason) if reason else ""
    return Headline(Tone.NONE, look.word("verdict", "misread"), why, look.say("misread.todo"))


def verdict_headline(look: Look, state: PassState, verdict: Verdict) -> Headline:
    """Say a verdict: the worst finding, or the dose where nothing is held back."""
    tone = tone_of(verdict)
    word = look.word("verdict", tone)
    dose = state.dose
    title = describe.dose_title(look, dose) if dose else ""
    if tone is Tone.PASS:
        if dose is None:
            return Headline(
                tone, word, look.say("verdict.scan-drug-next"), proofs=_proofs(look, state)
            )
        progress = describe.dose_progress(look, dose)
        return Headline(tone, word, title, progress, _proofs(look, state))
    still = [f for f in verdict.findings if f.holds_back]
    worst = max(still, key=lambda f: f.severity)
    if tone is Tone.STOP:
        headline, _ = look.wording.finding(worst)
        return Headline(tone, word, headline, look.say("verdict.nothing-recorded"))
    asks = sum(f.severity is Severity.ASK for f in still)
    warns = sum(f.severity is Severity.WARN for f in still)
    if tone is Tone.ASK:
        key = "left.asks-and-reasons" if warns else "left.asks"
        detail = look.say(key, asks=asks, reasons=warns)
        return Headline(tone, word, title or look.say("band.check"), detail)
    headline, _ = look.wording.finding(worst)
    return Headline(tone, word, headline, title)


def _proofs(look: Look, state: PassState) -> tuple[tuple[str, str], ...]:
    """List what was scanned and when."""
    proofs = []
    if state.band_at is not None:
        proofs.append((look.say("verdict.scanned-band"), look.wording.time(state.band_at)))
    units = state.dose.units if state.dose else ()
    if units:
        proofs.append((look.say("verdict.scanned-drug"), look.wording.time(units[-1].at)))
    return tuple(proofs)


class VerdictBanner(Card):
    """One solid patch with the verdict; nothing near it is as solid, except Give."""

    def __init__(self, look: Look, headline: Headline, *, tall: bool) -> None:
        super().__init__(f"verdict-{headline.tone}")
        self.setAccessibleName(headline.spoken)
        on = look.palette.tint(headline.tone).on
        tone = f"on-{headline.tone}"
        self.setMinimumHeight(look.px(108 if tall else 92))
        word = Text(look, headline.word, Type.VERDICT, tone)
        word.setContentsMargins(0, 0, 0, 0)
        line = QWidget()
        line.setFixedSize(max(1, look.px(1)), look.px(60))
        line.setStyleSheet(f"background: {on};")
        title = Text(look, describe.tight(headline.title), Type.LINE, tone, wrap=True)
        words = column(1, title)
        if headline.detail:
            words.addWidget(Text(look, headline.detail, Type.VALUE, tone, wrap=True))
        words.addStretch(1)
        margins = (look.px(24), look.px(4), look.px(24), look.px(4))
        layout = row(
            Picture(look, ICONS[headline.tone], on, 76),
            word,
            line,
            spacing=look.px(20),
            margins=margins,
        )
        layout.addLayout(words, 1)
        if headline.proofs:
            layout.addLayout(_proof_column(look, headline, on))
        self.setLayout(layout)

    def announce(self) -> None:
        """Tell a screen reader."""
        if QAccessible.isActive():
            event = QAccessibleAnnouncementEvent(self, self.accessibleName())
            QAccessible.updateAccessibility(event)


def _proof_column(look: Look, headline: Headline, on: str) -> QVBoxLayout:
    tone = f"on-{headline.tone}"
    rows = column(1)
    for what, when in headline.proofs:
        rows.addLayout(
            row(
                Picture(look, "check", on, 20),
                Text(look, what, Type.VALUE, tone),
                1,
                Text(look, when, Type.VALUE, tone),
                spacing=look.px(8),
            )
        )
    rows.addStretch(1)
    return rows


class Prompt(Card):
    """What to scan next, or what was recorded: calm, on a surface, no verdict."""

    def __init__(self, look: Look, icon: str, title: str, detail: str, tone: str = "text") -> None:
        super().__init__("card")
        self.setAccessibleName(f"{title}. {detail}")
        self.setMinimumHeight(look.px(108))
        colour = look.palette.passed.mark if tone == "pass" else look.palette.text
        words = column(
            1,
            Text(look, title, Type.NAME, tone, wrap=True),
            Text(look, detail, Type.VALUE, "muted", wrap=True),
            1,
        )
        margins = (look.px(24), look.px(8), look.px(24), look.px(8))
        layout = row(Picture(look, icon, colour, 76), spacing=look.px(20), margins=margins)
        layout.addLayout(words, 1)
        self.setLayout(layout)


def prompt_of(look: Look, state: PassState) -> Prompt:
    """Say what comes next where nothing is judged."""
    match state.phase:
        case Phase.SIGNED_OUT:
            return Prompt(look, "lock-outline", look.say("locked"), "")
        case Phase.NEED_PATIENT:
            words = look.word("phase", state.phase)
            return Prompt(look, "barcode-scan", words, look.say("prompt.band.how"))
        case Phase.NEED_DRUG | Phase.JUDGED:
            words = look.word("phase", Phase.NEED_DRUG)
            return Prompt(look, "barcode-scan", words, look.say("prompt.drug.how"))
        case Phase.RECORDED:
            return recorded_prompt(look, state)


def recorded_prompt(look: Look, state: PassState) -> Prompt:
    """Say what stands written now, and what comes next."""
    written = state.written
    if written is None:
        return Prompt(look, "barcode-scan", look.word("phase", state.phase), "")
    drug, amount = written.medication_name, describe.amount(look, written.amount)
    if amount and not describe.names_amount(drug, amount):
        drug = f"{drug}{describe.DOT}{amount}"
    title = look.say(f"written.{written.status}", drug=drug)
    when = written.given_at or state.now
    detail = look.say("written.next", time=look.wording.time(when))
    if not written.went_in:
        return Prompt(look, "pause-circle-outline", title, detail)
    return Prompt(look, "check-circle-outline", title, detail, "pass")

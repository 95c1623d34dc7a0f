"""The right column of the bedside: verdict, what was compared or asked, actions at the bottom.

It draws a PassState. Its only own state is which form is open (hold, refuse, release ...).
"""

from collections.abc import Callable
from enum import Enum, auto
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from bcma.bedside import PassState, Phase
from bcma.model.verdict import Finding, Severity, Verdict
from ui.actions import ActionRow, WayOut, give_button, missing_frame, way_out_button
from ui.acts import Give, GoOn, Hold, Refuse, TakeBack
from ui.ask_cards import DoneCard, FindingCard, InfoCard
from ui.comparison import Comparison, brief, facts_of
from ui.forms import PartForm, ReasonForm, ReleaseForm, UnableForm
from ui.kit import Kit
from ui.right_tiles import RightTiles
from ui.steps import StepsCard
from ui.theme import Tone
from ui.verdict_banner import (
    VerdictBanner,
    misread_headline,
    prompt_of,
    tone_of,
    verdict_headline,
)
from ui.widgets import Scroll, clear, column

#: More notes than this leave no room for every row of the comparison.
_NOTES_BESIDE_ALL = 1


class Form(Enum):
    """The forms that open in place of the findings; none of them is a dialog."""

    HOLD = auto()
    REFUSE = auto()
    RELEASE = auto()
    PART = auto()
    UNABLE = auto()


class VerdictPanel(QWidget):
    """Verdict, findings, actions; one geometry for every state."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._state: PassState | None = None
        self._form: Form | None = None
        look = kit.look
        self._top = column()
        self._middle = column(spacing=look.px(12))
        self._bottom = column()
        inside = QWidget()
        inside.setLayout(self._middle)
        self._scroll = Scroll(inside)
        layout = column(spacing=look.px(12))
        layout.addLayout(self._top)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(self._bottom)
        self.setLayout(layout)

    def show_state(self, state: PassState, form: Form | None = None) -> None:
        """Draw a state; a form that was open is closed by every new state."""
        self._state, self._form = state, form
        for layout in (self._top, self._middle, self._bottom):
            clear(layout)
        self._middle.setSpacing(self._kit.look.px(12))
        if state.misread is not None:
            self._show_misread(state)
        elif (verdict := shown_verdict(state)) is not None:
            self._show_verdict(state, verdict)
        else:
            self._top.addWidget(prompt_of(self._kit.look, state))
            self._show_form_or(state, self._show_nothing)
            self._show_prompt_actions(state)
        self._middle.addStretch(1)
        self._scroll.to_top()

    def open_form(self, form: Form, *, by_key: bool = False) -> None:
        """Open a form over the same state; by key, its first control gets the focus."""
        if self._state is None:
            return
        self.show_state(self._state, form)
        if by_key and (first := self._first_control()) is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _first_control(self) -> QWidget | None:
        item = self._middle.itemAt(0)
        form = item.widget() if item is not None else None
        if form is None:
            return None
        controls = form.findChildren(QWidget)
        return next((c for c in controls if c.focusPolicy() & Qt.FocusPolicy.TabFocus), None)

    def close_form(self) -> None:
        """Go back to the findings."""
        if self._state is not None:
            self.show_state(self._state)

    @property
    def form(self) -> Form | None:
        """Tell which form is open."""
        return self._form

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose again what fits when the height changes."""
        super().resizeEvent(event)
        if self._state is not None and event.size().height() != event.oldSize().height():
            QTimer.singleShot(0, self, self._show_again)

    def _show_again(self) -> None:
        if self._state is not None and self._form is None:
            self.show_state(self._state)

    # --- what stands at the top and in the middle

    def _show_misread(self, state: PassState) -> None:
        look = self._kit.look
        banner = VerdictBanner(look, misread_headline(look, state), tall=True)
        self._top.addWidget(banner)
        banner.announce()
        again = way_out_button(
            look, look.say("button.scan-again"), "", partial(self._kit.do, GoOn()), "barcode-scan"
        )
        self._bottom.addWidget(ActionRow(look, again, (self._unable(),)))

    def _show_verdict(self, state: PassState, verdict: Verdict) -> None:
        look, tone = self._kit.look, tone_of(verdict)
        tall = tone in {Tone.PASS, Tone.STOP}
        banner = VerdictBanner(look, verdict_headline(look, state, verdict), tall=tall)
        self._top.addWidget(banner)
        banner.announce()
        if tone is Tone.STOP:
            self._show_form_or(state, partial(self._show_stop, state, verdict))
            self._show_stop_actions(state, verdict)
        elif tone is Tone.PASS:
            self._show_form_or(state, partial(self._show_pass, state, verdict))
            self._show_pass_actions(state)
        else:
            self._show_form_or(state, partial(self._show_asks, state, verdict))
            self._show_ask_actions(state, verdict)

    def _show_nothing(self) -> None:
        """Leave the middle empty: the ground is calm."""

    def _show_form_or(self, state: PassState, otherwise: Callable[[], None]) -> None:
        widget = self._form_widget(state)
        if widget is None:
            otherwise()
        else:
            self._middle.addWidget(widget)

    def _form_widget(self, state: PassState) -> QWidget | None:
        kit, do = self._kit, self._kit.do
        match self._form:
            case None:
                return None
            case Form.HOLD:
                return ReasonForm(kit, "hold", lambda reason: do(Hold(reason)))
            case Form.REFUSE:
                return ReasonForm(kit, "refuse", lambda reason: do(Refuse(reason)))
            case Form.PART:
                return PartForm(kit, state)
            case Form.UNABLE:
                return UnableForm(kit, "unit" if state.patient else "band")
            case Form.RELEASE:
                verdict = shown_verdict(state)
                return ReleaseForm(kit, releasable(verdict)) if verdict else None

    def _show_pass(self, state: PassState, verdict: Verdict) -> None:
        look = self._kit.look
        notes: list[QWidget] = [
            InfoCard(self._kit, f) for f in _of_severity(verdict, Severity.INFO)
        ]
        notes += [DoneCard(self._kit, f) for f in verdict.findings if f.released]
        if state.dose is not None:
            facts = facts_of(look, state, verdict)
            if len(notes) > _NOTES_BESIDE_ALL:
                facts = brief(facts)
            self._middle.addWidget(Comparison(look, facts))
        for note in notes:
            self._middle.addWidget(note)
        if state.dose is not None:
            self._add_tiles(state, verdict, compact=bool(notes))

    def _show_stop(self, state: PassState, verdict: Verdict) -> None:
        look = self._kit.look
        if state.dose is not None:
            self._middle.addWidget(Comparison(look, facts_of(look, state, verdict)))
            self._add_tiles(state, verdict, compact=True)
        self._middle.addWidget(StepsCard(look, _of_severity(verdict, Severity.STOP)))
        for finding in _of_severity(verdict, Severity.INFO):
            self._middle.addWidget(InfoCard(self._kit, finding))

    def _show_asks(self, state: PassState, verdict: Verdict) -> None:
        """Show the open asks, then the warnings, then what is settled."""
        look = self._kit.look
        self._middle.setSpacing(look.px(9))
        asks, warns = (_of_severity(verdict, s) for s in (Severity.ASK, Severity.WARN))
        for finding in (*asks, *warns):
            self._middle.addWidget(FindingCard(self._kit, state, finding))
        for finding in (f for f in verdict.findings if f.released):
            self._middle.addWidget(DoneCard(self._kit, finding))
        for finding in _of_severity(verdict, Severity.INFO):
            self._middle.addWidget(InfoCard(self._kit, finding))
        if state.dose is None:
            return
        facts = facts_of(look, state, verdict)
        if not self._add_if_it_fits(Comparison(look, facts)):
            self._add_if_it_fits(Comparison(look, brief(facts)))
        self._add_if_it_fits(RightTiles(look, state, verdict, compact=True))

    def _add_if_it_fits(self, widget: QWidget) -> bool:
        """Add a widget where no scrolling is needed to see it whole."""
        if self._fits(widget):
            self._middle.addWidget(widget)
            return True
        widget.deleteLater()
        return False

    def _add_tiles(self, state: PassState, verdict: Verdict, *, compact: bool) -> None:
        self._middle.addWidget(RightTiles(self._kit.look, state, verdict, compact=compact))

    def _fits(self, widget: QWidget) -> bool:
        """Tell whether a widget still has its place without scrolling."""
        look = self._kit.look
        room = self.height() - look.px(92 + 12 + 12 + 76)
        items = (self._middle.itemAt(n) for n in range(self._middle.count()))
        placed = [item.widget() for item in items if item is not None]
        heights = [_height(part, self.width()) for part in (*placed, widget) if part is not None]
        return sum(heights) + self._middle.spacing() * (len(heights) - 1) <= room

    # --- what stands at the bottom

    def _show_prompt_actions(self, state: PassState) -> None:
        look = self._kit.look
        if self._form is not None:
            self._show_form_actions()
        elif state.phase is not Phase.SIGNED_OUT:
            scan = missing_frame(look, look.word("phase", state.phase), "barcode-scan")
            self._bottom.addWidget(ActionRow(look, scan, (self._unable(),)))

    def _show_form_actions(self) -> None:
        look = self._kit.look
        text = look.say("verdict.choose-reason" if self._form is not Form.PART else "form.fill-in")
        cancel = WayOut(look.say("button.cancel"), "close", self.close_form)
        self._bottom.addWidget(ActionRow(look, missing_frame(look, text), (cancel,)))

    def _show_pass_actions(self, state: PassState) -> None:
        look = self._kit.look
        if self._form is not None:
            self._show_form_actions()
        elif state.dose is None:
            scan = missing_frame(look, look.word("phase", state.phase), "barcode-scan")
            self._bottom.addWidget(ActionRow(look, scan, (self._unable(),)))
        else:
            give = give_button(look, partial(self._kit.do, Give()))
            self._bottom.addWidget(ActionRow(look, give, self._ways_out(state)))

    def _show_ask_actions(self, state: PassState, verdict: Verdict) -> None:
        look = self._kit.look
        if self._form is not None:
            self._show_form_actions()
            return
        left = sum(f.holds_back for f in verdict.findings)
        frame = missing_frame(look, look.say("verdict.questions-left", count=left))
        ways = self._ways_out(state) if state.dose is not None else (self._unable(),)
        if state.dose is not None and verdict.open_finding("dose.incomplete"):
            part = WayOut(
                look.say("button.part"), "circle-half-full", partial(self.open_form, Form.PART)
            )
            ways = (part, *ways)
        self._bottom.addWidget(ActionRow(look, frame, ways))

    def _show_stop_actions(self, state: PassState, verdict: Verdict) -> None:
        look = self._kit.look
        if self._form is not None:
            self._show_form_actions()
            return
        if state.dose is not None and state.dose.units:
            act = partial(self._kit.do, TakeBack())
            stays = look.say("verdict.stays")
            following = way_out_button(look, look.say("button.taken-back"), stays, act)
        else:
            act = partial(self._kit.do, GoOn())
            following = way_out_button(look, look.say("button.understood"), "", act)
        ways = list(self._ways_out(state, back=False)) if state.dose and state.dose.order else []
        if state.dose is not None and releasable(verdict):
            permit = partial(self.open_form, Form.RELEASE)
            ways.append(WayOut(look.say("button.release"), "account-key-outline", permit))
        self._bottom.addWidget(ActionRow(look, following, tuple(ways)))

    def _ways_out(self, state: PassState, *, back: bool = True) -> tuple[WayOut, ...]:
        look = self._kit.look
        ways = [
            WayOut(look.say("button.hold"), "pause", partial(self.open_form, Form.HOLD)),
            WayOut(
                look.say("button.refuse"),
                "hand-front-right-outline",
                partial(self.open_form, Form.REFUSE),
            ),
        ]
        if back and state.dose is not None and state.dose.units:
            take = partial(self._kit.do, TakeBack())
            ways.append(WayOut(look.say("button.back"), "undo-variant", take))
        elif back:
            ways.append(
                WayOut(look.say("button.close"), "close", partial(self._kit.do, TakeBack()))
            )
        return tuple(ways)

    def _unable(self) -> WayOut:
        look = self._kit.look
        unable = partial(self.open_form, Form.UNABLE)
        return WayOut(look.say("button.unable-to-scan"), "barcode-off", unable)


def shown_verdict(state: PassState) -> Verdict | None:
    """Give the verdict to draw: of this step, else of the dose in hand."""
    if state.record is not None:
        return None
    if state.verdict is not None:
        return state.verdict
    return state.standing_verdict if state.phase is Phase.JUDGED else None


def releasable(verdict: Verdict) -> tuple[Finding, ...]:
    """List the open stops that somebody may let pass; none while one may not be."""
    stops = _of_severity(verdict, Severity.STOP)
    return stops if all(f.release for f in stops) else ()


def _height(widget: QWidget, width: int) -> int:
    """Give how high a widget will be at a width, wrapped lines counted."""
    wrapped = widget.heightForWidth(width) if widget.hasHeightForWidth() else 0
    return max(wrapped, widget.sizeHint().height() if wrapped <= 0 else 0, widget.minimumHeight())


def _of_severity(verdict: Verdict, severity: Severity) -> tuple[Finding, ...]:
    return tuple(f for f in verdict.findings if f.severity is severity and not f.released)

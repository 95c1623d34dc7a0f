"""The right column of the bedside: verdict, what was compared or asked, actions at the bottom.

It draws a PassState. Its only own state is which form is open (hold, refuse, release ...).
"""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from bcma.bedside import PassState
from bcma.model.verdict import Right, Severity, Verdict
from bcma.wording import explained
from ui.actions import ActionRow
from ui.acts import Hold, Refuse
from ui.ask_cards import DoneCard, FindingCard, InfoCard
from ui.comparison import Comparison, brief, facts_of
from ui.forms import PartForm, ReasonForm, ReleaseForm, UnableForm
from ui.kit import Kit
from ui.right_tiles import RightTiles
from ui.shown import of_severity, releasable, shown_account, shown_verdict
from ui.steps import StepsCard
from ui.theme import Tone
from ui.verdict_actions import Form, VerdictActions
from ui.verdict_banner import (
    VerdictBanner,
    misread_headline,
    prompt_of,
    tone_of,
    verdict_headline,
)
from ui.why_view import WhyView, gravest
from ui.widgets import Scroll, clear, column

#: More notes than this leave no room for every row of the comparison.
_NOTES_BESIDE_ALL = 1


class VerdictPanel(QWidget):
    """Verdict, findings, actions; one geometry for every state."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._actions = VerdictActions(kit, self.open_form, self.close_form)
        self._state: PassState | None = None
        self._form: Form | None = None
        self._right: Right | None = None
        self._tabs: RightTiles | None = None
        look = kit.look
        self._top = column(spacing=look.px(12))
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

    def show_state(
        self, state: PassState, form: Form | None = None, right: Right | None = None
    ) -> None:
        """Draw a state; a form that was open is closed by every new state."""
        self._state, self._form, self._right = state, form, right
        if self._has_focus():
            # What has the focus goes now; Qt would hand it to whatever comes next.
            self.window().setFocus()
        self._tabs = None
        for layout in (self._top, self._middle, self._bottom):
            clear(layout)
        self._middle.setSpacing(self._kit.look.px(12))
        if state.misread is not None:
            self._show_misread(state)
        elif (verdict := shown_verdict(state)) is not None:
            self._show_verdict(state, verdict)
        else:
            self._top.addWidget(prompt_of(self._kit.look, state))
            if not self._show_form(state):
                self._add_actions(self._actions.of_prompt(state))
        self._middle.addStretch(1)
        self._scroll.to_top()

    def open_form(self, form: Form, *, by_key: bool = False) -> None:
        """Open a form over the same state; by key, its first control gets the focus."""
        if self._state is None:
            return
        self.show_state(self._state, form)
        if by_key:
            self._focus_form()

    def tell_why(self, right: Right) -> None:
        """Tell in place why a right stands as it does."""
        if self._state is None:
            return
        by_key = self._has_focus()
        self.show_state(self._state, Form.WHY, right)
        if by_key:
            self._focus_form()

    def scroll_by(self, pages: int) -> None:
        """Scroll down by a share of the visible height, up where it is negative."""
        self._scroll.by_pages(pages)

    def _has_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def _focus_form(self) -> None:
        if self._tabs is not None:
            self._tabs.focus_chosen()
            return
        item = self._middle.itemAt(0)
        form = item.widget() if item is not None else None
        controls = [] if form is None else form.findChildren(QWidget)
        first = (c for c in controls if c.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if (control := next(first, None)) is not None:
            control.setFocus(Qt.FocusReason.ShortcutFocusReason)

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
        self._bottom.addWidget(self._actions.of_misread())

    def _show_verdict(self, state: PassState, verdict: Verdict) -> None:
        look, tone = self._kit.look, tone_of(verdict)
        tall = tone in {Tone.PASS, Tone.STOP}
        banner = VerdictBanner(look, verdict_headline(look, state, verdict), tall=tall)
        self._top.addWidget(banner)
        banner.announce()
        if self._show_form(state):
            return
        if tone is Tone.STOP:
            self._show_stop(state, verdict)
            self._add_actions(self._actions.of_stop(state, verdict))
        elif tone is Tone.PASS:
            self._show_pass(state, verdict)
            self._add_actions(self._actions.of_pass(state))
        else:
            self._show_asks(state, verdict)
            self._add_actions(self._actions.of_asks(state, verdict))

    def _add_actions(self, actions: ActionRow | None) -> None:
        if actions is not None:
            self._bottom.addWidget(actions)

    def _show_form(self, state: PassState) -> bool:
        """Show the form that is open, with its way back; tell whether there is one."""
        widget = None if self._form is None else self._form_widget(state, self._form)
        if self._form is None or widget is None:
            return False
        self._middle.addWidget(widget)
        self._add_actions(self._actions.of_form(self._form))
        return True

    def _form_widget(self, state: PassState, form: Form) -> QWidget | None:
        kit, do = self._kit, self._kit.do
        widget: QWidget | None = None
        match form:
            case Form.HOLD:
                widget = ReasonForm(kit, "hold", lambda reason: do(Hold(reason)))
            case Form.REFUSE:
                widget = ReasonForm(kit, "refuse", lambda reason: do(Refuse(reason)))
            case Form.PART:
                widget = PartForm(kit, state)
            case Form.UNABLE:
                widget = UnableForm(kit, "unit" if state.patient else "band")
            case Form.RELEASE:
                if (verdict := shown_verdict(state)) is not None:
                    widget = ReleaseForm(kit, releasable(verdict))
            case Form.WHY:
                widget = self._why(state)
        return widget

    def _why(self, state: PassState) -> QWidget | None:
        """Tell about one right; the tiles to choose another stay in sight above."""
        account, look = shown_account(state), self._kit.look
        if account is None:
            return None
        sections = explained(look.wording, account)
        chosen = self._right or gravest(sections)
        self._tabs = RightTiles(
            look,
            state,
            account.verdict,
            compact=True,
            press=self.tell_why,
            chosen=chosen,
            tabs=True,
        )
        self._top.addWidget(self._tabs)
        return WhyView(look, sections, chosen)

    def _show_pass(self, state: PassState, verdict: Verdict) -> None:
        look = self._kit.look
        notes: list[QWidget] = [InfoCard(self._kit, f) for f in of_severity(verdict, Severity.INFO)]
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
        if state.dose is not None or state.judged is not None:
            self._add_tiles(state, verdict, compact=True)
        self._middle.addWidget(StepsCard(look, of_severity(verdict, Severity.STOP)))
        for finding in of_severity(verdict, Severity.INFO):
            self._middle.addWidget(InfoCard(self._kit, finding))

    def _show_asks(self, state: PassState, verdict: Verdict) -> None:
        """Show the open asks, then the warnings, then what is settled."""
        look = self._kit.look
        self._middle.setSpacing(look.px(9))
        asks, warns = (of_severity(verdict, s) for s in (Severity.ASK, Severity.WARN))
        for finding in (*asks, *warns):
            self._middle.addWidget(FindingCard(self._kit, state, finding, self.tell_why))
        for finding in (f for f in verdict.findings if f.released):
            self._middle.addWidget(DoneCard(self._kit, finding))
        for finding in of_severity(verdict, Severity.INFO):
            self._middle.addWidget(InfoCard(self._kit, finding))
        if state.dose is None:
            return
        facts = facts_of(look, state, verdict)
        if not self._add_if_it_fits(Comparison(look, facts)):
            self._add_if_it_fits(Comparison(look, brief(facts)))
        self._add_if_it_fits(RightTiles(look, state, verdict, compact=True, press=self.tell_why))

    def _add_if_it_fits(self, widget: QWidget) -> bool:
        """Add a widget where no scrolling is needed to see it whole."""
        if self._fits(widget):
            self._middle.addWidget(widget)
            return True
        widget.deleteLater()
        return False

    def _add_tiles(self, state: PassState, verdict: Verdict, *, compact: bool) -> None:
        look = self._kit.look
        tiles = RightTiles(look, state, verdict, compact=compact, press=self.tell_why)
        self._middle.addWidget(tiles)

    def _fits(self, widget: QWidget) -> bool:
        """Tell whether a widget still has its place without scrolling."""
        look = self._kit.look
        room = self.height() - look.px(92 + 12 + 12 + 76)
        items = (self._middle.itemAt(n) for n in range(self._middle.count()))
        placed = [item.widget() for item in items if item is not None]
        heights = [_height(part, self.width()) for part in (*placed, widget) if part is not None]
        return sum(heights) + self._middle.spacing() * (len(heights) - 1) <= room


def _height(widget: QWidget, width: int) -> int:
    """Give how high a widget will be at a width, wrapped lines counted."""
    wrapped = widget.heightForWidth(width) if widget.hasHeightForWidth() else 0
    return max(wrapped, widget.sizeHint().height() if wrapped <= 0 else 0, widget.minimumHeight())

"""The pass: patient banner, timeline, verdict."""

from bcma.bedside import PassState
from ui.acts import Give
from ui.ask_fields import CredentialsField
from ui.banner import PatientBanner
from ui.due_list import DueList
from ui.kit import Kit
from ui.page import Page, TakesBadge
from ui.shown import shown_verdict
from ui.verdict_actions import Form
from ui.verdict_panel import VerdictPanel
from ui.widgets import column, row


class BedsidePage(Page):
    """Draws a PassState; Enter gives only where its verdict allows."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._state: PassState | None = None
        look = kit.look
        self._banner = PatientBanner(look)
        self._due = DueList(look, kit.do)
        self.panel = VerdictPanel(kit)
        gap = look.px(16)
        work = row(self._due, spacing=gap, margins=(gap, gap, gap, gap))
        work.addWidget(self.panel, 1)
        layout = column(self._banner)
        layout.addLayout(work, 1)
        self.setLayout(layout)

    def show_state(self, state: PassState) -> None:
        """Draw what a step returned."""
        self._state = state
        self._banner.show_state(state)
        self._due.show_state(state)
        self.panel.show_state(state)

    def refresh(self, state: PassState) -> None:
        """Draw the same step a little later: time moves on, an answer stays on the screen."""
        before, self._state = self._state, state
        self._due.show_state(state)
        self._banner.show_state(state)
        if before is None or before.phase is not state.phase or _judged_anew(before, state):
            self.panel.show_state(state)

    def enter(self) -> None:
        """Give, if the verdict on the screen allows it and no form is open."""
        if self._state is None or self.panel.form is not None:
            return
        verdict = shown_verdict(self._state)
        if verdict is not None and verdict.may_give and self._state.dose is not None:
            self._kit.do(Give())

    def waiting_for_badge(self) -> TakesBadge | None:
        """Give the open field of a person who proves who they are."""
        fields = self.findChildren(CredentialsField)
        return next((field for field in fields if field.isVisible()), None)

    def scroll_by(self, pages: int) -> None:
        """Scroll the verdict."""
        self.panel.scroll_by(pages)

    def escape(self) -> bool:
        """Close the open form."""
        was_open = self.panel.form is not None
        self.panel.close_form()
        return was_open

    def open_form(self, form: Form) -> None:
        """Open a form by key or command code; hold and refuse only where there is a dose."""
        if form is Form.UNABLE or (self._state is not None and self._state.dose is not None):
            self.panel.open_form(form, by_key=True)

    def tell_why(self) -> None:
        """Open the explanation of the verdict by key, or close it again."""
        state = self._state
        if self.panel.form is Form.WHY:
            self.panel.close_form()
        elif state is not None and state.misread is None and shown_verdict(state) is not None:
            self.panel.open_form(Form.WHY, by_key=True)


def _judged_anew(before: PassState, after: PassState) -> bool:
    """Tell whether the dose in hand is judged differently than on the screen."""
    return before.standing_verdict != after.standing_verdict

"""The one window: rail, page, message, strip. It owns look, wedge and clock; pages draw."""

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from bcma.bedside import PassState, Phase
from bcma.config import Language, Theme
from bcma.errors import BcmaError
from bcma.model.scan import Badge, Command, CommandCode
from bcma.scanner.keystroke import RejectReason
from ui.acts import Lock, TakeBack
from ui.ask_fields import CredentialsField
from ui.bridge import Bridge
from ui.code_reader import CodeReader, wedge_settings
from ui.desk import Desk
from ui.focus_ring import FocusRing
from ui.kit import Kit
from ui.look import Look, factor_for
from ui.message_bar import MessageBar
from ui.pages.bedside import BedsidePage
from ui.pages.sign_in import SignInPage
from ui.rail import Rail, RailEntry
from ui.station_port import StationPort
from ui.strip import StationFacts, StatusStrip
from ui.theme import following
from ui.verdict_actions import Form
from ui.wedge import WedgeFilter
from ui.widgets import column, row

_log = logging.getLogger("ui.window")
#: How often time moves on screen; cheap, and well under the minute that is shown.
_TICK_MS = 10_000
_FORMS = {Command.HOLD: Form.HOLD, Command.REFUSE: Form.REFUSE}


class MainWindow(QMainWindow):
    """Sign-in or bedside, in the chosen language, theme and size.

    F1 language · F2 theme · F3 why · F6 hold · F7 refuse · F8 take back · F9 unable to scan ·
    F12 lock · Page Up and Page Down scroll the verdict · Enter gives where the verdict allows.
    """

    def __init__(
        self,
        station: StationPort,
        *,
        language: Language | None = None,
        theme: Theme | None = None,
        demo_hint: str = "",
    ) -> None:
        super().__init__()
        self._station = station
        self._language = language or station.config.language
        self._theme = theme or station.config.theme
        self._demo_hint = demo_hint
        self._bridge = Bridge()
        self._desk = Desk(
            station, self._bridge, show=self.show_state, fail=self.show_error, busy=self._show_busy
        )
        self._reader = CodeReader(station.config)
        self._state = station.state()
        self._wedge: WedgeFilter | None = None
        self._build(factor_for(self.width(), self.height()))
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        station.start_sync(lambda: self._bridge.post(self._tick))

    # --- building the look -----------------------------------------------------------

    def _build(self, factor: float) -> None:
        """Build every widget in the present language, theme and size, from the same state."""
        self._look = Look(self._theme, factor, self._station.wording(self._language))
        look = self._look
        kit = Kit(look, self._station.policy, self._desk.do)
        self.setWindowTitle(look.say("product"))
        self.setStyleSheet(look.style_sheet())
        self._strip = StatusStrip(look)
        self._message = MessageBar(look)
        signed_out = self._state.phase is Phase.SIGNED_OUT
        self._page: SignInPage | BedsidePage = (
            SignInPage(kit, self._demo_hint) if signed_out else BedsidePage(kit)
        )
        centre = QWidget()
        centre.setProperty("role", "ground")
        layout = row(self._rail(signed_out=signed_out))
        right = column(self._message)
        right.addWidget(self._page, 1)
        right.addWidget(self._strip)
        layout.addLayout(right, 1)
        centre.setLayout(layout)
        self.setCentralWidget(centre)
        FocusRing(centre, look)
        self._page.show_state(self._state)
        self._strip.show_state(self._state, self._station_facts())
        if isinstance(self._page, SignInPage):
            self._page.focus_first()
        else:
            self.setFocus()

    def _rail(self, *, signed_out: bool) -> Rail:
        look = self._look
        bedside = RailEntry(look.say("page.bedside"), "barcode-scan", self.setFocus, here=True)
        other = Language.EN if self._language is Language.VI else Language.VI
        tools = [
            RailEntry(look.say(f"language.{other}"), "translate", self.switch_language),
            RailEntry(
                look.say(f"theme.short.{following(self._theme)}"),
                "theme-light-dark",
                self.switch_theme,
            ),
        ]
        if not signed_out:
            lock = partial(self._desk.do, Lock())
            tools.append(RailEntry(look.say("lock"), "lock-outline", lock))
        return Rail(look, () if signed_out else (bedside,), tuple(tools))

    def switch_language(self) -> None:
        """Show everything in the other language."""
        self._language = Language.EN if self._language is Language.VI else Language.VI
        self._build(self._look.factor)

    def switch_theme(self) -> None:
        """Show everything in the next theme."""
        self._theme = following(self._theme)
        self._build(self._look.factor)

    # --- showing ---------------------------------------------------------------------

    def show_state(self, state: PassState) -> None:
        """Draw what a step returned."""
        was_out = isinstance(self._page, SignInPage)
        self._state = state
        self._message.clear_text()
        if was_out is not (state.phase is Phase.SIGNED_OUT):
            self._build(self._look.factor)
        else:
            self._page.show_state(state)
            self._strip.show_state(state, self._station_facts())
        if state.refused is not None and state.sign_in_failure is None:
            self._show_refusal(state)

    def _show_refusal(self, state: PassState) -> None:
        """Say why a verb had no effect, where the verdict does not say it already."""
        code = state.refused or ""
        verdict = state.verdict
        if verdict is not None and any(f.code == code for f in verdict.findings):
            return
        if code == "documentation.signed-out" and isinstance(self._page, SignInPage):
            return
        self._message.show_text(self._look.refusal(code))

    def show_error(self, error: BaseException) -> None:
        """Show a failure as a sentence; its cause goes to the log."""
        if isinstance(error, BcmaError):
            _log.warning("failed: %s", error.code)
        else:
            _log.error("failed: %s", type(error).__name__, exc_info=error)
        self._message.show_text(self._look.wording.error(error))

    def _show_busy(self) -> None:
        if isinstance(self._page, SignInPage):
            self._page.show_busy(busy=self._desk.working)

    def _station_facts(self) -> StationFacts:
        health = self._station.health()
        return StationFacts(
            orders_as_of=health.orders_as_of,
            reachable=health.reached is not False,
            unsent=health.unsent,
            demo=bool(self._demo_hint),
        )

    def _tick(self) -> None:
        """Let time move on; nothing on screen is taken away by it."""
        if self._desk.working:
            return
        try:
            state = self._station.state()
        except BcmaError as error:
            self.show_error(error)
            return
        if (state.phase is Phase.SIGNED_OUT) is not isinstance(self._page, SignInPage):
            self.show_state(state)
            return
        self._page.refresh(state)
        self._strip.show_state(state, self._station_facts())

    # --- scans and keys --------------------------------------------------------------

    def scanned(self, text: str) -> None:
        """Route a scan: a badge to a waiting field, hold and refuse to their form, the rest on."""
        code = self._reader.parse(text, self._state.now)
        waiting = self._waiting_for_badge()
        if isinstance(code, Badge) and waiting is not None:
            waiting.take_badge(code.badge)
        elif isinstance(code, CommandCode) and code.command in _FORMS:
            self._open_form(_FORMS[code.command])
        else:
            self._desk.scan(text)

    def rejected(self, reason: RejectReason) -> None:
        """Say why a burst of keys was no scan."""
        self._message.show_text(self._look.word("wedge", reason))

    def _waiting_for_badge(self) -> SignInPage | CredentialsField | None:
        if isinstance(self._page, SignInPage):
            return self._page
        fields = self._page.findChildren(CredentialsField)
        return next((field for field in fields if field.isVisible()), None)

    def _open_form(self, form: Form) -> None:
        if isinstance(self._page, BedsidePage):
            self._page.open_form(form)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle the keys that no widget wanted."""
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_F1: self.switch_language,
            Qt.Key.Key_F2: self.switch_theme,
            Qt.Key.Key_F3: self._tell_why,
            Qt.Key.Key_PageDown: partial(self._scroll, 1),
            Qt.Key.Key_PageUp: partial(self._scroll, -1),
            Qt.Key.Key_F6: partial(self._open_form, Form.HOLD),
            Qt.Key.Key_F7: partial(self._open_form, Form.REFUSE),
            Qt.Key.Key_F8: partial(self._desk.do, TakeBack()),
            Qt.Key.Key_F9: partial(self._open_form, Form.UNABLE),
            Qt.Key.Key_F12: partial(self._desk.do, Lock()),
            Qt.Key.Key_Escape: self._close_form,
            Qt.Key.Key_Return: self._page.enter,
            Qt.Key.Key_Enter: self._page.enter,
        }
        press = keys.get(event.key())
        if press is None or event.isAutoRepeat():
            super().keyPressEvent(event)
        else:
            press()

    def _tell_why(self) -> None:
        if isinstance(self._page, BedsidePage):
            self._page.tell_why()

    def _scroll(self, pages: int) -> None:
        if isinstance(self._page, BedsidePage):
            self._page.panel.scroll_by(pages)

    def _close_form(self) -> None:
        if isinstance(self._page, BedsidePage):
            self._page.panel.close_form()

    # --- the window itself -----------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Catch scans as soon as there is a window to type into."""
        super().showEvent(event)
        window = self.windowHandle()
        if self._wedge is None and window is not None:
            settings = wedge_settings(self._station.config.wedge)
            self._wedge = WedgeFilter(window, self.scanned, self.rejected, settings)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Change the scale factor with the size."""
        super().resizeEvent(event)
        factor = factor_for(event.size().width(), event.size().height())
        if factor != self._look.factor:
            self._build(factor)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the clock and the worker; whoever opened the station closes it."""
        self._timer.stop()
        self._bridge.close()
        super().closeEvent(event)

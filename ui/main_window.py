"""The one window: rail, page, message, strip. It owns look, wedge and clock; pages draw.

A scan belongs to the bedside wherever it comes: it turns the page.
"""

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from bcma.app import Health, Progress, Worklist
from bcma.bedside import PassState, Phase
from bcma.config import Language, Theme
from bcma.errors import BcmaError
from bcma.model.scan import Badge, Command, CommandCode
from bcma.scanner.keystroke import RejectReason
from ui.acts import Act, CompareAgain, Errand, Lock, SetbackSeen, StopReading, TakeBack
from ui.book import BEDSIDE, PAGES, PROBLEMS, PageRow
from ui.bridge import Bridge
from ui.code_reader import CodeReader, wedge_settings
from ui.desk import Desk
from ui.errands import Errands
from ui.focus_ring import FocusRing
from ui.kit import Kit
from ui.look import Look, factor_for
from ui.message_bar import MessageBar
from ui.page import Page
from ui.pages.sign_in import SignInPage
from ui.rail import Rail, RailEntry
from ui.setback_bar import SetbackBar
from ui.standing import Standing
from ui.station_port import StationPort
from ui.strip import StationFacts, StatusStrip
from ui.theme import following
from ui.verdict_actions import Form
from ui.wedge import WedgeFilter
from ui.widgets import clear, column, row

_log = logging.getLogger("ui.window")
#: How often time moves on screen; cheap, and well under the minute that is shown.
_TICK_MS = 10_000
#: Pages of a long reading may come by the dozen a second; they are drawn no oftener than this.
_SOON_MS = 200
_CANCELLED = "sync.cancelled"
_SHRANK = "sync.server-shrank"
_UNREACHABLE = "emr.unreachable"
_FORMS = {Command.HOLD: Form.HOLD, Command.REFUSE: Form.REFUSE}


class MainWindow(QMainWindow):
    """Sign-in or bedside, in the chosen language, theme and size.

    F1 language · F2 theme · F3 why · F4 problems, and back · F6 hold · F7 refuse · F8 take back ·
    F9 unable to scan · F12 lock · Page Up and Page Down scroll · Enter gives where the verdict
    allows.
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
            station,
            self._bridge,
            show=self.show_state,
            fail=self.show_error,
            busy=self._show_busy,
        )
        self._errands = Errands(
            station,
            self._bridge,
            show=self.show_state,
            seen=self._show_seen,
            fail=self.show_error,
        )
        self._reader = CodeReader(station.config)
        self._state = station.state()
        self._here = BEDSIDE
        self._work = Worklist()
        self._standing = Standing(health=station.health())
        self._wedge: WedgeFilter | None = None
        self._build(factor_for(self.width(), self.height()))
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._show_station)
        station.start_sync(
            lambda: self._bridge.post(self._synced),
            lambda progress: self._bridge.post(partial(self.show_progress, progress)),
        )
        self._errands.look()

    # --- building the look -----------------------------------------------------------

    def _build(self, factor: float) -> None:
        """Build every widget in the present language, theme and size, from the same state."""
        self._look = Look(self._theme, factor, self._station.wording(self._language))
        look = self._look
        kit = Kit(look, self._station.policy, self._do)
        self.setWindowTitle(look.say("product"))
        self.setStyleSheet(look.style_sheet())
        out = self._signed_out
        self._strip = StatusStrip(look, self._do, None if out else partial(self.go, PROBLEMS))
        self._setback = SetbackBar(look, partial(self._do, SetbackSeen()))
        self._message = MessageBar(look)
        self._page: Page = SignInPage(kit, self._demo_hint) if out else self._here.make(kit)
        centre = QWidget()
        centre.setProperty("role", "ground")
        self._rail_place = column(self._rail())
        layout = row(self._rail_place)
        right = column(self._setback)
        right.addWidget(self._message)
        right.addWidget(self._page, 1)
        right.addWidget(self._strip)
        layout.addLayout(right, 1)
        centre.setLayout(layout)
        self.setCentralWidget(centre)
        FocusRing(centre, look)
        self._page.show_state(self._state)
        self._page.show_work(self._work)
        self._show_station()
        if not self._page.take_focus():
            self.setFocus()

    @property
    def _signed_out(self) -> bool:
        return self._state.phase is Phase.SIGNED_OUT

    def _rail(self) -> Rail:
        look = self._look
        pages = tuple(
            RailEntry(
                look.say(f"page.{page.name}"),
                page.icon,
                partial(self.go, page),
                here=page is self._here,
                count=page.count(self._work),
            )
            for page in (() if self._signed_out else PAGES)
        )
        other = Language.EN if self._language is Language.VI else Language.VI
        tools = [
            RailEntry(look.say(f"language.{other}"), "translate", self.switch_language),
            RailEntry(
                look.say(f"theme.short.{following(self._theme)}"),
                "theme-light-dark",
                self.switch_theme,
            ),
        ]
        if pages:
            lock = partial(self._desk.do, Lock())
            tools.append(RailEntry(look.say("lock"), "lock-outline", lock))
        return Rail(look, pages, tuple(tools))

    def go(self, page: PageRow) -> None:
        """Turn to a page; nobody who is signed out turns one."""
        if not self._signed_out and page is not self._here:
            self._here = page
            self._build(self._look.factor)
            self._tick()
        elif not self._page.take_focus():
            self.setFocus()

    def switch_language(self) -> None:
        """Show everything in the other language."""
        self._language = Language.EN if self._language is Language.VI else Language.VI
        self._build(self._look.factor)

    def switch_theme(self) -> None:
        """Show everything in the next theme."""
        self._theme = following(self._theme)
        self._build(self._look.factor)

    def _do(self, act: Act) -> None:
        """Do what was pressed: a step of the pass, or an errand beside it."""
        if not isinstance(act, Errand):
            self._desk.do(act)
            return
        if isinstance(act, StopReading):
            self._standing = self._standing.broken_off()
        elif isinstance(act, CompareAgain):
            self._standing = self._standing.compared()
        self._show_station()
        self._errands.do(act, self._undone)

    # --- showing ---------------------------------------------------------------------

    def show_state(self, state: PassState) -> None:
        """Draw what a step returned."""
        was_out = self._signed_out
        self._state = state
        self._message.clear_text()
        if was_out is not self._signed_out:
            self._here, self._work = BEDSIDE, Worklist()
            self._build(self._look.factor)
        else:
            self._page.show_state(state)
            self._show_station()
        self._errands.look()
        if state.refused is not None and state.sign_in_failure is None:
            self._show_refusal(state)

    def _show_refusal(self, state: PassState) -> None:
        """Say why a verb had no effect, where the verdict does not say it already."""
        code = state.refused or ""
        verdict = state.verdict
        if verdict is not None and any(f.code == code for f in verdict.findings):
            return
        if code == "documentation.signed-out" and self._signed_out:
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
        self._page.show_busy(busy=self._desk.working)
        if self._desk.asking:
            self._message.show_text(self._look.say("band.asking"))

    def _show_seen(self, health: Health, work: Worklist) -> None:
        """Draw how it stands and what waits, unless whoever may see that has gone meanwhile."""
        self._standing = self._standing.looked(health)
        if not self._signed_out and work != self._work:
            self._work = work
            clear(self._rail_place)
            self._rail_place.addWidget(self._rail())
            self._page.show_work(work)
        self._show_station()

    def show_progress(self, progress: Progress) -> None:
        """Draw, soon, how far a long reading from the EMR has come."""
        self._standing = self._standing.reading(progress)
        if not self._soon.isActive():
            self._soon.start()

    def _synced(self) -> None:
        """Draw what an exchange with the EMR has changed."""
        self._standing = self._standing.over()
        self._tick()

    def _show_station(self) -> None:
        """Draw how the station itself stands, as of the last look: the store may be slow."""
        standing = self._standing
        self._setback.show_notice(
            standing.health.setback,
            signed_in=not self._signed_out,
            unsigned=bool(standing.health.signing_failure),
        )
        self._strip.show_state(self._state, self._facts_of(standing))
        self._page.show_standing(standing)

    def _facts_of(self, standing: Standing) -> StationFacts:
        health = standing.health
        offset = health.clock_offset
        off = offset is not None and abs(offset) > self._station.policy.clock_off
        return StationFacts(
            orders_as_of=health.orders_as_of,
            reachable=health.reached is not False or health.failure == _CANCELLED,
            line_is_there=health.failure not in {"", _UNREACHABLE},
            shrank=health.failure == _SHRANK,
            unsent=health.unsent - health.problems,
            problems=health.problems if self._signed_out else self._work.to_do,
            progress=standing.progress,
            stopping=standing.stopping,
            rests_until=health.rests_until,
            clock_off=offset if off else None,
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
        if (state.phase is Phase.SIGNED_OUT) is not self._signed_out:
            self.show_state(state)
            return
        self._state = state
        self._page.refresh(state)
        self._show_station()
        self._errands.look()

    # --- scans and keys --------------------------------------------------------------

    def scanned(self, text: str) -> None:
        """Route a scan: a badge to a waiting field, hold and refuse to their form, the rest on."""
        if self._here is not BEDSIDE:
            self.go(BEDSIDE)
        code = self._reader.parse(text, self._state.now)
        waiting = self._page.waiting_for_badge()
        if isinstance(code, Badge) and waiting is not None:
            waiting.take_badge(code.badge)
        elif isinstance(code, CommandCode) and code.command in _FORMS:
            self._page.open_form(_FORMS[code.command])
        else:
            self._desk.scan(text)

    def rejected(self, reason: RejectReason) -> None:
        """Say why a burst of keys was no scan."""
        self._message.show_text(self._look.word("wedge", reason))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle the keys that no widget wanted."""
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_F1: self.switch_language,
            Qt.Key.Key_F2: self.switch_theme,
            Qt.Key.Key_F3: self._page.tell_why,
            Qt.Key.Key_F4: self._turn,
            Qt.Key.Key_PageDown: partial(self._page.scroll_by, 1),
            Qt.Key.Key_PageUp: partial(self._page.scroll_by, -1),
            Qt.Key.Key_F6: partial(self._page.open_form, Form.HOLD),
            Qt.Key.Key_F7: partial(self._page.open_form, Form.REFUSE),
            Qt.Key.Key_F8: partial(self._desk.do, TakeBack()),
            Qt.Key.Key_F9: partial(self._page.open_form, Form.UNABLE),
            Qt.Key.Key_F12: partial(self._desk.do, Lock()),
            Qt.Key.Key_Escape: self._escape,
            Qt.Key.Key_Return: self._page.enter,
            Qt.Key.Key_Enter: self._page.enter,
        }
        press = keys.get(event.key())
        if press is None or event.isAutoRepeat():
            super().keyPressEvent(event)
        else:
            press()

    def _turn(self) -> None:
        self.go(BEDSIDE if self._here is PROBLEMS else PROBLEMS)

    def _undone(self) -> None:
        """Offer again what somebody decided, and what came to nothing."""
        self._page.escape()

    def _escape(self) -> None:
        """Close what is open on the page, else go back to the bedside."""
        if not self._page.escape():
            self.go(BEDSIDE)

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

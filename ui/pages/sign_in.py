"""Sign-in: scan the badge or type it, then the PIN, by keys or by touch."""

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit

from bcma.bedside import PassState
from ui.acts import Credentials, SignIn
from ui.kit import Kit
from ui.look import Type
from ui.page import Page, TakesBadge
from ui.widgets import Button, Card, Field, Picture, Text, column, row

_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0", "↵")


class SignInPage(Page):
    """One card in the middle of a calm ground."""

    def __init__(self, kit: Kit, demo_hint: str = "") -> None:
        super().__init__()
        self._kit = kit
        look = kit.look
        self._badge = Field(look, look.say("sign-in.badge"), self._to_pin)
        self._badge.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText)
        self._pin = Field(look, look.say("sign-in.pin"), self._enter)
        self._pin.setEchoMode(QLineEdit.EchoMode.Password)
        self._message = Text(look, "", Type.NOTE, "stop", wrap=True)
        self._message.setMinimumHeight(look.px(44))
        self._hint = Text(look, look.say("sign-in.scan-badge"), Type.VALUE, "muted", wrap=True)
        self._go = Button(
            look, look.say("sign-in.enter"), self._enter, role="ink", icon="login-variant"
        )
        self._go.setFixedHeight(look.px(56))
        words = column(
            row(
                Picture(look, "barcode-scan", look.palette.text, 44),
                Text(look, look.say("sign-in.title"), Type.NAME),
                1,
                spacing=look.px(16),
            ),
            self._hint,
            self._badge,
            self._pin,
            self._message,
            1,
            self._go,
            spacing=look.px(12),
        )
        card = Card("card")
        pad = look.px(32)
        inside = row(spacing=look.px(32), margins=(pad, pad, pad, pad))
        inside.addLayout(words, 1)
        inside.addLayout(self._keypad())
        card.setLayout(inside)
        card.setFixedWidth(look.px(760))
        below = Text(look, demo_hint, Type.CAPTION, "muted")
        self.setLayout(column(1, row(1, card, 1), row(1, below, 1), 1, spacing=look.px(16)))

    def _keypad(self) -> QGridLayout:
        look = self._kit.look
        grid = QGridLayout()
        grid.setSpacing(look.px(8))
        for number, key in enumerate(_KEYS):
            button = Button(look, key, partial(self._press, key))
            button.setFont(look.font(Type.LINE))
            button.setFixedSize(look.px(76), look.px(72))
            if key == "⌫":
                button.setText("")
                button.setIcon(look.icon("backspace-outline", look.palette.text))
                button.setIconSize(QSize(look.px(28), look.px(28)))
                button.setAccessibleName(look.say("key.delete"))
            elif key == "↵":
                button.setText("")
                button.setIcon(look.icon("check-bold", look.palette.text))
                button.setIconSize(QSize(look.px(28), look.px(28)))
                button.setAccessibleName(look.say("sign-in.enter"))
            grid.addWidget(button, number // 3, number % 3)
        return grid

    def show_state(self, state: PassState) -> None:
        """Say why nobody is signed in; the pass behind stays as it is."""
        look = self._kit.look
        if state.sign_in_failure:
            self._message.say(look.word("sign-in", state.sign_in_failure))
            self._pin.clear()
            self._pin.setFocus()
        elif state.patient is not None:
            self._hint.say(look.say("locked"))

    def take_badge(self, badge: str) -> None:
        """Take a scanned badge and wait for the PIN."""
        self._badge.setText(badge)
        self._message.say("")
        self._to_pin()

    def show_busy(self, *, busy: bool) -> None:
        """Say that the PIN is being checked."""
        look = self._kit.look
        self._go.setText(look.say("sign-in.checking" if busy else "sign-in.enter"))
        if busy:
            self._message.say("")

    def show_message(self, text: str) -> None:
        """Show what went wrong, in place."""
        self._message.say(text)

    def take_focus(self) -> bool:
        """Put the focus where the next key belongs."""
        (self._pin if self._badge.text() else self._badge).setFocus()
        return True

    def waiting_for_badge(self) -> TakesBadge:
        """Take any badge that is scanned."""
        return self

    def enter(self) -> None:
        """Go on as if the button was pressed."""
        self._enter()

    def _press(self, key: str) -> None:
        if key == "⌫":
            self._pin.backspace()
        elif key == "↵":
            self._enter()
        else:
            self._pin.insert(key)

    def _to_pin(self) -> None:
        self._pin.setFocus()

    def _enter(self) -> None:
        badge, pin = self._badge.text().strip(), self._pin.text()
        if not badge:
            self._badge.setFocus()
            self._message.say(self._kit.look.say("sign-in.scan-badge"))
        elif not pin:
            self._pin.setFocus()
        else:
            self._kit.do(SignIn(Credentials(badge, pin)))

"""Fields in which an ask is answered: an amount, a number, a badge with its PIN."""

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtWidgets import QLineEdit, QWidget

from bcma.errors import BcmaError
from bcma.model.quantity import parse_decimal
from ui.acts import Credentials
from ui.look import Look, Type
from ui.widgets import Button, Field, Text, row


class NumberField(QWidget):
    """A decimal between a minus and a plus; the comma and the point are both read."""

    def __init__(  # noqa: PLR0913 - a field is its name, unit, start, step and receiver
        self,
        look: Look,
        name: str,
        unit: str,
        confirm: Callable[[Decimal], None],
        *,
        start: Decimal | None = None,
        step: Decimal = Decimal(1),
    ) -> None:
        super().__init__()
        self._look, self._confirm, self._step = look, confirm, step
        self._field = Field(look, name, self._enter)
        self._field.setProperty("role", "value")
        self._field.setFont(look.font(Type.LINE))
        self._field.setFixedWidth(look.px(150))
        if start is not None:
            self._field.setText(look.wording.number(start))
        minus = Button(look, "", self._less, icon="minus")
        minus.setAccessibleName(look.say("less"))
        plus = Button(look, "", self._more, icon="plus")
        plus.setAccessibleName(look.say("more"))
        for button in (minus, plus):
            button.setFixedSize(look.px(56), look.px(52))
        done = Button(look, look.say("button.confirm"), self._enter, role="ink", icon="check")
        done.setFixedHeight(look.px(52))
        self._problem = Text(look, "", Type.NOTE, "stop", wrap=True)
        parts = row(
            minus,
            self._field,
            Text(look, unit, Type.VALUE, "muted"),
            plus,
            done,
            spacing=look.px(10),
        )
        parts.addWidget(self._problem, 1)
        self.setLayout(parts)
        self.setFocusProxy(self._field)

    def _value(self) -> Decimal | None:
        try:
            return parse_decimal(self._field.text())
        except BcmaError:
            return None

    def _less(self) -> None:
        value = self._value() or Decimal(0)
        self._field.setText(self._look.wording.number(max(Decimal(0), value - self._step)))

    def _more(self) -> None:
        value = self._value() or Decimal(0)
        self._field.setText(self._look.wording.number(value + self._step))

    def _enter(self) -> None:
        value = self._value()
        if value is None:
            self._problem.say(self._look.say("number.unreadable"))
            self._field.setFocus()
            return
        self._problem.say("")
        self._confirm(value)


class CredentialsField(QWidget):
    """Badge and PIN of another person; a scanned badge may be put in from outside."""

    def __init__(self, look: Look, confirm: Callable[[Credentials], None], label: str) -> None:
        super().__init__()
        self._confirm = confirm
        self._badge = Field(look, look.say("sign-in.badge"), self._to_pin)
        self._pin = Field(look, look.say("sign-in.pin"), self._enter)
        self._pin.setEchoMode(QLineEdit.EchoMode.Password)
        done = Button(look, label, self._enter, role="ink", icon="check")
        done.setFixedHeight(look.px(52))
        parts = row(spacing=look.px(10))
        parts.addWidget(self._badge, 3)
        parts.addWidget(self._pin, 2)
        parts.addWidget(done)
        self.setLayout(parts)
        self.setFocusProxy(self._badge)

    def take_badge(self, badge: str) -> None:
        """Put a scanned badge in and wait for the PIN."""
        self._badge.setText(badge)
        self._to_pin()

    def _to_pin(self) -> None:
        self._pin.setFocus()

    def _enter(self) -> None:
        badge, pin = self._badge.text().strip(), self._pin.text()
        if not badge:
            self._badge.setFocus()
        elif not pin:
            self._pin.setFocus()
        else:
            self._pin.clear()
            self._confirm(Credentials(badge, pin))

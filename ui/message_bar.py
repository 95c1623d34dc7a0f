"""A calm sentence across the page: what went wrong and what to do; no dialog to dismiss."""

from ui.look import Look, Type
from ui.widgets import Button, Card, Picture, Text, row


class MessageBar(Card):
    """Hidden until something has to be said; the next step takes it away."""

    def __init__(self, look: Look) -> None:
        super().__init__("message")
        self._text = Text(look, "", Type.VALUE, wrap=True)
        close = Button(look, look.say("button.close"), self.clear_text, role="plain")
        margins = (look.px(16), look.px(6), look.px(16), look.px(6))
        layout = row(
            Picture(look, "information-outline", look.palette.warn.text, 26),
            spacing=look.px(12),
            margins=margins,
        )
        layout.addWidget(self._text, 1)
        layout.addWidget(close)
        self.setLayout(layout)
        self.hide()

    def show_text(self, text: str) -> None:
        """Say something."""
        self._text.say(text)
        self.setAccessibleName(text)
        self.show()

    def clear_text(self) -> None:
        """Take it away."""
        self.hide()

    @property
    def text(self) -> str:
        """Give what is said now; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

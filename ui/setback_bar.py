"""A sentence that stays: the store went back (hazard H92), or what is recorded is not signed."""

from collections.abc import Callable

from bcma.app import SetbackNotice
from ui.look import Look, Type
from ui.widgets import Button, Card, Picture, Text, row

#: More names than these make the sentence longer than the window: it is the whole ward then.
_MOST_NAMES = 24


class SetbackBar(Card):
    """Hidden unless the store was restored or copied, or records cannot be signed.

    Args:
        seen: notes that the person signed in has seen it.
    """

    def __init__(self, look: Look, seen: Callable[[], None]) -> None:
        super().__init__("message")
        self._look = look
        self._text = Text(look, "", Type.VALUE, wrap=True)
        self._seen = Button(look, look.say("setback.seen"), seen, role="plain")
        layout = row(
            Picture(look, "history", look.palette.warn.text, 26),
            spacing=look.px(12),
            margins=(look.px(16), look.px(6), look.px(16), look.px(6)),
        )
        layout.addWidget(self._text, 1)
        layout.addWidget(self._seen)
        self.setLayout(layout)
        self.hide()

    def show_notice(
        self, notice: SetbackNotice | None, *, signed_in: bool, unsigned: bool = False
    ) -> None:
        """Say what was found; only who is signed in sees names, and can say that it was seen."""
        said = [] if notice is None else [self._sentence(notice, signed_in=signed_in)]
        if unsigned:
            said.append(self._look.say("unsigned"))
        text = " ".join(said)
        self._text.say(text)
        self.setAccessibleName(text)
        self._seen.setVisible(signed_in and notice is not None)
        self.setVisible(bool(said))

    def _sentence(self, notice: SetbackNotice, *, signed_in: bool) -> str:
        said = []
        if notice.restored:
            whom = self._whom(notice) if signed_in else self._look.say("setback.sign-in")
            counts = {"count": notice.brought_back, "missing": notice.missing}
            said.append(self._look.say("setback.restored", names=whom, **counts))
        if notice.copied:
            said.append(self._look.say("setback.copied"))
        return " ".join(said)

    def _whom(self, notice: SetbackNotice) -> str:
        """Name every patient, or the whole ward: nobody may be left out."""
        say, names = self._look.say, notice.names
        if not names or len(names) > _MOST_NAMES:
            return say("setback.patients-unknown")
        more = [say("setback.unnamed", count=notice.unnamed)] if notice.unnamed else []
        return ", ".join([*names, *more])

"""An EMR that suddenly lacks much: what is missing, and whether it is to be believed (H92)."""

from datetime import datetime

from PySide6.QtWidgets import QWidget

from bcma.app import Shrinkage, Worklist
from ui import describe
from ui.acts import AcceptDeletions, CompareAgain
from ui.kit import Kit
from ui.look import Look, Type
from ui.widgets import Card, Picture, Text, column, row
from ui.work_card import WorkCard, asked, buttons


class LossCard(WorkCard):
    """Draws one Shrinkage."""

    def __init__(self, kit: Kit, shrinkage: Shrinkage, now: datetime) -> None:
        super().__init__(kit, "card-warn")
        self._shrinkage = shrinkage
        self._comparing = False
        look = kit.look
        as_of = shrinkage.orders_as_of
        at = "–" if as_of is None else describe.instant(look, as_of, now)
        told = look.say("problems.shrank", at=at)
        line = row(Picture(look, "cloud-alert", look.palette.warn.mark, 26), spacing=look.px(10))
        line.addWidget(Text(look, told, Type.STRONG, "warn", wrap=True), 1)
        self.body.addLayout(line)
        self.body.addWidget(_table(look, shrinkage))
        self.setAccessibleName(f"{told} {_listed(look, shrinkage)}")
        self.show_choices()

    def shows(self, work: Worklist) -> bool:
        """Tell whether this is still what waits."""
        return self._shrinkage == work.shrinkage

    def show_comparing(self, *, comparing: bool) -> None:
        """Say that the EMR is being looked at; what is about to be decided stays open."""
        if comparing is not self._comparing:
            self._comparing = comparing
            if not self.is_open:
                self.show_choices()

    def choices(self) -> QWidget:
        """Offer to compare again, and to who may, to believe the EMR; say who may to the others."""
        look, shrinkage = self.kit.look, self._shrinkage
        if shrinkage.accepted:
            return Text(look, look.say("problems.accepted"), Type.STRONG, wrap=True)
        if self._comparing:
            return Text(look, look.say("problems.comparing"), Type.NOTE, "muted", wrap=True)
        again = (look.say("problems.compare-again"), "cloud-sync-outline", "ink", self._compare)
        accept = (look.say("problems.accept"), "check", "out", self._ask_sure)
        offered = buttons(look, again, *([accept] if shrinkage.may_accept else []))
        hint = Text(look, look.say("problems.shrank-hint"), Type.CAPTION, "muted", wrap=True)
        holder = QWidget()
        holder.setLayout(column(hint, offered, spacing=look.px(8)))
        return holder

    def _ask_sure(self) -> None:
        """Say what it means, with the numbers, before anything is believed."""
        look, shrinkage = self.kit.look, self._shrinkage
        count = sum(loss.missing for loss in shrinkage.losses)
        sure = (look.say("problems.accept-sure", count=count), "check", "ink", self._accept)
        cancel = (look.say("button.cancel"), "close", "out", self.show_choices)
        question = look.say("problems.accept-means", text=_listed(look, shrinkage))
        self.show_form(asked(look, question, buttons(look, sure, cancel)), careful=True)

    def _accept(self) -> None:
        self.sent_off()
        self.kit.do(AcceptDeletions(self._shrinkage))

    def _compare(self) -> None:
        self.kit.do(CompareAgain())


def _listed(look: Look, shrinkage: Shrinkage) -> str:
    """Name what is missing in one line: how many of how many of what."""
    parts = (
        f"{look.wording.number(loss.missing)}/{look.wording.number(loss.held)} "
        f"{describe.uncapital(look.word('resource', loss.kind))}"
        for loss in shrinkage.losses
    )
    return ", ".join(parts)


def _table(look: Look, shrinkage: Shrinkage) -> Card:
    """Draw a line for each type: what, and how many of how many are missing."""
    inset = Card("inset")
    pad = look.px(14)
    lines = column(spacing=look.px(2), margins=(pad, look.px(8), pad, look.px(8)))
    for loss in shrinkage.losses:
        kind = Text(look, look.word("resource", loss.kind), Type.VALUE, wrap=True)
        missing = look.say("problems.loss", missing=loss.missing, held=loss.held)
        line = row(spacing=look.px(12))
        line.addWidget(kind, 1)
        line.addWidget(Text(look, missing, Type.STRONG))
        lines.addLayout(line)
    inset.setLayout(lines)
    return inset

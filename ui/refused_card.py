"""One record that the EMR refused: whose, what, why, and what can be done about it."""

from datetime import datetime
from typing import Final

from PySide6.QtWidgets import QWidget

from bcma.app import Refused, Worklist
from bcma.model.record import MedicationAdministration
from ui import describe
from ui.acts import SeenTo, SendAgain
from ui.kit import Kit
from ui.look import Look, Type
from ui.widgets import Card, Picture, Text, column, row
from ui.work_card import WorkCard, asked, buttons, choose, heading

#: How else a person may have seen to it; kept in the audit trail.
_HANDLED: Final = ("charted-on-emr", "charted-on-paper", "charted-in-error", "it-informed")


class RefusedCard(WorkCard):
    """Draws one refused delivery."""

    def __init__(self, kit: Kit, refused: Refused, now: datetime) -> None:
        super().__init__(kit, "card")
        self._refused = refused
        look, problem = kit.look, refused.problem
        told = ""
        if problem.since is not None:
            at = describe.instant(look, problem.since, now)
            told = look.say("problems.refused-at", at=at)
        self.body.addLayout(heading(look, refused.bed, refused.patient, told))
        what = what_it_is(look, refused, now)
        self.body.addWidget(Text(look, what, Type.VALUE, wrap=True))
        self.body.addWidget(Text(look, self._owner(), Type.CAPTION, "muted", wrap=True))
        answer = server_answer(look, problem.outcome)
        self.body.addWidget(_answer(look, answer, problem.said))
        self.setAccessibleName(f"{refused.bed} {refused.patient}: {what}. {answer}")
        self.show_choices()

    def shows(self, work: Worklist) -> bool:
        """Tell whether this is still what waits."""
        return self._refused in work.refused

    def choices(self) -> QWidget:
        """Offer to send again, or to say how it was seen to."""
        look = self.kit.look
        return buttons(
            look,
            (look.say("problems.send-again"), "cloud-upload-outline", "ink", self._send),
            (look.say("problems.seen-to"), "check", "out", self._ask_how),
        )

    def _owner(self) -> str:
        look, refused = self.kit.look, self._refused
        owner = refused.owner or look.say("problems.nobody")
        parts = [look.say("problems.owner", name=owner)]
        if refused.problem.behind:
            parts.append(look.say("problems.behind", count=refused.problem.behind))
        return describe.DOT.join(parts)

    def _send(self) -> None:
        self.sent_off()
        self.kit.do(SendAgain(self._refused.problem.sequence))

    def _ask_how(self) -> None:
        look = self.kit.look
        words = [(code, look.word("handled", code)) for code in _HANDLED]
        cancel = (look.say("button.cancel"), "close", "out", self.show_choices)
        chips = choose(look, words, self._say_how)
        self.show_form(asked(look, look.say("problems.how"), chips, buttons(look, cancel)))

    def _say_how(self, reason: str) -> None:
        self.sent_off()
        self.kit.do(SeenTo(self._refused.problem.sequence, reason))


def what_it_is(look: Look, refused: Refused, now: datetime) -> str:
    """Name a record: drug, dose, what became of it and when; else what was told."""
    record = refused.problem.record
    if not isinstance(record, MedicationAdministration):
        told = look.word("told", refused.problem.kind)
        return describe.DOT.join((told, describe.instant(look, record.at, now)))
    at = record.given_at or record.recorded_at
    parts = (
        refused.drug,
        describe.amount(look, record.amount),
        look.word("status", record.status),
        "" if at is None else describe.instant(look, at, now),
    )
    return describe.DOT.join(part for part in parts if part)


def server_answer(look: Look, outcome: str) -> str:
    """Say in plain words what the server answered in codes."""
    code, *more = outcome.split()
    issues = [word for one in more if (word := look.word("issue", one)) != one]
    if issues:
        return describe.capital(", ".join(issues)) + "."
    return look.wording.sentence(f"error.{code}")


def _answer(look: Look, answer: str, said: str) -> Card:
    inset = Card("inset")
    words = column(Text(look, answer, Type.NOTE, wrap=True))
    if said:
        told = look.say("problems.server-said", text=said)
        words.addWidget(Text(look, told, Type.CAPTION, "muted", wrap=True))
    pad = look.px(12)
    line = row(spacing=look.px(12), margins=(pad, look.px(6), pad, look.px(6)))
    line.addWidget(Picture(look, "cloud-alert", look.palette.stop.mark, 26))
    line.addLayout(words, 1)
    inset.setLayout(line)
    return inset

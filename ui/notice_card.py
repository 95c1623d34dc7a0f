"""Doses charted twice, side by side, or given after their order was stopped: what was it?"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QWidget

from bcma.app import NoticeKind, SafetyNotice, Worklist
from bcma.model.record import MedicationAdministration
from ui import describe
from ui.acts import ChartedTwice, GivenTwice, PrescriberKnows
from ui.kit import Kit
from ui.look import Look, Type
from ui.reasons import ReasonChips
from ui.widgets import Button, Card, Picture, Text, column, row
from ui.work_card import WorkCard, asked, buttons, heading

_CORRECT = "correct"
_TWO = 2


class NoticeCard(WorkCard):
    """Draws one notice; ``names`` are the people whom its records name."""

    def __init__(
        self, kit: Kit, notice: SafetyNotice, names: Mapping[str, str], now: datetime
    ) -> None:
        super().__init__(kit, "card-stop")
        self._notice, self._names, self._now = notice, names, now
        look = kit.look
        since = "" if notice.since is None else describe.instant(look, notice.since, now)
        self.body.addLayout(heading(look, notice.bed, notice.patient.name, since))
        told = self._told()
        line = row(Picture(look, "alert-octagon", look.palette.stop.mark, 26), spacing=look.px(10))
        line.addWidget(Text(look, told, Type.STRONG, "stop", wrap=True), 1)
        self.body.addLayout(line)
        self._sides = row(spacing=look.px(12))
        for number, record in enumerate(notice.records, start=1):
            self._sides.addWidget(self._side(number, record), 1)
        self.body.addLayout(self._sides)
        self.setAccessibleName(f"{notice.bed} {notice.patient.name}: {told}")
        self.show_choices()

    def shows(self, work: Worklist) -> bool:
        """Tell whether this is still what waits."""
        return self._notice in work.notices and self._names == work.names

    def choices(self) -> QWidget:
        """Offer what it may have been; say who may decide where this person may not."""
        look = self.kit.look
        if self._notice.kind is NoticeKind.NONE_LEFT:
            return Text(look, look.say("problems.chart-anew"), Type.CAPTION, "muted", wrap=True)
        if not self._notice.may_settle:
            return Text(look, look.say("problems.not-yours"), Type.CAPTION, "muted", wrap=True)
        if self._notice.kind is not NoticeKind.CHARTED_TWICE:
            tell = (look.say("problems.prescriber-told"), "phone-outline", "ink", self._told_on)
            return buttons(look, tell)
        return buttons(
            look,
            (look.say("problems.charted-twice"), "content-duplicate", "out", self._ask_which),
            (self._say_given("problems.given-twice"), "pill-multiple", "out", self._ask_sure),
        )

    def _say_given(self, key: str) -> str:
        """Say of two doses that they were both given, of more how many."""
        count = len(self._notice.records)
        return self.kit.look.say(key if count == _TWO else f"{key}.more", count=count)

    def _told(self) -> str:
        look, notice = self.kit.look, self._notice
        facts: dict[str, object] = {"drug": notice.drug, "count": len(notice.records)}
        if notice.kind is NoticeKind.CHARTED_TWICE and notice.planned is None:
            return look.say("problems.twice-unplanned", **facts)
        at = notice.planned
        if notice.kind in {NoticeKind.ORDER_STOPPED, NoticeKind.ORDER_CHANGED}:
            at = notice.changed_at
        when = "–" if at is None else describe.instant(look, at, self._now)
        return look.say(f"problems.told.{notice.kind}", at=when, **facts)

    def _side(self, number: int, record: MedicationAdministration) -> Card:
        """Draw one record as it would be read aloud: when, who, how much, how, where."""
        look = self.kit.look
        pad = look.px(14)
        lines = column(spacing=0, margins=(pad, look.px(8), pad, look.px(10)))
        caption = look.say("problems.record", number=number)
        if len(self._notice.records) > 1:
            lines.addWidget(Text(look, caption, Type.CAPTION, "muted"))
        lines.addWidget(Text(look, self._when(record), Type.LEAD))
        giver = self._names.get(record.giver_id or "", record.giver_name)
        said = [giver or look.say("problems.nobody"), _what(look, record), _where(look, record)]
        lines.addWidget(Text(look, said[0], Type.VALUE, wrap=True))
        for text in said[1:]:
            if text:
                lines.addWidget(Text(look, text, Type.CAPTION, "muted", wrap=True))
        lines.addStretch(1)  # beside a longer record the lines stay level
        inset = Card("inset")
        inset.setLayout(lines)
        inset.setAccessibleName(f"{caption}: {self._when(record)}, {', '.join(filter(None, said))}")
        return inset

    def _when(self, record: MedicationAdministration) -> str:
        at = record.known_at
        return "–" if at is None else describe.instant(self.kit.look, at, self._now)

    def _ask_which(self) -> None:
        """Ask which record stays; those of others than this station's too."""
        look = self.kit.look
        line = row(spacing=look.px(12))
        for number, record in enumerate(self._notice.records, start=1):
            text = look.say("problems.right", number=number, at=self._when(record))
            press = partial(self._ask_why, record.event_id or "")
            button = Button(look, text, press, icon="check")
            button.setFixedHeight(look.px(48))
            line.addWidget(button, 1)
        holder = QWidget()
        holder.setLayout(line)
        self._ask(look.say("problems.which"), holder)

    def _ask_why(self, right: str) -> None:
        chips = ReasonChips(self.kit, _CORRECT, partial(self._charted_twice, right))
        self._ask(self.kit.look.say("problems.why-wrong"), chips)

    def _ask_sure(self) -> None:
        look = self.kit.look
        sure = (self._say_given("problems.sure"), "check", "ink", self._given_twice)
        cancel = (look.say("button.cancel"), "close", "out", self.show_choices)
        question = self._say_given("problems.given-twice-means")
        self.show_form(asked(look, question, buttons(look, sure, cancel)), careful=True)

    def _ask(self, question: str, answers: QWidget) -> None:
        look = self.kit.look
        cancel = (look.say("button.cancel"), "close", "out", self.show_choices)
        self.show_form(asked(look, question, answers, buttons(look, cancel)))

    def _charted_twice(self, right: str, reason: str) -> None:
        self.sent_off()
        self.kit.do(ChartedTwice(self._notice, right, reason))

    def _given_twice(self) -> None:
        self.sent_off()
        self.kit.do(GivenTwice(self._notice))

    def _told_on(self) -> None:
        self.sent_off()
        self.kit.do(PrescriberKnows(self._notice))


def _what(look: Look, record: MedicationAdministration) -> str:
    route = describe.route(look, record.route) if record.route else ""
    parts = (describe.amount(look, record.amount), route)
    return describe.DOT.join(part for part in parts if part)


def _where(look: Look, record: MedicationAdministration) -> str:
    """Say at which station, and whether band and drug were scanned."""
    scanned = record.patient_scanned and record.drug_scanned
    how = look.say("problems.scanned" if scanned else "problems.by-hand")
    station = look.say("problems.station", name=record.station) if record.station else ""
    return describe.DOT.join(part for part in (station, how) if part)

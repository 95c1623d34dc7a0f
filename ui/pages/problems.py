"""What waits for a person: an EMR that lacks much, unclear doses, what is refused or unsent."""

from datetime import UTC, date, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcma.app import Worklist
from bcma.bedside import PassState
from ui import describe
from ui.kit import Kit
from ui.look import Look, Type
from ui.loss_card import LossCard
from ui.notice_card import NoticeCard
from ui.page import Page
from ui.reading_card import ReadingCard
from ui.refused_card import RefusedCard
from ui.standing import Standing
from ui.unsent_card import UnsentCard
from ui.widgets import Card, Picture, Scroll, Text, clear, column, row, rule

_WorkCard = LossCard | NoticeCard | RefusedCard


class ProblemsPage(Page):
    """Draws a Worklist: decisions on the right, the exchange with the EMR on the left."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._work: Worklist | None = None
        self._day: date | None = None
        self._now = datetime.now(UTC)
        self._cards: dict[str, _WorkCard] = {}
        self._standing: Standing | None = None
        look = kit.look
        gap = look.px(16)
        self._head = row(spacing=look.px(16))
        head = Card("banner")
        head.setFixedHeight(look.px(80))
        head.setLayout(row(self._head, margins=(gap, 0, gap, 0)))
        self._unsent = UnsentCard(look)
        self._reading = ReadingCard(kit)
        exchange = QWidget()
        exchange.setLayout(column(self._reading, self._unsent, 1, spacing=look.px(12)))
        left = Scroll(exchange)
        left.setFixedWidth(look.px(340))
        self._list = column(spacing=look.px(12))
        content = QWidget()
        content.setLayout(self._list)
        self._scroll = Scroll(content)
        work = row(left, spacing=gap, margins=(gap, gap, gap, gap))
        work.addWidget(self._scroll, 1)
        layout = column(head)
        layout.addLayout(work, 1)
        self.setLayout(layout)

    def show_state(self, state: PassState) -> None:
        """Let time move on in what is told of the exchange."""
        self._now = state.now
        self._unsent.show_now(state.now)
        if self._standing is not None:
            self._reading.show_standing(self._standing, state.now)
        if self._work is not None:
            self.show_work(self._work)

    def refresh(self, state: PassState) -> None:
        """Let time move on; what somebody is about to decide stays open."""
        self.show_state(state)

    def show_standing(self, standing: Standing) -> None:
        """Draw how the exchange stands."""
        self._standing = standing
        self._reading.show_standing(standing, self._now)
        for card in self._cards.values():
            if isinstance(card, LossCard):
                card.show_comparing(comparing=standing.comparing)

    def show_work(self, work: Worklist) -> None:
        """Draw what waits; a card that is still the same stays, with what is open in it.

        On another day all are drawn anew: what was "07:30" has a date from midnight on.
        """
        day = describe.local(self._kit.look, self._now).date()
        is_same_day = day == self._day
        if work == self._work and is_same_day:
            return
        self._work, self._day = work, day
        self._unsent.show_backlog(work.backlog)
        self._show_head(work)
        before, self._cards = self._cards, {}
        kept = {
            key: card
            for key, card in before.items()
            if card.shows(work) and (is_same_day or card.is_open)
        }
        _take_out(self._list, set(kept.values()))
        look = self._kit.look
        if work.shrinkage is not None:
            self._list.addWidget(_heading(look, "problems.shrinkage"))
            self._cards["loss"] = kept.get("loss") or LossCard(self._kit, work.shrinkage, self._now)
            self._list.addWidget(self._cards["loss"])
        if work.notices:
            self._list.addWidget(_heading(look, "problems.notices", len(work.notices)))
        for notice in work.notices:
            key = f"notice {notice.id}"
            self._cards[key] = kept.get(key) or NoticeCard(self._kit, notice, work.names, self._now)
            self._list.addWidget(self._cards[key])
        if work.refused or work.others:
            self._list.addWidget(
                _heading(look, "problems.refused", len(work.refused) + work.others)
            )
        for refused in work.refused:
            key = f"refused {refused.problem.sequence}"
            self._cards[key] = kept.get(key) or RefusedCard(self._kit, refused, self._now)
            self._list.addWidget(self._cards[key])
        if work.others:
            others = look.say("problems.others", count=work.others)
            self._list.addWidget(Text(look, others, Type.CAPTION, "muted", wrap=True))
        if not self._cards and not work.others:
            self._list.addWidget(_nothing(look))
        self._list.addStretch(1)

    def scroll_by(self, pages: int) -> None:
        """Scroll the list."""
        self._scroll.by_pages(pages)

    def escape(self) -> bool:
        """Close what is about to be decided."""
        closed = [card.close_form() for card in self._cards.values()]
        return any(closed)

    def _show_head(self, work: Worklist) -> None:
        look = self._kit.look
        clear(self._head)
        self._head.addWidget(Text(look, look.say("problems.title"), Type.GIVE))
        self._head.addStretch(1)
        numbers = (
            ("problems.count.notices", len(work.notices), "stop"),
            ("problems.count.refused", work.backlog.refused, "stop"),
            ("problems.count.waiting", work.backlog.waiting, "warn"),
        )
        for key, count, tone in numbers:
            self._head.addWidget(rule(look, height=40))
            self._head.addLayout(_number(look, look.say(key), count, tone))


def _number(look: Look, caption: str, count: int, tone: str) -> QVBoxLayout:
    number = Text(look, str(count), Type.GIVE, tone if count else "muted")
    number.setContentsMargins(0, 0, 0, 0)
    return column(1, number, Text(look, caption, Type.CAPTION, "muted"), 1)


def _heading(look: Look, key: str, count: int | None = None) -> QWidget:
    holder = QWidget()
    line = row(spacing=look.px(8))
    line.addWidget(Text(look, look.say(key), Type.HEADING))
    if count is not None:
        line.addWidget(Text(look, str(count), Type.HEADING, "muted"))
    line.addStretch(1)
    holder.setLayout(line)
    return holder


def _nothing(look: Look) -> Card:
    """Say calmly that there is nothing to do."""
    card = Card("card")
    card.setMinimumHeight(look.px(160))
    words = column(
        1,
        Text(look, look.say("problems.nothing"), Type.CARD),
        Text(look, look.say("problems.nothing-hint"), Type.CAPTION, "muted"),
        1,
    )
    picture = Picture(look, "check-circle", look.palette.passed.mark, 36)
    line = row(1, picture, spacing=look.px(16))
    line.addLayout(words)
    line.addStretch(1)
    line.setAlignment(picture, Qt.AlignmentFlag.AlignVCenter)
    card.setLayout(line)
    card.setAccessibleName(look.say("problems.nothing"))
    return card


def _take_out(layout: QVBoxLayout, kept: set[_WorkCard]) -> None:
    """Empty the list without ending the cards that go back into it."""
    for card in kept:
        layout.removeWidget(card)
    clear(layout)

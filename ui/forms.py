"""Forms that open in place: a reason, a part of a dose, a permission, a code not readable."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from bcma.bedside import PassState
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity
from bcma.model.verdict import Finding, ReleaseBy
from ui.acts import Credentials, Give, Release, UnableToScan
from ui.ask_fields import NumberField
from ui.kit import Kit
from ui.look import Type
from ui.reasons import ReasonChips
from ui.widgets import Button, Card, Field, Picture, Text, clear, column, row

#: What is typed by hand, by what could not be scanned: names of `typed`, keys of the labels.
_TYPED = {
    "band": (("mrn", "mrn"), ("birth_date", "birth-date"), ("name", "name")),
    "unit": (("gtin", "product"), ("lot", "lot"), ("expiry", "expiry")),
}
_GTIN_LENGTHS = (8, 12, 13, 14)


class InPlace(Card):
    """A card with a title; what it needs is added below."""

    def __init__(self, kit: Kit, icon: str, title: str, detail: str = "") -> None:
        super().__init__("card")
        look = kit.look
        self.setAccessibleName(title)
        margins = (look.px(16), look.px(12), look.px(16), look.px(16))
        head = row(Picture(look, icon, look.palette.text, 26), spacing=look.px(10))
        head.addWidget(Text(look, title, Type.CARD, wrap=True), 1)
        self.body: QVBoxLayout = column(head, spacing=look.px(10), margins=margins)
        if detail:
            self.body.addWidget(Text(look, detail, Type.CAPTION, "muted", wrap=True))
        self.setLayout(self.body)


class ReasonForm(InPlace):
    """Hold or refuse: one tap on a reason charts it."""

    def __init__(self, kit: Kit, act: str, choose: Callable[[str], None]) -> None:
        icons = {"hold": "pause", "refuse": "hand-front-right-outline"}
        look = kit.look
        title = f"{look.say(f'button.{act}')}: {look.say('verdict.choose-reason')}"
        super().__init__(kit, icons[act], title)
        self.body.addWidget(ReasonChips(kit, act, choose))


class PartForm(InPlace):
    """Give less than ordered: how much, and why."""

    def __init__(self, kit: Kit, state: PassState) -> None:
        look = kit.look
        super().__init__(kit, "circle-half-full", look.say("part.title"), look.say("part.how"))
        self._kit = kit
        ordered = state.dose.ordered if state.dose else None
        target = ordered.low if isinstance(ordered, DoseRange) else ordered
        start = state.dose.total if state.dose and state.dose.total else target
        if start is None:
            return
        self._unit = start.unit
        field = NumberField(
            look, look.say("amount"), look.wording.unit(start.unit), self._choose, start=start.value
        )
        self.body.addWidget(field)
        self._reasons = column()
        self.body.addLayout(self._reasons)

    def _choose(self, value: Decimal) -> None:
        amount = Quantity(value, self._unit)
        clear(self._reasons)

        def give(reason: str) -> None:
            self._kit.do(Give(amount, reason))

        self._reasons.addWidget(ReasonChips(self._kit, "give", give))


class UnableForm(InPlace):
    """Go on without a scan: what was read by eye, then the reason."""

    def __init__(self, kit: Kit, what: str) -> None:
        look = kit.look
        title = look.say("unable.band" if what == "band" else "unable.unit")
        super().__init__(kit, "barcode-off", title)
        self._kit, self._what = kit, what
        self._fields: list[tuple[str, Field]] = []
        line = row(spacing=look.px(10))
        for name, key in _TYPED[what]:
            field = Field(look, look.say(f"unable.{key}"), self._next)
            self._fields.append((name, field))
            line.addWidget(field)
        self.body.addLayout(line)
        self._problem = Text(look, "", Type.NOTE, "stop", wrap=True)
        self.body.addWidget(
            ReasonChips(kit, "unable_to_scan", self._choose, likely=f"unable-{what}")
        )
        self.body.addWidget(self._problem)
        self.setFocusProxy(self._fields[0][1])

    def _next(self) -> None:
        empty = (field for _, field in self._fields if not field.text().strip())
        following = next(empty, None)
        if following is not None:
            following.setFocus()

    def _choose(self, reason: str) -> None:
        typed = {name: f.text().strip() for name, f in self._fields if f.text().strip()}
        enough = 2 if self._what == "band" else 1
        if len(typed) < enough:
            self._problem.say(self._kit.look.say(f"unable.{self._what}"))
            self._next()
            return
        if "gtin" in typed and not _is_gtin(typed["gtin"]):
            typed["drug"] = typed.pop("gtin")
        self._kit.do(UnableToScan(self._what, reason, tuple(typed.items())))


class ReleaseForm(InPlace):
    """Let a stop pass: every person who is needed proves who they are."""

    def __init__(self, kit: Kit, findings: Sequence[Finding]) -> None:
        look = kit.look
        finding = findings[0]
        headline, _ = look.wording.finding(finding)
        super().__init__(kit, "account-key-outline", look.say("release.title"), headline)
        self._kit, self._finding = kit, finding
        self._people: dict[ReleaseBy, tuple[Field, Field]] = {}
        for by in finding.release:
            if by is not ReleaseBy.REASON:
                self._add_person(by)
        if ReleaseBy.PRESCRIBER in finding.release:
            if ReleaseBy.WITNESS not in finding.release:
                self._add_person(ReleaseBy.WITNESS)
            self.body.addWidget(
                Text(look, look.say("release.how"), Type.CAPTION, "muted", wrap=True)
            )
        if ReleaseBy.REASON in finding.release:
            self.body.addWidget(ReasonChips(kit, finding.code, self._tell))
            return
        done = Button(
            look, look.say("release.confirm"), partial(self._tell, None), role="ink", icon="check"
        )
        done.setFixedHeight(look.px(52))
        self.body.addWidget(done)

    def _add_person(self, by: ReleaseBy) -> None:
        look = self._kit.look
        name = look.word("release", by)
        badge = Field(look, f"{name}: {look.say('sign-in.badge')}", lambda: None)
        pin = Field(look, f"{name}: {look.say('sign-in.pin')}", lambda: None)
        pin.setEchoMode(QLineEdit.EchoMode.Password)
        self._people[by] = badge, pin
        self.body.addLayout(row(badge, pin, spacing=look.px(10)))

    def _proof(self, by: ReleaseBy) -> Credentials | None:
        """Give who proved themselves; ``None`` without badge and PIN."""
        fields = self._people.get(by)
        if fields is None or not fields[0].text().strip() or not fields[1].text():
            return None
        return Credentials(fields[0].text().strip(), fields[1].text())

    def _prescriber(self) -> Credentials | str | None:
        """Give the prescriber; a badge without PIN is a release by telephone."""
        fields = self._people.get(ReleaseBy.PRESCRIBER)
        if fields is None:
            return None
        return self._proof(ReleaseBy.PRESCRIBER) or fields[0].text().strip() or None

    def _tell(self, reason: str | None) -> None:
        self._kit.do(
            Release(
                code=self._finding.code,
                reason=reason,
                prescriber=self._prescriber(),
                pharmacist=self._proof(ReleaseBy.PHARMACIST),
                witness=self._proof(ReleaseBy.WITNESS),
            )
        )


def _is_gtin(text: str) -> bool:
    """Tell a product number from the hospital's own drug code by its form."""
    return text.isascii() and text.isdigit() and len(text) in _GTIN_LENGTHS

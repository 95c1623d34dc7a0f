"""Order and scanned product side by side, one fact a row, the differing part marked."""

from dataclasses import dataclass
from enum import Enum
from itertools import takewhile

from PySide6.QtWidgets import QGridLayout, QWidget

from bcma.bedside import DoseInHand, PassState
from bcma.model.quantity import Quantity
from bcma.model.verdict import Right, RightState, Severity, Verdict
from ui import describe
from ui.look import Look, Type
from ui.theme import Tone
from ui.widgets import Card, Picture, Text, row, rule

#: The least share of common letters that makes two names look alike.
_ALIKE = 0.5


class Sign(Enum):
    """How the two sides of a row stand to each other."""

    NONE = ("", Tone.NONE)
    EQUAL = ("equal", Tone.PASS)
    IN_TIME = ("check", Tone.PASS)
    #: The sides agree, but something else about this right was not checked: never green.
    SAME = ("equal", Tone.NONE)
    DIFFERS = ("not-equal-variant", Tone.STOP)
    WARNS = ("alert", Tone.WARN)
    OPEN = ("help-box", Tone.ASK)
    NOT_CHECKED = ("circle-off-outline", Tone.NONE)


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: what was ordered, what was scanned."""

    label: str
    ordered: str
    scanned: str
    sign: Sign
    names: bool = False


#: What a missing check has not to do with the two sides of a row: the knowledge pack's limits.
_BESIDE_THE_POINT = frozenset({"no-pack"})
_SPEAKING = frozenset({Sign.DIFFERS, Sign.WARNS, Sign.OPEN})
#: The findings that speak about each row; the sign is theirs, the page judges nothing.
_DRUG = (
    "drug.not-ordered",
    "drug.order-inactive",
    "drug.substitution-refused",
    "drug.strength-unusable",
    "drug.unknown-code",
    "drug.choose-order",
    "drug.order-unreadable",
    "drug.order-changed",
)
_FORM = ("drug.form-differs", "route.mismatch", "route.do-not-crush")
_LOT = (
    "drug.expired",
    "drug.expires-soon",
    "drug.recalled",
    "drug.label-void",
    "drug.unit-used",
    "drug.in-use-expired",
    "drug.other-patient",
)


def facts_of(look: Look, state: PassState, verdict: Verdict) -> tuple[Fact, ...]:
    """Set the dose in hand beside its order."""
    dose = state.dose
    if dose is None:
        return ()
    order = dose.order.medication if dose.order else None
    unit = dose.units[-1] if dose.units else None
    product = unit.product if unit else None
    alike = next((f for f in verdict.findings if f.code == "drug.look-alike"), None)
    ordered = look.wording.fact(alike.facts.get("ordered")) if alike else look.say("no-order")
    names = (
        describe.with_strength(look, order.name, dose) if order else ordered,
        describe.unit_name(unit) if unit else "—",
    )
    facts = [
        Fact(
            look.say("compare.drug"),
            *names,
            _sign(verdict, Right.DRUG, _DRUG, known=unit is not None),
            names=True,
        ),
    ]
    if order is not None and product is not None:
        forms = describe.form(look, order) or "—", describe.form(look, product) or "—"
        known = "—" not in forms
        facts.append(
            Fact(look.say("compare.form"), *forms, _sign(verdict, Right.DRUG, _FORM, known=known))
        )
    if dose.order is not None:
        facts += _dose_and_time(look, state, dose, verdict)
    if unit is not None:
        lot = describe.lot_and_expiry(look, unit)
        sign = _sign(verdict, Right.DRUG, _LOT, known=False)
        facts.append(Fact(look.say("compare.lot-expiry"), "—", lot, sign))
    if any(f.sign is Sign.DIFFERS for f in facts):
        return (*brief(tuple(facts[:-1])), facts[-1])
    return tuple(facts)


def brief(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Keep the names and the rows that a finding speaks about."""
    return tuple(f for f in facts if f.names or f.sign in _SPEAKING)


def _dose_and_time(
    look: Look, state: PassState, dose: DoseInHand, verdict: Verdict
) -> tuple[Fact, Fact]:
    given = in_units(look, dose)
    known = bool(given)
    amount = Fact(
        look.say("compare.dose"),
        describe.amount(look, dose.ordered) or "—",
        given or "—",
        _sign(verdict, Right.DOSE, None, known=known),
    )
    sign = _sign(verdict, Right.TIME, None, known=dose.slot is not None)
    sign = Sign.IN_TIME if sign is Sign.EQUAL else sign
    now = look.wording.time(state.now)
    return amount, Fact(look.say("compare.time"), describe.window(look, dose), now, sign)


def in_units(look: Look, dose: DoseInHand) -> str:
    """Give what the units in hand make: ``1 × 500 mg``."""
    if dose.total is None or not dose.units:
        return ""
    total = look.wording.quantity(dose.total)
    if len({unit.product.id for unit in dose.units if unit.product is not None}) > 1:
        return total  # units of several products have no common strength
    if dose.units_counted < 1:
        return total
    each = Quantity(dose.total.value / dose.units_counted, dose.total.unit)
    if dose.units_counted == 1:
        return look.say("count-of", n=1, each=total)
    spelled = look.say("count-of", n=dose.units_counted, each=look.wording.quantity(each))
    return f"{spelled} = {total}"


def _sign(verdict: Verdict, right: Right, codes: tuple[str, ...] | None, *, known: bool) -> Sign:
    """Give the sign that the findings about a row amount to; a right not checked is no ``=``."""
    about = [
        f
        for f in verdict.findings
        if f.severity > Severity.INFO and (f.code in codes if codes else f.right is right)
    ]
    worst = max((f.severity for f in about), default=None)
    match worst:
        case Severity.STOP:
            return Sign.DIFFERS
        case Severity.ASK:
            return Sign.OPEN
        case Severity.WARN:
            return Sign.WARNS
        case Severity.INFO | None:
            pass
    if not known:
        return Sign.NONE
    if verdict.rights[right] is RightState.NOT_CHECKED:
        why = {n.why for n in verdict.not_checked if n.right is right}
        return Sign.SAME if why <= _BESIDE_THE_POINT else Sign.NOT_CHECKED
    return Sign.EQUAL if verdict.rights[right] is RightState.OK else Sign.NONE


def differing(first: str, second: str) -> tuple[int, int] | None:
    """Give how many letters two names share at their beginning and end, if they look alike."""
    first, second = (" ".join(name.split()) for name in (first, second))
    pairs = list(zip(first.casefold(), second.casefold(), strict=False))
    head = len(list(takewhile(lambda p: p[0] == p[1], pairs)))
    backwards = zip(reversed(first.casefold()), reversed(second.casefold()), strict=False)
    shortest = min(len(first), len(second))
    tail = len(list(takewhile(lambda p: p[0] == p[1], backwards)))
    tail = min(tail, shortest - head)
    if head == max(len(first), len(second)) or head + tail < _ALIKE * shortest:
        return None
    return head, tail


class Comparison(Card):
    """The card with one row a fact: label, order, sign, scanned."""

    def __init__(self, look: Look, facts: tuple[Fact, ...]) -> None:
        super().__init__("card")
        self.setAccessibleName(look.say("comparison"))
        grid = QGridLayout()
        grid.setContentsMargins(look.px(16), look.px(6), look.px(16), look.px(6))
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, look.px(96))
        grid.setColumnMinimumWidth(2, look.px(44))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        grid.addWidget(Text(look, look.say("compare.ordered"), Type.HEADING, "muted"), 0, 1)
        grid.addWidget(Text(look, look.say("compare.scanned"), Type.HEADING, "muted"), 0, 3)
        grid.addWidget(rule(look), 1, 0, 1, 4)
        grid.setRowMinimumHeight(0, look.px(30))
        for number, fact in enumerate(facts, start=2):
            self._add(look, grid, number, fact)
        self.setLayout(grid)

    def _add(self, look: Look, grid: QGridLayout, number: int, fact: Fact) -> None:
        grid.setRowMinimumHeight(
            number, look.px((42 if fact.names else 34) + (10 if look.roomy else 0))
        )
        grid.setRowStretch(number, 1)
        grid.addWidget(Text(look, fact.label, Type.CAPTION, "muted"), number, 0)
        kind = Type.LEAD if fact.names else Type.VALUE
        ordered, scanned = _sides(look, fact, kind)
        grid.addWidget(ordered, number, 1)
        grid.addWidget(scanned, number, 3)
        icon, tone = fact.sign.value
        if icon:
            mark = Picture(look, icon, look.palette.tint(tone).mark, 22)
            mark.setAccessibleName(look.say(f"sign.{fact.sign.name.lower()}"))
            grid.addWidget(mark, number, 2)


def _sides(look: Look, fact: Fact, kind: Type) -> tuple[QWidget, QWidget]:
    shared = None
    if fact.names and fact.sign is Sign.DIFFERS:
        shared = differing(fact.ordered, fact.scanned)
    if shared is None:
        return (
            Text(look, fact.ordered, kind, wrap=True),
            Text(look, fact.scanned, kind, wrap=True),
        )
    palette = look.palette
    return (
        _Reversed(look, fact.ordered, shared, palette.ink, palette.on_ink),
        _Reversed(look, fact.scanned, shared, palette.stop.fill, palette.stop.on),
    )


class _Reversed(QWidget):
    """A name whose differing letters stand as a reversed block."""

    def __init__(self, look: Look, name: str, shared: tuple[int, int], fill: str, on: str) -> None:
        super().__init__()
        name = " ".join(name.split())  # a narrow space counts as a space
        self.setAccessibleName(name)
        head, tail = shared
        middle = name[head : len(name) - tail]
        size = Type.PAIR
        if look.width_of(name, size) > look.px(310):
            size = Type.LEAD
        parts = row()
        for text, marked in (
            (name[:head], False),
            (middle, True),
            (name[len(name) - tail :], False),
        ):
            if not text:
                continue
            part = Text(look, text, size)
            if marked:
                part.setStyleSheet(f"background: {fill}; color: {on}; padding: 0 {look.px(4)}px;")
            parts.addWidget(part)
        parts.addStretch(1)
        self.setLayout(parts)

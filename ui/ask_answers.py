"""The form in which each kind of ask is answered; one row of ANSWERS per finding code."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QWidget

from bcma.bedside import PassState
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity
from bcma.model.verdict import Finding
from ui import describe
from ui.acts import Answer, Credentials, OpenOrder
from ui.ask_fields import CredentialsField, NumberField
from ui.chips import Chip, ChipGrid
from ui.kit import Kit
from ui.look import Type
from ui.widgets import Field, Text, column

_Form = Callable[[Kit, PassState, Finding], QWidget | None]


def answer_of(kit: Kit, state: PassState, finding: Finding) -> QWidget | None:
    """Give the form for a finding; ``None`` where only a scan answers it."""
    form = ANSWERS.get(finding.code)
    return form(kit, state, finding) if form else None


def _tell(kit: Kit, code: str, value: object) -> None:
    kit.do(Answer(code=code, value=value))


def _chips(kit: Kit, code: str, choices: Mapping[str, object]) -> QWidget:
    """Offer values by their words."""
    chips = [Chip(words, partial(_tell, kit, code, value)) for words, value in choices.items()]
    return ChipGrid(kit.look, chips)


def _acknowledge(kit: Kit, _state: PassState, finding: Finding) -> QWidget:
    words = "button.acknowledge" if finding.code == "drug.order-unread" else "yes"
    return _chips(kit, finding.code, {kit.look.say(words): True})


def _missed(kit: Kit, _state: PassState, finding: Finding) -> QWidget:
    look = kit.look
    return _chips(
        kit, finding.code, {look.say("missed.late"): "late", look.say("missed.next"): "next"}
    )


def _order(kit: Kit, state: PassState, _finding: Finding) -> QWidget | None:
    """Offer the orders that fit equally."""
    look, dose = kit.look, state.dose
    if dose is None:
        return None
    chips = []
    for order in dose.candidates:
        dosage = next(iter(order.dosages), None)
        amount = describe.amount(look, dosage.dose) if dosage else ""
        words = (order.medication.name, amount, describe.routes(look, dosage))
        text = describe.DOT.join(word for word in words if word)
        chips.append(Chip(text, partial(kit.do, OpenOrder(order.id))))
    return ChipGrid(look, chips, most=2)


def _route(kit: Kit, state: PassState, finding: Finding) -> QWidget | None:
    dosage = state.dose.dosage if state.dose else None
    if dosage is None:
        return None
    return _chips(
        kit, finding.code, {describe.route(kit.look, code): code for code in dosage.routes}
    )


def _site(kit: Kit, state: PassState, finding: Finding) -> QWidget | None:
    route = finding.facts.get("route")  # of a patch, the skin, whatever the order's route
    if state.dose is None or not isinstance(route, str):
        return None
    look = kit.look
    return _chips(
        kit, finding.code, {look.word("site", site): site for site in kit.policy.sites_for(route)}
    )


def _prn(kit: Kit, state: PassState, finding: Finding) -> QWidget | None:
    """Offer the reasons that the order names."""
    dose = state.dose
    if dose is None:
        return None
    named = [c.display or c.code for c in dose.dosage.as_needed_for] if dose.dosage else []
    if dose.order is not None:
        named += [reason for reason in dose.order.reasons if reason not in named]
    if not named:
        field = Field(kit.look, kit.look.say("prn.why"), lambda: None)
        field.returnPressed.connect(lambda: _tell(kit, finding.code, {"reason": field.text()}))
        return field
    if not finding.facts.get("score"):
        return _chips(kit, finding.code, {words: {"reason": words} for words in named})
    return _scored(kit, finding.code, named)


def _scored(kit: Kit, code: str, named: list[str]) -> QWidget:
    """Offer the scores 0 to 10 under each reason: one tap says both."""
    holder = QWidget()
    layout = column(spacing=kit.look.px(6))
    for words in named:
        layout.addWidget(Text(kit.look, words, Type.VALUE))
        chips = [
            Chip(str(score), partial(_tell, kit, code, {"reason": words, "score": score}))
            for score in range(11)
        ]
        layout.addWidget(ChipGrid(kit.look, chips, most=11))
    holder.setLayout(layout)
    return holder


def _amount(kit: Kit, state: PassState, finding: Finding) -> QWidget | None:
    """Ask for an amount in the order's unit, beginning with what the units make."""
    dose = state.dose
    if dose is None or dose.ordered is None:
        return None
    ordered = dose.ordered
    low = ordered.low if isinstance(ordered, DoseRange) else ordered
    start = dose.total if finding.code == "dose.part-unit" and dose.total else low
    if finding.code == "dose.part-unit":
        start = low
    unit = start.unit

    def confirm(value: Decimal) -> None:
        _tell(kit, finding.code, Quantity(value, unit))

    words = kit.look.wording.unit(unit)
    return NumberField(
        kit.look, kit.look.say("amount"), words, confirm, start=start.value, step=_step(start.value)
    )


def _step(value: Decimal) -> Decimal:
    """Give a step that suits the size of a dose: a quarter, a unit, or ten."""
    if value < 1:
        return Decimal("0.05")
    return Decimal(1) if value <= 50 else Decimal(10)  # noqa: PLR2004 - read above


def _count(kit: Kit, state: PassState, finding: Finding) -> QWidget | None:
    """Ask for the count of units taken from a pack or with a code without serial."""
    dose = state.dose
    if dose is None or not dose.units:
        return None

    def confirm(value: Decimal) -> None:
        if value == value.to_integral_value():
            _tell(kit, finding.code, {"count": int(value)})

    start = Decimal(dose.units_needed or dose.units_counted)
    look = kit.look
    return NumberField(look, look.say("count"), look.say("count.unit"), confirm, start=start)


def _measure(kit: Kit, _state: PassState, finding: Finding) -> QWidget:
    """Ask for a value by its LOINC code, in the unit of the limit."""
    code = str(finding.facts.get("measure") or "")
    unit = str(finding.facts.get("unit") or "")

    def confirm(value: Decimal) -> None:
        _tell(kit, finding.code, {code: value})

    words = kit.look.wording.unit(unit) if unit else ""
    return NumberField(kit.look, kit.look.say("value"), words, confirm)


def _allergies(kit: Kit, _state: PassState, finding: Finding) -> QWidget:
    look = kit.look
    holder = QWidget()
    field = Field(look, look.say("allergy.substance"), lambda: None)
    field.returnPressed.connect(lambda: _tell(kit, finding.code, field.text()))
    none = _chips(kit, finding.code, {look.say("allergy.answer-none"): "none"})
    layout = column(none, field, spacing=look.px(8))
    holder.setLayout(layout)
    return holder


def _read_off(kit: Kit, _state: PassState, finding: Finding) -> QWidget:
    """Ask for what is printed on the pack."""
    field = Field(kit.look, kit.look.say(f"pack.{finding.code}"), lambda: None)
    field.returnPressed.connect(lambda: _tell(kit, finding.code, field.text()))
    return field


def _measured_out(kit: Kit, _state: PassState, finding: Finding) -> QWidget | None:
    """Offer the amount that was measured out of a larger bag; else only a scan answers."""
    amount = finding.facts.get("amount")
    if finding.facts.get("larger") is not True or not isinstance(amount, Quantity):
        return None
    return _chips(kit, finding.code, {kit.look.wording.quantity(amount): amount})


def _witness(kit: Kit, _state: PassState, finding: Finding) -> QWidget:
    def confirm(credentials: Credentials) -> None:
        kit.do(Answer(code=finding.code, witness=credentials))

    return CredentialsField(kit.look, confirm, kit.look.say("witness.confirm"))


ANSWERS: Mapping[str, _Form] = {
    "drug.order-unread": _acknowledge,
    "drug.choose-order": _order,
    "drug.allergies-unknown": _allergies,
    "drug.container-empty": _acknowledge,
    "drug.component-missing": _measured_out,
    "drug.lot-unknown": _read_off,
    "drug.expiry-unknown": _read_off,
    "dose.incomplete": _count,
    "dose.part-unit": _amount,
    "dose.choose": _amount,
    "route.choose": _route,
    "route.site-needed": _site,
    "time.missed-choice": _missed,
    "time.reopen": _acknowledge,
    "indication.prn-reason": _prn,
    "response.measure": _measure,
    "documentation.witness": _witness,
}

"""From a step's verb as JSON to a value of :mod:`bcma.simulate.verbs`.

Verbs that the product does not have yet are checked as far as the format defines them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bcma.bedside.acts import BackEntry, GiveFirst
from bcma.model.findings import BY_CODE
from bcma.simulate.place import Mistake, Node
from bcma.simulate.read_acts import ACTS
from bcma.simulate.read_bundle import read_bundle
from bcma.simulate.read_parts import (
    plain_order,
    read_amount,
    read_badge_pin,
    read_order,
    read_prescriber,
)
from bcma.simulate.verbs import (
    Answer,
    ChangeEmr,
    Decline,
    Give,
    Network,
    NotBuilt,
    NotGiving,
    OpenOrder,
    Release,
    Restart,
    ScanText,
    SetNetwork,
    SignIn,
    SignOut,
    SyncNow,
    UnableToScan,
    Verb,
)

#: How far a reason reaches: this dose, or every later dose of the patient's pass.
_SCOPES: Final = ("dose", "pass")
#: What may be typed of a band and of a unit that cannot be scanned.
_TYPED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"band": ("mrn", "birth_date", "name"), "unit": ("gtin", "drug", "lot", "expiry")}
)


def _code(node: Node) -> str:
    return node.word(BY_CODE)


def _sign_in(node: Node) -> Verb:
    return SignIn(read_badge_pin(node))


def _sign_out(node: Node) -> Verb:
    node.members()
    return SignOut()


def _scan(node: Node) -> Verb:
    return ScanText(node.any_text())


def _unable_to_scan(node: Node) -> Verb:
    parts = node.members({"what", "reason", "typed"})
    what = parts["what"].word(_TYPED)
    typed = parts["typed"].members(optional=_TYPED[what])
    return UnableToScan(
        what,
        parts["reason"].text(),
        MappingProxyType({name: value.text() for name, value in typed.items()}),
    )


def _open(node: Node) -> Verb:
    return OpenOrder(read_order(node.members({"order"})["order"]))


def _answer(node: Node) -> Verb:
    parts = node.members({"code"}, {"value", "cannot", "prescriber", "witness", "scope"})
    if "cannot" not in parts and "value" not in parts:
        raise node.error(Mistake.MISSING_KEY, key="value")
    if "cannot" in parts and "value" in parts:
        raise parts["cannot"].error(Mistake.UNKNOWN_KEY, key="cannot", known="code, value")
    if "scope" in parts:
        parts["scope"].word(_SCOPES)  # every dose is asked for itself, whatever the scope
    return Answer(
        code=_code(parts["code"]),
        value=_answer_value(parts["value"]) if "value" in parts else None,
        cannot=parts["cannot"].text() if "cannot" in parts else None,
        prescriber=read_prescriber(parts["prescriber"]) if "prescriber" in parts else None,
        witness=read_badge_pin(parts["witness"]) if "witness" in parts else None,
    )


def _answer_value(node: Node) -> object:
    """Recognise the two shapes that have a type of their own; others stay as JSON has them."""
    match node.value:
        case {"badge": _, "pin": _, "amount": _}:
            return node.value  # a witness's own result
        case {"badge": _, "pin": _}:
            return read_badge_pin(node)
        case {"value": _, "unit": _}:
            return read_amount(node)
        case _:
            return node.value


def _release(node: Node) -> Verb:
    parts = node.members({"code"}, {"reason", "prescriber", "pharmacist", "witness", "scope"})
    return Release(
        code=_code(parts["code"]),
        reason=parts["reason"].text() if "reason" in parts else None,
        prescriber=read_prescriber(parts["prescriber"]) if "prescriber" in parts else None,
        pharmacist=read_badge_pin(parts["pharmacist"]) if "pharmacist" in parts else None,
        witness=read_badge_pin(parts["witness"]) if "witness" in parts else None,
        whole_pass="scope" in parts and parts["scope"].word(_SCOPES) == _SCOPES[-1],
    )


def _give(node: Node) -> Verb:
    parts = node.members(optional={"amount", "reason"})
    return Give(
        read_amount(parts["amount"]) if "amount" in parts else None,
        parts["reason"].text() if "reason" in parts else None,
    )


def _not_giving(how: Decline) -> "Reader":
    def read(node: Node) -> Verb:
        parts = node.members({"reason"}, {"order"})
        order = read_order(parts["order"]) if "order" in parts else None
        return NotGiving(how, order, parts["reason"].text())

    return read


def _back_enter(node: Node) -> Verb:
    """Read a paper dose; what else the sheet says has no effect."""
    parts = node.entries()
    for name in ("order", "given_at"):
        if name not in parts:
            raise node.error(Mistake.MISSING_KEY, key=name)
    return BackEntry(
        order_id=plain_order(parts["order"]),
        given_at=parts["given_at"].instant(),
        amount=read_amount(parts["amount"]) if "amount" in parts else None,
        reason=parts["reason"].text() if "reason" in parts else None,
    )


def _give_first(node: Node) -> Verb:
    parts = node.members({"drug", "amount", "route"}, {"witness", "read_back"})
    return GiveFirst(
        drug=parts["drug"].text(),
        amount=read_amount(parts["amount"]),
        route=parts["route"].text(),
        witness=read_badge_pin(parts["witness"]) if "witness" in parts else None,
        read_back="read_back" in parts and parts["read_back"].flag(),
    )


def _emr(node: Node) -> Verb:
    return ChangeEmr(read_bundle(node))


def _network(node: Node) -> Verb:
    return SetNetwork(Network(node.word(Network)))


def _sync(node: Node) -> Verb:
    node.members()
    return SyncNow()


def _restart(node: Node) -> Verb:
    parts = node.members(optional={"kill"})
    return Restart("kill" in parts and parts["kill"].flag())


def _not_built(verb: str, *required: str) -> "Reader":
    """Build the reader of a verb without effect: an object with at least these members."""

    def read(node: Node) -> Verb:
        parts = node.entries()
        for name in required:
            if name not in parts:
                raise node.error(Mistake.MISSING_KEY, key=name)
        if "record" in parts:
            parts["record"].whole(low=1)
        return NotBuilt(verb, MappingProxyType({name: part.value for name, part in parts.items()}))

    return read


Reader = Callable[[Node], Verb]

VERBS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        **ACTS,
        "sign_in": _sign_in,
        "sign_out": _sign_out,
        "scan": _scan,
        "unable_to_scan": _unable_to_scan,
        "open": _open,
        "answer": _answer,
        "release": _release,
        "give": _give,
        "hold": _not_giving(Decline.HOLD),
        "refuse": _not_giving(Decline.REFUSE),
        "not_given": _not_giving(Decline.NOT_GIVEN),
        "emr": _emr,
        "network": _network,
        "sync": _sync,
        "restart": _restart,
        "prepare": _not_built("prepare"),
        "give_first": _give_first,
        "reassign_unit": _not_built("reassign_unit"),
        "waste": _not_built("waste"),
        "return_unit": _not_built("return_unit"),
        "missing_dose": _not_built("missing_dose"),
        "reader_down": _not_built("reader_down"),
        "downtime": _not_built("downtime"),
        "back_enter": _back_enter,
    }
)

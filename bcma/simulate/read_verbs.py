"""From a step's verb as JSON to a value of :mod:`bcma.simulate.verbs`.

Verbs that the product does not have yet are checked as far as the format defines them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bcma.bedside.acts import Act, Correct, GiveFirst, LinkOrder, LoseDose, RemovePatch
from bcma.bedside.world import BadgePin
from bcma.errors import DataError
from bcma.model.findings import BY_CODE
from bcma.model.quantity import Quantity
from bcma.simulate.place import Mistake, Node
from bcma.simulate.read_aftercare import read_follow_up, read_suspect
from bcma.simulate.read_bundle import read_bundle
from bcma.simulate.verbs import (
    ActOn,
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

_ORDER = "MedicationRequest/"
#: How far a reason reaches: this dose, or every later dose of the patient's pass.
_SCOPES: Final = ("dose", "pass")
#: What may be typed of a band and of a unit that cannot be scanned.
_TYPED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"band": ("mrn", "birth_date", "name"), "unit": ("gtin", "drug", "lot", "expiry")}
)


def read_badge_pin(node: Node) -> BadgePin:
    """Read ``{"badge", "pin"}``."""
    parts = node.members({"badge", "pin"})
    return BadgePin(parts["badge"].text(), parts["pin"].text())


def read_amount(node: Node) -> Quantity:
    """Read ``{"value", "unit"}``."""
    parts = node.members({"value", "unit"})
    try:
        return Quantity.of(parts["value"].number(), parts["unit"].text())
    except DataError as bad:
        raise parts["unit"].error(Mistake.UNKNOWN_VALUE, value=parts["unit"].value) from bad


def _code(node: Node) -> str:
    return node.word(BY_CODE)


def _order(node: Node) -> str:
    written = node.text()
    if not written.removeprefix(_ORDER) or "/" in written.removeprefix(_ORDER):
        raise node.error(Mistake.UNKNOWN_VALUE, value=written, known=f"{_ORDER}…")
    return written


def _prescriber(node: Node) -> BadgePin | str:
    return node.text() if isinstance(node.value, str) else read_badge_pin(node)


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
    return OpenOrder(_order(node.members({"order"})["order"]))


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
        prescriber=_prescriber(parts["prescriber"]) if "prescriber" in parts else None,
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
        prescriber=_prescriber(parts["prescriber"]) if "prescriber" in parts else None,
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
        order = _order(parts["order"]) if "order" in parts else None
        return NotGiving(how, order, parts["reason"].text())

    return read


def _act_on(verb: str, read_act: Callable[[Mapping[str, Node]], Act], *required: str) -> "Reader":
    """Build the reader of a verb about an earlier step's record; other members say more."""

    def read(node: Node) -> Verb:
        parts = node.entries()
        for name in ("record", *required):
            if name not in parts:
                raise node.error(Mistake.MISSING_KEY, key=name)
        return ActOn(verb, parts["record"].whole(low=1), read_act(parts))

    return read


def _correct(parts: Mapping[str, Node]) -> Act:
    return Correct(parts["reason"].text() if "reason" in parts else None)


def _give_first(node: Node) -> Verb:
    parts = node.members({"drug", "amount", "route"}, {"witness", "read_back"})
    return GiveFirst(
        drug=parts["drug"].text(),
        amount=read_amount(parts["amount"]),
        route=parts["route"].text(),
        witness=read_badge_pin(parts["witness"]) if "witness" in parts else None,
        read_back="read_back" in parts and parts["read_back"].flag(),
    )


def _link_order(parts: Mapping[str, Node]) -> Act:
    return LinkOrder(_order(parts["order"]).removeprefix(_ORDER))


def _lose_dose(parts: Mapping[str, Node]) -> Act:
    return LoseDose(parts["outcome"].word(("vomited", "lost")))


def _remove_patch(_parts: Mapping[str, Node]) -> Act:
    return RemovePatch()


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
        "stop_infusion": _not_built("stop_infusion", "record"),
        "remove_patch": _act_on("remove_patch", _remove_patch),
        "correct": _act_on("correct", _correct),
        "follow_up": _act_on("follow_up", read_follow_up, "value"),
        "reaction": _act_on("reaction", read_suspect),
        "prepare": _not_built("prepare"),
        "bag_change": _not_built("bag_change", "record"),
        "rate_change": _not_built("rate_change", "record"),
        "pause": _not_built("pause", "record"),
        "resume": _not_built("resume", "record"),
        "bolus": _not_built("bolus", "record"),
        "accept_infusion": _not_built("accept_infusion", "record"),
        "give_first": _give_first,
        "link_order": _act_on("link_order", _link_order, "order"),
        "dose_outcome": _act_on("dose_outcome", _lose_dose, "outcome"),
        "reassign_unit": _not_built("reassign_unit"),
        "waste": _not_built("waste"),
        "return_unit": _not_built("return_unit"),
        "missing_dose": _not_built("missing_dose"),
        "reader_down": _not_built("reader_down"),
        "downtime": _not_built("downtime"),
        "back_enter": _not_built("back_enter"),
    }
)

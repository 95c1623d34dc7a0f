"""From a verb about an earlier step's record to a value: who did what about it.

The format leaves open what else such a verb may say; members that are not known have no effect.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bcma.bedside.acts import Act, Correct, LinkOrder, LoseDose, RemovePatch
from bcma.bedside.infusion_acts import (
    AcceptInfusion,
    ChangeBag,
    ChangeRate,
    GiveBolus,
    PauseInfusion,
    ResumeInfusion,
    StopInfusion,
)
from bcma.bedside.world import Proof
from bcma.model.quantity import Quantity
from bcma.simulate.place import Mistake, Node
from bcma.simulate.read_aftercare import read_follow_up, read_suspect
from bcma.simulate.read_parts import plain_order, read_amount, read_badge_pin, read_prescriber
from bcma.simulate.verbs import ActOn

_Parts = Mapping[str, Node]


def _act_on(
    verb: str, read_act: Callable[[_Parts], Act], *required: str
) -> Callable[[Node], ActOn]:
    """Build the reader of a verb about the record of an earlier step."""

    def read(node: Node) -> ActOn:
        parts = node.entries()
        for name in ("record", *required):
            if name not in parts:
                raise node.error(Mistake.MISSING_KEY, key=name)
        return ActOn(verb, parts["record"].whole(low=1), read_act(parts))

    return read


def _reason(parts: _Parts) -> str | None:
    return parts["reason"].text() if "reason" in parts else None


def _volume(parts: _Parts) -> Quantity | None:
    """Read what went in, as a volume or as an amount."""
    given = next((parts[name] for name in ("volume", "amount") if name in parts), None)
    return None if given is None else read_amount(given)


def _optional(parts: _Parts, name: str) -> Quantity | None:
    return read_amount(parts[name]) if name in parts else None


def _proof(parts: _Parts) -> Proof:
    return Proof(
        reason=_reason(parts),
        prescriber=read_prescriber(parts["prescriber"]) if "prescriber" in parts else None,
        witness=read_badge_pin(parts["witness"]) if "witness" in parts else None,
    )


def _correct(parts: _Parts) -> Act:
    return Correct(_reason(parts))


def _lose_dose(parts: _Parts) -> Act:
    return LoseDose(parts["outcome"].word(("vomited", "lost")))


def _remove_patch(_parts: _Parts) -> Act:
    return RemovePatch()


def _link_order(parts: _Parts) -> Act:
    return LinkOrder(plain_order(parts["order"]))


def _stop_infusion(parts: _Parts) -> Act:
    return StopInfusion(volume=_volume(parts), reason=_reason(parts))


def _change_bag(parts: _Parts) -> Act:
    return ChangeBag(_volume(parts))


def _change_rate(parts: _Parts) -> Act:
    return ChangeRate(read_amount(parts["rate"]), _proof(parts))


def _pause(parts: _Parts) -> Act:
    return PauseInfusion(_reason(parts))


def _resume(parts: _Parts) -> Act:
    return ResumeInfusion(_proof(parts))


def _bolus(parts: _Parts) -> Act:
    return GiveBolus(read_amount(parts["amount"]), _proof(parts))


def _accept(parts: _Parts) -> Act:
    return AcceptInfusion(rate=_optional(parts, "rate"), rest=_optional(parts, "rest"))


ACTS: Final[Mapping[str, Callable[[Node], ActOn]]] = MappingProxyType(
    {
        "correct": _act_on("correct", _correct),
        "dose_outcome": _act_on("dose_outcome", _lose_dose, "outcome"),
        "link_order": _act_on("link_order", _link_order, "order"),
        "remove_patch": _act_on("remove_patch", _remove_patch),
        "follow_up": _act_on("follow_up", read_follow_up, "value"),
        "reaction": _act_on("reaction", read_suspect),
        "stop_infusion": _act_on("stop_infusion", _stop_infusion),
        "bag_change": _act_on("bag_change", _change_bag),
        "rate_change": _act_on("rate_change", _change_rate, "rate"),
        "pause": _act_on("pause", _pause),
        "resume": _act_on("resume", _resume),
        "bolus": _act_on("bolus", _bolus, "amount"),
        "accept_infusion": _act_on("accept_infusion", _accept),
    }
)

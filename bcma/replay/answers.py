"""What the row says to a question that the product asks."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bcma.bedside.state import PassState
from bcma.model.quantity import Quantity
from bcma.model.verdict import Finding
from bcma.replay.amounts import amount
from bcma.replay.chart_rows import Event
from bcma.replay.oracle import total_given

#: The row names no reason; one that the shipped policy allows for everything.
REASON: Final = "clinical-judgement"
CANNOT: Final = "other"


def answer_of(question: Finding, event: Event, state: PassState) -> object | None:
    """Give the row's answer; ``None`` where the row has none: it cannot be answered then."""
    answer = _ANSWERS.get(question.code)
    return None if answer is None else answer(question, event, state)


#: Where a nurse puts what goes under the skin: another place each time.
_ROTATION: Final = (
    "abdomen-left",
    "abdomen-right",
    "thigh-left",
    "thigh-right",
    "upper-arm-left",
    "upper-arm-right",
)
#: And the one place of the others: the line, the eyes and ears, where a patch is put.
_PLACES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "IV": ("forearm-left",),
        "OP": ("eye-both", "eye-left", "eye-right"),
        "OT": ("ear-both", "ear-left", "ear-right"),
        "TD": ("chest-left", "chest-right"),
        "IM": ("deltoid-left", "deltoid-right"),
        "ID": ("forearm-left", "forearm-right"),
    }
)


def _site(question: Finding, _event: Event, state: PassState) -> object:
    """Give a site: the rows name none, so the next in rotation is taken, as a nurse does."""
    route = question.facts.get("route")
    if not isinstance(route, str):
        route = "" if state.dose is None else state.dose.route or ""
    places = _PLACES.get(route, _ROTATION)
    records = () if state.chart is None else state.chart.administrations
    used = next((r.site for r in reversed(records) if r.site in places), None)
    return places[0] if used is None else places[(places.index(used) + 1) % len(places)]


def _yes(_question: Finding, _event: Event, _state: PassState) -> object:
    return True


def _route(question: Finding, event: Event, _state: PassState) -> object | None:
    routes = question.facts.get("routes")
    if not isinstance(routes, tuple) or not routes:
        return None
    return event.route if event.route in routes else routes[0]


def _need(question: Finding, _event: Event, _state: PassState) -> object:
    """Say that it is for what was ordered; the folder knows no reasons and no scores."""
    reasons = question.facts.get("reasons")
    named = reasons[0] if isinstance(reasons, tuple) and reasons else REASON
    return {"reason": named, "score": 5} if question.facts.get("score") else {"reason": named}


def _amount(_question: Finding, event: Event, _state: PassState) -> object | None:
    given = total_given(event)
    if given is not None:
        return given
    due = amount(event.due, event.due_unit)
    return due if isinstance(due, Quantity) else None


def _part(question: Finding, event: Event, state: PassState) -> object | None:
    """Confirm the part of a unit where the row gave that much, or does not say how much."""
    return question.facts.get("amount") if total_given(event) else _amount(question, event, state)


def _late_or_next(question: Finding, event: Event, _state: PassState) -> object:
    older = question.facts.get("planned")
    return "late" if older == event.planned else "next"


def _count(question: Finding, _event: Event, state: PassState) -> object | None:
    needed = question.facts.get("needed")
    if not isinstance(needed, int) and state.dose is not None:
        needed = state.dose.units_needed
    return {"count": needed} if isinstance(needed, int) else None


_ANSWERS: Final[Mapping[str, Callable[[Finding, Event, PassState], object | None]]] = (
    MappingProxyType(
        {
            "drug.order-unread": _yes,
            "route.site-needed": _site,
            "indication.prn-reason": _need,
            "time.reopen": _yes,
            "route.choose": _route,
            "dose.choose": _amount,
            "dose.part-unit": _part,
            "dose.incomplete": _count,
            "time.missed-choice": _late_or_next,
        }
    )
)

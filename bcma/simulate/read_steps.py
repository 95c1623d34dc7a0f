"""The steps of a scenario: their order in time, their verbs, and what they refer back to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bcma.bedside.acts import BackEntry, GiveFirst
from bcma.simulate.place import Mistake, Node
from bcma.simulate.read_expect import read_expect
from bcma.simulate.read_verbs import VERBS
from bcma.simulate.scenario import Step
from bcma.simulate.verbs import ActOn, Give, NotBuilt, NotGiving, ScanText


def read_steps(node: Node, now: datetime, stations: tuple[str, ...]) -> tuple[Step, ...]:
    """Read at least one step.

    Args:
        node: the list of steps.
        now: when the scenario begins.
        stations: their names; the first is the one of steps that name none.

    Raises:
        ScenarioError: one of them is wrong, or there is none.
    """
    steps: list[Step] = []
    for number, item in enumerate(node.items(), start=1):
        step = _step(item, number, steps[-1].at if steps else now, stations)
        _check_record(step, item, steps)
        steps.append(step)
    if not steps:
        raise node.error(Mistake.EMPTY)
    return tuple(steps)


def _step(node: Node, number: int, before: datetime, stations: tuple[str, ...]) -> Step:
    parts = node.entries()
    verb = _verb_of(node, parts)
    return Step(
        number=number,
        station=parts["station"].word(stations) if "station" in parts else stations[0],
        at=_instant(parts, before),
        verb=VERBS[verb](parts[verb]),
        expect=read_expect(parts["expect"]) if "expect" in parts else None,
    )


def _check_record(step: Step, node: Node, before: list[Step]) -> None:
    """Check that the step named as the maker of a record is an earlier one that could make it."""
    if (
        not isinstance(step.verb, ActOn | NotBuilt)
        or "record" not in node.at(step.verb.verb).entries()
    ):
        return
    record = node.at(step.verb.verb).at("record")
    number = record.whole(low=1)
    if number > len(before) or not isinstance(before[number - 1].verb, _RECORDING):
        raise record.error(Mistake.NO_RECORD, value=number)


def _verb_of(node: Node, parts: Mapping[str, Node]) -> str:
    words = [name for name in parts if name not in _BESIDE]
    for word in words:
        if word not in VERBS:
            raise parts[word].error(Mistake.UNKNOWN_VERB, key=word)
    if not words:
        raise node.error(Mistake.NO_VERB)
    if len(words) > 1:
        raise node.error(Mistake.SEVERAL_VERBS, keys=", ".join(words))
    return words[0]


#: The verbs that can write a record (a scan, by the command sheet); of those not built, any may.
_RECORDING: Final = (Give, GiveFirst, BackEntry, NotGiving, ActOn, NotBuilt, ScanText)
#: What may stand in a step beside its verb.
_BESIDE: Final = frozenset({"at", "after", "station", "expect"})


def _instant(parts: Mapping[str, Node], before: datetime) -> datetime:
    if "at" in parts and "after" in parts:
        raise parts["after"].error(Mistake.TWO_TIMES)
    if "after" in parts:
        try:
            return before + parts["after"].duration()
        except OverflowError as beyond:
            raise parts["after"].error(Mistake.BAD_DURATION, value=parts["after"].value) from beyond
    if "at" not in parts:
        return before
    at = parts["at"].instant()
    if at < before:
        raise parts["at"].error(Mistake.BACKWARDS, value=parts["at"].value)
    return at

"""FHIR R4 Timing: what was written, checked against the standard's own invariants."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Final

from bcma.emr.fhir_map.datatypes import Concept, concept_at, period_at
from bcma.emr.fhir_map.dates import read_moment, read_time
from bcma.emr.fhir_map.dialect import V3_TIMING
from bcma.emr.fhir_map.node import Node
from bcma.model.order import PeriodUnit, Span, Timing

_TIMING = frozenset({"event", "repeat", "code"})
_REPEAT = frozenset(
    [
        "boundsDuration",
        "boundsRange",
        "boundsPeriod",
        "count",
        "countMax",
        "duration",
        "durationMax",
        "durationUnit",
        "frequency",
        "frequencyMax",
        "period",
        "periodMax",
        "periodUnit",
        "dayOfWeek",
        "timeOfDay",
        "when",
        "offset",
    ]
)
_QUANTITY = frozenset({"value", "unit", "system", "code"})
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WHEN = frozenset(
    [
        "MORN",
        "MORN.early",
        "MORN.late",
        "NOON",
        "AFT",
        "AFT.early",
        "AFT.late",
        "EVE",
        "EVE.early",
        "EVE.late",
        "NIGHT",
        "PHS",
        "HS",
        "WAKE",
        "C",
        "CM",
        "CD",
        "CV",
        "AC",
        "ACM",
        "ACD",
        "ACV",
        "PC",
        "PCM",
        "PCD",
        "PCV",
    ]
)
#: Events that an offset can be counted from: all but meals without "before" or "after".
_NO_OFFSET = frozenset({"C", "CM", "CD", "CV"})
#: Seconds in a unit of time; of months and years the longest ones.
_SECONDS: Final = {
    PeriodUnit.SECOND: 1,
    PeriodUnit.MINUTE: 60,
    PeriodUnit.HOUR: 3600,
    PeriodUnit.DAY: 86_400,
    PeriodUnit.WEEK: 604_800,
    PeriodUnit.MONTH: 2_678_400,
    PeriodUnit.YEAR: 31_622_400,
}
#: Codes and words that each name one rhythm of a day; two different ones contradict.
_RHYTHMS = frozenset(
    [
        "QD",
        "BID",
        "TID",
        "QID",
        "QOD",
        "Q1H",
        "Q2H",
        "Q3H",
        "Q4H",
        "Q6H",
        "Q8H",
        "Q12H",
        "Q24H",
        "AM",
        "PM",
    ]
)


def timing(node: Node, zone: tzinfo | None) -> Timing:
    """Read a Timing; everything that cannot be read is noted."""
    node.know(_TIMING)
    events = tuple(_events(node))
    when = concept_at(node, "code")
    code = None if when is None else _code(node, when)
    repeat = node.node("repeat")
    found = Timing() if repeat is None else _repeat(repeat, zone)
    return replace(found, events=events, code=code)


def _events(node: Node) -> Iterator[datetime]:
    for index, written in enumerate(node.strings("event")):
        found = read_moment(written, None)
        if found is None:
            node.note(f"event[{index}]", written)
        else:
            yield found.first


def _code(node: Node, written: Concept) -> str | None:
    """Give the code, else the site's words; a code and words that name two rhythms are noted."""
    standard = {c.code for c in written.codings if c.system == V3_TIMING and c.code}
    rhythms = {code for code in standard | {written.text.strip().upper()} if code in _RHYTHMS}
    if len(rhythms) > 1 or len(standard) > 1:
        node.note("code", " ".join(sorted(rhythms | standard)))
        return None
    codes = [*standard, *(c.code for c in written.codings if c.code), written.text]
    found = next((code for code in codes if code), None)
    if found is None:
        node.note("code", "")
    return found


def _repeat(node: Node, zone: tzinfo | None) -> Timing:
    node.know(_REPEAT)
    bounds = node.first_of("boundsDuration", "boundsRange", "boundsPeriod")
    period = period_at(node, "boundsPeriod", zone) if bounds == "boundsPeriod" else None
    low, high = _bounds_length(node, bounds)
    duration, duration_max = _spans(node, "duration", "durationMax", "durationUnit")
    step, step_max = _spans(node, "period", "periodMax", "periodUnit")
    found = Timing(
        bounds_start=period.start if period else None,
        bounds_end=period.end if period else None,
        bounds_length=low,
        bounds_length_max=high,
        count=node.whole("count", least=1),
        count_max=node.whole("countMax", least=1),
        duration=duration,
        duration_max=duration_max,
        frequency=node.whole("frequency", least=1),
        frequency_max=node.whole("frequencyMax", least=1),
        period=step.value if step else None,
        period_max=step_max.value if step_max else None,
        period_unit=step.unit if step else None,
        days_of_week=tuple(_days(node)),
        times_of_day=tuple(t for t in map(read_time, _times(node)) if t is not None),
        when=tuple(_when(node)),
        offset=node.whole("offset", least=0),
    )
    _check(node, found)
    return found


def _bounds_length(node: Node, bounds: str | None) -> tuple[Span | None, Span | None]:
    if bounds == "boundsDuration":
        return _length(node, "boundsDuration"), None
    there = node.node("boundsRange") if bounds == "boundsRange" else None
    if there is None:
        return None, None
    there.know({"low", "high"})
    low = _length(there, "low")
    if low is None and not there.has("low"):
        there.note("low", "")
    return low, _length(there, "high")


def _length(node: Node, name: str) -> Span | None:
    there = node.node(name)
    if there is None:
        return None
    there.know(_QUANTITY)
    value = there.number("value")
    unit = _period_unit(there, "code" if there.has("code") else "unit")
    if value is None or unit is None or value <= 0:
        there.note("value", there.value.get("value", ""))
        return None
    return Span(value, unit)


def _spans(node: Node, name: str, name_max: str, name_unit: str) -> tuple[Span | None, Span | None]:
    """Read a length, its upper end and the unit that they share."""
    value, most = node.number(name), node.number(name_max)
    unit = _period_unit(node, name_unit)
    if value is None:
        for leftover in (name_max, name_unit):
            if node.has(leftover) and not node.has(name):
                node.note(leftover, node.value[leftover])
        return None, None
    if unit is None or value <= 0:
        node.note(name, value)
        return None, None
    if most is not None and most < value:
        node.note(name_max, most)
    return Span(value, unit), None if most is None else Span(most, unit)


def _period_unit(node: Node, name: str) -> PeriodUnit | None:
    return node.member(name, PeriodUnit)


def _days(node: Node) -> Iterator[int]:
    for index, written in enumerate(node.strings("dayOfWeek")):
        if written in _DAYS:
            yield _DAYS.index(written)
        else:
            node.note(f"dayOfWeek[{index}]", written)


def _times(node: Node) -> Iterator[str]:
    for index, written in enumerate(node.strings("timeOfDay")):
        if read_time(written) is None:
            node.note(f"timeOfDay[{index}]", written)
        yield written


def _when(node: Node) -> Iterator[str]:
    for index, written in enumerate(node.strings("when")):
        if written in _WHEN:
            yield written
        else:
            node.note(f"when[{index}]", written)


def _check(node: Node, found: Timing) -> None:
    """Note what breaks the standard's rules for ``repeat``, or says nothing that can be planned."""
    if found.count is None and found.count_max is not None:
        node.note("countMax", found.count_max)
    if found.count and found.count_max and found.count_max < found.count:
        node.note("countMax", found.count_max)
    if found.frequency_max is not None and found.frequency_max < (found.frequency or 1):
        node.note("frequencyMax", found.frequency_max)
    if found.when and found.times_of_day:
        node.note("timeOfDay", "when")
    if found.offset is not None and (not found.when or _NO_OFFSET & set(found.when)):
        node.note("offset", found.offset)
    if _outlasts_period(found):
        node.note("duration", node.value["duration"])
    times_known = found.period or found.times_of_day or found.when or found.count
    if found.frequency is not None and not times_known:
        node.note("frequency", Decimal(found.frequency))


def _outlasts_period(found: Timing) -> bool:
    """Tell whether one infusion would go on after the next has begun (rule 10)."""
    if found.duration is None or found.period is None or found.period_unit is None:
        return False
    length = found.duration.value * _SECONDS[found.duration.unit]
    return length > (found.period_max or found.period) * _SECONDS[found.period_unit]

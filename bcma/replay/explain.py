"""One event in words: the row, what was expected, what the product said and wrote."""

from collections.abc import Iterator

from bcma.model.verdict import Finding
from bcma.replay.reenact import Replayed
from bcma.wording import Wording


def explanation(row: Replayed, wording: Wording) -> Iterator[str]:
    """Write what came of a row, line by line; the person who asked may see its values."""
    event, expected, handled = row.event, row.expected, row.handled
    yield f"{event.id}: {event.word}, charted {event.charted:%F %T}, planned {event.planned:%F %T}"
    yield f"  {event.kind or '–'}; due {event.due} {event.due_unit}; order {event.own_order or '–'}"
    for unit in event.units:
        scanned = f"scanned ({unit.barcode})" if unit.scanned else "not scanned"
        amounts = f"{unit.given} {unit.given_unit}, {unit.amount} {unit.amount_unit}"
        yield f"  {unit.code or '–'} {scanned}: {amounts}"
    cause = "" if expected.cause is None else f", set aside: {expected.cause.value}"
    yield f"  expected: {expected.part.value}{cause}"
    for suspicion in sorted(expected.suspicions):
        yield f"  suspicious: {suspicion.value}"
    if handled is None:
        yield "  the station had no part in it"
        return
    written = "nothing" if handled.record is None else handled.record.value
    stuck = f", kept back by {handled.stuck}" if handled.stuck else ""
    yield f"  verdict: {handled.word or '–'}; recorded: {written}{stuck}"
    for finding in handled.seen:
        yield from _finding(finding, wording, "")
    for finding in handled.later:
        yield from _finding(finding, wording, "after answers: ")
    for check in handled.not_checked:
        yield f"    not checked: {check.right.value} ({check.why})"


def _finding(finding: Finding, wording: Wording, when: str) -> Iterator[str]:
    headline = wording.finding(finding).headline
    yield f"    {when}{finding.severity.word} {finding.code}: {headline}"
    for name, value in finding.facts.items():
        yield f"      {name} = {value}"

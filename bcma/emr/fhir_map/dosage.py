"""dosageInstruction → Dosage: the amount, the way, the moment; never a default for any of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from bcma.emr.fhir_map.amounts import is_per_time, quantity_at, range_at, ratio_at
from bcma.emr.fhir_map.datatypes import Concept, concept_at, concepts_at
from bcma.emr.fhir_map.dialect import DOSE_RATE_TYPE
from bcma.emr.fhir_map.manner import is_crushed, is_pushed
from bcma.emr.fhir_map.node import Node
from bcma.emr.fhir_map.routes import routes_of
from bcma.emr.fhir_map.sites import site_of
from bcma.emr.fhir_map.timing import timing
from bcma.model.drug import Coding
from bcma.model.frequency import NoRhythm, read_frequency
from bcma.model.order import Dosage, DoseRange, PeriodUnit, Timing
from bcma.model.quantity import Quantity, Ratio

_DOSAGE: Final = frozenset(
    [
        "sequence",
        "text",
        "additionalInstruction",
        "patientInstruction",
        "timing",
        "asNeededBoolean",
        "asNeededCodeableConcept",
        "site",
        "route",
        "method",
        "doseAndRate",
        "maxDosePerPeriod",
        "maxDosePerAdministration",
        "maxDosePerLifetime",
    ]
)
_DOSE_AND_RATE: Final = frozenset(
    ["type", "doseRange", "doseQuantity", "rateRatio", "rateRange", "rateQuantity"]
)
_PERIODS: Final = frozenset(unit.value for unit in PeriodUnit)
_Dose = Quantity | DoseRange | None
_Rate = Quantity | DoseRange | Ratio | None


def dosage(node: Node, zone: tzinfo | None) -> Dosage:
    """Read one dosage instruction; everything that cannot be read is noted."""
    node.know(_DOSAGE)
    as_needed, need = _as_needed(node)
    route, method = (concept_at(node, name) or Concept() for name in ("route", "method"))
    words = _words(node)
    dose, rate = _dose_and_rate(node)
    when = node.node("timing")
    return Dosage(
        sequence=node.whole("sequence") or 1,
        text=words,
        timing=None if when is None else _without_end(timing(when, zone), rate),
        as_needed=as_needed,
        as_needed_for=need.codings or ((Coding("", "", need.text),) if need.text else ()),
        as_needed_text=need.text,
        site=site_of(concept_at(node, "site"), route),
        routes=routes_of(route),
        route_text=" ".join(filter(None, (route.label, *_unnamed(route)))),
        method=_first_coding(method),
        crushed=is_crushed(method, words),
        pushed=is_pushed(route, method, words),
        dose=dose,
        rate=rate,
        max_per_period=_most_per_period(node),
        max_per_administration=quantity_at(node, "maxDosePerAdministration"),
        max_per_lifetime=quantity_at(node, "maxDosePerLifetime"),
    )


def _without_end(ordered: Timing, rate: _Rate) -> Timing:
    """Give a running rate's timing bare where its code only says that it runs on (*continuous*)."""
    runs_on = rate is not None and ordered.code is not None and not ordered.has_repeat
    if not runs_on or read_frequency(ordered.code or "") is not NoRhythm.CONTINUOUS:
        return ordered
    return replace(ordered, code=None)


def _most_per_period(node: Node) -> Ratio | None:
    """Read a limit over a period; one that is not over a length of time limits nothing."""
    most = ratio_at(node, "maxDosePerPeriod")
    if most is None or most.denominator.unit in _PERIODS:
        return most
    node.note("maxDosePerPeriod.denominator", most.denominator.unit)
    return None


def note_contradictions(nodes: Sequence[Node], dosages: Sequence[Dosage]) -> None:
    """Note a dosage that says another dose, or the same again, for the moments of one before."""
    seen: set[tuple[object, ...]] = set()
    for node, found in zip(nodes, dosages, strict=True):
        moments = (found.sequence, found.as_needed, found.as_needed_for, _pattern(found.timing))
        if moments in seen:
            node.note("doseAndRate", found.text)
        seen.add(moments)


def is_unplanned(found: Dosage) -> bool:
    """Tell whether nothing says when it is due: no timing, not as needed, no running rate."""
    if found.as_needed:
        return False
    return found.timing is None or (found.timing.is_bare and found.rate is None)


def _as_needed(node: Node) -> tuple[bool, Concept]:
    match node.first_of("asNeededBoolean", "asNeededCodeableConcept"):
        case "asNeededBoolean":
            return node.flag("asNeededBoolean") is True, Concept()
        case "asNeededCodeableConcept":
            return True, concept_at(node, "asNeededCodeableConcept") or Concept()
        case _:
            return False, Concept()


def _dose_and_rate(node: Node) -> tuple[_Dose, _Rate]:
    """Read dose and rate: one entry, or of several the one that is marked as ordered."""
    entries = node.nodes("doseAndRate")
    ordered = [e for e in entries if _kind(e) == "ordered"]
    if len(ordered) == 1 and all(_kind(e) == "calculated" for e in entries if e is not ordered[0]):
        entries = (ordered[0],)
    if not entries:
        if not node.has("doseAndRate"):
            node.note("doseAndRate", node.value.get("text", ""))
        return None, None
    if len(entries) > 1:
        node.note("doseAndRate[1]", entries[1].value)
    return _dose(entries[0]), _rate(entries[0])


def _kind(entry: Node) -> str | None:
    written = entry.value.get("type")
    if not isinstance(written, dict):
        return None
    found = concept_at(Node(entry.value, entry.path), "type")
    return None if found is None else found.code_in(DOSE_RATE_TYPE)


def _dose(entry: Node) -> _Dose:
    entry.know(_DOSE_AND_RATE)
    concept_at(entry, "type")
    dose: _Dose = None
    form = entry.first_of("doseQuantity", "doseRange")
    if form == "doseQuantity":
        dose = quantity_at(entry, form)
    elif form == "doseRange":
        dose = range_at(entry, form)
    elif entry.first_of("rateRatio", "rateRange", "rateQuantity") is None:
        entry.note("doseQuantity", "")
    top = dose.high if isinstance(dose, DoseRange) else dose
    if top is not None and top.value == 0:
        entry.note(form or "doseQuantity", top.value)
        return None
    return dose


def _rate(entry: Node) -> _Rate:
    """Read a rate; an amount that is not per time is none."""
    form = entry.first_of("rateRatio", "rateRange", "rateQuantity")
    found: _Rate = None
    if form == "rateRatio":
        found = ratio_at(entry, form)
    elif form == "rateRange":
        found = range_at(entry, form)
    elif form == "rateQuantity":
        found = quantity_at(entry, form)
    if form is None or found is None or is_per_time(found):
        return found
    entry.note(form, entry.value[form])
    return None


def _words(node: Node) -> str:
    more = [c.label for c in concepts_at(node, "additionalInstruction")]
    words = (node.string("text"), node.string("patientInstruction"), *more)
    return "; ".join(word for word in words if word)


def _first_coding(written: Concept) -> Coding | None:
    if written.codings:
        return written.codings[0]
    return Coding("", "", written.text) if written.text else None


def _unnamed(route: Concept) -> tuple[str, ...]:
    """Give the codes of a route whose words do not show them."""
    return tuple(f"({c.code})" for c in route.codings if c.code and c.code != route.label)


def _pattern(found: Timing | None) -> tuple[object, ...]:
    """Give what decides which moments a timing names."""
    if found is None:
        return ()
    return (
        found.events,
        found.code,
        found.bounds_start,
        found.bounds_end,
        found.frequency,
        found.period,
        found.period_unit,
        found.days_of_week,
        found.times_of_day,
        found.when,
        found.offset,
    )

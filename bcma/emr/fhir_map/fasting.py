"""Flag and NutritionOrder → whether anything may go by mouth (R4 has no code of its own)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from bcma.emr.fhir_map.datatypes import Concept, concept_at, concepts_at, period_at
from bcma.emr.fhir_map.dialect import FLAG, SNOMED, STANDARD, Dialect
from bcma.emr.fhir_map.document import Raw
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.model.chart import NilByMouth
from bcma.model.words import fold

_FLAGS: Final = {"npo": NilByMouth.NOTHING, "npo-sips": NilByMouth.SIPS}
_CODES: Final = {
    (SNOMED, "182923009"): NilByMouth.NOTHING,
    (FLAG, "npo"): NilByMouth.NOTHING,
    (FLAG, "npo-sips"): NilByMouth.SIPS,
}
#: Words of a diet, folded: no diacritics, no case.
_WORDS: Final = {
    NilByMouth.NOTHING: (
        "npo",
        "nil by mouth",
        "nothing by mouth",
        "nil per os",
        "nhin an uong",
        "nhin an",
        "nhin an, nhin uong",
        "nhin an nhin uong",
        "nhin hoan toan",
        "nhin an uong hoan toan",
    ),
    NilByMouth.SIPS: (
        "npo-sips",
        "npo except sips",
        "npo with sips",
        "npo except meds",
        "sips only",
        "nhin an, duoc uong ngum nho",
        "nhin an uong, duoc nhap nuoc",
        "nhin an uong tru thuoc",
    ),
}
_BY_WORD: Final = {word: level for level, words in _WORDS.items() for word in words}
_STRICTEST: Final = (NilByMouth.NOTHING, NilByMouth.SIPS)


def read_nil_by_mouth(
    flags: Iterable[Raw],
    nutrition_orders: Iterable[Raw],
    now: datetime,
    dialect: Dialect = STANDARD,
) -> NilByMouth:
    """Give the strictest that holds now; a fast whose period cannot be read holds.

    Raises:
        ResourceUnreadable: an entry is no such resource, or has no id.
    """
    found = {level for raw in flags for level in _of_flag(raw, now, dialect)}
    found |= {level for raw in nutrition_orders for level in _of_diet(raw, now, dialect)}
    return next((level for level in _STRICTEST if level in found), NilByMouth.NO)


def _of_flag(raw: Raw, now: datetime, dialect: Dialect) -> Iterator[NilByMouth]:
    node, _ = open_resource(raw, "Flag")
    code = concept_at(node, "code")
    level = _FLAGS.get((code.code_in(FLAG) or "") if code else "")
    ended = node.string("status") in {"inactive", "entered-in-error"}
    if level is not None and not ended and _holds(node, "period", now, dialect):
        yield level


def _of_diet(raw: Raw, now: datetime, dialect: Dialect) -> Iterator[NilByMouth]:
    node, _ = open_resource(raw, "NutritionOrder")
    diet = node.node("oralDiet")
    if diet is None or node.string("status") != "active":
        return
    schedules = diet.nodes("schedule")
    if schedules and not any(_is_scheduled(entry, now, dialect) for entry in schedules):
        return
    for kind in concepts_at(diet, "type"):
        level = _level(kind)
        if level is not None:
            yield level


def _level(kind: Concept) -> NilByMouth | None:
    for coding in kind.codings:
        if (coding.system, coding.code) in _CODES:
            return _CODES[coding.system, coding.code]
    words = (kind.text, *(c.display for c in kind.codings), *(c.code for c in kind.codings))
    return next((_BY_WORD[w] for w in map(fold, words) if w in _BY_WORD), None)


def _is_scheduled(timing: Node, now: datetime, dialect: Dialect) -> bool:
    """Tell whether a Timing covers now; one without a period covers all of its order."""
    repeat = timing.node("repeat")
    return repeat is None or _holds(repeat, "boundsPeriod", now, dialect)


def _holds(node: Node, name: str, now: datetime, dialect: Dialect) -> bool:
    before = len(node.problems)
    period = period_at(node, name, dialect.wall_zone)
    if len(node.problems) > before or period is None:
        return True
    return period.contains(now)

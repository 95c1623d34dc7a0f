"""The right drug, continued: what the patient is allergic to, as far as codes and names tell.

Exactly the same substance (one code or one name), or a group of ATC substances that the entry
itself names. Other classes, and crossing from one class to the next, need the knowledge pack.
"""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from bcma.model.chart import AllergyIntolerance, AllergyKind
from bcma.model.drug import Medication
from bcma.model.verdict import Right, Severity
from bcma.model.words import fold
from bcma.rules.attempt import Attempt
from bcma.rules.finding import Results, Rule, finding

ATC: Final = "http://www.whocc.no/atc"
#: ATC's length of a therapeutic subgroup (J01C): what is shorter is no group of alike substances.
_GROUP: Final = 4
#: A letter that is written twice.
_DOUBLE: Final = re.compile(r"([a-z])\1")
#: What people write before the substance, without its marks; the longer one first.
_OPENINGS: Final = ("di ung voi ", "di ung ", "allergy to ", "allergic to ")


def not_allergic(attempt: Attempt) -> Results:
    """Stop on an ingredient to which the patient is severely allergic, warn where mildly (H67)."""
    drugs = attempt.drugs
    for allergy in _active(attempt):
        drug = next((d for d in drugs if _is_about(allergy, d)), None)
        if drug is not None:
            yield finding(
                "drug.allergy",
                Severity.STOP if allergy.severe else Severity.WARN,
                subject=allergy.id,
                text=allergy.text,
                drug=drug.name,
            )


def allergies_are_known(attempt: Attempt) -> Results:
    """Ask where nobody ever did (H70); show what is only written in words (H69)."""
    if attempt.chart is None:
        return
    known = tuple(_active(attempt))
    in_words = tuple(a.text for a in known if a.kind is AllergyKind.FREE_TEXT)
    if not known:
        yield finding("drug.allergies-unknown", Severity.ASK)
    elif in_words:
        yield finding("drug.allergies-unknown", Severity.INFO, text=in_words)


def _active(attempt: Attempt) -> Iterator[AllergyIntolerance]:
    entries = () if attempt.chart is None else attempt.chart.allergies
    return (entry for entry in entries if entry.active)


def _is_about(allergy: AllergyIntolerance, drug: Medication) -> bool:
    if allergy.kind is AllergyKind.NONE_KNOWN:
        return False
    codes = {*drug.codes, *(c for i in drug.ingredients for c in i.codes)}
    same = {(c.system, c.code) for c in codes} & {(c.system, c.code) for c in allergy.codes}
    if same or any(_is_in_group(code, allergy) for code in _atc(drug)):
        return True
    named = {_substance(fold(name)) for name in (drug.name, *(i.name for i in drug.ingredients))}
    return not named.isdisjoint(_names(allergy))


def _atc(drug: Medication) -> set[str]:
    coded = {c.code for c in drug.codes if c.system == ATC}
    return coded | {i.key for i in drug.ingredients}


def _is_in_group(substance: str, allergy: AllergyIntolerance) -> bool:
    groups = (c.code for c in allergy.codes if c.system == ATC)
    return any(len(g) >= _GROUP and substance.startswith(g) for g in groups)


def _names(allergy: AllergyIntolerance) -> Iterator[str]:
    """Give the substance in the words of the entry and of its codes."""
    for written in (allergy.text, *(code.display for code in allergy.codes)):
        text = fold(written)
        opening = next((o for o in _OPENINGS if text.startswith(o)), "")
        if bare := _substance(text.removeprefix(opening)):
            yield bare


def _substance(name: str) -> str:
    """Give a name up to its strength, double letters written once.

    ``amoxicillin 500 mg`` is ``amoxicilin``, as most Vietnamese drug files write it; b12 stays.
    """
    words = takewhile(lambda word: not word[0].isdigit(), name.split())
    return _DOUBLE.sub(r"\1", " ".join(words))


RULES = (
    Rule(Right.DRUG, not_allergic, sees=("scanned", "ordered-drug", "allergies")),
    Rule(Right.DRUG, allergies_are_known, sees=("allergies",)),
)

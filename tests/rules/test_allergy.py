"""The right drug, continued: what the patient is allergic to."""

from dataclasses import replace

import pytest

from bcma.model.chart import AllergyIntolerance, AllergyKind
from bcma.model.drug import Coding, Ingredient
from bcma.model.verdict import ReleaseBy, Severity
from bcma.rules import Attempt, UnitInHand
from bcma.rules.allergy import ATC
from tests.rules.builders import (
    NO_ALLERGY,
    PARACETAMOL,
    Value,
    attempt,
    chart,
    codes,
    findings_of,
    found_in,
    order,
    unit,
)

ALLERGY, UNKNOWN = "drug.allergy", "drug.allergies-unknown"
SNOMED, RXNORM = "http://snomed.info/sct", "http://www.nlm.nih.gov/research/umls/rxnorm"
AMOXICILLIN = replace(
    PARACETAMOL,
    name="Amoxicilin 500 mg",
    codes=(Coding(ATC, "J01CA04"), Coding(RXNORM, "723")),
    ingredients=(
        Ingredient("J01CA04", "Amoxicilin", codes=(Coding(SNOMED, "372687004", "Amoxicillin"),)),
    ),
)


def entry(*coded: Coding, text: str = "", **changes: Value) -> AllergyIntolerance:
    kind = AllergyKind.CODED if coded else AllergyKind.FREE_TEXT
    return replace(AllergyIntolerance(id="a1", kind=kind, text=text, codes=coded), **changes)


def told(*entries: AllergyIntolerance, units: tuple[UnitInHand, ...] = ()) -> Attempt:
    """Give amoxicillin to a patient with these entries."""
    ordered = order(medication=AMOXICILLIN)
    held = units or (unit(AMOXICILLIN),)
    return attempt(*held, order=ordered, chart=chart(ordered, allergies=entries))


@pytest.mark.hazard("H67")
@pytest.mark.parametrize(
    "allergy",
    [
        entry(Coding(ATC, "J01CA04")),
        entry(Coding(RXNORM, "723")),
        entry(Coding(SNOMED, "372687004")),
        entry(Coding(SNOMED, "294505008", "Allergy to amoxicilin")),
        entry(Coding(SNOMED, "1"), text="AMOXICILIN."),
        entry(text="Amoxicilin"),
        entry(text="Dị ứng với amoxicilin"),
        entry(text="dị ứng Amoxicilin"),
        entry(text="Amoxicilin 500 mg"),
        entry(Coding(ATC, "J01C"), text="Penicillin"),
        entry(Coding(ATC, "J01CA")),
    ],
)
def test_the_same_substance_by_code_or_name_or_its_group(allergy: AllergyIntolerance) -> None:
    assert found_in(told(allergy), ALLERGY).subject == "a1"


@pytest.mark.parametrize(
    "allergy",
    [
        NO_ALLERGY,
        replace(NO_ALLERGY, text="Amoxicilin", codes=(Coding(ATC, "J01CA04"),)),
        entry(Coding(ATC, "J01CA01")),
        entry(Coding(ATC, "J01")),
        entry(Coding(ATC, "J01D")),
        entry(Coding(SNOMED, "J01C")),
        entry(Coding(SNOMED, "723")),
        entry(text="Không dị ứng amoxicilin"),
        entry(text="Penicilin"),
        entry(text=""),
        entry(text="Dị ứng với"),
        entry(Coding(ATC, "J01CA04"), active=False),
    ],
)
def test_other_substances_are_none_of_it(allergy: AllergyIntolerance) -> None:
    assert ALLERGY not in codes(told(allergy))


@pytest.mark.hazard("H67", "H68")
@pytest.mark.parametrize(
    "severe,severity,release",
    [
        (True, Severity.STOP, (ReleaseBy.PRESCRIBER,)),
        (False, Severity.WARN, (ReleaseBy.REASON,)),
    ],
)
def test_a_severe_allergy_stops_and_a_mild_one_warns(
    severe: bool,  # noqa: FBT001 - a row of the table
    severity: Severity,
    release: tuple[ReleaseBy, ...],
) -> None:
    found = found_in(told(entry(text="Amoxicilin", severe=severe)), ALLERGY)
    assert (found.severity, found.release) == (severity, release)
    assert (found.facts["text"], found.facts["drug"]) == ("Amoxicilin", "Amoxicilin 500 mg")


def test_every_entry_is_told_and_every_drug_in_hand_is_looked_at() -> None:
    both = (entry(text="Amoxicilin"), entry(text="paracetamol", id="a2"))
    found = findings_of(told(*both, units=(unit(AMOXICILLIN), unit(PARACETAMOL))), ALLERGY)
    assert [f.subject for f in found] == ["a1", "a2"]
    ordered_only = replace(told(both[0]), units=())
    assert ALLERGY in codes(ordered_only)
    assert ALLERGY not in codes(replace(ordered_only, chart=None))


@pytest.mark.hazard("H70")
@pytest.mark.parametrize(
    "entries", [(), (entry(text="Amoxicilin", active=False),), (replace(NO_ALLERGY, active=False),)]
)
def test_who_was_never_asked_is_asked_now(entries: tuple[AllergyIntolerance, ...]) -> None:
    found = found_in(told(*entries), UNKNOWN)
    assert (found.severity, found.cannot, found.subject) == (Severity.ASK, ReleaseBy.REASON, "")


@pytest.mark.hazard("H69")
def test_what_is_only_written_in_words_is_always_shown() -> None:
    shrimps = entry(text="Tôm, cua")
    for entries in ((shrimps,), (shrimps, NO_ALLERGY), (shrimps, entry(Coding(ATC, "N02BE01")))):
        found = found_in(told(*entries), UNKNOWN)
        assert (found.severity, found.facts["text"]) == (Severity.INFO, ("Tôm, cua",))


def test_who_was_asked_is_not_asked_again() -> None:
    for known in (NO_ALLERGY, entry(Coding(ATC, "N02BE01"))):
        assert findings_of(told(known), UNKNOWN) == []
    assert findings_of(replace(told(), chart=None), UNKNOWN) == []


@pytest.mark.hazard("H67")
@pytest.mark.parametrize("group", ["J01C", "J01CA"])
def test_a_group_holds_for_a_code_of_the_drug_and_for_one_of_its_substance(group: str) -> None:
    by_name = (Ingredient("amoxicilin", "Amoxicilin"),)
    of_drug = replace(AMOXICILLIN, ingredients=by_name)
    of_substance = replace(AMOXICILLIN, codes=(Coding(RXNORM, "723"),))
    uncoded = replace(of_drug, codes=(Coding(RXNORM, "J01CA04"),))
    allergic = told(entry(Coding(ATC, group)))
    for drug, stops in ((of_drug, True), (of_substance, True), (uncoded, False)):
        tried = replace(allergic, order=order(medication=drug), units=(unit(drug),))
        assert (ALLERGY in codes(tried)) is stops


def test_a_group_is_of_alike_substances_from_the_fourth_letter_on() -> None:
    for group in ("J", "J01"):
        assert ALLERGY not in codes(told(entry(Coding(ATC, group))))


@pytest.mark.hazard("H69", "H70")
@pytest.mark.parametrize(
    "text,named,is_it",
    [
        ("Amoxicillin", "Amoxicillin 500 mg", True),
        ("dị ứng amoxicillin 250mg", "Amoxicillin 500 mg", True),
        ("500 mg", "500 mg", False),
        ("Amoxicillin", "Amoxicilin", True),
        ("amoxicilin", "Amoxicillin 500 mg", True),
        ("vitamin B1", "Vitamin B12 1 mg", False),
        ("vitamin B1", "Vitamin B11", False),
        ("vitamin B12", "Vitamin B12 1 mg", True),
    ],
)
def test_a_strength_is_no_part_of_a_name(
    text: str,
    named: str,
    is_it: bool,  # noqa: FBT001 - a row of the table
) -> None:
    drug = replace(AMOXICILLIN, codes=(), ingredients=(Ingredient("", named),), name="")
    tried = attempt(
        unit(drug), order=order(medication=drug), chart=chart(allergies=(entry(text=text),))
    )
    assert bool(findings_of(tried, "drug.allergy")) is is_it

"""The right drug, continued: two names that are taken for one another."""

from dataclasses import replace

import pytest

from bcma.model.drug import Medication
from bcma.model.order import MedicationRequest, OrderStatus
from bcma.model.verdict import Severity
from bcma.rules import Attempt
from tests.rules.builders import attempt, chart, findings_of, found_in, order, product, unit

CODE = "drug.look-alike"


def named(name: str, group: str | None = None) -> Medication:
    drug = product(name.split(maxsplit=1)[0].casefold(), 25)
    return replace(drug, name=name, look_alike=group)


HYDRALAZINE, HYDROXYZINE = named("hydrALAzine 25 mg"), named("hydrOXYzine 25 mg")


def scanned(drug: Medication, *orders: MedicationRequest) -> Attempt:
    """Scan a drug while nothing fits it."""
    return attempt(unit(drug), order=None, chart=chart(*orders), claim=None)


@pytest.mark.hazard("H12")
@pytest.mark.parametrize(
    "ordered,in_hand,alike",
    [
        (named("A 1 mg", "g1"), named("Zeta 1 mg", "g1"), True),
        (named("A 1 mg", "g1"), named("Zeta 1 mg", "g2"), False),
        (named("A 1 mg", "g1"), named("Zeta 1 mg"), False),
        (HYDRALAZINE, HYDROXYZINE, True),
        (named("vinBLAStin 1 mg"), named("vinCRIStin 1 mg"), True),
        (named("Insulin glargin"), named("Insulin aspart"), False),
        (named("Amlodipin 5 mg"), named("Amiodaron 5 mg"), False),
        (named("Digoxin 0,25 mg"), named("Furosemid 40 mg"), False),
        (named("10 Tropicamid"), named("20 Atropin"), False),
        (named("VITAMIN K"), named("Vitamin B1"), True),
    ],
)
def test_pairs_of_the_site_and_names_that_are_nearly_the_same(
    ordered: Medication, in_hand: Medication, *, alike: bool
) -> None:
    assert bool(findings_of(scanned(in_hand, order(medication=ordered)), CODE)) == alike


@pytest.mark.hazard("H12")
def test_both_names_stand_beside_the_stop() -> None:
    tried = scanned(HYDROXYZINE, order(), order("mr2", medication=HYDRALAZINE))
    found = found_in(tried, CODE)
    assert (found.severity, found.subject) == (Severity.INFO, tried.units[0].key)
    assert found.facts["ordered"] == "hydrALAzine 25 mg"
    assert found.facts["scanned"] == "hydrOXYzine 25 mg"
    assert findings_of(tried, "drug.not-ordered")


def test_the_dose_in_hand_comes_first_and_one_pair_is_enough() -> None:
    first = order("mr1", medication=named("hydrALAzine 25 mg"))
    second = order("mr2", medication=named("hydrOXYzin 10 mg"))
    tried = attempt(
        unit(first.medication), unit(HYDROXYZINE), order=first, chart=chart(second, first)
    )
    assert found_in(tried, CODE).facts["ordered"] == "hydrALAzine 25 mg"


def test_every_unit_that_is_not_ordered_is_compared() -> None:
    ordered = order(medication=HYDRALAZINE)
    other = named("hydroCHLOROthiazid 25 mg", "g1")
    pair = replace(HYDRALAZINE, look_alike="g1")
    both = attempt(
        unit(HYDROXYZINE),
        unit(other),
        order=replace(ordered, medication=pair),
        chart=chart(ordered),
    )
    assert [f.facts["scanned"] for f in findings_of(both, CODE)] == [HYDROXYZINE.name, other.name]


def test_nothing_is_alike_to_a_drug_that_nobody_gives_or_that_is_ordered() -> None:
    ended = order(medication=HYDRALAZINE, status=OrderStatus.STOPPED)
    forbidden = order(medication=HYDRALAZINE, prohibits=True)
    for other in (ended, forbidden):
        assert findings_of(scanned(HYDROXYZINE, other), CODE) == []
    both = (order("mr1", medication=HYDRALAZINE), order("mr2", medication=HYDROXYZINE))
    tried = attempt(unit(HYDRALAZINE), order=both[0], chart=chart(*both))
    assert findings_of(tried, CODE) == []
    assert findings_of(replace(tried, order=None, candidates=both), CODE) == []
    assert findings_of(attempt(unit(None)), CODE) == []
    assert findings_of(attempt(unit(HYDROXYZINE), order=None, chart=None), CODE) == []

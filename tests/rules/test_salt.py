"""Salts of one substance."""

from dataclasses import replace

import pytest

from bcma.model.drug import Ingredient, Medication
from bcma.rules import MatchRank
from bcma.rules.matching import rank
from bcma.rules.salt import is_other_salt
from tests.rules.builders import attempt, found_in, order, policy, product, unit


def salt(name: str, identity: str = "a") -> Medication:
    """Give a tablet of metoprolol by whatever its substance is called."""
    made = product("metoprolol", 50, ingredients=(Ingredient("C07AB02", name),))
    return replace(made, id=identity, name=f"{name} 50 mg", gtins=frozenset())


@pytest.mark.hazard("H13")
@pytest.mark.parametrize(
    "one,other,differ",
    [
        ("Metoprolol tartrat", "Metoprolol succinat", True),
        ("Metoprolol tartrate", "metoprolol succinate", True),
        ("Diclofenac natri", "Diclofenac kali", True),
        ("Diclofenac sodium", "Diclofenac natri", False),
        ("Metoprolol", "Metoprolol succinat", False),
        ("Metoprolol succinat", "Metoprolol", False),
        ("Metoprolol succinat", "Betaloc tartrat", False),
        ("Natri", "Kali", False),
        ("Morphin hydroclorid", "Morphin HCl", False),
        ("Morphin hydroclorid", "Morphin sulfat", True),
        ("", "", False),
    ],
)
def test_another_salt_is_another_drug_where_both_say_which(
    one: str, other: str, *, differ: bool
) -> None:
    assert is_other_salt(salt(one), salt(other)) == differ
    ranked = rank(salt(one, "b"), order(medication=salt(other)), policy())
    assert ranked is (MatchRank.INGREDIENT if differ else MatchRank.FORM)


@pytest.mark.hazard("H13")
def test_another_salt_stops_with_both_names() -> None:
    ordered = order(medication=salt("Metoprolol succinat"))
    found = found_in(
        attempt(unit(salt("Metoprolol tartrat", "b")), order=ordered), "drug.form-differs"
    )
    assert found.facts["ordered"] == "Metoprolol succinat 50 mg"
    assert found.facts["scanned"] == "Metoprolol tartrat 50 mg"


def test_substances_of_another_kind_are_not_compared() -> None:
    codein = replace(
        salt("Codein phosphat"), ingredients=(Ingredient("R05DA04", "Codein phosphat"),)
    )
    assert not is_other_salt(codein, salt("Codein sulfat"))
    assert not is_other_salt(replace(codein, ingredients=()), codein)

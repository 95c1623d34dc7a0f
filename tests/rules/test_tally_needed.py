"""Counting units, continued: how many are still wanted, and which is one too many."""

from dataclasses import replace

import pytest

from bcma.rules.tally import Fit, tally
from tests.rules.builders import found_in, mg, product
from tests.rules.test_tally import TABLETS, of_products, summed


def test_a_tablet_of_less_than_one_milligram_is_a_step_of_the_dose() -> None:
    assert summed(1, product("clonazepam", "0.5")).fit is Fit.SHORT


@pytest.mark.parametrize("dose,fit", [(101, Fit.SHORT), (102, Fit.UNUSABLE)])
def test_a_hundred_more_tablets_are_the_most_that_is_looked_for(dose: int, fit: Fit) -> None:
    assert summed(dose, product("prednisolon", 1)).fit is fit


@pytest.mark.hazard("H24")
def test_an_incomplete_dose_wants_at_least_one_unit_more() -> None:
    mixed = found_in(of_products(30, product("prednisolon", 20), TABLETS[1]), "dose.incomplete")
    assert (mixed.facts["count"], mixed.facts["needed"]) == (2, 3)


@pytest.mark.hazard("H25")
def test_a_unit_too_many_is_the_last_one_at_this_count() -> None:
    tried = of_products(5, TABLETS[1], TABLETS[0])
    found = found_in(tried, "dose.excess")
    assert found.subject == f"{tried.units[-1].key}#2"
    assert found.facts["scanned"] == TABLETS[0].name


def test_a_part_of_a_tablet_still_wants_the_whole_of_it() -> None:
    assert [summed(dose, TABLETS[2]).needed for dose in (9, 10, 12, 20)] == [1, 1, 2, 2]


@pytest.mark.hazard("H24")
def test_only_what_is_still_missing_has_to_be_made_of_whole_tablets() -> None:
    four, six = product("prednisolon", 4), product("prednisolon", 6)
    tried = replace(of_products(6, four), strengths=(four, six))
    sums = tally(tried, mg(6))
    assert sums is not None
    assert sums.fit is Fit.UNUSABLE

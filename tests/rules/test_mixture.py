"""How much of each component of an ordered mixture is in hand."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import Component, Form, Ingredient, Medication
from bcma.model.quantity import Quantity, Ratio, UnitError
from bcma.model.verdict import Severity
from bcma.rules import Answers, Attempt, MatchRank, UnitInHand
from bcma.rules.matching import is_mixed, rank
from bcma.rules.mixture import Stand, held_by, parts_of, shares_of
from tests.rules.builders import (
    PARACETAMOL,
    Value,
    attempt,
    codes,
    dosage,
    findings_of,
    found_in,
    order,
    per,
    policy,
    unit,
)
from tests.rules.test_components import KCL, SALINE, fluid, mL

MISSING, EXCESS, PART = "drug.component-missing", "dose.excess", "dose.part-unit"
SMALL = fluid("natri clorid", 9, 100, Form.INFUSION)
LARGE = fluid("natri clorid", 9, 1000, Form.INFUSION)
GLUCOSE = fluid("glucose", 50, 500, Form.INFUSION)
BAG = Quantity(Decimal(1), "{bag}")


def ten_in(value: object, unit_code: str = "mL") -> Ratio:
    return per(value, unit_code, "{bag}")


def mixture(*components: Component, **changes: Value) -> Medication:
    substances = tuple(i for c in components for i in c.product.ingredients)
    made = Medication(
        id="",
        name="Pha",
        form=Form.INFUSION,
        ingredients=tuple(replace(i, strength=None) for i in substances),
        components=components,
    )
    return replace(made, **changes)


TEN_ML = Component(KCL, ten_in(10))
KCL_IN_SALINE = mixture(TEN_ML, Component(SALINE, ten_in(500)))


def mixing(
    *units: UnitInHand, of: Medication = KCL_IN_SALINE, dose: Quantity = BAG, **changes: Value
) -> Attempt:
    ordered = order("mr1", dosage(dose, routes=("IV",)), medication=of)
    return attempt(*units, order=ordered, **changes)


def stands(tried: Attempt) -> list[Stand]:
    assert tried.order is not None
    assert tried.dosage is not None
    assert isinstance(tried.dosage.dose, Quantity)
    return [p.stand for p in parts_of(tried, tried.order.medication, tried.dosage.dose)]


def told(tried: Attempt) -> Iterator[object]:
    return (f.facts["component"] for f in findings_of(tried, MISSING))


@pytest.mark.hazard("H29")
def test_each_unit_counts_for_its_own_component() -> None:
    assert stands(mixing(unit(KCL))) == [Stand.COMPLETE, Stand.MISSING]
    assert list(told(mixing(unit(KCL)))) == [SALINE.name]
    assert list(told(mixing(unit(SALINE)))) == [KCL.name]
    both = mixing(unit(SALINE), unit(KCL))
    assert not {MISSING, EXCESS, "drug.not-ordered", "dose.incomplete"} & codes(both)
    assert not findings_of(both, PART)


@pytest.mark.hazard("H29")
def test_what_is_missing_is_named_with_its_amount_and_must_be_scanned() -> None:
    found = found_in(mixing(unit(KCL), unit(SMALL)), MISSING)
    assert (found.severity, found.cannot, found.release) == (Severity.ASK, None, ())
    assert (found.facts["amount"], found.facts["total"]) == (mL(500), mL(100))
    assert (found.facts["larger"], found.subject) == (False, f"1:{SALINE.name}")
    assert found_in(mixing(unit(KCL)), MISSING).facts["total"] is None


@pytest.mark.hazard("H25", "H29")
@pytest.mark.parametrize("extra", [KCL, SALINE, SMALL])
def test_one_unit_too_many_of_a_component_is_taken_back(extra: Medication) -> None:
    last = unit(extra, code={"serial": "X"})
    found = found_in(mixing(unit(KCL), unit(SALINE), last), EXCESS)
    assert (found.severity, found.facts["scanned"]) == (Severity.STOP, extra.name)
    assert found.subject == last.key


@pytest.mark.hazard("H29")
def test_a_part_of_an_ampoule_is_drawn_up_and_a_part_of_a_bag_confirmed() -> None:
    half = mixture(Component(KCL, ten_in(5)), Component(SALINE, ten_in(500)))
    drawn = found_in(mixing(unit(KCL), unit(SALINE), of=half), PART)
    assert (drawn.severity, drawn.facts["amount"]) == (Severity.INFO, mL(5))
    assert drawn.subject == f"0:{KCL.name}"
    larger = mixing(unit(KCL), unit(LARGE))
    found = found_in(larger, MISSING)
    assert (found.facts["larger"], found.facts["total"]) == (True, mL(1000))
    confirmed = replace(larger, answers=Answers(drawn=frozenset({found.subject})))
    assert MISSING not in codes(confirmed)
    assert found_in(confirmed, PART).facts["amount"] == mL(500)


@pytest.mark.hazard("H29")
def test_a_fluid_that_the_mixture_does_not_name_is_not_ordered() -> None:
    tried = mixing(unit(KCL), unit(GLUCOSE))
    assert {"drug.not-ordered", MISSING} <= codes(tried)
    assert list(told(tried)) == [SALINE.name]


def test_a_mixture_without_a_fluid_of_its_own_is_diluted_like_its_concentrate() -> None:
    magnesium = fluid("magnesi sulfat", 150, 10, Form.INJECTION)
    dry = mixture(TEN_ML, Component(magnesium, ten_in(10)))
    found = findings_of(mixing(unit(KCL), unit(magnesium), of=dry), MISSING)
    assert [f.facts["component"] for f in found] == ["diluent"]


def test_a_component_without_an_amount_means_one_unit() -> None:
    some = mixture(Component(KCL), Component(SALINE, ten_in(500)))
    assert stands(mixing(unit(SALINE), of=some)) == [Stand.MISSING, Stand.COMPLETE]
    assert stands(mixing(unit(KCL), unit(SALINE), of=some)) == [Stand.COMPLETE, Stand.COMPLETE]
    two = mixing(unit(KCL, count=2), unit(SALINE), of=some)
    assert stands(two) == [Stand.EXCESS, Stand.COMPLETE]
    assert EXCESS in codes(two)


@pytest.mark.parametrize(
    "dose,ampoules",
    [
        (BAG, 1),
        (Quantity(Decimal(2), "{bag}"), 2),
        (Quantity(Decimal(2), "{dose}"), 2),
        (Quantity(Decimal(2), "1"), 2),
        (mL(510), 1),
        (mL(1020), 2),
        (mL(500), 1),
        (mL(10), 1),
    ],
)
def test_the_dose_says_how_many_times_the_mixture_is_wanted(dose: Quantity, ampoules: int) -> None:
    held = [unit(KCL, count=ampoules), unit(SALINE, count=ampoules)]
    assert stands(mixing(*held, dose=dose)) == [Stand.COMPLETE, Stand.COMPLETE]


def test_a_mixture_may_state_its_whole_volume_or_be_stated_per_volume() -> None:
    stated = replace(KCL_IN_SALINE, content=per(600, "mL", "{bag}"))
    assert stands(mixing(unit(KCL), unit(SALINE), of=stated, dose=mL(600)))[0] is Stand.COMPLETE
    per_litre = mixture(Component(KCL, per(20, "mL", "L")), Component(SALINE, ten_in(500)))
    held = mixing(unit(KCL), unit(SALINE), of=per_litre, dose=mL(500))
    assert stands(held)[0] is Stand.COMPLETE


@pytest.mark.hazard("H40")
def test_what_cannot_be_compared_stops() -> None:
    found = found_in(mixing(unit(KCL), unit(SALINE), dose=Quantity(Decimal(5), "mg")), UNKNOWN)
    five = Quantity(Decimal(5), "mg")
    assert found.severity is Severity.STOP
    assert found.facts == {"ordered": five, "scanned": SALINE.name}
    nothing = mixture(Component(KCL, ten_in(0)), Component(SALINE))
    assert UNKNOWN in codes(mixing(unit(KCL), of=nothing, dose=mL(5)))
    in_units = mixture(Component(KCL, ten_in(5, "[iU]")), Component(SALINE))
    assert UNKNOWN in codes(mixing(unit(KCL), of=in_units))


UNKNOWN = "dose.unit-unknown"


def substance(of: Medication) -> Medication:
    """Give what an order names by its substance alone."""
    bare = tuple(replace(i, strength=None) for i in of.ingredients)
    return Medication(id="", name=of.ingredients[0].name, ingredients=bare)


@pytest.mark.hazard("H29")
def test_a_mixture_by_substances_is_made_of_what_holds_them() -> None:
    named = mixture(
        Component(substance(KCL), ten_in(1, "g")), Component(substance(SALINE), ten_in(500))
    )
    assert stands(mixing(unit(KCL), unit(SALINE), of=named)) == [Stand.COMPLETE] * 2
    tablet = replace(KCL, id="t", gtins=frozenset(), form=Form.TABLET)
    assert rank(tablet, order(medication=named), policy()) is MatchRank.NONE
    open_bag = replace(SALINE, content=None)
    assert stands(mixing(unit(KCL), unit(open_bag), of=named))[1] is Stand.DRAWN_UP
    two = mixing(unit(KCL), unit(open_bag), unit(open_bag, code={"serial": "2"}), of=named)
    assert stands(two)[1] is Stand.EXCESS
    by_volume = mixture(Component(substance(KCL), ten_in(10)), Component(SALINE))
    assert UNKNOWN in codes(mixing(unit(KCL), of=by_volume))


def test_another_form_of_a_named_product_is_no_component() -> None:
    other = replace(KCL, id="o", gtins=frozenset())
    for form, fits in ((Form.CONCENTRATE, True), (Form.TABLET, False), (None, False)):
        ranked = rank(replace(other, form=form), order(medication=KCL_IN_SALINE), policy())
        assert (ranked is MatchRank.COMPONENT) == fits


def test_a_ready_made_bag_is_the_whole_mixture() -> None:
    ready = replace(KCL_IN_SALINE, id="ready", components=(), content=per(510, "mL", "{bag}"))
    tried = mixing(unit(ready))
    assert not is_mixed(tried)
    assert not {MISSING, EXCESS, "drug.not-ordered"} & codes(tried)


def test_without_a_component_in_hand_nothing_is_mixed() -> None:
    assert not is_mixed(mixing(unit(None)))
    assert not is_mixed(attempt(unit(PARACETAMOL)))
    assert not is_mixed(replace(mixing(unit(KCL)), order=None))
    empty = replace(mixing(unit(KCL)), units=())
    assert "dose.incomplete" in codes(empty)
    undecided = replace(mixing(unit(KCL)), dosage=None)
    assert MISSING not in codes(undecided)


def test_what_each_unit_gave_is_told_in_its_own_measure() -> None:
    half = mixture(Component(KCL, ten_in(15)), Component(SALINE))
    ampoules = unit(KCL, code={"serial": "1"}), unit(KCL, code={"serial": "2"})
    tried = mixing(*ampoules, unit(SALINE), unit(None), unit(PARACETAMOL), of=half)
    shares = [share for _, share in shares_of(tried, half, BAG)]
    assert shares == [mL(10), mL(5), None, None, None]
    in_substance = mixture(Component(substance(SALINE), ten_in(400)), TEN_ML)
    open_bag = mixing(unit(replace(SALINE, content=None)), of=in_substance)
    assert [share for _, share in shares_of(open_bag, in_substance, BAG)] == [mL(400)]


def test_what_has_no_product_makes_nothing() -> None:
    with pytest.raises(UnitError):
        held_by(unit(None), TEN_ML, "mL")


def test_a_strength_of_its_own_is_held_against_the_ordered_one() -> None:
    double = replace(
        KCL,
        id="double",
        gtins=frozenset(),
        ingredients=(Ingredient("kali clorid", "kali clorid", per(200, "mg", "mL")),),
    )
    assert stands(mixing(unit(double), unit(SALINE)))[0] is Stand.DRAWN_UP


@pytest.mark.hazard("H29")
@pytest.mark.parametrize(
    "wanted, ampoules, stand",
    [
        ("9.5", 1, Stand.DRAWN_UP),
        ("10", 1, Stand.COMPLETE),
        ("10.5", 1, Stand.MISSING),
        ("15", 2, Stand.DRAWN_UP),
        ("15", 3, Stand.EXCESS),
        ("10.5", 2, Stand.DRAWN_UP),
        ("10", 2, Stand.EXCESS),
    ],
)
def test_the_last_ampoule_is_drawn_up_in_part_and_none_is_to_spare(
    wanted: str, ampoules: int, stand: Stand
) -> None:
    some = mixture(Component(KCL, ten_in(wanted)), Component(SALINE))
    assert stands(mixing(unit(KCL, count=ampoules), unit(SALINE), of=some))[0] is stand


def test_of_an_open_container_nobody_knows_what_it_holds() -> None:
    named = mixture(Component(substance(SALINE), ten_in(400)), TEN_ML)
    tried = mixing(unit(replace(SALINE, content=None)), unit(KCL), of=named)
    assert [part.held for part in parts_of(tried, named, BAG)] == [None, mL(10)]


def test_a_dose_in_pieces_of_another_name_counts_whole_mixtures() -> None:
    two_bottles = Quantity(Decimal(2), "{bottle}")
    held = mixing(unit(KCL, count=2), unit(SALINE, count=2), dose=two_bottles)
    assert stands(held) == [Stand.COMPLETE, Stand.COMPLETE]


def test_a_mixture_of_less_than_a_millilitre_is_counted_by_its_volume() -> None:
    drops = mixture(Component(KCL, ten_in("0.5")), Component(SALINE, ten_in("0.4")))
    wanted = [p.wanted for p in parts_of(mixing(unit(KCL), of=drops), drops, mL("1.8"))]
    assert wanted == [mL(1), mL("0.8")]


def test_an_ampoule_of_another_maker_gives_its_share_too() -> None:
    other = replace(KCL, id="other", gtins=frozenset())
    tried = mixing(unit(other), unit(SALINE))
    assert [share for _, share in shares_of(tried, KCL_IN_SALINE, BAG)] == [mL(10), mL(500)]

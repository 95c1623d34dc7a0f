"""Which doses want a second person by their kind and route, whatever the drug file says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bcma.model.drug import Coding, Form, HighAlert, Ingredient, Medication
from bcma.policy import Policy, PolicyError
from bcma.policy.witnessed import WitnessedDoses

SHIPPED = Policy.default()
ATC = "http://www.whocc.no/atc"


def drug(*atc: str, **changes: Any) -> Medication:  # noqa: ANN401 - any field of a product
    codes = tuple(Coding(ATC, code) for code in atc)
    made = Medication(id="m1", name="thuốc", codes=codes, form=Form.INJECTION)
    return replace(made, **changes)


def is_required(of: Medication, *routes: str) -> bool:
    return SHIPPED.high_alert_level(of, routes) is HighAlert.REQUIRED


@pytest.mark.hazard("H33", "H108")
@pytest.mark.parametrize(
    "atc,routes,other_routes",
    [
        ("A10AB01", ("IV",), ("SC", "IM")),
        ("B01AB01", ("IV",), ("SC",)),
        ("B01AB05", ("IV",), ("SC",)),
        ("N02AA01", ("IV", "EP", "IT"), ("PO", "SC", "TD")),
        ("N01AH01", ("IV", "EP", "IT"), ("TD",)),
        ("C01CA24", ("IV",), ("IM", "SC", "IH")),
        ("C01CE02", ("IV",), ("PO",)),
        ("C01CX08", ("IV",), ("PO",)),
        ("C01DA02", ("IV",), ("SL", "TD")),
        ("C02DD01", ("IV",), ("PO",)),
        ("H01BA01", ("IV",), ("SC",)),
        ("N05CD08", ("IV",), ("PO", "IM")),
        ("N05CM18", ("IV",), ("NS",)),
        ("N05BA01", ("IV",), ("PO", "PR")),
        ("N01AX10", ("IV",), ("PO",)),
        ("N01AF03", ("IV",), ("PR",)),
        ("L01BA01", ("IV", "IT", "PO", "SC"), ()),
    ],
)
def test_the_shipped_list_by_kind_and_route(
    atc: str, routes: tuple[str, ...], other_routes: tuple[str, ...]
) -> None:
    for route in routes:
        assert is_required(drug(atc), route), route
    for route in other_routes:
        assert not is_required(drug(atc), route), route


@pytest.mark.parametrize("atc", ["L04AX03", "N02BE01", "A10BA02", "N07BC02", "H01BA02", "N05CM05"])
def test_others_are_left_to_the_drug_file(atc: str) -> None:
    assert not is_required(drug(atc), "IV", "PO")
    assert SHIPPED.high_alert_level(drug(atc, high_alert=HighAlert.RECOMMENDED), ("IV",)) is (
        HighAlert.RECOMMENDED
    )


@pytest.mark.hazard("H28")
@pytest.mark.parametrize("atc", ["A12BA01", "B05XA01", "B05BB01"])
def test_electrolytes_only_as_concentrates(atc: str) -> None:
    assert is_required(drug(atc, form=Form.CONCENTRATE), "IV")
    assert is_required(drug(atc, must_dilute=True))
    assert not is_required(drug(atc, form=Form.INFUSION), "IV")
    assert not is_required(drug(atc, form=Form.ORAL_LIQUID), "PO")


def test_a_substance_counts_as_its_product_does() -> None:
    mixed = drug(ingredients=(Ingredient("glucose", "Glucose"), Ingredient("A10AB01", "Insulin")))
    assert is_required(mixed, "IV")
    local = Medication(id="m2", name="x", codes=(Coding("urn:site", "A10AB01"),))
    assert not is_required(local, "IV")


def test_a_flush_of_a_line_is_no_dose_of_its_drug() -> None:
    assert not is_required(drug("B01AB01", scan_exempt=True), "IV")


def test_no_route_is_none_of_the_listed_ones() -> None:
    assert not is_required(drug("A10AB01"))
    assert is_required(drug("A10AB01"), "SC", "IV")


def test_a_site_adds_groups_and_leaves_groups_out() -> None:
    site = SHIPPED.with_overrides(
        {
            "witness_required": {
                "sedatives-iv": {"atc": []},
                "digoxin": {"atc": ["C01AA05"], "routes": ["IV"], "concentrated": False},
            }
        }
    )
    assert site.high_alert_level(drug("N05CD08"), ("IV",)) is HighAlert.NONE
    assert site.high_alert_level(drug("C01AA05"), ("IV",)) is HighAlert.REQUIRED
    assert site.witness_required["digoxin"] == WitnessedDoses(
        atc=("C01AA05",), routes=frozenset({"IV"})
    )


@pytest.mark.parametrize(
    "group",
    [
        {"atc": ["C01AA05"]},
        {"atc": "C01AA05", "routes": [], "concentrated": False},
        {"atc": [], "routes": [], "concentrated": "no"},
        {"atc": [], "routes": [], "concentrated": False, "forms": []},
    ],
)
def test_a_group_with_a_mistake_is_refused(group: Mapping[str, object]) -> None:
    with pytest.raises(PolicyError):
        SHIPPED.with_overrides({"witness_required": {"mine": group}})

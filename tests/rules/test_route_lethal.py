"""What kills by a route is stopped, whoever wants it."""

from dataclasses import replace

import pytest

from bcma.model.drug import ATC_SYSTEMS, Coding, Form, Ingredient, Medication
from bcma.model.order import OrderStatus
from bcma.model.record import ReleaseRecord
from bcma.model.verdict import Severity
from bcma.rules import Answers, Attempt, judge
from tests.rules.builders import ORDER, attempt, codes, dosage, findings_of, order, product, unit
from tests.rules.test_judge import lacking
from tests.rules.test_route import GIVEN_UP

LETHAL = "route.lethal"


def drug(atc: str, form: Form, *listed: str) -> Medication:
    return product(
        atc,
        form=form,
        codes=(Coding(min(ATC_SYSTEMS), atc),),
        container_routes=frozenset(listed),
    )


VINCRISTINE = drug("L01CA02", Form.INJECTION)
POTASSIUM = drug("B05XA01", Form.CONCENTRATE)


def by(route: str, of: Medication, *, pushed: bool = False) -> Attempt:
    instruction = dosage(routes=tuple(route.split("/")), pushed=pushed)
    return attempt(unit(of), order=order("mr1", instruction, medication=of))


def why(tried: Attempt) -> list[object]:
    return [found.facts["reason"] for found in findings_of(tried, LETHAL)]


@pytest.mark.hazard("H32")
@pytest.mark.parametrize("route", ["IT", "EP"])
def test_a_vinca_alkaloid_never_goes_to_the_spine(route: str) -> None:
    (found,) = findings_of(by(route, VINCRISTINE), LETHAL)
    assert (found.severity, found.release) == (Severity.STOP, ())
    assert found.facts == {
        "scanned": VINCRISTINE.name,
        "route": route,
        "reason": "vinca-in-spine",
    }
    assert found.subject == f"{VINCRISTINE.id}/{route}"
    assert lacking([found]) == []
    assert why(by("IV", VINCRISTINE)) == []


@pytest.mark.hazard("H32")
def test_nobody_can_release_it() -> None:
    tried = by("IT", VINCRISTINE)
    release = ReleaseRecord(
        code=LETHAL,
        subject=f"{VINCRISTINE.id}/IT",
        reason="emergency",
        prescriber_id="d1",
        pharmacist_id="ph1",
        witness_id="n2",
    )
    assert LETHAL in codes(replace(tried, answers=Answers(releases=(release,))))


@pytest.mark.hazard("H32")
def test_other_chemotherapy_may_go_to_the_spine() -> None:
    assert why(by("IT", drug("L01BA01", Form.INJECTION))) == []
    named = product("x", form=Form.INJECTION, ingredients=(Ingredient("L01CA01", "Vinblastin"),))
    assert why(by("IT", named)) == ["vinca-in-spine"]


@pytest.mark.hazard("H28")
@pytest.mark.parametrize("atc", ["B05XA01", "A12BA01"])
@pytest.mark.parametrize("form", [Form.CONCENTRATE, Form.INJECTION])
@pytest.mark.parametrize("route", ["IV", "IA", "IC"])
def test_potassium_is_never_pushed(atc: str, form: Form, route: str) -> None:
    assert why(by(route, drug(atc, form), pushed=True)) == ["potassium-undiluted"]
    assert why(by(route, drug(atc, form))) == []


@pytest.mark.hazard("H28")
def test_potassium_never_goes_to_the_spine_and_a_bag_of_it_is_diluted() -> None:
    assert why(by("IT", POTASSIUM)) == ["potassium-undiluted"]
    assert why(by("EP", POTASSIUM)) == ["potassium-undiluted"]
    assert why(by("IV", drug("B05XA01", Form.INFUSION), pushed=True)) == []
    assert why(by("PO", POTASSIUM, pushed=True)) == []
    assert why(by("IV", drug("N02AA01", Form.INJECTION), pushed=True)) == []


@pytest.mark.hazard("H31", "H32")
@pytest.mark.parametrize("form", [Form.ORAL_LIQUID, Form.POWDER_ORAL])
@pytest.mark.parametrize("route", ["IV", "IA", "IHA", "IC", "PF", "IT", "EP"])
def test_what_is_drunk_kills_in_a_vein_or_the_spine(form: Form, route: str) -> None:
    tried = by(route, product(form=form))
    assert why(tried) == ["enteral-injected"]
    assert "route.mismatch" in codes(tried)


@pytest.mark.hazard("H31")
def test_a_tablet_for_a_vein_is_a_misfit_and_no_more() -> None:
    assert why(by("IV", product())) == []
    assert why(by("SC", product(form=Form.ORAL_LIQUID))) == []
    assert why(by("PO", product(form=Form.ORAL_LIQUID))) == []


@pytest.mark.hazard("H32")
@pytest.mark.parametrize(
    "listed, route, is_lethal",
    [
        ("IV", "IT", True),
        ("IV IM", "IT", True),
        ("IV IT", "IT", False),
        ("IV EP", "IT", False),
        ("IM SC", "IT", False),
        ("IT", "IV", True),
        ("EP", "IV", True),
        ("EP", "IA", True),
        ("EP IV", "IV", False),
        ("IT", "IM", False),
        ("IV", "EP", False),
        ("", "IT", False),
        ("", "IV", False),
    ],
)
def test_containers_for_vein_and_spine_are_never_confused(
    listed: str, route: str, *, is_lethal: bool
) -> None:
    tried = by(route, product(form=Form.INJECTION, container_routes=frozenset(listed.split())))
    assert why(tried) == (["wrong-container"] if is_lethal else [])


@pytest.mark.hazard("H32")
def test_everything_in_hand_is_looked_at_and_what_is_ordered() -> None:
    other = drug("L01BA01", Form.INJECTION)
    spinal = order("mr1", dosage(routes=("IT",)), medication=other)
    confused = attempt(unit(VINCRISTINE), order=spinal)
    assert why(confused) == ["vinca-in-spine"]
    ordered = order("mr1", dosage(routes=("IT",)), medication=VINCRISTINE)
    unscanned = replace(attempt(order=ordered), units=())
    assert why(unscanned) == ["vinca-in-spine"]
    assert why(attempt(unit(VINCRISTINE), unit(None), order=ordered)) == ["vinca-in-spine"]
    assert why(attempt(unit(VINCRISTINE), unit(VINCRISTINE), order=ordered)) == ["vinca-in-spine"]


def test_it_waits_for_the_route_and_for_an_order_in_force() -> None:
    either = by("IV/IT", VINCRISTINE)
    assert why(either) == []
    assert why(replace(either, answers=Answers(route="IT"))) == ["vinca-in-spine"]
    assert why(replace(either, answers=GIVEN_UP)) == ["vinca-in-spine"]
    stopped = replace(by("IT", VINCRISTINE).order or ORDER, status=OrderStatus.STOPPED)
    assert why(replace(by("IT", VINCRISTINE), order=stopped)) == []
    assert why(replace(by("IT", VINCRISTINE), dosage=None)) == []
    assert not judge(by("IT", VINCRISTINE)).may_give

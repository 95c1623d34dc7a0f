"""What is in hand can go where it is to go, or is stopped."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.emr.fhir_map.routes import TABLE_0162
from bcma.model.chart import UnitLabel
from bcma.model.drug import ATC_SYSTEMS, Coding, Form, Ingredient, Medication
from bcma.model.order import OrderStatus
from bcma.model.verdict import ReleaseBy, Right, RightState, Severity
from bcma.rules import Answers, Attempt, UnitInHand, judge
from bcma.rules.route_fit import MAY_TAKE
from bcma.rules.route_taken import INJECTED, MADE_TO_INJECT, SPINE, VESSELS
from tests.rules.builders import (
    ORDER,
    PARACETAMOL,
    Value,
    attempt,
    chart,
    codes,
    dosage,
    findings_of,
    found_in,
    order,
    product,
    unit,
)
from tests.rules.test_judge import lacking
from tests.rules.test_route import GIVEN_UP

MISFIT, CRUSH = "route.mismatch", "route.do-not-crush"
NEVER: tuple[ReleaseBy, ...] = ()
PHARMACIST: tuple[ReleaseBy, ...] = (ReleaseBy.PHARMACIST,)
SITED = Answers(site="forearm-left")


def by(
    route: str, *units: UnitInHand, of: Medication = PARACETAMOL, **order_says: Value
) -> Attempt:
    """Try units (or one of a product) by a route."""
    units = units or (unit(of),)
    drug = next((u.product for u in units if u.product is not None), None) or product()
    one = order("mr1", dosage(routes=(route,), **order_says), medication=drug)
    return attempt(*units, order=one, answers=SITED)


def release(form: Form | None, route: str, *listed: str) -> tuple[ReleaseBy, ...] | None:
    """Give who may release the misfit; ``None`` where it fits."""
    drug = product(form=Form.OTHER, container_routes=frozenset(listed))
    found = findings_of(by(route, of=replace(drug, form=form)), MISFIT)
    return found[0].release if found else None


@pytest.mark.hazard("H31")
def test_a_syrup_never_goes_into_a_vein() -> None:
    syrup = product(form=Form.ORAL_LIQUID)
    found = found_in(by("IV", of=syrup), MISFIT)
    assert (found.severity, found.release) == (Severity.STOP, NEVER)
    assert found.facts == {"scanned": syrup.name, "form": Form.ORAL_LIQUID, "route": "IV"}
    assert found.subject == f"{syrup.id}/IV"
    assert lacking([found]) == []


@pytest.mark.hazard("H31")
def test_a_vial_by_mouth_is_the_pharmacists_to_release() -> None:
    vial = product(form=Form.INJECTION)
    found = found_in(by("PO", of=vial), MISFIT)
    assert (found.severity, found.release) == (Severity.STOP, PHARMACIST)


@pytest.mark.parametrize(
    "form, fits",
    [
        (Form.TABLET, "PO NG GTT SL B TL MTH VG"),
        (Form.TABLET_MR, "PO NG GTT"),
        (Form.CAPSULE, "PO NG GTT VG"),
        (Form.CAPSULE_MR, "PO NG GTT"),
        (Form.ORAL_LIQUID, "PO NG GTT SL B TL MTH MM"),
        (Form.POWDER_ORAL, "PO NG GTT SL B TL MTH MM"),
        (Form.INJECTION, "IV IA IHA IC PF IT EP IM SC ID IP IS IB IO ET"),
        (Form.POWDER_INJECTION, "IV IA IHA IC PF IT EP IM SC ID IP IS IB IO ET"),
        (Form.CONCENTRATE, "IV IA IHA IP EP PF"),
        (Form.INFUSION, "IV IA IHA IP EP PF SC GU WND"),
        (Form.PATCH, "TD TP AP"),
        (Form.SUPPOSITORY, "PR VG"),
        (Form.INHALER, "IH ET NT TRA"),
        (Form.NEBULISER, "IH ET NT TRA RM VM NP"),
        (Form.DROPS_EYE, "OP"),
        (Form.DROPS_EAR, "OT"),
        (Form.CREAM, "TP AP TD WND SD MM MTH DT PR VG UR NS IN"),
    ],
)
def test_every_form_has_its_routes_and_no_others(form: Form, fits: str) -> None:
    for route in TABLE_0162:
        expected: tuple[ReleaseBy, ...] | None = None if route in fits.split() else PHARMACIST
        if expected and route in INJECTED and form not in MADE_TO_INJECT:
            expected = NEVER
        assert release(form, route) == expected, route


def test_no_form_of_the_list_is_forgotten() -> None:
    assert set(MAY_TAKE) == set(Form) - {Form.OTHER}


@pytest.mark.parametrize("form", sorted(set(Form) - MADE_TO_INJECT - {Form.OTHER}))
@pytest.mark.parametrize("route", sorted(INJECTED))
def test_no_drug_file_lets_what_is_swallowed_or_applied_be_injected(form: Form, route: str) -> None:
    assert release(form, route, route) == NEVER


@pytest.mark.parametrize("route", ["PO", "IH", "NS"])
def test_the_drug_file_may_list_a_route_that_the_form_would_not_take(route: str) -> None:
    assert release(Form.INJECTION, route) == PHARMACIST
    assert release(Form.INJECTION, route, "IV", route) is None


def test_a_container_goes_only_where_the_drug_file_says() -> None:
    assert release(Form.INJECTION, "IM", "IV", "IM") is None
    assert release(Form.INJECTION, "SC", "IV", "IM") == PHARMACIST
    assert release(Form.TABLET, "SL", "PO") == PHARMACIST


@pytest.mark.parametrize(
    "listed, route",
    [("PO", "NG"), ("PO", "GTT"), ("NS", "IN"), ("IN", "NS"), ("TP", "AP"), ("AP", "TP")],
)
def test_a_listed_route_covers_its_other_code(listed: str, route: str) -> None:
    assert release(Form.OTHER, route, listed) is None
    assert release(Form.OTHER, "VG", listed) == PHARMACIST


@pytest.mark.parametrize("form", [None, Form.OTHER])
def test_a_form_that_nobody_knows_is_not_checked(form: Form | None) -> None:
    tried = by("IV", of=product(form=Form.OTHER))
    tried = replace(tried, units=(unit(product(form=Form.OTHER, form_text="khác")),))
    verdict = judge(tried)
    assert findings_of(tried, MISFIT) == []
    assert verdict.rights[Right.ROUTE] is RightState.NOT_CHECKED
    assert release(form, "IV", "IV") is None
    assert release(form, "PO", "IV") == PHARMACIST


def why(tried: Attempt) -> set[str]:
    """Give why the route was not checked, or not wholly."""
    return {n.why for n in judge(tried).not_checked if n.right is Right.ROUTE}


def test_what_was_not_checked_is_said() -> None:
    assert why(by("PO")) == set()
    assert why(by("PO", of=replace(product(), form=None))) == {"unknown-form"}
    assert why(by("PO", unit(None))) == {"unknown-form"}
    assert why(replace(by("PO"), units=())) == {"no-unit"}
    assert why(attempt(dosage=dosage(routes=("PO", "NG")))) == {"no-route"}
    assert why(attempt(dosage=dosage(routes=()))) == {"no-route"}
    assert why(attempt(dosage=None)) == {"no-order"}
    assert why(attempt(order=order(status=OrderStatus.STOPPED))) == {"inactive-order"}


def test_of_an_order_that_is_not_in_force_nothing_is_held_against_the_route() -> None:
    stopped = replace(by("IV").order or ORDER, status=OrderStatus.STOPPED)
    assert codes(replace(by("IV"), order=stopped)) == {"drug.order-inactive"}
    slow = by("NG", of=product(form=Form.TABLET_MR))
    assert codes(slow) == {CRUSH}
    over = replace(slow.order or ORDER, status=OrderStatus.STOPPED)
    assert codes(replace(slow, order=over)) == {"drug.order-inactive"}


def test_the_fit_waits_for_the_route_and_then_judges_every_one_of_them() -> None:
    either = order("mr1", dosage(routes=("PO", "IV")))
    tried = attempt(order=either)
    assert findings_of(tried, MISFIT) == []
    (found,) = findings_of(replace(tried, answers=GIVEN_UP), MISFIT)
    assert (found.facts["route"], found.release) == ("IV", NEVER)


def test_a_misfit_is_told_once_for_all_units_of_a_product() -> None:
    vial = product(form=Form.INJECTION)
    two = by("PO", unit(vial, code={"serial": "1"}), unit(vial, code={"serial": "2"}))
    assert len(findings_of(two, MISFIT)) == 1
    other = replace(vial, id="another", gtins=frozenset({"1"}))
    assert len(findings_of(by("PO", unit(vial), unit(other)), MISFIT)) == 2


def test_a_unit_of_another_drug_is_the_drug_rules_to_stop() -> None:
    strange = unit(product("digoxin", form=Form.INJECTION))
    tried = by("PO", unit(), strange)
    assert findings_of(tried, MISFIT) == []
    assert "drug.not-ordered" in codes(tried)


def labelled(route: str, label_for: str, form: Form = Form.INJECTION) -> Attempt:
    """Try a unit by a route that was labelled for an order of other routes."""
    drug = product(form=form)
    own = order("mr1", dosage(routes=(route,)), medication=drug)
    other = order("mr2", dosage(routes=tuple(label_for.split())), medication=drug)
    label = UnitLabel(serial="L1", dispense_id="d1", patient_id="p1", order_id="mr2")
    return attempt(
        unit(drug, label=label),
        order=own,
        chart=chart(own, other),
        answers=SITED,
        strengths=(drug,),
    )


@pytest.mark.hazard("H31")
def test_a_label_goes_only_where_its_order_goes() -> None:
    (found,) = findings_of(labelled("IV", "PO NG"), MISFIT)
    assert found.release == NEVER
    (found,) = findings_of(labelled("IV", "IM"), MISFIT)
    assert found.release == PHARMACIST
    (found,) = findings_of(labelled("PO", "SL", Form.TABLET), MISFIT)
    assert found.release == PHARMACIST
    assert findings_of(labelled("IV", "IV IM"), MISFIT) == []
    assert findings_of(labelled("IV", ""), MISFIT) == []


def test_a_label_of_an_order_that_is_not_here_says_nothing_of_the_route() -> None:
    tried = labelled("IV", "PO")
    gone = replace(tried, chart=chart(ORDER))
    assert findings_of(gone, MISFIT) == []
    assert findings_of(replace(tried, chart=None), MISFIT) == []
    label = tried.units[0].label
    assert label is not None
    nameless = replace(tried.units[0], label=replace(label, order_id=None))
    assert findings_of(replace(tried, units=(nameless,)), MISFIT) == []


@pytest.mark.hazard("H115")
@pytest.mark.parametrize("form", [Form.TABLET_MR, Form.CAPSULE_MR])
@pytest.mark.parametrize("route", ["NG", "GTT"])
def test_modified_release_is_not_crushed_for_a_tube(form: Form, route: str) -> None:
    slow = product("metformin", form=form)
    found = found_in(by(route, of=slow), CRUSH)
    assert (found.severity, found.release) == (Severity.STOP, PHARMACIST)
    assert found.facts == {"scanned": slow.name, "form": form, "route": route}
    assert found.subject == slow.id
    assert lacking([found]) == []
    assert findings_of(by("PO", of=slow), CRUSH) == []


@pytest.mark.hazard("H115")
def test_what_the_order_has_crushed_is_stopped_by_mouth_too() -> None:
    slow = product(form=Form.TABLET_MR)
    found = found_in(by("PO", of=slow, crushed=True), CRUSH)
    assert found.facts["route"] is None
    assert findings_of(by("PO", crushed=True), CRUSH) == []
    assert findings_of(by("NG"), CRUSH) == []


CYTOTOXIC = Coding(min(ATC_SYSTEMS), "L01BA01")


@pytest.mark.hazard("H115")
@pytest.mark.parametrize("form", [Form.TABLET, Form.CAPSULE])
def test_a_cytotoxic_is_not_crushed(form: Form) -> None:
    drug = product("methotrexat", form=form, codes=(CYTOTOXIC,))
    assert findings_of(by("NG", of=drug), CRUSH)
    keyed = product("x", form=form, ingredients=(Ingredient("L01BA01", "Methotrexat"),))
    assert findings_of(by("NG", of=keyed), CRUSH)
    assert findings_of(by("PO", of=drug), CRUSH) == []


def test_a_cytotoxic_liquid_needs_no_crushing() -> None:
    liquid = product("methotrexat", form=Form.ORAL_LIQUID, codes=(CYTOTOXIC,))
    assert findings_of(by("NG", of=liquid), CRUSH) == []
    elsewhere = product(codes=(Coding("urn:site", "L01BA01"), Coding(CYTOTOXIC.system, "N02BE01")))
    assert findings_of(by("NG", of=elsewhere), CRUSH) == []


def test_two_tablets_of_one_product_are_told_once() -> None:
    slow = product(form=Form.TABLET_MR)
    assert len(findings_of(by("NG", unit(slow), unit(slow, code={"lot": "L2"})), CRUSH)) == 1


FORMS = st.sampled_from([None, *Form])
ROUTES = st.sampled_from(sorted(TABLE_0162))


@pytest.mark.hazard("H31", "H32")
@given(
    FORMS,
    ROUTES,
    st.frozensets(ROUTES, max_size=3),
    st.fixed_dictionaries({"crushed": st.booleans(), "pushed": st.booleans()}),
)
def test_whatever_form_and_route_meet_enteral_never_passes_into_vein_or_spine(
    form: Form | None, route: str, listed: frozenset[str], order_says: dict[str, bool]
) -> None:
    drug = replace(product(container_routes=listed), form=form)
    tried = by(route, of=drug, **order_says)
    verdict = judge(tried)
    assert "crashed" not in {n.why for n in verdict.not_checked}
    enteral = form in {Form.TABLET, Form.CAPSULE, Form.ORAL_LIQUID, Form.POWDER_ORAL}
    if enteral and route in VESSELS | SPINE:
        assert not verdict.may_give
        assert any(f.code == MISFIT and f.release == NEVER for f in verdict.findings)

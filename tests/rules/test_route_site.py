"""The site of the body: asked where the route needs one, taken where it is known."""

from dataclasses import replace

import pytest

from bcma.model.drug import Coding, Form, Ingredient
from bcma.model.order import OrderStatus
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.verdict import ReleaseBy, Severity
from bcma.rules import Answers, Attempt, judge
from bcma.rules.route_site import site_of, site_route
from tests.rules.builders import (
    HOUR,
    NOW,
    STAY,
    Value,
    at,
    attempt,
    chart,
    codes,
    dosage,
    findings_of,
    found_in,
    order,
    per,
    policy,
    product,
    record,
    unit,
)
from tests.rules.test_judge import lacking

NEEDED, REPEATED = "route.site-needed", "route.site-repeated"
VIAL = product(form=Form.INJECTION)


def by(
    route: str,
    *records: MedicationAdministration,
    site: str | None = None,
    ordered: Coding | None = None,
    **changes: Value,
) -> Attempt:
    """Try an injection by a route, after what was recorded."""
    one = order("mr1", dosage(routes=tuple(route.split("/")), site=ordered), medication=VIAL)
    made = attempt(
        unit(VIAL),
        order=one,
        chart=chart(one, administrations=records),
        answers=Answers(site=site),
        strengths=(VIAL,),
    )
    return replace(made, **changes)


def into(site: str | None, route: str = "SC", **changes: Value) -> MedicationAdministration:
    """Give the record of a dose of another order, of the same substance."""
    made = record(
        given_at=NOW - 12 * HOUR,
        event_id="ev7",
        order_id="other",
        route=route,
        site=site,
        ingredients=frozenset({"paracetamol"}),
    )
    return replace(made, **changes)


@pytest.mark.parametrize("route", ["SC", "IM", "ID", "IV"])
def test_the_site_is_asked_for(route: str) -> None:
    found = found_in(by(route), NEEDED)
    assert (found.severity, found.cannot) == (Severity.ASK, ReleaseBy.REASON)
    assert found.facts == {"route": route, "site": None, "ordered": None}
    assert found.subject == route
    assert lacking([found]) == []
    assert site_of(by(route)) is None


@pytest.mark.parametrize("route", ["PO", "NG", "PR", "NS", "EP"])
def test_other_routes_need_no_site(route: str) -> None:
    assert findings_of(by(route), NEEDED) == []
    assert site_of(by(route, site="abdomen-left")) is None


def test_an_answer_closes_it_if_the_policy_lists_it_for_the_route() -> None:
    assert codes(by("SC", site="abdomen-left")) == set()
    assert site_of(by("SC", site="abdomen-left")) == "abdomen-left"
    assert codes(by("IM", site="abdomen-left")) == {NEEDED}
    assert codes(by("SC", site="nowhere")) == {NEEDED}


def test_a_patch_has_its_site_by_whatever_route_it_is_written() -> None:
    patch = product("fentanyl", 25, Form.PATCH)
    one = order("mr1", dosage(routes=("TP",)), medication=patch)
    tried = attempt(unit(None), unit(patch), order=one)
    assert site_route(tried) == "TD"
    assert found_in(tried, NEEDED).facts["route"] == "TD"
    assert site_route(replace(tried, units=())) is None
    off = policy(site_needed_routes=["IV"])
    assert site_route(replace(tried, policy=off)) is None


@pytest.mark.parametrize("route", ["OP", "OT", "TD"])
def test_drops_and_skin_need_a_site_too(route: str) -> None:
    assert found_in(by(route), NEEDED).severity is Severity.ASK


def test_the_line_in_the_vein_is_taken_unasked() -> None:
    drip = by("IV", into("forearm-left", "IV", given_at=at(6)), into("hand-left", "IV"))
    found = found_in(drip, NEEDED)
    assert (found.severity, found.facts["site"]) == (Severity.INFO, "forearm-left")
    assert site_of(drip) == "forearm-left"
    moved = replace(drip, answers=Answers(site="hand-right"))
    assert (site_of(moved), findings_of(moved, NEEDED)) == ("hand-right", [])


def test_a_line_is_one_of_this_stay_that_the_policy_knows() -> None:
    assert site_of(by("IV", into("abdomen-left"))) is None
    assert site_of(by("IV", into("forearm-left", "IM"))) is None
    assert site_of(by("IV", into("tay trái", "IV"))) is None
    assert site_of(by("IV", into(None, "IV"))) is None
    assert site_of(by("IV", into("hand-left", "IV", status=RecordStatus.HELD))) is None
    before = into("hand-left", "IV", given_at=(STAY.starts or NOW) - HOUR)
    assert site_of(by("IV", before)) is None
    assert site_of(by("IV", replace(before, given_at=STAY.starts))) == "hand-left"


def test_only_a_line_stays_where_it_is() -> None:
    assert site_of(by("SC", into("abdomen-left"))) is None


ARM = Coding("urn:bcma:site", "upper-arm-left", "tay trái")


def test_the_site_on_the_order_is_taken_unasked() -> None:
    ordered = by("SC", ordered=ARM)
    found = found_in(ordered, NEEDED)
    assert (found.severity, found.facts["site"]) == (Severity.INFO, "upper-arm-left")
    assert found.facts["ordered"] == "tay trái"
    assert site_of(ordered) == "upper-arm-left"
    assert site_of(by("SC", ordered=ARM, site="abdomen-left")) == "abdomen-left"
    assert site_of(by("IV", into("hand-left", "IV"), ordered=ARM)) == "upper-arm-left"


def test_a_site_on_the_order_that_the_route_cannot_use_is_shown_and_asked_for() -> None:
    elsewhere = found_in(by("OP", ordered=ARM), NEEDED)
    assert (elsewhere.severity, elsewhere.facts["ordered"]) == (Severity.ASK, "tay trái")
    coded = found_in(by("SC", ordered=Coding("urn:x", "Z9")), NEEDED)
    assert (coded.severity, coded.facts["ordered"]) == (Severity.ASK, "Z9")


def test_the_site_waits_for_the_route_and_for_an_order_in_force() -> None:
    assert findings_of(by("IV/SC"), NEEDED) == []
    assert site_of(by("IV/SC")) is None
    stopped = replace(by("SC").order or order(), status=OrderStatus.STOPPED)
    assert codes(by("SC", order=stopped)) == {"drug.order-inactive"}
    assert findings_of(by("SC", dosage=None), NEEDED) == []
    assert findings_of(by("IV", chart=None), NEEDED)


@pytest.mark.parametrize("route", ["SC", "IM", "TD"])
def test_the_same_site_twice_is_warned_about(route: str) -> None:
    tried = by(route, into("thigh-left", route), site="thigh-left")
    found = found_in(tried, REPEATED)
    assert (found.severity, found.release) == (Severity.WARN, (ReleaseBy.REASON,))
    assert found.facts == {"site": "thigh-left", "given_at": NOW - 12 * HOUR}
    assert found.subject == "thigh-left"
    assert lacking([found]) == []
    other = by(route, into("thigh-left", route), site="thigh-right")
    assert findings_of(other, REPEATED) == []


def test_rotation_looks_at_the_last_dose_of_the_same_substance() -> None:
    earlier = into("thigh-left", given_at=NOW - 20 * HOUR, event_id="ev6")
    assert findings_of(by("SC", earlier, into("thigh-right"), site="thigh-left"), REPEATED) == []
    untold = into(None)
    assert findings_of(by("SC", earlier, untold, site="thigh-left"), REPEATED)
    other = into("thigh-left", ingredients=frozenset({"heparin"}))
    assert findings_of(by("SC", other, site="thigh-left"), REPEATED) == []
    refused = into("thigh-left", status=RecordStatus.REFUSED)
    assert findings_of(by("SC", refused, site="thigh-left"), REPEATED) == []
    removed = into("thigh-left", "TD", status=RecordStatus.REMOVED)
    assert findings_of(by("TD", removed, site="thigh-left"), REPEATED)
    muscle = into("thigh-left", "IM")
    assert findings_of(by("SC", muscle, site="thigh-left"), REPEATED)


def test_what_is_in_hand_and_what_is_ordered_are_the_substance() -> None:
    generic = product("acetaminophen", form=Form.INJECTION)
    before = into("thigh-left", ingredients=frozenset({"acetaminophen"}))
    tried = by("SC", before, site="thigh-left")
    assert findings_of(tried, REPEATED) == []
    assert findings_of(replace(tried, units=(unit(generic), unit(None))), REPEATED)
    assert findings_of(by("SC", into("thigh-left"), site="thigh-left", units=()), REPEATED)
    unnamed = replace(tried, order=None, units=(unit(generic),))
    assert findings_of(unnamed, REPEATED)
    both = replace(VIAL, ingredients=(*VIAL.ingredients, Ingredient("x", "x", per(1, "mg"))))
    assert findings_of(
        replace(by("SC", into("thigh-left"), site="thigh-left"), units=(unit(both),)), REPEATED
    )


@pytest.mark.parametrize("route", ["IV", "ID"])
def test_a_line_stays_and_some_routes_do_not_rotate(route: str) -> None:
    tried = by(route, into("forearm-left", route), site="forearm-left")
    assert findings_of(tried, REPEATED) == []
    under_the_skin = into("forearm-left", "SC")
    assert findings_of(by(route, under_the_skin, site="forearm-left"), REPEATED) == []


def test_a_site_that_the_order_names_is_no_repetition_to_explain() -> None:
    tried = by("SC", into("upper-arm-left"), site="upper-arm-left", ordered=ARM)
    assert findings_of(tried, REPEATED) == []
    assert findings_of(by("SC", into("upper-arm-left"), ordered=ARM), REPEATED) == []
    assert findings_of(by("SC", into("upper-arm-left")), REPEATED) == []


def test_what_is_never_injected_needs_no_place_to_inject_it() -> None:
    tablet = by("IV", units=(unit(VIAL), unit()))
    assert findings_of(tablet, NEEDED) == []
    assert findings_of(by("IV", units=(unit(None),)), NEEDED)
    unknown = replace(VIAL, form=Form.OTHER)
    assert findings_of(by("IV", units=(unit(unknown),)), NEEDED)
    drops = product(form=Form.DROPS_EYE)
    assert findings_of(by("OP", units=(unit(drops),)), NEEDED)


def test_without_a_route_nothing_is_said_of_sites() -> None:
    assert {f.code for f in judge(by("SC", dosage=None)).findings} & {NEEDED, REPEATED} == set()

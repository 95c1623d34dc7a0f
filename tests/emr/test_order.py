"""A good order is read whole; every bad part of one is named, and never given a default."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from bcma.emr.fhir_map import Dialect, ResourceUnreadable, read_order
from bcma.model.drug import Coding
from bcma.model.order import (
    DoseRange,
    HoldLimit,
    Intent,
    OrderStatus,
    PeriodUnit,
)
from bcma.model.quantity import Quantity, Ratio
from tests.emr.resources import (
    changed,
    dosage_with,
    drug_file,
    load,
    order_with,
    paths_of,
    quantity,
)

FIRST = "dosageInstruction[0]"


def test_the_codes_of_its_reasons_are_kept_beside_their_words() -> None:
    pain = {"system": "http://snomed.info/sct", "code": "22253000", "display": "Pain"}
    raw = changed(
        load("order"), {"reasonCode": [{"coding": [pain], "text": "Đau"}, {"text": "Sốt"}]}
    )
    order = read_order(raw, drug_file)
    assert order.reasons == ("Đau", "Sốt")
    assert order.reason_codes == (Coding("http://snomed.info/sct", "22253000", "Pain"),)


def test_a_good_order_is_read_whole() -> None:
    order = read_order(load("order"), drug_file)
    assert order.problems == ()
    assert (order.id, order.patient_id, order.encounter_id) == ("mr1", "p1", "e1")
    assert (order.status, order.intent) == (OrderStatus.ACTIVE, Intent.ORDER)
    assert order.version_id == "3"
    assert order.last_updated == datetime(2026, 3, 1, 9, 20, 11, 125000, tzinfo=UTC)
    assert order.identifiers == ("YL-2026-0301-17",)
    assert order.medication.id == "para500"
    assert order.prior_ids == ("mr0",)
    assert order.reasons == ("sốt",)
    assert order.substitution_allowed is True
    assert order.requester == "BS. Lê Thị Thu Hằng"
    assert order.holds == (
        HoldLimit(
            code=Coding("http://loinc.org", "8310-5"),
            low=Quantity(Decimal("36.0"), "Cel"),
            max_age=timedelta(hours=4),
        ),
    )
    assert "Uống 1 viên x 3 lần/ngày sau ăn" in order.as_written
    assert "Ngừng khi hết sốt" in order.as_written


def test_its_dosage_is_read_whole() -> None:
    (dosage,) = read_order(load("order"), drug_file).dosages
    assert dosage.sequence == 2
    assert dosage.routes == ("PO",)
    assert dosage.dose == Quantity(Decimal(500), "mg")
    assert dosage.max_per_administration == Quantity(Decimal(1000), "mg")
    assert dosage.max_per_period == Ratio(
        Quantity(Decimal("4.00"), "g"), Quantity(Decimal(24), "h")
    )
    timing = dosage.timing
    assert timing is not None
    assert timing.bounds_start == datetime(2026, 3, 1, 13, 0, tzinfo=UTC)
    assert timing.bounds_end == datetime(2026, 3, 5, 13, 0, tzinfo=UTC)
    assert (timing.frequency, timing.period_unit) == (3, PeriodUnit.DAY)
    assert timing.period == 1
    assert timing.times_of_day == (time(8), time(14), time(20))
    assert timing.days_of_week == (0, 2, 4)
    assert timing.count == 12


def test_decimals_stay_as_written() -> None:
    order = dosage_with(doseAndRate=[{"doseQuantity": quantity("1.50", "mg")}])
    assert str(order.dosages[0].dose) == "1.50 mg"


@pytest.mark.hazard("H93")
@pytest.mark.parametrize(
    "element, written, path",
    [
        ("status", None, "status"),
        ("status", "paused", "status"),
        ("status", 1, "status"),
        ("intent", "wish", "intent"),
        ("priority", "soon", "priority"),
        ("authoredOn", "hôm qua", "authoredOn"),
        ("authoredOn", "2026-03-01T16:20:00", "authoredOn"),
        ("authoredOn", "2026-02-30T16:20:00+07:00", "authoredOn"),
        ("medicationReference", {"reference": "Medication/none"}, "medicationReference.reference"),
        ("medicationReference", {"reference": "#none"}, "medicationReference.reference"),
        ("medicationReference", {"reference": "Device/d1"}, "medicationReference.reference"),
        ("medicationReference", None, "medication"),
        ("medicationCodeableConcept", {"text": "Morphin"}, "medicationCodeableConcept"),
        ("modifierExtension", [{"url": "urn:x"}], "modifierExtension"),
        ("implicitRules", "urn:x", "implicitRules"),
        ("doseInstruction", [{}], "doseInstruction"),
        ("_status", {"extension": [{"url": "urn:x"}]}, None),
        ("dosageInstruction", None, "dosageInstruction"),
        ("dosageInstruction", [], "dosageInstruction"),
        ("dosageInstruction", "500 mg x 3", "dosageInstruction"),
        ("doNotPerform", "yes", "doNotPerform"),
    ],
)
def test_an_unreadable_element_is_named(element: str, written: object, path: str | None) -> None:
    paths = paths_of(order_with(**{element: written}))
    assert paths == (set() if path is None else {path})


@pytest.mark.parametrize("status", list(OrderStatus)[:-1])
def test_every_status_is_understood(status: OrderStatus) -> None:
    assert order_with(status=status.value).status is status


def test_the_word_unreadable_is_no_status_of_theirs() -> None:
    assert "status" in paths_of(order_with(status="unreadable"))
    assert "intent" in paths_of(order_with(intent="unreadable"))


def test_a_withheld_value_is_named() -> None:
    raw = changed(load("order"), {"status": None, "_status": {"extension": [{"url": "urn:x"}]}})
    order = read_order(raw, drug_file)
    assert order.status is OrderStatus.UNREADABLE
    assert "status" in paths_of(order)


def test_a_prohibition_is_read_even_where_its_flag_is_not() -> None:
    assert order_with(doNotPerform=True).prohibits
    assert order_with(doNotPerform="true").prohibits
    assert not order_with(doNotPerform=False).prohibits


@pytest.mark.parametrize("missing", ["id", "subject", "resourceType"])
def test_an_order_that_no_chart_could_show_is_refused(missing: str) -> None:
    with pytest.raises(ResourceUnreadable) as refused:
        order_with(**{missing: None})
    assert refused.value.facts["path"] == missing


@pytest.mark.hazard("H93")
@pytest.mark.parametrize(
    "dose, path",
    [
        ({"value": "500", "code": "mg"}, "value"),
        ({"value": True, "code": "mg"}, "value"),
        ({"value": -1, "code": "mg"}, "value"),
        ({"code": "mg"}, "value"),
        ({"value": 500}, "unit"),
        ({"value": 500, "code": "mgg"}, "code"),
        ({"value": 500, "unit": "một ít"}, "unit"),
        ({"value": 500, "unit": "g", "code": "mg"}, "unit"),
        ({"value": 500, "code": "mg", "comparator": "<"}, "comparator"),
        ({"value": 500, "code": "mg", "factor": 10}, "factor"),
    ],
)
def test_a_dose_that_can_be_read_two_ways_is_not_read(dose: object, path: str) -> None:
    order = dosage_with(doseAndRate=[{"doseQuantity": dose}])
    assert f"{FIRST}.doseAndRate[0].doseQuantity.{path}" in paths_of(order)


@pytest.mark.parametrize(
    "dose, unit",
    [
        ({"value": 1, "unit": "viên"}, "{tablet}"),
        ({"value": 1, "unit": "viên", "code": "1"}, "{tablet}"),
        ({"value": 1, "unit": "viên", "code": "{capsule}"}, "{capsule}"),
        ({"value": 5, "unit": "UNIT", "code": "U"}, "[iU]"),
        ({"value": 5, "unit": "mcg/kg/min"}, "ug/kg/min"),
        ({"value": 1, "unit": "TAB", "code": "{tbl}"}, "{tablet}"),
        (
            {
                "value": 1,
                "code": "TAB",
                "system": "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm",
            },
            "{tablet}",
        ),
        ({"value": 1, "code": "258684004", "system": "http://snomed.info/sct"}, "mg"),
    ],
)
def test_units_as_wards_write_them(dose: object, unit: str) -> None:
    order = dosage_with(doseAndRate=[{"doseQuantity": dose}])
    assert order.problems == ()
    assert isinstance(order.dosages[0].dose, Quantity)
    assert order.dosages[0].dose.unit == unit


def test_a_dose_in_words_only_is_no_dose() -> None:
    order = dosage_with(doseAndRate=None, text="1/2 viên sáng chiều")
    assert order.problems[0].path == f"{FIRST}.doseAndRate"
    assert order.problems[0].written == "1/2 viên sáng chiều"


def test_a_range_needs_both_ends_in_order() -> None:
    low, high = quantity(2, "mg"), quantity(4, "mg")
    good = dosage_with(doseAndRate=[{"doseRange": {"low": low, "high": high}}])
    assert good.dosages[0].dose == DoseRange(Quantity(Decimal(2), "mg"), Quantity(Decimal(4), "mg"))
    for bad in ({"low": low}, {"low": high, "high": low}, {"low": low, "high": quantity(4, "mL")}):
        assert dosage_with(doseAndRate=[{"doseRange": bad}]).problems


def test_of_several_doses_only_the_ordered_one_counts() -> None:
    kind = "http://terminology.hl7.org/CodeSystem/dose-rate-type"
    ordered = {
        "type": {"coding": [{"system": kind, "code": "ordered"}]},
        "doseQuantity": quantity(10, "mg/kg"),
    }
    calculated = {
        "type": {"coding": [{"system": kind, "code": "calculated"}]},
        "doseQuantity": quantity(500, "mg"),
    }
    order = dosage_with(doseAndRate=[calculated, ordered])
    assert order.problems == ()
    assert order.dosages[0].dose == Quantity(Decimal(10), "mg/kg")
    assert dosage_with(doseAndRate=[ordered, ordered]).problems


def test_two_doses_for_the_same_moments_contradict() -> None:
    raw = load("order")
    (one,) = raw["dosageInstruction"]
    other = changed(one, {"doseAndRate": [{"doseQuantity": quantity(250, "mg")}]})
    raw["dosageInstruction"] = [one, other]
    assert paths_of(read_order(raw, drug_file)) == {"dosageInstruction[1].doseAndRate"}
    evening = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "when": ["HS"]}}
    raw["dosageInstruction"] = [one, changed(other, {"timing": evening})]
    assert read_order(raw, drug_file).problems == ()


@pytest.mark.hazard("H94")
@pytest.mark.parametrize(
    "route, routes",
    [
        ({"text": "Uống"}, ("PO",)),
        ({"text": "tiêm tĩnh mạch"}, ("IV",)),
        ({"text": "Tiêm bắp"}, ("IM",)),
        ({"text": "Đặt dưới lưỡi"}, ("SL",)),
        ({"text": "PO/NG"}, ("PO", "NG")),
        ({"text": "PO hoặc IV"}, ("PO", "IV")),
        ({"text": "tiêm"}, ()),
        ({"text": "PO/đường lạ"}, ()),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "47625008"}]}, ("IV",)),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "255560000"}]}, ("IV",)),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "255559005"}]}, ("IM",)),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "263887005"}]}, ("SC",)),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "359540000"}]}, ("TP",)),
        (
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration",
                        "code": "IVPUSH",
                    }
                ]
            },
            ("IV",),
        ),
        (
            {
                "coding": [
                    {
                        "system": "http://fhir.hl7.org.vn/core/CodeSystem/vn-medication-route-cs",
                        "code": "2.99",
                        "display": "Tiêm trong da",
                    }
                ]
            },
            ("ID",),
        ),
        (
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/v2-0162", "code": "XX"}
                ],
                "text": "uống",
            },
            (),
        ),
        (
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/v2-0162", "code": "IV"}
                ],
                "text": "uống",
            },
            (),
        ),
        (
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/v2-0162", "code": "IV"},
                    {"system": "http://snomed.info/sct", "code": "26643006"},
                ]
            },
            (),
        ),
    ],
)
def test_routes_are_mapped_or_missing(route: object, routes: tuple[str, ...]) -> None:
    order = dosage_with(route=route)
    assert order.dosages[0].routes == routes
    assert order.dosages[0].route_text
    assert order.problems == ()


def test_an_order_without_route_has_none_and_never_oral() -> None:
    (dosage,) = dosage_with(route=None).dosages
    assert (dosage.routes, dosage.route_text) == ((), "")


def test_a_contained_drug_is_read() -> None:
    drug = load("medication") | {"id": "m"}
    raw = changed(load("order"), {"contained": [drug], "medicationReference": {"reference": "#m"}})
    order = read_order(raw, drug_file)
    assert order.problems == ()
    assert order.medication.ingredient_keys == {"N02BE01"}
    assert order.medication.id == ""


def test_a_drug_named_by_code_only() -> None:
    atc = {"coding": [{"system": "http://www.whocc.no/atc", "code": "N02BE01"}], "text": "Para"}
    order = order_with(medicationReference=None, medicationCodeableConcept=atc)
    assert order.problems == ()
    assert order.medication.ingredient_keys == {"N02BE01"}
    unnamed = order_with(medicationReference=None, medicationCodeableConcept={"coding": [{}]})
    assert unnamed.problems


def test_a_substitution_code_that_is_not_known_allows_nothing() -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-substanceAdminSubstitution"

    def allowed(code: str) -> bool | None:
        concept = {"coding": [{"system": system, "code": code}]}
        return order_with(substitution={"allowedCodeableConcept": concept}).substitution_allowed

    assert allowed("G") is True
    assert allowed("N") is False
    assert allowed("Q") is False
    assert order_with(substitution=None).substitution_allowed is None


def test_an_unreadable_hold_limit_makes_the_order_unreadable() -> None:
    hold = {
        "url": "urn:bcma:ext:hold",
        "extension": [{"url": "low", "valueQuantity": {"value": 60}}],
    }
    assert order_with(extension=[hold]).problems


def test_identifier_systems_may_be_renamed() -> None:
    concept = {"coding": [{"system": "urn:site:thuoc", "code": "P1"}], "text": "Para"}
    raw = changed(
        load("order"), {"medicationReference": None, "medicationCodeableConcept": concept}
    )
    assert read_order(raw, drug_file).medication.drug_codes == frozenset()
    renamed = read_order(raw, drug_file, Dialect(drug="urn:site:thuoc"))
    assert renamed.medication.drug_codes == {"P1"}

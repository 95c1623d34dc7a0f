"""An order's timing is read whole, and every rule that it breaks is named."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bcma.emr.fhir_map import read_order
from bcma.model.drug import Coding
from bcma.model.order import (
    PeriodUnit,
    Priority,
    Span,
)
from tests.emr.resources import (
    WARD,
    changed,
    dosage_with,
    drug_file,
    load,
    paths_of,
    repeat_with,
)

FIRST = "dosageInstruction[0]"


@pytest.mark.hazard("H57")
@pytest.mark.parametrize(
    "elements, path",
    [
        ({"frequency": "3"}, "frequency"),
        ({"frequency": 0}, "frequency"),
        ({"frequency": Decimal("2.5")}, "frequency"),
        ({"period": 0}, "period"),
        ({"periodUnit": "ngày"}, "periodUnit"),
        ({"periodUnit": None}, "period"),
        ({"period": None}, "periodUnit"),
        ({"periodMax": Decimal("0.5")}, "periodMax"),
        ({"frequencyMax": 2}, "frequencyMax"),
        ({"timeOfDay": ["24:00:00"]}, "timeOfDay[0]"),
        ({"timeOfDay": ["8h"]}, "timeOfDay[0]"),
        ({"dayOfWeek": ["thứ hai"]}, "dayOfWeek[0]"),
        ({"when": ["HS"]}, "timeOfDay"),
        ({"when": ["tối"], "timeOfDay": None}, "when[0]"),
        ({"offset": 30}, "offset"),
        ({"countMax": 3}, "countMax"),
        ({"duration": 30}, "duration"),
        ({"duration": 12, "durationUnit": "wk"}, "duration"),
        ({"boundsDuration": {"value": 5, "code": "d"}}, "boundsPeriod"),
        ({"boundsPeriod": {"start": "sáng mai"}}, "boundsPeriod.start"),
        ({"boundsPeriod": {"start": "2026-03-01"}}, "boundsPeriod.start"),
        (
            {"boundsPeriod": {"start": "2026-03-02T00:00:00Z", "end": "2026-03-01T00:00:00Z"}},
            "boundsPeriod.end",
        ),
        ({"everyOtherDay": True}, "everyOtherDay"),
    ],
)
def test_a_timing_that_breaks_a_rule_is_named(elements: dict[str, object], path: str) -> None:
    assert f"{FIRST}.timing.repeat.{path}" in paths_of(repeat_with(**elements))


def test_one_infusion_may_last_until_the_next_and_no_longer() -> None:
    path = f"{FIRST}.timing.repeat.duration"
    for period, unit, longest in ((8, "h", 480), (1, "d", 1440), (1, "wk", 10_080)):
        step: dict[str, object] = {"frequency": 1, "period": period, "periodUnit": unit}
        step |= {"timeOfDay": None, "durationUnit": "min"}
        assert path not in paths_of(repeat_with(**step, duration=longest))
        assert path in paths_of(repeat_with(**step, duration=longest + 1))
        later = step | {"periodMax": period + 1}
        assert path not in paths_of(repeat_with(**later, duration=longest + 1))


def test_a_bare_day_is_a_whole_day_of_the_ward() -> None:
    raw = load("order")
    repeat = raw["dosageInstruction"][0]["timing"]["repeat"]
    repeat["boundsPeriod"] = {"start": "2026-03-01", "end": "2026-03-02"}
    timing = read_order(raw, drug_file, WARD).dosages[0].timing
    assert timing is not None
    assert timing.bounds_start == datetime(2026, 2, 28, 17, 0, tzinfo=UTC)
    assert timing.bounds_end == datetime(2026, 3, 2, 16, 59, 59, 999999, tzinfo=UTC)


def test_bounds_of_a_length() -> None:
    days = {"boundsPeriod": None, "boundsDuration": {"value": 5, "code": "d"}}
    timing = repeat_with(**days).dosages[0].timing
    assert timing is not None
    assert timing.bounds_length == Span(Decimal(5), PeriodUnit.DAY)
    low, high = {"value": 5, "code": "d"}, {"value": 7, "code": "d"}
    timing = (
        repeat_with(boundsPeriod=None, boundsRange={"low": low, "high": high}).dosages[0].timing
    )
    assert timing is not None
    assert (timing.bounds_length, timing.bounds_length_max) == (
        Span(Decimal(5), PeriodUnit.DAY),
        Span(Decimal(7), PeriodUnit.DAY),
    )


def test_explicit_instants_need_an_offset() -> None:
    good = dosage_with(timing={"event": ["2026-03-02T08:00:00+07:00"]})
    assert good.problems == ()
    assert good.dosages[0].timing is not None
    assert good.dosages[0].timing.events == (datetime(2026, 3, 2, 1, 0, tzinfo=UTC),)
    for bad in ("2026-03-02T08:00:00", "2026-03-02", "8h sáng"):
        assert f"{FIRST}.timing.event[0]" in paths_of(dosage_with(timing={"event": [bad]}))


def test_code_and_words_must_name_one_rhythm() -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
    twice = {"coding": [{"system": system, "code": "BID"}]}
    order = dosage_with(timing={"code": twice})
    assert order.problems == ()
    assert order.dosages[0].timing is not None
    assert order.dosages[0].timing.code == "BID"
    assert dosage_with(timing={"code": twice | {"text": "TID"}}).problems


@pytest.mark.parametrize(
    "priority, authored, readable",
    [
        ("stat", "2026-03-01T16:20:00+07:00", True),
        ("urgent", "2026-03-01T16:20:00+07:00", True),
        ("routine", "2026-03-01T16:20:00+07:00", False),
        ("stat", None, False),
    ],
)
def test_without_timing_only_an_urgent_order_has_a_moment(
    priority: str, authored: str | None, *, readable: bool
) -> None:
    raw = changed(load("order"), {"priority": priority, "authoredOn": authored})
    raw["dosageInstruction"][0].pop("timing")
    order = read_order(raw, drug_file)
    assert (paths_of(order) == set()) is readable
    assert order.priority is Priority(priority)


def test_a_coded_need_keeps_its_words_and_they_make_no_other_version() -> None:
    pain = {"system": "http://snomed.info/sct", "code": "22253000"}
    coded = dosage_with(timing=None, asNeededCodeableConcept={"coding": [pain]})
    worded = dosage_with(timing=None, asNeededCodeableConcept={"coding": [pain], "text": "Đau"})
    need = Coding("http://snomed.info/sct", "22253000")
    assert coded.dosages[0].as_needed_for == worded.dosages[0].as_needed_for == (need,)
    assert (coded.dosages[0].as_needed_text, worded.dosages[0].as_needed_text) == ("", "Đau")
    assert coded.version == worded.version


def test_as_needed_needs_no_timing() -> None:
    order = dosage_with(timing=None, asNeededCodeableConcept={"text": "đau"})
    assert order.problems == ()
    assert order.as_needed
    assert order.dosages[0].as_needed_for == (Coding("", "", "đau"),)
    assert order.dosages[0].as_needed_text == "đau"
    both = dosage_with(asNeededBoolean=True, asNeededCodeableConcept={"text": "đau"})
    assert both.problems
    assert f"{FIRST}.asNeededBoolean" in paths_of(dosage_with(asNeededBoolean="true"))


@pytest.mark.parametrize(
    "written, repeat, code",
    [
        ("liên tục", None, None),
        ("CONTINUOUS", None, None),
        ("BID", None, "BID"),
        ("liên tục", {"frequency": 2, "period": 1, "periodUnit": "d"}, "liên tục"),
    ],
)
def test_a_rate_that_runs_on_has_no_rhythm(
    written: str, repeat: dict[str, object] | None, code: str | None
) -> None:
    timing: dict[str, object] = {"code": {"text": written}} | ({"repeat": repeat} if repeat else {})
    rate = {"value": 80, "unit": "mL/h", "system": "http://unitsofmeasure.org", "code": "mL/h"}
    running = dosage_with(timing=timing, doseAndRate=[{"rateQuantity": rate}]).dosages[0]
    assert running.timing is not None
    assert running.timing.code == code
    given = dosage_with(timing={"code": {"text": "liên tục"}}).dosages[0]
    assert given.timing is not None
    assert given.timing.code == "liên tục"

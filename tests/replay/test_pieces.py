"""From the CSV to products, orders and expectations."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bcma.barcode.check_digits import has_mod_10
from bcma.emr.fhir_map import Dialect, encode, parse, read_medication, read_order
from bcma.model.drug import Form
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, Ratio
from bcma.replay.amounts import amount, is_rate, number, unit_of
from bcma.replay.chart_rows import Hospital, Item, Unit
from bcma.replay.folder import read_folder
from bcma.replay.oracle import Cause, Expected, Oracle, Part, Suspicion
from bcma.replay.order_resource import order
from bcma.replay.ordered import Ordered, Rate, Rhythm, ordered, rhythm_of
from bcma.replay.products import Product, formulary, substance_of
from bcma.replay.resources import medication
from tests.replay.invented import Invented, ordinary_day


def mg(value: str) -> Quantity:
    return Quantity(Decimal(value), "mg")


def item(**changes: str) -> Item:
    usual = {
        "kind": "MAIN",
        "drug": "Furosemide",
        "code": "FURO20I",
        "strength": "20mg/2mL Vial",
        "dose": "40",
        "dose_unit": "mg",
        "dispensed": "2",
        "dispensed_unit": "VIAL",
        "route": "IV",
    }
    return Item(**(usual | changes))


def one(*items: Item, units: tuple[Unit, ...] = ()) -> Product:
    (product,) = formulary(items, units).values()
    return product


def read(day: Invented, folder: Path) -> tuple[Hospital, dict[str, Ordered], dict[str, Product]]:
    hospital = read_folder(day.write(folder))
    known = {o.order.id: o for o in ordered(hospital.orders, hospital.events)}
    return hospital, known, dict(formulary(hospital.items, hospital.units))


def expectations(day: Invented, folder: Path) -> list[Expected]:
    hospital, known, products = read(day, folder)
    oracle = Oracle(known, products, hospital.stays)
    return [oracle.expect(event) for event in hospital.events]


@pytest.mark.parametrize(
    "written, unit, dose",
    [
        ("500", "mg", mg("500")),
        (".5", "mg", mg("0.5")),
        ("25,000", "UNIT", Quantity(Decimal(25000), "[iU]")),
        ("0.125-0.25", "mg", DoseRange(mg("0.125"), mg("0.25"))),
        ("5-5", "mg", mg("5")),
        ("2", "PUFF", Quantity(Decimal(2), "{puff}")),
    ],
)
def test_a_dose_is_a_number_or_a_range(written: str, unit: str, dose: Quantity | DoseRange) -> None:
    assert amount(written, unit) == dose


@pytest.mark.parametrize(
    "written, unit",
    [
        ("___", "mg"),
        ("", "mg"),
        ("0", "mg"),
        ("5-2", "mg"),
        ("MD to order daily dose", "mg"),
        ("5", "mL/hr"),
        ("5", ""),
        ("1,5", "mg"),
        ("٥", "mg"),
    ],
)
def test_what_is_no_dose_is_none(written: str, unit: str) -> None:
    assert amount(written, unit) is None


def test_a_rate_is_told_from_an_amount() -> None:
    assert is_rate("mL/hr")
    assert is_rate("% of current infusion rate")
    assert not is_rate("mL")
    assert unit_of("mL/hr") is None
    assert number("10-20") == 10


def test_strength_is_what_is_prescribed_per_piece_and_volume_stands_in_the_words() -> None:
    product = one(item(), item(dose="20", dispensed="1"), item(dose="10", dispensed="2"))
    assert product.strength == Ratio(mg("20"), Quantity(Decimal(1), "{vial}"))
    assert product.content == Ratio(Quantity(Decimal(2), "mL"), Quantity(Decimal(1), "{vial}"))
    assert product.form is Form.INJECTION


def test_what_was_given_never_makes_a_strength() -> None:
    unit = Unit(
        order="1",
        barcode="if",
        code="ODD1",
        description="Oddity 5 mg Tab",
        given="5",
        given_unit="mg",
        amount="1",
        amount_unit="TAB",
    )
    assert one(units=(unit,)).strength is None


def test_every_code_has_a_number_of_its_own_with_a_valid_check_digit() -> None:
    products = formulary([item(code=f"C{n}") for n in range(30)], ()).values()
    gtins = [product.gtin for product in products]
    assert len(set(gtins)) == 30
    for gtin in gtins:
        assert len(gtin) == 14
        assert has_mod_10(gtin)


@pytest.mark.parametrize(
    "piece, words, route, form",
    [
        ("TAB", "25mg Tablet", "PO", Form.TABLET),
        ("TAB", "10mEq ER Tablet", "PO", Form.TABLET_MR),
        ("CAP", "Delayed Release 20 mg", "PO", Form.CAPSULE_MR),
        ("mL", "5mg/5mL", "PO/NG", Form.ORAL_LIQUID),
        ("mL", "5mg/5mL", "IV", Form.INJECTION),
        ("BTL", "45mL Bottle", "NU", None),
        ("BTL", "5 mL Bottle", "BOTH EYES", Form.DROPS_EYE),
    ],
)
def test_form_follows_piece_words_and_route(
    piece: str, words: str, route: str, form: Form | None
) -> None:
    assert one(item(dispensed_unit=piece, strength=words, route=route)).form is form


def test_names_of_one_substance_meet() -> None:
    assert substance_of("HYDROmorphone (Dilaudid)") == "hydromorphone"
    assert substance_of("Docusate Sodium (Liquid)") == substance_of("Docusate Sodium")
    assert substance_of("Meropenem 500 mg/100 mL NS (Mini Bag Plus)") == "meropenem"
    assert substance_of("0.9% Sodium Chloride") == substance_of("Sodium Chloride 0.9%")
    assert substance_of("CefePIME 2 g / 100 mL NS ___") == "cefepime"
    assert substance_of("Metoprolol Tartrate") != substance_of("Metoprolol Succinate XL")


@pytest.mark.parametrize(
    "frequency, rhythm",
    [
        ("Q6H:PRN", Rhythm(1, 6, "h")),
        ("Q 12H", Rhythm(1, 12, "h")),
        ("Q15MIN:PRN", Rhythm(1, 15, "min")),
        ("BID:PRN", Rhythm(2, 24, "h")),
        ("ASDIR", None),
        ("TITRATE TO", None),
        ("Q0H", None),
    ],
)
def test_a_frequency_names_a_rhythm_or_none(frequency: str, rhythm: Rhythm | None) -> None:
    assert rhythm_of(frequency) == rhythm


def test_the_interval_is_the_period_over_the_times() -> None:
    assert Rhythm(2, 24, "h").interval == timedelta(hours=12)
    assert Rhythm(1, 15, "min").interval == timedelta(minutes=15)


def test_planned_times_are_the_emars_and_an_as_needed_order_has_none(tmp_path: Path) -> None:
    _, known, _ = read(ordinary_day(), tmp_path)
    assert [f"{at:%H:%M}" for at in known["104"].planned] == ["08:00", "20:00"]
    assert known["102"].planned == ()
    assert known["102"].dose == DoseRange(mg("25"), mg("50"))


def test_due_doses_that_differ_make_a_range(tmp_path: Path) -> None:
    day = Invented()
    day.order("1", "Insulin", "INSU", dose="0")
    day.event(1, "1", "INSU", charted="08:00", planned="08:00", due="4", given="4")
    day.event(2, "1", "INSU", charted="12:00", planned="12:00", due="10", given="10")
    _, known, _ = read(day, tmp_path)
    assert known["1"].dose == DoseRange(mg("4"), mg("10"))


def test_an_order_with_a_rate_only_has_a_rate(tmp_path: Path) -> None:
    day = Invented()
    day.order("1", "Heparin", "HEPBAG", dose="25000")
    day.event(
        1, "1", "HEPBAG", charted="08:00", planned="08:00", due="1200", unit="units/hr", given=""
    )
    _, known, _ = read(day, tmp_path)
    assert known["1"].dose == Rate(Decimal(1200), "units/hr")


def test_the_product_reads_orders_and_drugs_without_a_problem(tmp_path: Path) -> None:
    _, known, products = read(ordinary_day(), tmp_path)
    drugs = {}
    for product in products.values():
        raw = parse(encode(medication(product)))
        drugs[product.id] = read_medication(raw)
        assert drugs[product.id].problems == ()
        assert drugs[product.id].gtins == {product.gtin}
    for found in known.values():
        there = read_order(parse(encode(order(found, products, over=False))), drugs.get, Dialect())
        assert there.problems == ()
        assert there.dosages[0].dose == found.dose
        assert there.as_needed == found.order.as_needed


@pytest.mark.parametrize(
    "changes, cause",
    [
        ({}, None),
        ({"charted": "00:20", "planned": "00:20"}, Cause.BEFORE_ENTRY),
        ({"charted": "23:30", "planned": "23:30"}, Cause.AFTER_STOP),
        ({"kind": "IV Infusion"}, Cause.INFUSION),
        ({"word": "Started"}, Cause.INFUSION),
        ({"given": "250"}, Cause.SUSPICIOUS),
    ],
)
def test_a_dose_is_set_aside_for_a_cause(
    changes: dict[str, str], cause: Cause | None, tmp_path: Path
) -> None:
    day = Invented()
    day.order("1", "Paracetamol", "PARA500")
    day.event(1, "1", "PARA500", **({"charted": "08:00", "planned": "08:00"} | changes))
    assert [e.cause for e in expectations(day, tmp_path)] == [cause]


def test_a_dose_without_a_readable_amount_is_set_aside(tmp_path: Path) -> None:
    day = Invented()
    day.order("1", "Warfarin", "WARF", dose="MD to order daily dose")
    day.event(1, "1", "WARF", charted="08:00", planned="08:00", due="___", given="___")
    assert [e.cause for e in expectations(day, tmp_path)] == [Cause.NO_DOSE]


def test_an_as_needed_dose_before_its_interval_is_set_aside(tmp_path: Path) -> None:
    day = Invented()
    day.order("1", "Tramadol", "TRAM50", frequency="Q6H:PRN")
    day.event(1, "1", "TRAM50", charted="08:00", planned="08:00")
    day.event(2, "1", "TRAM50", charted="13:00", planned="13:00")
    assert [e.cause for e in expectations(day, tmp_path)] == [None, Cause.AS_NEEDED_EARLY]


def test_a_repeat_within_minutes_is_suspicious(tmp_path: Path) -> None:
    day = Invented()
    day.order("1", "Paracetamol", "PARA500")
    day.event(1, "1", "PARA500", charted="08:00", planned="08:00")
    day.event(2, "1", "PARA500", charted="08:05", planned="08:00")
    assert [e.suspicions for e in expectations(day, tmp_path)] == [
        frozenset(),
        {Suspicion.REPEAT},
    ]


def test_another_product_is_suspicious_and_another_ingredient_more_so(tmp_path: Path) -> None:
    day = Invented()
    day.order("1", "Paracetamol", "PARA500")
    day.order("2", "Paracetamol", "PARA325", dose="325", strength="325mg Tablet")
    day.order("3", "Digoxin", "DIGO", dose="250", unit="mcg")
    day.event(1, "1", "PARA325", charted="08:00", planned="08:00")
    day.event(2, "1", "DIGO", charted="20:00", planned="20:00")
    assert [e.suspicions for e in expectations(day, tmp_path)] == [
        {Suspicion.OTHER_PRODUCT},
        {Suspicion.OTHER_INGREDIENT},
    ]


@pytest.mark.parametrize(
    "changes, part",
    [
        ({"barcode": ""}, Part.NO_BARCODE),
        ({"word": "Not Given"}, Part.WITHHELD),
        ({"word": "Flushed"}, Part.OTHER),
    ],
)
def test_a_row_has_its_part(changes: dict[str, str], part: Part, tmp_path: Path) -> None:
    day = Invented()
    day.order("1", "Paracetamol", "PARA500")
    day.event(1, "1", "PARA500", charted="08:00", planned="08:00", **changes)
    day.event(2, "9", "PARA500", charted="09:00", planned="09:00")
    assert [e.part for e in expectations(day, tmp_path)] == [part, Part.NO_ORDER]

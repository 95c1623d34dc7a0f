"""Facts in a person's own notation, and sentences that never fall over."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.config import Language
from bcma.errors import BcmaError
from bcma.model.drug import Form
from bcma.model.findings import CATALOGUE
from bcma.model.order import DoseRange, OrderStatus
from bcma.model.quantity import Quantity, Ratio, UnitError, parse_decimal
from bcma.model.verdict import Finding, Severity
from bcma.policy import Policy, PolicyError, SiteReason, load_policy
from bcma.wording import FACTS, UNKNOWN, Wording

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
VI, EN = Wording(Language.VI, HANOI), Wording(Language.EN, HANOI)
THIN = "\N{NARROW NO-BREAK SPACE}"
NEW_YEAR = datetime(2025, 12, 31, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "value, unit, vi, en",
    [
        ("0.5", "mg", "0,5 mg", "0.5 mg"),
        ("1.50", "mg", "1,5 mg", "1.5 mg"),
        ("10.0", "mg", "10 mg", "10 mg"),
        ("100", "mg", "100 mg", "100 mg"),
        ("2", "{tablet}", "2 viên", "2 tablets"),
        ("1", "{tablet}", "1 viên", "1 tablet"),
        ("0.5", "{tablet}", "0,5 viên", "0.5 tablet"),
        ("0", "{tablet}", "0 viên", "0 tablets"),
        ("80", "mL/h", "80 ml/giờ", "80 mL/hour"),
        ("5", "ug/kg/min", "5 mcg/kg/phút", "5 mcg/kg/minute"),
        ("10", "[iU]", "10 đơn vị", "10 units"),
        ("76", "/min", "76 lần/phút", "76 per minute"),
        ("120", "mm[Hg]", "120 mmHg", "120 mmHg"),
        ("3", "{spoon}", "3 spoon", "3 spoon"),
    ],
)
def test_amounts(value: str, unit: str, vi: str, en: str) -> None:
    amount = Quantity(Decimal(value), unit)
    assert VI.quantity(amount) == vi.replace(" ", THIN, 1)
    assert EN.quantity(amount) == en.replace(" ", THIN, 1)


def test_an_absent_amount_is_a_dash() -> None:
    assert VI.quantity(None) == UNKNOWN


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=0, max_value=10**9))
def test_a_number_reads_back_as_itself(value: Decimal) -> None:
    for wording in (VI, EN):
        assert parse_decimal(wording.number(value)) == value


def test_numbers_have_no_exponent() -> None:
    assert VI.number(Decimal("1E+3")) == "1000"
    assert VI.number(Decimal("1E-7")) == "0,0000001"


def test_numbers_in_a_fact() -> None:
    assert VI.fact((Decimal("0.5"), 2)) == "0,5, 2"
    assert VI.fact(Quantity.of(2, "mg")) == f"2{THIN}mg"


def test_dates_and_times_are_those_of_the_ward() -> None:
    assert VI.date(date(2026, 3, 2)) == "02/03/2026"
    assert VI.time(NEW_YEAR) == "00:05"
    assert VI.time(time(8)) == "08:00"
    assert VI.instant(NEW_YEAR) == "00:05 01/01/2026"
    assert VI.fact(NEW_YEAR) == "00:05 01/01"


@pytest.mark.parametrize(
    "value, name, vi",
    [
        (None, "", UNKNOWN),
        ("", "drug", UNKNOWN),
        ((), "routes", UNKNOWN),
        (True, "", "có"),
        (False, "", "không"),
        (3, "", "3"),
        (Decimal("2.5"), "", "2,5"),
        (date(2025, 12, 31), "expiry", "31/12/2025"),
        ("PO", "route", "Uống"),
        (("PO", "NG"), "routes", "Uống, Qua ống thông dạ dày"),
        ("ZZ", "route", "ZZ"),
        ("PO", "drug", "PO"),
        ("held", "status", "tạm giữ"),
        ("8867-4", "measure", "Nhịp tim"),
        ("asleep", "reason", "Người bệnh đang ngủ"),
        ("no-pack", "reason", "chưa có dữ liệu kiến thức thuốc"),
        ("thu hồi tự nguyện", "reason", "thu hồi tự nguyện"),
        (Form.TABLET_MR, "ordered", "viên nén giải phóng kéo dài"),
        (OrderStatus.ON_HOLD, "text", "đang tạm ngưng"),
        (DoseRange(Quantity.of(5, "mg"), Quantity.of(10, "mg")), "", "5 mg – 10 mg"),
        (Ratio(Quantity.of(500, "mg"), Quantity.of(1, "{tablet}")), "", "500 mg/viên"),
        (Ratio(Quantity.of(250, "mg"), Quantity.of(5, "mL")), "", "250 mg/5 ml"),
    ],
)
def test_facts(value: object, name: str, vi: str) -> None:
    assert VI.fact(value, name).replace(THIN, " ") == vi


def test_a_finding_names_its_facts() -> None:
    late = Finding(
        code="time.late",
        severity=Severity.WARN,
        facts={
            "minutes": 34,
            "planned": datetime(2026, 3, 2, 1, tzinfo=UTC),
            "next": datetime(2026, 3, 2, 13, tzinfo=UTC),
        },
    )
    assert VI.finding(late).headline == "Muộn 34 phút so với lần 08:00 02/03"
    assert "20:00 02/03" in VI.finding(late).todo
    assert EN.finding(late).headline == "34 min late for the 08:00 02/03 dose"


def test_what_to_do_depends_on_the_severity() -> None:
    stop = VI.finding(Finding(code="drug.allergy", severity=Severity.STOP))
    warn = VI.finding(Finding(code="drug.allergy", severity=Severity.WARN))
    assert stop.headline == warn.headline
    assert stop.todo != warn.todo


def test_a_raised_finding_still_says_what_to_do() -> None:
    raised = VI.finding(Finding(code="time.late", severity=Severity.STOP))
    assert raised.todo


@pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: str(spec.code))
def test_every_finding_speaks_with_and_without_its_facts(spec: object) -> None:
    code = str(getattr(spec, "code", ""))
    for wording in (VI, EN):
        for severity in Severity:
            bare = wording.finding(Finding(code=code, severity=severity))
            full = wording.finding(
                Finding(code=code, severity=severity, facts=dict.fromkeys(FACTS[code], "XX1"))
            )
            for text in (*bare, *full):
                assert text
                assert "{" not in text
                assert not text.startswith("finding.")
            assert UNKNOWN not in "".join(full)


def test_braces_and_percent_signs_in_a_fact_are_only_text() -> None:
    odd = Finding(
        code="drug.unknown-code", severity=Severity.STOP, facts={"text": "{0.__class__} %s"}
    )
    assert "{0.__class__} %s" in VI.finding(odd).headline


def test_units_stand_alone_too() -> None:
    assert VI.unit("mL/h") == "ml/giờ"


def test_an_unknown_key_is_shown_and_never_nothing() -> None:
    assert VI.sentence("screen.no-such-thing") == "screen.no-such-thing"


def test_a_reason_of_the_site_has_the_site_s_words() -> None:
    own = {"theatre": SiteReason("Đang mổ", "In theatre")}
    assert Wording(Language.VI, HANOI, own).word("reason", "theatre") == "Đang mổ"
    assert Wording(Language.EN, HANOI, own).fact("theatre", "reason") == "In theatre"
    assert VI.word("reason", "theatre") == "theatre"


def test_an_exception_is_told_with_its_facts() -> None:
    assert "furlong" in VI.error(UnitError(unit="furlong"))


def test_an_exception_without_words_gets_its_parent_s() -> None:
    class OddUnitError(UnitError):
        code = "quantity.odd"

    assert VI.error(OddUnitError(unit="x")) == VI.error(UnitError(unit="x"))


def test_a_foreign_exception_is_told_without_its_text() -> None:
    told = VI.error(ValueError("Nguyễn Văn An"))
    assert told == VI.error(BcmaError())
    assert "An" not in told.split()


def test_mistakes_of_a_policy_are_told_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text("repeat_minuts = 1\nidle_lock_minutes = 0\n", encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        load_policy(file)
    assert VI.mistakes(error.value) == (
        "Dòng 1, repeat_minuts: Không có khoá này. Gần giống: repeat_minutes",
        "Dòng 2, idle_lock_minutes: 0 ngoài khoảng 1 đến 2880",
    )
    assert EN.mistakes(error.value)[0].startswith("Line 1, repeat_minuts: No such key")
    assert "site.toml" in EN.error(error.value)


def test_mistakes_outside_of_files_are_told_without_a_line() -> None:
    with pytest.raises(PolicyError) as error:
        Policy.default().with_overrides({"repeat_minutes": "x"})
    assert VI.mistakes(error.value) == ('repeat_minutes: "x" sai kiểu, cần số',)


def test_languages_are_loaded_only_when_they_speak() -> None:
    assert EN.sentence("verdict.stop") == "STOP"
    assert VI.sentence("verdict.stop") == "DỪNG"

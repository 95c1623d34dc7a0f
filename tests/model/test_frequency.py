"""Frequency codes: read as a hospital means them, or refused with the reason."""

import csv
import gzip
import re
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.model.frequency import Frequency, NoRhythm, read_frequency
from bcma.model.order import PeriodUnit, Timing
from tests.model.frequency_words import words

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data" / "mimic-demo-dev" / "csv" / "pharmacy.csv.gz"
TABLE = ROOT / "docs" / "frequencies.md"
_ROW = re.compile(r"^\| (?:`(?P<code>[^`]*)`|–) \| (?P<words>[^|]+) \|", re.MULTILINE)


def every(
    period: int,
    unit: PeriodUnit,
    times: int = 1,
    *,
    period_max: Decimal | None = None,
    code: str | None = None,
) -> Timing:
    return Timing(
        frequency=times,
        period=Decimal(period),
        period_unit=unit,
        period_max=period_max,
        code=code,
    )


H, MIN, D, WK = PeriodUnit.HOUR, PeriodUnit.MINUTE, PeriodUnit.DAY, PeriodUnit.WEEK
MEANT = {
    "Q6H": every(6, H),
    "Q 12H": every(12, H),
    "q8h": every(8, H),
    " Q4  HRS ": every(4, H),
    "Q15MIN": every(15, MIN),
    "Q4-6H": every(4, H, period_max=Decimal(6)),
    "Q6-6H": every(6, H, period_max=Decimal(6)),
    "DAILY": every(1, D, code="QD"),
    "BID": every(1, D, 2, code="BID"),
    "TID": every(1, D, 3, code="TID"),
    "QID": every(1, D, 4, code="QID"),
    "5X/DAY": every(1, D, 5),
    "HS": every(1, D, code="QHS"),
    "EVERY OTHER DAY": every(2, D, code="QD"),
    "QAM": Timing(when=("MORN",)),
    "PM": Timing(when=("AFT",)),
    "QPM": Timing(when=("EVE",)),
    "TID W/MEALS": Timing(when=("C",)),
    "TIDAC": Timing(when=("AC",)),
    "QIDACHS": Timing(when=("ACM", "ACD", "ACV", "HS")),
    "DAILY16": Timing(times_of_day=(time(16),)),
    "DAILY 0": Timing(times_of_day=(time(0),)),
    "QMOWEFR": Timing(code="QD", days_of_week=(0, 2, 4)),
    "QTHUR": Timing(code="QD", days_of_week=(3,)),
    "QTUES": Timing(code="QD", days_of_week=(1,)),
    "QSAT": Timing(code="QD", days_of_week=(5,)),
    "QSUN,QMON": None,
    "QSU MO": Timing(code="QD", days_of_week=(0, 6)),
    "QMOMO": Timing(code="QD", days_of_week=(0,)),
    "1X/WEEK": every(1, WK),
    "ONCE": Timing(count=1),
    "1X": Timing(count=1),
    "X1": Timing(count=1),
    "NOW X1": Timing(count=1),
}


@pytest.mark.parametrize("code", MEANT)
def test_a_code_says_its_rhythm(code: str) -> None:
    meant = MEANT[code]
    assert read_frequency(code) == (NoRhythm.UNKNOWN if meant is None else Frequency(meant))


@pytest.mark.parametrize("written", ["Q6H:PRN", "Q6H PRN", "q6h:prn"])
def test_as_needed_is_told_from_the_rhythm(written: str) -> None:
    assert read_frequency(written) == Frequency(every(6, H), as_needed=True)
    assert read_frequency("PRN") == Frequency(Timing(), as_needed=True)
    assert read_frequency("X1 PRN") == Frequency(Timing(count=1), as_needed=True)


REFUSED = {
    "": NoRhythm.UNKNOWN,
    "DAYS": NoRhythm.UNKNOWN,
    "Q0H": NoRhythm.UNKNOWN,
    "Q6-4H": NoRhythm.UNKNOWN,
    "Q6": NoRhythm.UNKNOWN,
    "DAILY24": NoRhythm.UNKNOWN,
    "XPRN": NoRhythm.UNKNOWN,
    "ASDIR": NoRhythm.AS_DIRECTED,
    "TITRATE TO": NoRhythm.CONTINUOUS,
    "INFUSION": NoRhythm.CONTINUOUS,
    "HD PROTOCOL": NoRhythm.BY_EVENT,
    "POST HD": NoRhythm.BY_EVENT,
    "3X/WEEK": NoRhythm.DAYS_NOT_SAID,
    "2X": NoRhythm.REPEAT_NOT_SAID,
    "X2 PRN": NoRhythm.REPEAT_NOT_SAID,
    "ONCE MR1": NoRhythm.REPEAT_NOT_SAID,
    "MR X1": NoRhythm.REPEAT_NOT_SAID,
    "MRX1:PRN": NoRhythm.REPEAT_NOT_SAID,
    "ONCE PER LUMEN (2 LUMEN)": NoRhythm.UNKNOWN,
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_says_no_rhythm_is_refused_with_the_reason(code: str) -> None:
    assert read_frequency(code) is REFUSED[code]


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(written: str) -> None:
    assert isinstance(read_frequency(written), Frequency | NoRhythm)


def test_the_table_of_the_documentation_says_how_each_code_is_read() -> None:
    rows = list(_ROW.finditer(TABLE.read_text(encoding="utf-8")))
    assert len(rows) > 70
    for row in rows:
        assert words(row["code"] or "") == row["words"], row["code"]


@pytest.mark.skipif(not REAL.is_file(), reason="the folder of the real hospital is not here")
def test_every_code_of_the_real_hospital_is_in_the_table() -> None:
    known = {row["code"] or "" for row in _ROW.finditer(TABLE.read_text(encoding="utf-8"))}
    with gzip.open(REAL, "rt", encoding="utf-8", newline="") as file:
        written = {row["frequency"].strip() for row in csv.DictReader(file)}
    assert written <= known

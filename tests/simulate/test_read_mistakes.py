"""Mistakes in scenario files: each names file, place and reason, in the language chosen."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.bedside.acts import Correct
from bcma.simulate.place import Cause, Mistake, ScenarioError
from bcma.simulate.read import read_scenario, scenario_files
from bcma.simulate.read_verbs import VERBS
from bcma.simulate.sentences import scenario_sentence
from bcma.simulate.verbs import ActOn
from bcma.wording import Language, Wording
from bcma.wording.catalogue import lookup

NOW = "2026-03-02T08:00:00+07:00"
SYNC: dict[str, object] = {"sync": {}}


def write(folder: Path, **changes: object) -> Path:
    content: dict[str, object] = {"scenario": "A title", "now": NOW, "steps": [SYNC], **changes}
    file = folder / "scenario.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def mistake_in(file: Path) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(file)
    return caught.value


BUNDLE = {"resourceType": "Bundle", "type": "batch"}


@pytest.mark.parametrize(
    "changes,place,mistake",
    [
        ({"scenarios": 1}, "scenarios", Mistake.UNKNOWN_KEY),
        ({"scenario": 7}, "scenario", Mistake.WRONG_TYPE),
        ({"scenario": " "}, "scenario", Mistake.WRONG_TYPE),
        ({"now": "2026-03-02T08:00:00"}, "now", Mistake.BAD_INSTANT),
        ({"now": "2026-02-30T08:00:00+07:00"}, "now", Mistake.BAD_INSTANT),
        ({"zone": "Hà Nội"}, "zone", Mistake.UNKNOWN_ZONE),
        ({"zone": "../etc/passwd"}, "zone", Mistake.UNKNOWN_ZONE),
        ({"hazards": ["H117"]}, "hazards[1]", Mistake.UNKNOWN_VALUE),
        ({"hazards": "H01"}, "hazards", Mistake.WRONG_TYPE),
        ({"emr": ["none.json"]}, "emr[1]", Mistake.UNREADABLE_FILE),
        ({"emr": [7]}, "emr[1]", Mistake.WRONG_TYPE),
        ({"emr": [{"resourceType": "Patient"}]}, "emr[1]", Mistake.BAD_BUNDLE),
        ({"emr": [{"resourceType": "Bundle", "type": "x"}]}, "emr[1]", Mistake.BAD_BUNDLE),
        ({"emr": [{**BUNDLE, "entry": {}}]}, "emr[1].entry", Mistake.WRONG_TYPE),
        ({"emr": [{**BUNDLE, "entry": [{}]}]}, "emr[1].entry[1]", Mistake.BAD_BUNDLE),
        (
            {"emr": [{**BUNDLE, "entry": [{"resource": {"id": "p1"}}]}]},
            "emr[1].entry[1].resource",
            Mistake.BAD_BUNDLE,
        ),
        (
            {"emr": [{**BUNDLE, "entry": [{"request": {"method": "DELETE"}}]}]},
            "emr[1].entry[1].request",
            Mistake.MISSING_KEY,
        ),
        ({"policy": {"patient_scan_minute": 5}}, "policy", Mistake.BAD_POLICY),
        ({"policy": {"patient_scan_minutes": "5"}}, "policy", Mistake.BAD_POLICY),
        ({"policy": {"severity": {"drug.expired": "warn"}}}, "policy", Mistake.BAD_POLICY),
        ({"steps": []}, "steps", Mistake.EMPTY),
        ({"knowledge": "none"}, "knowledge", Mistake.UNREADABLE_FILE),
        ({"stations": {}}, "stations", Mistake.MISSING_KEY),
        ({"stations": {"A": {"wards": "NOI"}}}, "stations.A.wards", Mistake.UNKNOWN_KEY),
        ({"stations": {"../A": {}}}, "stations.../A", Mistake.UNKNOWN_VALUE),
        ({"pins": {"NV-0001": 4711}}, "pins.NV-0001", Mistake.WRONG_TYPE),
        ({"expect_emr": [{"search": "Patient"}]}, "expect_emr[1]", Mistake.MISSING_KEY),
        ({"expect_emr": [{"search": "/x", "count": 1}]}, "expect_emr[1].search", None),
        ({"expect_emr": [{"search": "Patient", "count": -1}]}, "expect_emr[1].count", None),
        ({"expect_emr": [{"search": "Patient", "count": 1.5}]}, "expect_emr[1].count", None),
        ({"expect_emr": [{"search": "Patient", "count": True}]}, "expect_emr[1].count", None),
    ],
)
def test_mistakes_around_the_steps(
    tmp_path: Path, changes: dict[str, object], place: str, mistake: Mistake | None
) -> None:
    file = write(tmp_path, **changes)

    error = mistake_in(file)

    assert error.facts["file"] == str(file)
    assert error.facts["place"] == place
    assert mistake in {None, error.mistake}


@pytest.mark.parametrize(
    "step,place,mistake",
    [
        ({}, "", Mistake.NO_VERB),
        ({"station": "A"}, "", Mistake.NO_VERB),
        ({"scna": "x"}, ".scna", Mistake.UNKNOWN_VERB),
        ({"scan": "x", "give": {}}, "", Mistake.SEVERAL_VERBS),
        ({"scan": 7}, ".scan", Mistake.WRONG_TYPE),
        ({"scan": "x", "station": "C"}, ".station", Mistake.UNKNOWN_VALUE),
        ({"scan": "x", "after": "20 s"}, ".after", Mistake.BAD_DURATION),
        ({"scan": "x", "after": "-PT1S"}, ".after", Mistake.BAD_DURATION),
        ({"scan": "x", "after": "P1M"}, ".after", Mistake.BAD_DURATION),
        ({"scan": "x", "after": "P999999999D"}, ".after", Mistake.BAD_DURATION),
        ({"scan": "x", "at": "08:00"}, ".at", Mistake.BAD_INSTANT),
        ({"scan": "x", "at": NOW, "after": "PT1S"}, ".after", Mistake.TWO_TIMES),
        ({"scan": "x", "at": "2026-03-02T07:59:59+07:00"}, ".at", Mistake.BACKWARDS),
        ({"sign_in": {"badge": "NV-0001"}}, ".sign_in", Mistake.MISSING_KEY),
        ({"sign_in": {"badge": "N", "pin": 4711}}, ".sign_in.pin", Mistake.WRONG_TYPE),
        ({"sign_out": {"badge": "N"}}, ".sign_out.badge", Mistake.UNKNOWN_KEY),
        ({"sign_out": True}, ".sign_out", Mistake.WRONG_TYPE),
        ({"unable_to_scan": {"what": "cart"}}, ".unable_to_scan", Mistake.MISSING_KEY),
        (
            {"unable_to_scan": {"what": "band", "reason": "x", "typed": {"gtin": "1"}}},
            ".unable_to_scan.typed.gtin",
            Mistake.UNKNOWN_KEY,
        ),
        ({"open": {"order": "Patient/p1"}}, ".open.order", Mistake.UNKNOWN_VALUE),
        ({"answer": {"code": "dose.wrong", "value": 1}}, ".answer.code", Mistake.UNKNOWN_VALUE),
        ({"answer": {"code": "dose.choose"}}, ".answer", Mistake.MISSING_KEY),
        (
            {"answer": {"code": "dose.choose", "value": {"value": "5", "unit": "mg"}}},
            ".answer.value.value",
            Mistake.WRONG_TYPE,
        ),
        ({"release": {"code": "time.late", "why": "x"}}, ".release.why", Mistake.UNKNOWN_KEY),
        (
            {"release": {"code": "time.late", "scope": "ward"}},
            ".release.scope",
            Mistake.UNKNOWN_VALUE,
        ),
        (
            {"answer": {"code": "time.reopen", "cannot": "x", "scope": "ward"}},
            ".answer.scope",
            Mistake.UNKNOWN_VALUE,
        ),
        ({"give": {"amount": {"value": 5}}}, ".give.amount", Mistake.MISSING_KEY),
        ({"give": []}, ".give", Mistake.WRONG_TYPE),
        ({"hold": {"order": "mr1"}}, ".hold", Mistake.MISSING_KEY),
        ({"emr": "ward.json"}, ".emr", Mistake.WRONG_TYPE),
        ({"network": "slow"}, ".network", Mistake.UNKNOWN_VALUE),
        ({"restart": {"kill": 1}}, ".restart.kill", Mistake.WRONG_TYPE),
        ({"correct": {"record": 0}}, ".correct.record", Mistake.WRONG_TYPE),
        ({"correct": {"record": 1}}, ".correct.record", Mistake.NO_RECORD),
        ({"correct": {"record": 2}}, ".correct.record", Mistake.NO_RECORD),
        ({"dose_outcome": {"record": 9, "outcome": "lost"}}, ".dose_outcome.record", None),
        ({"scan": "x", "expect": {"refused": "drug.late"}}, ".expect.refused", None),
        ({"correct": {}}, ".correct", Mistake.MISSING_KEY),
        ({"scan": "x", "expect": {"states": 1}}, ".expect.states", Mistake.UNKNOWN_KEY),
        ({"scan": "x", "expect": {"verdict": "ok"}}, ".expect.verdict", Mistake.UNKNOWN_VALUE),
        ({"scan": "x", "expect": {"state": None}}, ".expect.state", Mistake.WRONG_TYPE),
        (
            {"scan": "x", "expect": {"rights": {"drugs": "ok"}}},
            ".expect.rights.drugs",
            Mistake.UNKNOWN_KEY,
        ),
        (
            {"scan": "x", "expect": {"codes": {"has": ["drug.late"]}}},
            ".expect.codes.has[1]",
            Mistake.UNKNOWN_VALUE,
        ),
    ],
)
def test_mistakes_in_a_step(
    tmp_path: Path, step: dict[str, object], place: str, mistake: Mistake | None
) -> None:
    error = mistake_in(write(tmp_path, steps=[SYNC, step]))

    assert error.facts["place"] == f"steps[2]{place}"
    assert mistake in {None, error.mistake}


@pytest.mark.parametrize(
    "maker",
    [
        {"give": {}},
        {"hold": {"reason": "asleep"}},
        {"give_first": {"drug": "X", "amount": {"value": 1, "unit": "mg"}, "route": "IM"}},
        {"scan": "CMD-GIVE"},
    ],
)
def test_a_record_of_an_earlier_step_may_be_named(tmp_path: Path, maker: dict[str, object]) -> None:
    steps = [SYNC, maker, {"correct": {"record": 2, "reason": "other"}}]

    last = read_scenario(write(tmp_path, steps=steps)).steps[-1]

    assert last.verb == ActOn("correct", 2, Correct("other"))


@pytest.mark.parametrize("refused", ["not-available", "drug.expired", None])
def test_what_a_step_may_be_refused_for(tmp_path: Path, refused: str | None) -> None:
    steps = [{"scan": "x", "expect": {"refused": refused}}]

    (step,) = read_scenario(write(tmp_path, steps=steps)).steps

    assert step.expect is not None
    assert step.expect.equal == (("refused", refused),)


@pytest.mark.parametrize(
    "content,said",
    [
        (b"\xff{}", "byte thứ 1 không phải UTF-8"),
        (b"{", "dòng 1, cột 2"),
        (b"[" * 100_000, "lồng nhau quá sâu"),
        (b'{"scenario": NaN}', "số không hợp lệ"),
        (b'{"scenario": "\\ud800"}', "nửa ký tự"),
    ],
)
def test_why_a_file_is_no_json_is_said_in_the_language_chosen(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "broken.json"
    file.write_bytes(content)

    assert said in said_of(file)


@pytest.mark.parametrize(
    "changes,said",
    [
        ({"zone": "Asia/Hanoi2"}, "Asia/Ho_Chi_Minh"),
        ({"steps": [{"sync": {}, "at": NOW, "after": "PT1S"}]}, "chỉ được ghi một trong hai"),
        ({"policy": {"patient_scan_minutes": -1}}, "-1 ngoài khoảng"),
        ({"emr": ["."]}, "đây là thư mục"),
        ({"knowledge": "none"}, "không có thư mục này"),
        ({"hazards": ["X1"]}, "H01"),
    ],
)
def test_mistakes_are_said_in_the_language_chosen(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    assert said in said_of(write(tmp_path, **changes))


def said_of(file: Path) -> str:
    wording = Wording(Language.VI, ZoneInfo("Asia/Ho_Chi_Minh"))
    return scenario_sentence(mistake_in(file), wording)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("mistake", Mistake)
def test_every_mistake_has_a_sentence(mistake: Mistake, language: Language) -> None:
    key = f"scenario.{mistake}"
    causes = [key, *(f"{key}.{cause}" for cause in Cause)]

    assert any(lookup(language, written) for written in causes)


@pytest.mark.parametrize(
    "content,mistake",
    [
        (b"", Mistake.NOT_JSON),
        (b"{", Mistake.NOT_JSON),
        (b"\xff\xfe{}", Mistake.NOT_JSON),
        (b'{"scenario": NaN}', Mistake.NOT_JSON),
        (b'{"scenario": "\\ud800"}', Mistake.NOT_JSON),
        (b"[" * 100_000, Mistake.NOT_JSON),
        (b"9" * 5_000, Mistake.NOT_JSON),
        (b'{"now": 1, "now": 2}', Mistake.DUPLICATE_KEY),
        (b'{"steps": [{"scan": "x", "scan": "y"}]}', Mistake.DUPLICATE_KEY),
        (b"[]", Mistake.WRONG_TYPE),
        (b"{}", Mistake.MISSING_KEY),
    ],
)
def test_what_is_no_scenario_at_all(tmp_path: Path, content: bytes, mistake: Mistake) -> None:
    file = tmp_path / "broken.json"
    file.write_bytes(content)

    error = mistake_in(file)

    assert error.mistake is mistake
    assert error.facts["file"] == str(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert mistake_in(tmp_path / "none.json").mistake is Mistake.UNREADABLE_FILE


def test_a_folder_gives_its_scenarios_and_leaves_bundles_out(tmp_path: Path) -> None:
    file = write(tmp_path)
    (tmp_path / "ward.json").write_text('{"resourceType": "Bundle", "type": "collection"}')
    (tmp_path / "broken.json").write_text("{")

    assert list(scenario_files([tmp_path])) == [tmp_path / "broken.json", file]


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        list(scenario_files([tmp_path]))

    assert caught.value.mistake is Mistake.NO_SCENARIOS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["scan", "give", "emr", "code", "value", "badge", "pin", "order", "reason"]
            )
            | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(verb=st.sampled_from(sorted(VERBS)), value=JSON, expect=JSON)
def test_any_json_is_read_or_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, verb: str, value: object, expect: object
) -> None:
    folder = tmp_path_factory.getbasetemp()
    file = write(folder, steps=[{verb: value, "expect": expect}])

    outcome = outcome_of(file)

    assert outcome is None or outcome.startswith("steps[1]")


def outcome_of(file: Path) -> str | None:
    """Give the place of the mistake, ``None`` where there is none."""
    try:
        read_scenario(file)
    except ScenarioError as error:
        # half a character is a mistake of the whole file
        half = error.mistake is Mistake.NOT_JSON
        return "steps[1]" if half else str(error.facts["place"])
    return None

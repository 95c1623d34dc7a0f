"""The command line, as a program."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bcma.__main__ import main
from bcma.emr.sandbox import Sandbox

SCENARIOS = Path(__file__).parent / "scenarios"
UNKNOWN_BAND = SCENARIOS / "unknown-band.json"


def wrong(folder: Path) -> Path:
    """Write a scenario whose expectation does not hold."""
    content = json.loads(UNKNOWN_BAND.read_text(encoding="utf-8"))
    content["emr"] = [str(SCENARIOS / "ward.json")]
    content["steps"][1]["expect"]["verdict"] = "pass"
    file = folder / "wrong.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_simulate_tells_one_line_per_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--check", str(UNKNOWN_BAND)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"ok {UNKNOWN_BAND}: A band that nobody holds", "1 passed, 0 failed"]


def test_simulate_tells_the_first_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = wrong(tmp_path)

    assert main(["simulate", str(file)]) == 0
    assert main(["simulate", "--check", str(file)]) == 1

    lines = capsys.readouterr().out.splitlines()
    failed = f'FAILED {file}: step 2, verdict: expected "pass", got "stop"'
    assert lines == [failed, "0 passed, 1 failed"] * 2


def test_simulate_prints_one_object_per_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--json", str(UNKNOWN_BAND)]) == 0

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["step"] for answer in answers] == [1, 2]
    assert answers[1]["findings"][0]["code"] == "patient.unknown-band"
    assert answers[1]["rights"]["patient"] == "finding"


def test_json_with_check_keeps_the_difference_off_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "--json", "--check", str(wrong(tmp_path))]) == 1

    streams = capsys.readouterr()
    assert all(json.loads(line) for line in streams.out.splitlines())
    assert streams.err.startswith("FAILED ")


def test_an_invalid_scenario_is_named_and_the_others_are_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "broken.json"
    file.write_text('{"scenario": "x", "now": "2026-03-02T08:00:00Z", "steps": [{"scna": "x"}]}')

    assert main(["--language", "en", "simulate", "--check", str(file), str(UNKNOWN_BAND)]) == 2

    streams = capsys.readouterr()
    assert streams.err.startswith(f"{file}: steps[1].scna: ")
    assert len(streams.err.splitlines()) == 1
    assert streams.out.splitlines()[-1] == "1 passed, 1 failed"


def test_a_missing_file_is_named_in_vietnamese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", str(tmp_path / "none.json")]) == 2

    assert "không đọc được" in capsys.readouterr().err


def test_a_bundle_that_the_emr_refuses_makes_the_scenario_invalid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "refused.json"
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": {"resourceType": "NoSuchThing", "id": "x"}}],
    }
    file.write_text(
        json.dumps(
            {
                "scenario": "x",
                "now": "2026-03-02T08:00:00Z",
                "steps": [{"sync": {}}],
                "emr": [bundle],
            }
        )
    )

    assert main(["--language", "en", "simulate", str(file)]) == 2

    assert f"{file}: emr[1].entry[1]: the EMR refused the Bundle" in capsys.readouterr().err


def test_verbs_that_are_not_built_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "later.json"
    steps = [{"reader_down": {}, "expect": {"refused": "not-available"}}]
    file.write_text(
        json.dumps({"scenario": "x", "now": "2026-03-02T08:00:00Z", "steps": steps, "emr": []})
    )

    assert main(["simulate", "--check", str(file)]) == 0
    assert "1 passed" in capsys.readouterr().out


def test_simulate_plays_against_a_server_of_another_clock(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Sandbox() as sandbox:
        file = str(SCENARIOS / "two-tablets.json")
        assert main(["simulate", "--check", "--emr", sandbox.base_url, file]) == 0

    assert "1 passed, 0 failed" in capsys.readouterr().out


def test_an_emr_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    url = "http://127.0.0.1:9/fhir"

    assert main(["--language", "en", "simulate", "--emr", url, str(UNKNOWN_BAND)]) == 2

    told = f"no FHIR server answers at {url} (emr.unreachable); start it, or mend the address"
    assert told in capsys.readouterr().err


def test_hazards_prints_the_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hazards"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 116
    assert "tests/scenarios/expired-lot.json" in next(x for x in lines if x.startswith("H17"))


def test_hazards_without_tests_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--language", "en", "hazards", "--tests", str(tmp_path / "none")]) == 2

    assert f"{tmp_path / 'none'} cannot be read" in capsys.readouterr().err


def test_a_policy_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text("patient_scan_minutes = 5\n")
    bad.write_text('patient_scan_minutes = "x"\nidle_lock_minute = 3\n')

    assert main(["policy", "check", str(good)]) == 0
    assert main(["policy", "check", str(bad)]) == 2

    streams = capsys.readouterr()
    assert streams.out.startswith(f"ok {good}: ")
    assert [line.startswith(f"bcma: {bad}: ") for line in streams.err.splitlines()] == [True, True]


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["simulate"]])
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert "usage: bcma" in capsys.readouterr().err


def test_an_unknown_language_in_the_environment_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BCMA_LANGUAGE", "fr")

    assert main(["hazards"]) == 2

    assert "BCMA_LANGUAGE" in capsys.readouterr().err


def test_nobody_reading_on_is_no_failure() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bcma", "hazards"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=SCENARIOS.parents[1],
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait() == 141


def test_the_version_is_printed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bcma", "--version"],
        capture_output=True,
        check=True,
        text=True,
        cwd=SCENARIOS.parents[1],
    )

    assert done.stdout.startswith("bcma 0.")

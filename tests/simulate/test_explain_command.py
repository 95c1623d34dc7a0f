"""``bcma explain``: plays to a step and tells why it judged so."""

import json
from pathlib import Path

import pytest

from bcma.__main__ import main
from bcma.bedside.state import PassState
from bcma.simulate.place import Mistake, ScenarioError
from bcma.simulate.play import state_after
from bcma.simulate.read import read_scenario

SCENARIOS = Path(__file__).parents[1] / "scenarios"
EXPIRED = SCENARIOS / "expired-lot.json"
#: The step of that scenario that scans the expired lot.
SCANNED = 4


def explained(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[str]:
    assert main(["explain", *(str(argument) for argument in arguments)]) == 0
    return capsys.readouterr().out.splitlines()


def after(file: Path, step: int) -> PassState:
    return state_after(read_scenario(file), step)


def test_a_stop_is_explained_with_what_the_rule_saw(capsys: pytest.CaptureFixture[str]) -> None:
    lines = explained(capsys, EXPIRED, SCANNED, "--lang", "en")
    assert lines[:2] == ["An expired lot is stopped", f"Step {SCANNED}: STOP"]
    assert lines[lines.index("Drug: Finding") :][:4] == [
        "Drug: Finding",
        "  Expiry",
        "    Now: 08:00 02/03",
        "    Expiry: 01/03/2026",
    ]
    assert "Patient: OK" in lines


def test_it_speaks_vietnamese_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    assert f"Bước {SCANNED}: DỪNG" in explained(capsys, EXPIRED, SCANNED)
    assert f"Bước {SCANNED}: DỪNG" in explained(capsys, EXPIRED, SCANNED, "--lang", "vi")


def test_a_step_that_judged_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(capsys, EXPIRED, 1, "--lang", "en") == [
        "An expired lot is stopped",
        "Step 1 judged neither a dose nor a band.",
    ]


def test_a_code_without_effect_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    scenario = json.loads((SCENARIOS / "blood-product.json").read_text(encoding="utf-8"))
    step = next(
        number
        for number, step in enumerate(scenario["steps"], start=1)
        if step.get("expect", {}).get("verdict") == "stop"
    )
    lines = explained(capsys, SCENARIOS / "blood-product.json", step, "--lang", "en")
    assert "Apart from the rules" in lines


@pytest.mark.parametrize("step", [0, -1, 99])
def test_a_step_that_is_not_there_is_told(step: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--language", "en", "explain", str(EXPIRED), "--", str(step)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"there is no step {step}; steps are 1 to 7" in captured.err


def test_a_step_is_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["explain", str(EXPIRED), "first"])
    assert ended.value.code == 2
    assert "STEP" in capsys.readouterr().err


def test_a_file_that_is_no_scenario_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--language", "en", "explain", str(tmp_path / "none.json"), "1"]) == 2
    assert "none.json" in capsys.readouterr().err


def test_steps_are_counted_from_one() -> None:
    with pytest.raises(ScenarioError) as caught:
        after(EXPIRED, 8)
    assert caught.value.mistake is Mistake.NO_SUCH_STEP


@pytest.mark.parametrize(
    "name", ["expired-lot", "already-given", "morphine-needs-a-witness", "bad-code-in-mid-dose"]
)
def test_every_step_is_explained_as_it_was_judged(name: str) -> None:
    """Explaining plays no rule differently: findings and checks that did not run are the same."""
    file = SCENARIOS / f"{name}.json"
    for number in range(1, len(read_scenario(file).steps) + 1):
        state = after(file, number)
        account = state.account()
        assert (account is None) == (state.verdict is None)
        if account is None or state.verdict is None:
            continue
        told = (*account.apart, *(f for one in account.explanations for f in one.findings))
        assert told == state.verdict.findings
        if account.explanations:
            missing = tuple(n for one in account.explanations for n in one.not_checked)
            assert missing == state.verdict.not_checked

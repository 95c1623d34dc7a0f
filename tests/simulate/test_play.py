"""How a scenario is played: polls, networks, restarts, failures."""

import json
from pathlib import Path

import pytest

from bcma.__main__ import main
from bcma.simulate.answer import StepAnswer
from bcma.simulate.place import Mistake, ScenarioError
from bcma.simulate.play import Played, play
from bcma.simulate.read import read_scenario

WARD = Path(__file__).parents[1] / "scenarios" / "ward.json"
Written = dict[str, object]

IN: Written = {"sign_in": {"badge": "NV-0001", "pin": "4711"}}
RENAMED = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Patient",
                "id": "p99",
                "identifier": [{"system": "urn:bcma:wristband", "value": "9999.1"}],
                "name": [{"text": "Lý Thị Mới"}],
            }
        },
        {
            "resource": {
                "resourceType": "Encounter",
                "id": "e99",
                "status": "in-progress",
                "class": {"code": "IMP"},
                "subject": {"reference": "Patient/p99"},
                "location": [{"location": {"reference": "Location/noi"}, "status": "active"}],
            }
        },
    ],
}


def written(folder: Path, steps: list[Written], **more: object) -> Path:
    file = folder / "scenario.json"
    content = {
        "scenario": "x",
        "now": "2026-03-02T08:00:00+07:00",
        "emr": [str(WARD)],
        "pins": {"NV-0001": "4711"},
        "steps": steps,
        **more,
    }
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def played(folder: Path, steps: list[Written], **more: object) -> Played:
    return play(read_scenario(written(folder, steps, **more)))


def last(folder: Path, steps: list[Written], **more: object) -> StepAnswer:
    return played(folder, steps, **more).answers[-1]


BAND: Written = {"after": "PT1S", "scan": "BN9999.1"}
DOWN: Written = {"network": "down"}


@pytest.mark.parametrize(
    "between,known",
    [
        ([{"emr": RENAMED}, DOWN], False),
        ([{"emr": RENAMED}, {"sync": {}}, DOWN], True),
        ([{"emr": RENAMED}, {**DOWN, "after": "PT29S"}], False),
        ([{"emr": RENAMED}, {**DOWN, "after": "PT30S"}], True),
        ([DOWN, {"emr": RENAMED}, {"sync": {}}], False),
        ([{"network": "error-503"}, {"emr": RENAMED}, {"sync": {}}], False),
        (
            [DOWN, {"emr": RENAMED}, {"after": "PT5M", "network": "up"}, {"after": "PT1S", **DOWN}],
            True,
        ),
    ],
)
def test_a_change_reaches_a_station_when_it_syncs_or_polls(
    tmp_path: Path, between: list[Written], *, known: bool
) -> None:
    answer = last(tmp_path, [IN, *between, BAND])

    assert (answer.patient == "Patient/p99") is known


def test_every_station_polls_the_one_in_use_last(tmp_path: Path) -> None:
    steps: list[Written] = [
        {"emr": RENAMED},
        {"after": "PT40S", "station": "B", **IN},
        {"network": "down"},
        {"station": "A", **IN},
        {"station": "A", **BAND},
    ]
    stations = {"A": {"ward": "NOI"}, "B": {"ward": "NOI"}}

    assert last(tmp_path, steps, stations=stations).patient == "Patient/p99"


def test_a_pin_for_a_badge_that_nobody_has_is_told(tmp_path: Path) -> None:
    result = played(tmp_path, [IN], pins={"NV-0001": "4711", "NV-0404,x": "4711"})

    assert result.unknown_badges == ("NV-0404,x",)
    assert result.answers[0].state == "need-patient"


def test_who_is_inactive_may_be_named_and_cannot_sign_in(tmp_path: Path) -> None:
    badge = [{"system": "urn:bcma:badge", "value": "NV-0404"}]
    gone = {"resourceType": "Practitioner", "id": "x4", "active": False, "identifier": badge}
    left = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": gone}]}
    steps: list[Written] = [{"sign_in": {"badge": "NV-0404", "pin": "4711"}}]

    answer = last(tmp_path, steps, emr=[str(WARD), left], pins={"NV-0404": "4711"})

    assert answer.state == "signed-out"


def test_what_did_not_judge_has_no_verdict(tmp_path: Path) -> None:
    band: Written = {"scan": "BN0003.1"}
    steps: list[Written] = [
        IN,
        band,
        {"sync": {}},
        {"network": "up"},
        {"waste": {}},
        {"emr": RENAMED},
    ]

    answers = played(tmp_path, steps).answers

    assert answers[1].verdict == "info"
    assert [answer.verdict for answer in answers[2:]] == [None] * 4
    assert [answer.patient for answer in answers[2:]] == ["Patient/p3"] * 4
    assert [answer.refused for answer in answers[2:]] == [None, None, "not-available", None]


@pytest.mark.parametrize("search", ["NoSuchType?x=y", "Patient?reqest=x"])
def test_a_search_that_the_emr_refuses_makes_the_scenario_invalid(
    tmp_path: Path, search: str
) -> None:
    expect_emr = [{"search": "Patient", "has": {}}, {"search": search, "count": 0}]

    with pytest.raises(ScenarioError) as caught:
        played(tmp_path, [{"sync": {}}], expect_emr=expect_emr)

    assert caught.value.mistake is Mistake.REFUSED_SEARCH
    assert caught.value.facts["place"] == "expect_emr[2].search"


def test_the_entry_that_the_emr_refuses_is_named(tmp_path: Path) -> None:
    entries = [{"resource": {"resourceType": kind, "id": "x"}} for kind in ("Basic", "NoSuch")]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}

    with pytest.raises(ScenarioError) as caught:
        played(tmp_path, [{"emr": bundle}])

    assert caught.value.mistake is Mistake.REFUSED_BUNDLE
    assert caught.value.facts["place"] == "steps[1].emr.entry[2]"


def test_when_the_product_fails_the_scenario_fails_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(written(tmp_path, [{"sync": {}}]))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "full-disk"))

    assert main(["simulate", file]) == 1

    streams = capsys.readouterr()
    assert streams.err.startswith(f"FAILED {file}: ")
    assert "FileNotFoundError" in streams.err
    assert streams.out == "0 passed, 1 failed\n"
    with pytest.raises(FileNotFoundError):
        main(["--debug", "simulate", file])

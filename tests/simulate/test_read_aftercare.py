"""Steps tell effects and reactions in a nurse's words."""

from decimal import Decimal

import pytest

from bcma.bedside.acts import FollowUp, Suspect
from bcma.simulate.place import Node, ScenarioError
from bcma.simulate.read_aftercare import read_follow_up, read_suspect


def members(value: object) -> dict[str, Node]:
    return Node(value, "s.json", "steps[1]").entries()


@pytest.mark.parametrize(
    "value, told",
    [
        ("Đỡ đau", FollowUp("Đỡ đau")),
        (2, FollowUp(score=Decimal(2))),
        (Decimal("2.5"), FollowUp(score=Decimal("2.5"))),
        ({"text": "Đỡ", "score": 2}, FollowUp("Đỡ", Decimal(2))),
        ({"score": 0}, FollowUp(score=Decimal(0))),
        ({"nausea": "hết", "pain": 1}, FollowUp("nausea: hết; pain: 1")),
    ],
)
def test_an_effect_is_told_in_words_or_as_a_score(value: object, told: FollowUp) -> None:
    assert read_follow_up(members({"record": 1, "value": value})) == told


@pytest.mark.parametrize(
    "value", ["", None, True, [1], {"score": "2"}, {"text": 2}, {"pain": True}]
)
def test_what_is_no_effect_is_a_mistake_of_the_file(value: object) -> None:
    with pytest.raises(ScenarioError):
        read_follow_up(members({"value": value}))


@pytest.mark.parametrize(
    "value, told",
    [
        ({"record": 1}, Suspect()),
        (
            {"signs": ["Mày đay", "Ngứa"], "severity": "mild", "grade": 4},
            Suspect(("Mày đay", "Ngứa"), "mild", 4),
        ),
        ({"grade": 1}, Suspect(grade=1)),
    ],
)
def test_a_reaction_may_say_no_more_than_that_there_is_one(value: object, told: Suspect) -> None:
    assert read_suspect(members(value)) == told


@pytest.mark.parametrize(
    "value", [{"grade": 0}, {"grade": 5}, {"grade": "II"}, {"signs": "ngứa"}, {"signs": [1]}]
)
def test_what_is_no_reaction_is_a_mistake_of_the_file(value: object) -> None:
    with pytest.raises(ScenarioError):
        read_suspect(members(value))

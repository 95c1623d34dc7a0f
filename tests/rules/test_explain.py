"""The judgement explains itself: what each rule looked at, and what it said."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

import pytest

from bcma.model.explanation import Seen
from bcma.model.order import OrderStatus
from bcma.model.people import EncounterStatus, Role, Session
from bcma.model.quantity import Quantity
from bcma.model.record import ReleaseRecord
from bcma.model.verdict import NotChecked, Right
from bcma.rules import ASPECTS, RULES, Answers, Attempt, Rule, explain, finding, judge
from bcma.rules.aspects.look import length
from bcma.rules.finding import Results
from tests.rules.builders import HOUR, NOW, ORDER, attempt, chart, mg, per, policy, record, unit

BLANK = attempt(session=None, chart=None, band=None, order=None, claim=None, chain=(), dosage=None)
BAND_ONLY = Attempt(
    now=NOW,
    zone=attempt().zone,
    policy=policy(),
    ward="NOI",
    chart=attempt().chart,
    band=attempt().band,
)
LATE = attempt(now=NOW + 3 * HOUR)
ATTEMPTS = [attempt(), BLANK, BAND_ONLY, LATE, attempt(unit(None)), attempt(unit(), unit())]


def test_every_rule_says_what_it_looks_at() -> None:
    assert [rule.name for rule in RULES if not rule.sees] == []
    unknown = {(rule.name, name) for rule in RULES for name in rule.sees if name not in ASPECTS}
    assert unknown == set()


def test_no_rule_names_an_aspect_twice() -> None:
    assert [rule.name for rule in RULES if len(set(rule.sees)) < len(rule.sees)] == []


def test_every_aspect_is_looked_at_by_a_rule() -> None:
    assert set(ASPECTS) - {name for rule in RULES for name in rule.sees} == set()


def test_aspects_have_names_that_fit_a_key() -> None:
    assert [name for name in ASPECTS if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name)] == []


@pytest.mark.parametrize("tried", ATTEMPTS)
def test_the_explanations_together_are_the_verdict(tried: Attempt) -> None:
    told, verdict = explain(tried), judge(tried)
    assert tuple(f for one in told for f in one.findings) == verdict.findings
    assert tuple(n for one in told for n in one.not_checked) == verdict.not_checked
    assert [(one.rule, one.right) for one in told] == [(rule.name, rule.right) for rule in RULES]


@pytest.mark.parametrize("tried", ATTEMPTS)
def test_every_aspect_can_be_looked_at_whatever_is_known(tried: Attempt) -> None:
    assert [seen for one in explain(tried) for seen in one.seen if not seen.readable] == []


def seen(tried: Attempt) -> dict[str, object]:
    """Give every aspect of an attempt by its name."""
    return {one.aspect: one.value for told in explain(tried) for one in told.seen}


def test_what_is_seen_is_what_stands_in_the_attempt() -> None:
    given = record(given_at=NOW - 12 * HOUR)
    tried = attempt(unit(code={"lot": "L9"}), chart=chart(ORDER, administrations=(given,)))
    values = seen(tried)
    assert values["patient"] == "Nguyễn Văn An"
    assert values["band-age"] == Quantity(Decimal(0), "min")
    assert values["band-age-limit"] == Quantity(Decimal(10), "min")
    assert values["stay"] is EncounterStatus.IN_PROGRESS
    assert values["order-status"] is OrderStatus.ACTIVE
    assert values["ordered-dose"] == values["dose-target"] == values["dose-sum"] == mg(500)
    assert values["ordered-strengths"] == (per(500, "mg"),)
    assert values["lots"] == ("L9",)
    assert values["expiries"] == (date(2027, 12, 31),)
    assert values["route-taken"] == "PO"
    assert values["slot-planned"] == NOW
    assert values["slot-opens"] == NOW - HOUR
    assert values["last-given"] == NOW - 12 * HOUR
    assert values["least-interval"] == Quantity(Decimal(6), "h")
    assert values["signed-in"] == "Trần Thị Bình"
    assert values["roles"] == (Role.NURSE,)
    assert values["orders-age"] == Quantity(Decimal(1), "min")


@pytest.mark.parametrize(
    "age, shown",
    [("67.889", "67"), ("2", "2"), ("1.99", "1.9"), ("0.04", "0.0"), (None, None)],
)
def test_an_age_is_in_whole_years_but_for_the_youngest(age: str | None, shown: str | None) -> None:
    years = None if age is None else Decimal(age)
    tried = attempt(chart=chart(age_years=years))
    assert seen(tried)["age"] == (None if shown is None else Decimal(shown))


def test_the_order_s_own_words_are_seen_on_one_line() -> None:
    written = replace(ORDER, as_written="Amlodipin 5 mg\n5 mg PO QD")
    assert seen(attempt(order=written))["order"] == "Amlodipin 5 mg · 5 mg PO QD"


def test_a_band_alone_is_explained_without_looking_at_a_dose() -> None:
    told = {one.rule: one for one in explain(BAND_ONLY)}
    assert told["patient.admitted"].seen
    assert told["dose.weight_is_known"].seen == ()
    assert [n.why for n in told["dose.weight_is_known"].not_checked] == ["no-dose"]


def test_what_nobody_knows_is_seen_as_unknown() -> None:
    values = seen(BLANK)
    unknown = ("patient", "band-age", "order", "dose-target", "claim", "last-given", "signed-in")
    assert [values[aspect] for aspect in unknown] == [None] * len(unknown)


def _objects(_attempt: Attempt) -> Results:
    yield finding("time.too-soon", subject="ev1", next=None, given_at=None)
    yield NotChecked(Right.TIME, "no-order")


def test_an_explanation_holds_what_policy_and_releases_left() -> None:
    release = ReleaseRecord(code="time.too-soon", subject="ev1", prescriber_id="d1")
    tried = attempt(answers=Answers(releases=(release,)))
    (told,) = explain(tried, [Rule(Right.TIME, _objects, sees=("now",))])
    assert (told.rule, told.seen) == ("time._objects", (Seen("now", NOW),))
    assert [f.released for f in told.findings] == [True]
    assert told.not_checked == (NotChecked(Right.TIME, "no-order"),)
    assert not told.is_content


def test_a_rule_with_nothing_to_object_says_so() -> None:
    told = {one.rule: one for one in explain(attempt())}
    assert told["time.dose_is_on_time"].is_content
    assert not told["drug.not_looked_up"].is_content


def _dies(_attempt: Attempt) -> Results:
    yield finding("time.late")
    raise ValueError


@pytest.mark.hazard("H73")
@pytest.mark.expected_errors(r"rule time\._dies crashed: ValueError$")
def test_a_crash_is_explained_too(caplog: pytest.LogCaptureFixture) -> None:
    odd = attempt(session=cast("Session", "nobody"))
    (told,) = explain(odd, [Rule(Right.TIME, _dies, sees=("signed-in", "now"))])
    assert told.seen == (Seen("signed-in", None, readable=False), Seen("now", NOW))
    assert [f.code for f in told.findings] == ["drug.not-checked"]
    assert [n.why for n in told.not_checked] == ["crashed"]
    assert "aspect signed-in crashed: AttributeError" in caplog.messages


@pytest.mark.parametrize(
    "span, shown",
    [
        (timedelta(hours=12), Quantity(Decimal(12), "h")),
        (timedelta(minutes=90), Quantity(Decimal(90), "min")),
        (timedelta(seconds=119), Quantity(Decimal(1), "min")),
        (timedelta(0), Quantity(Decimal(0), "min")),
        (None, None),
    ],
)
def test_a_length_of_time_is_shown_in_the_unit_that_fits(
    span: timedelta | None, shown: Quantity | None
) -> None:
    assert length(span) == shown

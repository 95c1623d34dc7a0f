"""The right drug, continued: the same substance by another order or another way (H39, H48)."""

from collections.abc import Iterable, Iterator
from typing import Final

from bcma.model.drug import Form
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.verdict import Right
from bcma.rules.attempt import Attempt
from bcma.rules.diluent import is_carrier
from bcma.rules.finding import Results, Rule, finding
from bcma.rules.route_taken import route_of

#: ATC groups of which two drugs are one too many at the bedside: opioids, anticoagulants,
#: anti-inflammatory drugs, sedatives.
_STACKED: Final = (
    ("N02A", "N01AH", "N07BC", "R05DA"),
    ("B01AA", "B01AB", "B01AE", "B01AF", "B01AX"),
    ("M01AA", "M01AB", "M01AC", "M01AE", "M01AG", "M01AH"),
    ("N05B", "N05C"),
)


def not_given_otherwise(attempt: Attempt) -> Results:
    """Warn when anybody gave the same ingredient under another order or route lately.

    A renewal is the same order. Of some classes any other drug counts as the same.
    """
    given = tuple(given_otherwise(attempt))
    if not given:
        return
    last = max(given, key=lambda record: record.known_at or attempt.now)
    yield finding(
        "drug.duplicate",
        subject="|".join(sorted(r.event_id or r.resource_id or "" for r in given)),
        drug=last.medication_name,
        given_at=last.known_at,
        given_by=last.giver_name,
        route=last.route,
        count=len(given),
    )


def given_otherwise(attempt: Attempt) -> Iterator[MedicationAdministration]:
    """Give what went in within the look-back and is the same drug in another way."""
    in_hand = _substances(key for drug in attempt.drugs for key in drug.ingredient_keys)
    stacked = tuple(groups for groups in _STACKED if _is_one_of(groups, in_hand))
    same_order = {order.id for order in attempt.chain}
    for record in _given_lately(attempt):
        before = _substances(record.ingredients)
        is_same = not in_hand.isdisjoint(before)
        if record.order_id in same_order:
            if is_same and _by_another_route(record, attempt):
                yield record
        elif is_same or any(_is_one_of(groups, before) for groups in stacked):
            yield record


def _given_lately(attempt: Attempt) -> Iterator[MedicationAdministration]:
    """Give what went in lately, and what still does: an infusion that runs, a patch that is on.

    While a patch is in hand, the route rules speak of the one that is on.
    """
    chart = attempt.chart
    if chart is None:
        return
    patch_in_hand = any(drug.form is Form.PATCH for drug in attempt.drugs)
    worn = () if patch_in_hand else chart.patches_on
    yield from worn
    for record in chart.history.since(attempt.now - attempt.policy.duplicate):
        running = record.status is RecordStatus.RUNNING and record.ended_at is None
        last = record.ended_at or record.known_at
        lately = last is not None and attempt.now - last < attempt.policy.duplicate
        if (lately or running) and record.went_in and record not in worn:
            yield record


def _substances(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key for key in keys if not is_carrier(key))


def _is_one_of(groups: tuple[str, ...], keys: frozenset[str]) -> bool:
    return any(key.startswith(groups) for key in keys)


def _by_another_route(record: MedicationAdministration, attempt: Attempt) -> bool:
    route = route_of(attempt)
    return None not in (route, record.route) and route != record.route


RULES = (
    Rule(
        Right.DRUG,
        not_given_otherwise,
        sees=("scanned", "ordered-drug", "route-taken", "given-otherwise", "duplicate-limit"),
    ),
)

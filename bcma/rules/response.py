"""The right response: what must be measured before, and what became of earlier doses."""

from dataclasses import replace
from typing import Final

from bcma.model.chart import SuspectedReaction
from bcma.model.drug import Medication
from bcma.model.verdict import Finding, NotChecked, ReleaseBy, Right, Severity
from bcma.rules.attempt import Attempt
from bcma.rules.effect import effect_due, effects_due
from bcma.rules.finding import Results, Rule, Scope, finding
from bcma.rules.given import last_given
from bcma.rules.in_force import why_not_in_force
from bcma.rules.measured import bound_met, limits, missing, reading, unit_of

#: Without a value these are given only on the prescriber's word: potassium chloride by mouth
#: and vein, insulins, digoxin; by ATC, or by name where the drug file gives no code.
_PRESCRIBER_DECIDES: Final = ("A12BA01", "B05XA01", "A10A", "C01AA05")
_NAMED: Final = ("kcl", "kali clorid", "kali chlorid", "potassium chlorid", "insulin", "digoxin")


def values_are_fresh(attempt: Attempt) -> Results:
    """Ask for a value that a hold limit needs and none is fresh enough for (hazard H42)."""
    if attempt.order is None:
        yield NotChecked(Right.RESPONSE, "no-order")
        return
    if why_not_in_force(attempt) is not None:
        yield NotChecked(Right.RESPONSE, "inactive-order")
        return
    cannot = ReleaseBy.PRESCRIBER if _prescriber_decides(attempt) else ReleaseBy.REASON
    for limit, found in missing(attempt):
        asked = finding(
            "response.measure",
            subject=limit.code.code,
            measure=limit.code.code,
            display=limit.code.display,
            unit=unit_of(limit),
            low=limit.low,
            high=limit.high,
            value=None if found is None else found.value,
            at=None if found is None else found.at,
        )
        yield replace(asked, cannot=cannot)


def values_allow_it(attempt: Attempt) -> Results:
    """Stop where a fresh value is beyond the order's hold limit (hazard H76)."""
    if why_not_in_force(attempt) is not None:
        return
    for limit in limits(attempt):
        found = reading(attempt, limit)
        if found is None or found.value is None or not found.fresh:
            continue
        bound = bound_met(found.value, limit)
        if bound is not None:
            yield finding(
                "response.hold",
                subject=f"{limit.code.code} {found.value.value}",
                measure=limit.code.code,
                display=limit.code.display,
                value=found.value,
                limit=bound,
                at=found.at,
            )


def no_prior_reaction(attempt: Attempt) -> Results:
    """Stop on a substance that an open suspected reaction points at (hazard H78)."""
    drugs = _drugs(attempt)
    substances = {key for drug in drugs for key in drug.ingredient_keys}
    reactions = () if attempt.chart is None else attempt.chart.reactions
    others = False
    for reaction in (r for r in reactions if r.open):
        if substances.isdisjoint(reaction.ingredients):
            others = others or bool(reaction.ingredients)
            if reaction.unknown_suspect:
                yield NotChecked(Right.RESPONSE, "unreadable-reaction")
        else:
            yield _prior(reaction, drugs)
    if others:
        # whether the substances are of one class, only drug knowledge can say
        yield NotChecked(Right.RESPONSE, "no-pack")


def effect_was_looked_at(attempt: Attempt) -> Results:
    """Warn where the effect of the previous as-needed dose was never looked at (hazard H77)."""
    chart, last = attempt.chart, last_given(attempt)
    wanted = attempt.dosage is not None and attempt.dosage.as_needed
    if chart is None or last is None or not wanted or why_not_in_force(attempt) is not None:
        return
    check = effect_due(last, chart, attempt.policy, attempt.now)
    if check is not None and check.is_overdue(attempt.now):
        yield finding(
            "response.overdue",
            subject=last.event_id or last.resource_id or "",
            drug=last.medication_name,
            given_at=check.given_at,
            due=check.due,
        )


def effects_to_look_at(attempt: Attempt) -> Results:
    """Note at the band which effects are to be looked at now."""
    if attempt.chart is None or attempt.is_dose:
        return
    for check in effects_due(attempt.chart, attempt.policy, attempt.now):
        if attempt.now >= check.due:
            yield finding(
                "response.follow-up",
                Severity.INFO,
                subject=check.record.event_id or check.record.resource_id or "",
                drug=check.record.medication_name,
                given_at=check.given_at,
                next=check.due,
            )


def _prior(reaction: SuspectedReaction, drugs: tuple[Medication, ...]) -> Finding:
    suspected = {
        i.key: i.name for drug in drugs for i in drug.ingredients if i.key in reaction.ingredients
    }
    return finding(
        "response.prior-reaction",
        subject=reaction.id,
        drug=", ".join(sorted(suspected.values())),
        at=reaction.at,
        signs=reaction.signs,
        seriousness=reaction.severity,
        grade=reaction.grade,
    )


def _drugs(attempt: Attempt) -> tuple[Medication, ...]:
    in_hand = tuple(u.product for u in attempt.units if u.product is not None)
    return in_hand if attempt.order is None else (*in_hand, attempt.order.medication)


def _prescriber_decides(attempt: Attempt) -> bool:
    drugs = _drugs(attempt)
    if any(code.startswith(_PRESCRIBER_DECIDES) for drug in drugs for code in drug.atc_codes):
        return True
    names = [drug.name for drug in drugs] + [i.name for drug in drugs for i in drug.ingredients]
    return any(known in name.casefold() for known in _NAMED for name in names)


RULES = (
    Rule(
        Right.RESPONSE,
        values_are_fresh,
        sees=("hold-values", "values", "values-at", "value-age-limit", "now"),
    ),
    Rule(
        Right.RESPONSE,
        values_allow_it,
        sees=("hold-values", "values", "values-at", "hold-below", "hold-above"),
    ),
    Rule(Right.RESPONSE, no_prior_reaction, sees=("ordered-drug", "scanned", "reactions-to")),
    Rule(
        Right.RESPONSE,
        effect_was_looked_at,
        sees=("as-needed", "last-given", "effects-due", "now"),
    ),
    Rule(Right.RESPONSE, effects_to_look_at, Scope.ALWAYS, sees=("effects-due", "now")),
)

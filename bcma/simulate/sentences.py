"""The sentence of a scenario's mistake: file, place, reason."""

from bcma.simulate.place import Mistake, ScenarioError
from bcma.wording import Wording


def scenario_sentence(error: ScenarioError, wording: Wording) -> str:
    """Write what is wrong with a scenario file, on one line."""
    reason = wording.sentence(f"scenario.{error.mistake}", **_facts(error, wording))
    where = [str(error.facts[name]) for name in ("file", "place") if error.facts[name]]
    return " ".join(": ".join([*where, reason]).split())


def _facts(error: ScenarioError, wording: Wording) -> dict[str, object]:
    facts = dict(error.facts)
    if error.mistake is Mistake.WRONG_TYPE:
        facts["expected"] = wording.word("scenario.shape", str(facts["expected"]))
    return facts

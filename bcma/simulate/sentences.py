"""The sentence of a scenario's mistake: file, place, reason."""

from bcma.policy import SettingsError
from bcma.simulate.place import Mistake, ScenarioError
from bcma.wording import Wording


def scenario_sentence(error: ScenarioError, wording: Wording) -> str:
    """Write what is wrong with a scenario file, on one line."""
    key = ".".join(["scenario", error.mistake, *_own_words(error)])
    reason = wording.sentence(key, **_facts(error, wording))
    where = [str(error.facts[name]) for name in ("file", "place") if error.facts[name]]
    return " ".join(": ".join([*where, reason]).split())


def _own_words(error: ScenarioError) -> list[str]:
    """Name the cause, where a mistake has a sentence for each."""
    return [str(error.facts["cause"])] if "cause" in error.facts else []


def _facts(error: ScenarioError, wording: Wording) -> dict[str, object]:
    facts = dict(error.facts)
    if error.mistake is Mistake.WRONG_TYPE:
        facts["expected"] = wording.word("scenario.shape", str(facts["expected"]))
    if isinstance(error.__cause__, SettingsError):
        facts["reason"] = "; ".join(wording.mistakes(error.__cause__))
    return facts

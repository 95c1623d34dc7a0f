"""The answer to "are you allergic to anything?": kept for the patient, not only for this dose."""

import uuid
from typing import Final

from bcma.bedside.question import Question
from bcma.model.events import AllergyAsked
from bcma.model.ports import SaveOutcome
from bcma.model.words import fold

ALLERGIES: Final = "drug.allergies-unknown"
#: How people write that there is none: never the name of a substance.
_NONE: Final = frozenset({"none", "no", "nka", "nkda", "khong", "khong co", "khong di ung"})
_LONGEST: Final = 200


def allergies(question: Question, value: object) -> bool:
    """Write down that there is none, or the substance; only what is kept counts (hazard H70)."""
    chart = question.attempt.chart
    named = " ".join(value.split()) if isinstance(value, str) else ""
    if chart is None or not named or len(named) > _LONGEST or not named.isprintable():
        return False
    asked = AllergyAsked(
        event_id=str(uuid.uuid4()),
        patient_id=chart.patient.id,
        at=question.attempt.now,
        by_id=question.giver.practitioner.id,
        substance=None if fold(named) in _NONE else named,
    )
    return question.world.recorder.file(asked).outcome is SaveOutcome.SAVED

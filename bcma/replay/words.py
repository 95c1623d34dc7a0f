"""The eMAR's words for what happened, sorted by what the replay makes of them."""

from typing import Final

#: Doses that were given.
GIVEN: Final = frozenset(
    {
        "Administered",
        "Delayed Administered",
        "Partial Administered",
        "Delayed",
        "Applied",
        "Started",
        "Delayed Started",
        "Removed Existing / Applied New",
    }
)
#: Given where this ward's scanner was not.
ELSEWHERE: Final = frozenset(
    {"Administered in Other Location", "Started in Other Location", "in Other Location"}
)
BOLUS_FROM_DRIP: Final = "Administered Bolus from IV Drip"
PER_SCALE: Final = "Not Given per Sliding Scale"
HELD: Final = "Hold Dose"
#: Doses that were planned and not given.
WITHHELD: Final = frozenset({"Not Given", PER_SCALE, HELD, "Not Applied", "Not Started"})
#: Rows that speak of a planned dose, whatever became of it.
DOSE_WORDS: Final = GIVEN | ELSEWHERE | WITHHELD | {BOLUS_FROM_DRIP}
#: Infusions and the like, by ``administration_type`` or the beginning of the word.
INFUSION_KINDS: Final = (
    "IV Infusion",
    "Heparin IV Infusion",
    "Medication Infusion",
    "Insulin Infusion (IV Drip)",
    "TPN",
    "PCA",
    "Epidural",
    "IV Fluid Repletion",
    "Bolus Dose from IV Drip",
)
INFUSION_WORDS: Final = frozenset({"Started", "Delayed Started", BOLUS_FROM_DRIP})

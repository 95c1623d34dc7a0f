"""Short texts: an amount is left out only where the name says exactly it."""

import pytest

from bcma.config import Language, Theme, load_config
from bcma.wording import Wording
from ui.comparison import differing
from ui.describe import bed, names_amount, tight
from ui.look import Look


@pytest.mark.parametrize(
    "name, amount, said",
    [
        ("Amlodipin 5 mg", "5\N{NARROW NO-BREAK SPACE}mg", True),
        ("Amlodipin 5 mg", "10 mg", False),
        ("Morphin 10 mg/mL", "10 mg", False),
        ("Digoxin 0,25 mg", "25 mg", False),
        ("Metformin 500 mg", "50 mg", False),
        ("Heparin 5 mg", "5 mcg", False),
    ],
)
def test_amount_in_a_name(name: str, amount: str, said: bool) -> None:  # noqa: FBT001 - a parameter
    assert names_amount(name, amount) is said


@pytest.mark.parametrize(
    "first, second, shared",
    [
        ("hydrALAzine 25 mg", "hydrOXYzine 25 mg", (4, 10)),
        ("metFORMIN 500 mg", "paracetamol 500 mg", None),
        ("digoxin", "digoxin", None),
    ],
)
def test_letters_that_differ(first: str, second: str, shared: tuple[int, int] | None) -> None:
    assert differing(first, second) == shared


def test_a_number_keeps_its_unit() -> None:
    assert tight("hydrOXYzine 25 mg") == "hydrOXYzine 25\N{NO-BREAK SPACE}mg"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("written", ["12A", "Giường 12A", "Bed 12A"])
def test_a_bed_is_named_without_the_word_for_bed(language: Language, written: str) -> None:
    words = Wording(language, load_config(None, {}).zone)
    assert bed(Look(Theme.LIGHT, 1, words), written) == "12A"

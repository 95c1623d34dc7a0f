"""Both languages say everything, in words that fit and with the same facts."""

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import polib
import pytest

import bcma
from bcma.bedside.state import Due, Phase
from bcma.config import Language
from bcma.errors import BcmaError
from bcma.model.chart import NilByMouth
from bcma.model.drug import Controlled, Form, HighAlert
from bcma.model.findings import CATALOGUE
from bcma.model.order import OrderStatus, Priority
from bcma.model.people import EncounterStatus, Role, Sex
from bcma.model.ports import SaveOutcome, SignInFailure
from bcma.model.record import RecordStatus
from bcma.model.scan import BadCodeReason
from bcma.model.slot import ClaimKind, SlotState
from bcma.model.verdict import ReleaseBy, Right, RightState, Severity
from bcma.policy import ACTS, EVERYWHERE, Mistake, Policy, Verification
from bcma.rules import ASPECTS, RULES
from bcma.rules.order_approval import Standing
from bcma.rules.route_lethal import Lethal
from bcma.scanner.keystroke import RejectReason
from bcma.sync import Stage
from bcma.sync.kinds import TYPES
from bcma.wording import FACTS, VOCABULARY
from bcma.wording.wording import error_key

LOCALE = Path(bcma.__file__).parent / "wording" / "locale"
LONGEST_HEADLINE = 60
PLACEHOLDER = re.compile(r"\{(\w+)\}")
FINDING_KEY = re.compile(
    r"finding\.(?P<code>[a-z]+\.[a-z-]+)(?P<do>\.do)?(?:\.(?P<severity>(?!do\b)\w+))?"
)
LETTER = re.compile(r"[^\W\d_]{2,}")
#: Words that are the same in both languages: names, symbols, units.
SAME = re.compile(
    r"unit\..*|loinc\.(59408-5|6301-6)|screen\.language\..*|screen\.sign-in\.pin|mistake\.no-line"
    r"|screen\.status\.signed-in"
)
FAMILIES: dict[str, type[Enum]] = {
    "right": Right,
    "right-state": RightState,
    "release": ReleaseBy,
    "role": Role,
    "sex": Sex,
    "form": Form,
    "high-alert": HighAlert,
    "controlled": Controlled,
    "bad-code": BadCodeReason,
    "wedge": RejectReason,
    "sign-in": SignInFailure,
    "save": SaveOutcome,
    "due": Due,
    "phase": Phase,
    "mistake": Mistake,
    "claim": ClaimKind,
    "approval": Standing,
    "approval-wanted": Verification,
    "priority": Priority,
    "lethal": Lethal,
    "nil-by-mouth": NilByMouth,
}
STATUSES: tuple[type[Enum], ...] = (RecordStatus, OrderStatus, EncounterStatus, SlotState)
ROUTES = """
    AP B DT EP ET GTT GU IA IB IC ICV ID IH IHA IM IMR IN IO IP IS IT IU IV MM MTH NG NP NS NT OP
    OT OTH PF PO PR RM SC SD SL TD TL TP TRA UR VG VM WND
""".split()  # noqa: SIM905 - table 0162 as it is printed
UNITS = """
    mg ug g kg mL L [iU] meq mmol {tablet} {capsule} {patch} {ampoule} {vial} {sachet} {puff}
    {dose} [drp] s min h d
""".split()  # noqa: SIM905 - see above


def catalogue(language: Language) -> dict[str, polib.POEntry]:
    file = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "bcma.po"))
    assert len({entry.msgid for entry in file}) == len(file), "a key stands twice"
    return {entry.msgid: entry for entry in file}


VI, EN = catalogue(Language.VI), catalogue(Language.EN)


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def headlines(language: Language) -> Iterator[str]:
    """Give every headline of a finding, those for one severity too."""
    for key, entry in catalogue(language).items():
        parts = FINDING_KEY.fullmatch(key)
        if parts and not parts["do"]:
            yield entry.msgstr


def finding_key(key: str) -> tuple[str, str | None]:
    """Give the code of a finding's key, and the severity for which alone it speaks."""
    parts = FINDING_KEY.fullmatch(key)
    assert parts
    return parts["code"], parts["severity"]


def errors(kind: type[BcmaError] = BcmaError) -> Iterator[type[BcmaError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from errors(child)


def import_everything() -> None:
    for module in pkgutil.walk_packages(bcma.__path__, "bcma."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            importlib.import_module(module.name)


def wanted() -> Iterator[str]:
    for spec in CATALOGUE:
        yield f"finding.{spec.code}"
        yield f"finding.{spec.code}.do"
    for family, kind in FAMILIES.items():
        yield from (f"{family}.{member.value}" for member in kind)
    for kind in STATUSES:
        yield from (f"status.{member.value}" for member in kind)
    for severity in Severity:
        yield f"severity.{severity.word}"
        yield f"verdict.{severity.word}"
    yield from ("verdict.pass", "verdict.misread", "refused.not-available")
    yield from (f"act.{act}" for act in ACTS)
    policy = Policy.default()
    yield from (f"reason.{reason}" for reason in policy.reasons[EVERYWHERE])
    yield from (f"site.{site}" for site in policy.sites)
    yield from (f"route.{route}" for route in ROUTES)
    yield from (f"resource.{kind}" for kind in TYPES)
    yield from (f"screen.reading.{stage}" for stage in Stage)
    yield from (f"unit.{unit}" for unit in UNITS)
    yield from (f"aspect.{aspect}" for aspect in ASPECTS)
    yield from (f"rule.{rule.name}{part}" for rule in RULES for part in ("", ".ok"))


@pytest.mark.parametrize("language", Language)
def test_every_code_has_words(language: Language) -> None:
    assert sorted(set(wanted()) - catalogue(language).keys()) == []


@pytest.mark.parametrize("language", Language)
def test_every_exception_has_a_sentence(language: Language) -> None:
    import_everything()
    keys = {error_key(kind.code) for kind in errors() if kind.__module__.startswith("bcma.")}
    assert sorted(keys - catalogue(language).keys()) == []


def test_no_finding_has_words_without_being_declared() -> None:
    codes = {spec.code for spec in CATALOGUE}
    severities = {severity.word for severity in Severity}
    for key in VI:
        if key.startswith("finding."):
            code, severity = finding_key(key)
            assert code in codes, key
            assert severity is None or severity in severities, key


def test_a_variant_with_words_of_its_own_exists() -> None:
    for spec in CATALOGUE:
        words = {variant.severity.word for variant in spec.variants}
        keys = (key for key in VI if key.startswith(f"finding.{spec.code}."))
        special = {severity for _, severity in map(finding_key, keys) if severity is not None}
        assert special <= words, spec.code


def test_no_code_of_an_enumeration_has_words_without_existing() -> None:
    for family, kind in FAMILIES.items():
        known = {f"{family}.{member.value}" for member in kind}
        if family != "mistake":  # it also has the two forms of a whole line
            assert {key for key in VI if key.startswith(f"{family}.")} == known
    assert {k for k in VI if k.startswith("route.")} == {f"route.{route}" for route in ROUTES}


def test_no_aspect_has_words_without_existing() -> None:
    assert {key for key in VI if key.startswith("aspect.")} == {f"aspect.{a}" for a in ASPECTS}


def test_no_rule_has_words_without_existing() -> None:
    known = {f"rule.{rule.name}{part}" for rule in RULES for part in ("", ".ok")}
    assert {key for key in VI if key.startswith("rule.")} == known


@pytest.mark.parametrize("language", Language)
def test_what_a_rule_says_is_a_sentence_and_its_title_is_none(language: Language) -> None:
    entries = catalogue(language)
    for rule in RULES:
        assert not entries[f"rule.{rule.name}"].msgstr.endswith("."), rule.name
        assert entries[f"rule.{rule.name}.ok"].msgstr.endswith("."), rule.name


def test_both_languages_have_the_same_keys() -> None:
    assert VI.keys() == EN.keys()


@pytest.mark.parametrize("language", Language)
def test_nothing_is_empty_fuzzy_or_obsolete(language: Language) -> None:
    for key, entry in catalogue(language).items():
        assert all(text.strip() == text and text for text in texts(entry)), key
        assert not entry.fuzzy, key
        assert not entry.obsolete, key


@pytest.mark.parametrize("key", VI)
def test_both_languages_name_the_same_facts(key: str) -> None:
    vi = {name for text in texts(VI[key]) for name in PLACEHOLDER.findall(text)}
    en = {name for text in texts(EN[key]) for name in PLACEHOLDER.findall(text)}
    assert vi == en


@pytest.mark.parametrize("key", [key for key in VI if not SAME.fullmatch(key)])
def test_vietnamese_is_not_english(key: str) -> None:
    has_words = any(LETTER.search(PLACEHOLDER.sub("", text)) for text in texts(VI[key]))
    assert not has_words or texts(VI[key]) != texts(EN[key])


def test_what_is_listed_as_the_same_is_the_same_somewhere() -> None:
    listed = [key for key in VI if SAME.fullmatch(key) and not key.startswith("unit.")]
    assert listed
    for key in listed:
        assert texts(VI[key]) == texts(EN[key]), key


@pytest.mark.parametrize("language", Language)
def test_letters_are_composed(language: Language) -> None:
    for key, entry in catalogue(language).items():
        for text in texts(entry):
            assert unicodedata.is_normalized("NFC", text), key


def test_vietnamese_sentences_have_diacritics() -> None:
    for key, entry in VI.items():
        for text in texts(entry):
            if len(LETTER.findall(PLACEHOLDER.sub("", text))) > 3:
                assert not text.isascii(), key


def test_tone_marks_stand_as_the_ministry_writes_them() -> None:
    """``hoà``, ``tuỳ``, ``khoá``: one way of placing tones in the whole catalogue."""
    old = re.compile(r"(?:h[òóỏõọ]a|t[ùúủũụ]y|kh[òóỏõọ]a|h[ùúủũụ]y|t[ùúủũụ]ỳ)\b", re.IGNORECASE)
    for key, entry in VI.items():
        for text in texts(entry):
            assert not old.search(text), key


@pytest.mark.parametrize("language", Language)
def test_headlines_fit(language: Language) -> None:
    assert [text for text in headlines(language) if len(text) > LONGEST_HEADLINE] == []


@pytest.mark.parametrize("language", Language)
def test_headlines_carry_no_full_stop_and_what_to_do_does(language: Language) -> None:
    assert [text for text in headlines(language) if text.endswith(".")] == []
    entries = catalogue(language)
    for spec in CATALOGUE:
        assert entries[f"finding.{spec.code}.do"].msgstr.endswith("."), spec.code


def test_the_list_of_facts_is_what_the_sentences_name() -> None:
    named: dict[str, set[str]] = {spec.code: set() for spec in CATALOGUE}
    for key, entry in VI.items():
        if key.startswith("finding."):
            named[finding_key(key)[0]].update(PLACEHOLDER.findall(entry.msgstr))
    assert {code: set(facts) for code, facts in FACTS.items()} == named


def test_every_family_of_the_vocabulary_has_words() -> None:
    for family in {family for families in VOCABULARY.values() for family in families}:
        assert any(key.startswith(f"{family}.") for key in VI), family

"""A reader's keys become scans; a person's keys arrive as they were typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bcma.scanner.keystroke import (
    Key,
    KeyStroke,
    Modifier,
    RejectReason,
    WedgeSettingError,
    WedgeSettings,
    learn_threshold,
)
from bcma.scanner.wedge import Wedge
from tests.scanner.keyboards import Window, burst, stroke

GS = "\x1d"


@pytest.mark.parametrize("gap", [1, 7, 16, 34])
@pytest.mark.parametrize("end", [Key.ENTER, Key.TAB, None])
def test_a_burst_is_a_scan_and_reaches_no_field(gap: int, end: Key | None) -> None:
    window = Window().play(burst("BN240001.1", gap_ms=gap, end=end))
    assert window.scans == ["BN240001.1"]
    assert window.typed == []


@pytest.mark.hazard("H89")
def test_two_scans_in_a_row_stay_apart() -> None:
    window = Window().play(burst("BN240001.1") + burst("NV-0001", start_ms=111))
    assert window.scans == ["BN240001.1", "NV-0001"]


def test_a_second_end_key_presses_no_button() -> None:
    keys = [*burst("BN240001.1"), KeyStroke(at_ms=110, key=Key.ENTER)]
    window = Window().play(keys)
    assert window.scans == ["BN240001.1"]
    assert window.typed == []


def test_an_end_key_much_later_is_a_persons() -> None:
    enter = KeyStroke(at_ms=400, key=Key.ENTER)
    assert Window().play([*burst("BN240001.1"), enter]).typed == [enter]


def test_one_slow_key_within_a_burst_does_not_cut_it() -> None:
    keys = burst("BN24", end=None) + burst("0001.1", start_ms=120)
    assert Window().play(keys).scans == ["BN240001.1"]


@pytest.mark.parametrize("gap", [36, 50, 59, 61, 90, 300])
def test_typing_comes_through_unaltered_and_in_order(gap: int) -> None:
    keys = burst("Paracetamol 500", gap_ms=gap)
    window = Window().play(keys)
    assert window.typed == keys
    assert window.scans == []
    assert window.longest_hold_ms <= 60


def test_three_fast_keys_are_a_person() -> None:
    keys = burst("abc", gap_ms=5)
    assert Window().play(keys).typed == keys


def test_a_key_without_a_follower_is_let_go_by_the_next() -> None:
    wedge = Wedge()
    first, second = stroke("a", 0), stroke("b", 200)
    assert wedge.feed(first).released == ()
    assert wedge.feed(second).released == (first,)


def test_a_burst_is_ended_by_silence_when_the_next_key_comes_before_the_timer() -> None:
    wedge = Wedge()
    for each in burst("BN240001.1", end=None):
        wedge.feed(each)
    enter = KeyStroke(at_ms=1000, key=Key.ENTER)
    outcome = wedge.feed(enter)
    assert outcome.text == "BN240001.1"
    assert outcome.ended_ms == 90
    assert outcome.released == (enter,)


def test_a_late_timer_waits_for_keys_that_came_in_time() -> None:
    wedge = Wedge()
    keys = burst("BN240001.1")
    for each in keys[:2]:
        wedge.feed(each)
    assert wedge.flush(300).released == ()
    assert wedge.deadline_ms == 320
    outcomes = [wedge.feed(each) for each in keys[2:]]
    assert outcomes[-1].text == "BN240001.1"


def test_a_timer_that_is_late_again_and_again_holds_nothing_for_ever() -> None:
    wedge = Wedge()
    key = stroke("a", 0)
    wedge.feed(key)
    released = [wedge.flush(now).released for now in (300, 600, 900, 1200)]
    assert released == [(), (), (), (key,)]
    assert wedge.deadline_ms is None
    assert wedge.flush(2000).released == ()


def test_a_timer_that_is_early_does_nothing() -> None:
    wedge = Wedge()
    wedge.feed(stroke("a", 0))
    assert wedge.flush(59).released == ()


class TestSeparator:
    @pytest.mark.parametrize(
        "form",
        [
            [stroke(GS, 0)],
            [stroke(GS, 0, modifiers=Modifier.CTRL)],
            [stroke("", 0, key=Key.MODIFIER), stroke("]", 0, modifiers=Modifier.CTRL)],
            [stroke(digit, 0, modifiers=Modifier.ALT) for digit in "029"],
            [stroke(digit, 0, modifiers=Modifier.ALT) for digit in "0029"],
            [*(stroke(digit, 0, modifiers=Modifier.ALT) for digit in "029"), stroke(GS, 0)],
        ],
    )
    def test_arrives_in_every_form(self, form: list[KeyStroke]) -> None:
        keys = [*burst("10L1", end=None), *form, *burst("21U1")]
        timed = [stroke_at(each, index * 8) for index, each in enumerate(keys)]
        window = Window().play(timed)
        assert window.scans == [f"10L1{GS}21U1"]

    def test_another_alt_code_is_refused(self) -> None:
        alt = [stroke(digit, 0, modifiers=Modifier.ALT) for digit in "065"]
        keys = [*burst("10L1", end=None), *alt, *burst("21U1")]
        timed = [stroke_at(each, index * 8) for index, each in enumerate(keys)]
        assert Window().play(timed).rejected == [RejectReason.MODIFIER]


def stroke_at(each: KeyStroke, at_ms: int) -> KeyStroke:
    return KeyStroke(
        at_ms=at_ms,
        text=each.text,
        key=each.key,
        modifiers=each.modifiers,
        auto_repeat=each.auto_repeat,
    )


@pytest.mark.hazard("H88")
@pytest.mark.parametrize(
    "fault, reason",
    [
        (KeyStroke(at_ms=0, key=Key.BACKSPACE), RejectReason.BACKSPACE),
        (stroke("đ", 0), RejectReason.NON_ASCII),
        (stroke("٣", 0), RejectReason.NON_ASCII),
        (KeyStroke(at_ms=0, text="ươ", key=Key.INPUT_METHOD), RejectReason.INPUT_METHOD),
        (stroke("c", 0, modifiers=Modifier.CTRL), RejectReason.MODIFIER),
        (stroke("c", 0, modifiers=Modifier.META), RejectReason.MODIFIER),
        (KeyStroke(at_ms=0, key=Key.OTHER), RejectReason.KEY),
        (KeyStroke(at_ms=0), RejectReason.KEY),
        (stroke("1", 0, auto_repeat=True), RejectReason.AUTO_REPEAT),
    ],
)
@pytest.mark.parametrize("place", [4, 7])
def test_a_burst_that_something_meddled_with_is_rejected_and_swallowed(
    fault: KeyStroke, reason: RejectReason, place: int
) -> None:
    keys = burst("BN240001.1")
    keys.insert(place, stroke_at(fault, place * 10 - 5))
    window = Window().play(keys)
    assert window.rejected == [reason]
    assert window.scans == []
    assert window.typed == []


@pytest.mark.hazard("H88")
def test_vietnamese_typing_on_rejects_the_scan() -> None:
    """UniKey lets the first key through, then takes it back and sends the new letter."""
    keys = [
        stroke("d", 0),
        KeyStroke(at_ms=8, key=Key.BACKSPACE),
        stroke("đ", 9),
        *burst("001.1", start_ms=20),
    ]
    window = Window().play(keys)
    assert window.rejected == [RejectReason.BACKSPACE]
    assert window.typed == []


def test_vietnamese_typing_by_a_person_comes_through() -> None:
    """The same tool corrects a person: a burst that begins with Backspaces is no scan."""
    correction = [KeyStroke(at_ms=600 + i, key=Key.BACKSPACE) for i in range(3)]
    correction += [stroke(letter, 603 + i) for i, letter in enumerate("ườn")]
    keys = [*burst("duon", gap_ms=150, end=None), *correction, stroke("g", 800)]
    window = Window().play(keys)
    assert window.typed == keys
    assert window.rejected == []


def test_a_key_held_down_by_a_person_repeats() -> None:
    keys = [stroke("a", 0), *(stroke("a", 500 + 30 * i, auto_repeat=True) for i in range(9))]
    assert Window().play(keys).typed == keys


class TestCapsLock:
    def inverted(self, text: str) -> list[KeyStroke]:
        return [
            stroke(letter.swapcase(), at.at_ms, modifiers=at.modifiers)
            for letter, at in zip(text, burst(text, end=None), strict=True)
        ]

    def test_is_turned_back(self) -> None:
        assert Window().play(self.inverted("]d2BN-xY")).scans == ["]d2BN-xY"]

    def test_is_left_to_a_reader_that_watches_it(self) -> None:
        wedge = Wedge(WedgeSettings(caps_lock_compensated=True))
        assert Window(wedge).play(self.inverted("BN24")).scans == ["bn24"]

    def test_changed_in_mid_scan_is_refused(self) -> None:
        keys = self.inverted("BN24") + burst("AB", start_ms=40)
        assert Window().play(keys).rejected == [RejectReason.CAPS_LOCK]


class TestSettings:
    def test_a_slow_reader_has_its_own_threshold(self) -> None:
        wedge = Wedge(WedgeSettings(threshold_ms=120))
        assert Window(wedge).play(burst("BN240001.1", gap_ms=90)).scans == ["BN240001.1"]

    def test_a_prefix_is_taken_off(self) -> None:
        wedge = Wedge(WedgeSettings(prefix="\x02"))
        keys = burst("\x02BN240001.1")
        keys[0] = stroke("\x02", 0, modifiers=Modifier.CTRL)
        assert Window(wedge).play(keys).scans == ["BN240001.1"]

    def test_a_burst_without_the_prefix_is_rejected(self) -> None:
        window = Window(Wedge(WedgeSettings(prefix="~"))).play(burst("BN240001.1"))
        assert window.rejected == [RejectReason.PREFIX]

    def test_a_missing_end_key_can_be_refused(self) -> None:
        wedge = Wedge(WedgeSettings(suffix_required=True))
        keys = [*burst("BN240001.1", end=None), *burst("BN240001.1", start_ms=500)]
        window = Window(wedge).play(keys)
        assert window.rejected == [RejectReason.SUFFIX]
        assert window.scans == ["BN240001.1"]

    @pytest.mark.parametrize("threshold", [19, 151])
    def test_bounds_hold(self, threshold: int) -> None:
        with pytest.raises(WedgeSettingError):
            WedgeSettings(threshold_ms=threshold)

    def test_a_prefix_is_ascii(self) -> None:
        with pytest.raises(WedgeSettingError):
            WedgeSettings(prefix="đ")

    @pytest.mark.parametrize("gap, threshold", [(3, 20), (16, 32), (60, 120), (100, 150)])
    def test_a_test_scan_teaches_the_threshold(self, gap: int, threshold: int) -> None:
        assert learn_threshold(list(range(0, gap * 10, gap))) == threshold

    @pytest.mark.parametrize("times", [[], [0, 10, 20], [0, 200, 400, 600]])
    def test_typing_teaches_nothing(self, times: list[int]) -> None:
        with pytest.raises(WedgeSettingError):
            learn_threshold(times)


def test_something_that_types_without_end_is_rejected() -> None:
    window = Window().play(burst("1" * 8000, gap_ms=1))
    assert window.rejected == [RejectReason.TOO_LONG]
    assert window.typed == []


@st.composite
def sessions(draw: st.DrawFn) -> tuple[list[KeyStroke], list[KeyStroke], list[str]]:
    """A person and a reader by turns: all strokes, the person's, and the reader's texts."""
    now, strokes, person, texts = 0, [], [], []
    for _ in range(draw(st.integers(1, 6))):
        now += draw(st.integers(110, 500))
        if draw(st.booleans()):
            text = draw(st.text("ABCxyz0123456789.-]", min_size=4, max_size=30))
            gaps = draw(st.lists(st.integers(1, 34), min_size=len(text), max_size=len(text)))
            for letter, gap in zip(text, gaps, strict=True):
                strokes.append(stroke(letter, now))
                now += gap
            strokes.append(KeyStroke(at_ms=now, key=draw(st.sampled_from((Key.ENTER, Key.TAB)))))
            texts.append(text)
        else:
            keys = draw(st.lists(st.sampled_from("aăđB1 \n\b"), min_size=1, max_size=20))
            for letter in keys:
                kind = {"\n": Key.ENTER, "\b": Key.BACKSPACE}.get(letter, Key.CHARACTER)
                key = stroke(letter, now, key=kind)
                strokes.append(key)
                person.append(key)
                now += draw(st.integers(36, 400))
    return strokes, person, texts


@pytest.mark.hazard("H89")
@settings(deadline=None)
@given(sessions())
def test_in_any_mix_no_key_is_lost_and_none_leaks(
    session: tuple[list[KeyStroke], list[KeyStroke], list[str]],
) -> None:
    strokes, person, texts = session
    window = Window().play(strokes)
    assert window.scans == texts
    assert window.typed == person
    assert window.rejected == []
    assert window.longest_hold_ms <= 60


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 120),
            st.sampled_from(Key),
            st.sampled_from(("", "a", "A", "1", "]", GS, "đ")),
            st.sampled_from((Modifier.NONE, Modifier.SHIFT, Modifier.CTRL, Modifier.ALT)),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_any_keys_at_all_come_out_once_and_in_order(
    keys: list[tuple[int, Key, str, Modifier, bool]],
) -> None:
    now, strokes = 0, []
    for number, (gap, key, text, modifiers, repeat) in enumerate(keys):
        now += gap
        strokes.append(
            KeyStroke(
                at_ms=now,
                text=text,
                key=key,
                modifiers=modifiers,
                auto_repeat=repeat,
                token=number,
            )
        )
    window = Window().play(strokes)
    numbers = [int(str(each.token)) for each in window.typed]
    assert numbers == sorted(set(numbers))
    assert window.typed == [strokes[number] for number in numbers]
    if not window.scans and not window.rejected:
        assert window.typed == strokes

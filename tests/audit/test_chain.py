"""The hash chain finds every alteration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.audit import GENESIS, Chain, ChainRow, seal

BODIES = st.lists(st.binary(max_size=40), min_size=1, max_size=12)


def chain(bodies: list[bytes]) -> list[ChainRow]:
    rows, previous = [], GENESIS
    for body in bodies:
        previous = seal(previous, body)
        rows.append(ChainRow(body, previous))
    return rows


def first_broken(rows: list[ChainRow], start: str = GENESIS) -> int | None:
    """Give the place of the first row whose seal does not hold."""
    followed = Chain(start)
    for place, row in enumerate(rows):
        if not followed.goes_on(row):
            assert followed.length == place
            return place
        assert followed.seal == row.seal
    return None


def test_a_seal_can_be_checked_with_any_tool() -> None:
    # printf '\ndose' | sha256sum
    known = "a9a1c492cb8854408ec0e382f4402d4e6580462f76a5d3484872720011473203"
    assert seal(GENESIS, b"dose") == known


@given(BODIES)
def test_a_whole_chain_holds(bodies: list[bytes]) -> None:
    assert first_broken(chain(bodies)) is None


@pytest.mark.hazard("H85")
@given(BODIES, st.data())
def test_an_altered_body_is_found_where_it_stands(bodies: list[bytes], data: st.DataObject) -> None:
    rows = chain(bodies)
    place = data.draw(st.integers(0, len(rows) - 1))
    rows[place] = ChainRow(rows[place].body + b"!", rows[place].seal)
    assert first_broken(rows) == place


@pytest.mark.hazard("H85")
@given(BODIES, st.data())
def test_a_removed_row_is_found_at_the_next(bodies: list[bytes], data: st.DataObject) -> None:
    rows = chain([*bodies, b"last"])
    place = data.draw(st.integers(0, len(rows) - 2))
    del rows[place]
    assert first_broken(rows) == place


def test_a_chain_may_go_on_after_its_older_part_was_put_aside() -> None:
    rows = chain([b"one", b"two", b"three"])
    assert first_broken(rows[1:], start=rows[0].seal) is None
    assert first_broken(rows[1:]) == 0

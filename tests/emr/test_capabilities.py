"""Which way of writing is chosen by what a server says of itself."""

import pytest

from bcma.emr.capabilities import (
    Abilities,
    Capabilities,
    WayOfWriting,
    choose_writer,
    read_capabilities,
)


@pytest.mark.parametrize(
    "interactions, able, way",
    [
        (
            {"transaction"},
            Abilities(interactions=frozenset({"update"}), update_create=True),
            WayOfWriting.TRANSACTION,
        ),
        (
            set(),
            Abilities(interactions=frozenset({"update"}), update_create=True),
            WayOfWriting.PUT,
        ),
        (
            {"transaction"},
            Abilities(interactions=frozenset({"update"})),
            WayOfWriting.TRANSACTION,
        ),
        (
            set(),
            Abilities(
                interactions=frozenset({"create", "update", "search-type"}),
                update_create=False,
                conditional_create=True,
            ),
            WayOfWriting.CONDITIONAL_CREATE,
        ),
        (
            {"transaction"},
            Abilities(
                interactions=frozenset({"create", "update", "search-type"}), update_create=False
            ),
            WayOfWriting.TRANSACTION_OF_CREATES,
        ),
        (
            set(),
            Abilities(interactions=frozenset({"create", "search-type"})),
            WayOfWriting.SEARCH_FIRST,
        ),
        (
            {"transaction"},
            Abilities(interactions=frozenset({"read", "search-type"})),
            WayOfWriting.NONE,
        ),
    ],
)
def test_the_way_of_writing_follows_from_what_the_server_says(
    interactions: set[str], able: Abilities, way: WayOfWriting
) -> None:
    server = Capabilities(
        interactions=frozenset(interactions), resources={"MedicationAdministration": able}
    )
    assert choose_writer(server) is way


def test_a_server_that_says_nothing_can_nothing() -> None:
    for statement in (
        {},
        {"rest": "all"},
        {"rest": [{"mode": "server", "resource": [{"type": 5}]}]},
    ):
        assert choose_writer(read_capabilities(statement)) is WayOfWriting.NONE

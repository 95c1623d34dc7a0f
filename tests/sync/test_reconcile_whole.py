"""Whatever was deleted, restored or lost: after a clean comparison the mirror is the server."""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bcma.emr.errors import EmrError
from tests.emr.misbehaving import Answer
from tests.store import ward
from tests.sync.bench import bench, empty
from tests.sync.foreign import Foreign

__all__ = ["empty"]

ORDER = "MedicationRequest"
EVENTS = ("change", "create", "delete", "late", "keep", "restore", "nothing")
FAULTS = ("nothing", "nothing", "nothing", "change", "delete", "error", "cut", "hang-up")


class Hospital:
    """What happens on the server, by name."""

    def __init__(self, server: Foreign) -> None:
        self.server = server
        self.backup = deepcopy(server.held)

    def happen(self, what: str, number: int) -> Answer | None:
        server, name = self.server, f"o{number:02}"
        match what:
            case "change":
                server.put(ward.order(name))
            case "create":
                server.put(ward.order(f"n{len(server.held):03}"))
            case "late":
                server.put(ward.order(f"l{len(server.held):03}"), late=timedelta(hours=3))
            case "delete":
                server.held.pop(("MedicationRequest", name), None)
            case "keep":
                self.backup = deepcopy(server.held)
            case "restore":
                server.held = deepcopy(self.backup)
            case "error":
                return Answer(503)
            case "cut":
                return Answer(200, b'{"resourceType": "Bundle", "entry": [{"res')
            case "hang-up":
                return Answer(0)
        return None

    def later(self, what: str, number: int) -> Callable[[], Answer | None]:
        return lambda: self.happen(what, number)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    count=st.integers(0, 9),
    page=st.integers(1, 4),
    moving=st.booleans(),
    nights=st.lists(
        st.tuples(
            st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 9)), max_size=8),
            st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(0, 9)), max_size=12),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_after_a_clean_comparison_the_mirror_is_what_the_server_holds(
    *,
    empty: Path,
    count: int,
    page: int,
    moving: bool,
    nights: list[tuple[list[tuple[str, int]], list[tuple[str, int]]]],
) -> None:
    server = Foreign(ward.NOW, page=page, moving=moving)
    for n in range(count):
        server.put(ward.order(f"o{n:02}"))
    hospital = Hospital(server)
    with bench(empty, server) as made:
        made.pull()
        for events, faults in nights:
            for event in events:
                hospital.happen(*event)
            server.tick()
            server.happenings = [hospital.later(*fault) for fault in faults]
            before = set(made.store.held(ORDER)) & set(server.versions(ORDER))
            with suppress(EmrError):
                made.reconcile()
            server.happenings = []
            there = set(server.versions(ORDER))
            # what the server holds all the time is never marked
            assert before & there <= set(made.store.held(ORDER))
        made.reconcile()
        assert made.equal()

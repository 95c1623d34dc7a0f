"""A foreign server, and a store that reads from it over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import pytest

from bcma.emr.fhir_client import FhirClient
from bcma.store import Store
from bcma.sync.progress import unwatched
from bcma.sync.pull import Puller
from bcma.sync.reconcile import Reconciled, Reconciler
from bcma.sync.report import Pulled
from tests.emr.misbehaving import Answers, misbehaving
from tests.sync.foreign import KINDS, Foreign


class Bench:
    """A server, and a store that reads from it; the machine's clock goes with true time."""

    def __init__(self, server: Foreign, store: Store) -> None:
        self.server = server
        self.store = store
        self.error = timedelta(0)
        self.client = FhirClient(server.url, now=lambda: server.clock - self.error)

    def put_clock(self, by: timedelta) -> None:
        self.server.clock += by
        self.error += by

    def pull(self) -> Pulled:
        return Puller(self.store, self.client).pull(self.client.capabilities())

    def reconcile(self) -> Reconciled:
        able = self.client.capabilities()
        return Reconciler(self.store, self.client, unwatched()).run(able, self.server.clock)

    def equal(self) -> bool:
        return all(
            {i: version for i, (version, _) in self.store.held(kind).items()}
            == self.server.versions(kind)
            for kind in KINDS
        )


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stores") / "empty.db"
    Store.open(path).close()
    return path


@contextmanager
def bench(empty: Path, server: Foreign, answer: Answers | None = None) -> Iterator[Bench]:
    with TemporaryDirectory() as folder, misbehaving(answer or server.answer) as line:
        path = Path(folder) / "station.db"
        copyfile(empty, path)
        server.url = line.url
        with Store.open(path) as store:
            made = Bench(server, store)
            yield made
            made.client.close()

"""A PostgreSQL of Debian's, made for one purpose and thrown away after it."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Final

#: It tells where it is, and lives until its standard input is closed.
_TELL: Final = 'echo "told $PGHOST $PGPORT $PGUSER $PGPASSWORD"; exec cat'
_STOP_SECONDS: Final = 30
_ROOT: Final = 0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a server listens, and as whom it may be asked."""

    host: str
    port: int
    user: str
    password: str

    def address(self, database: str) -> str:
        """Give a database's address for SQLAlchemy."""
        login = f"{self.user}:{self.password}"
        return f"postgresql+psycopg://{login}@{self.host}:{self.port}/{database}"

    def create(self, database: str, template: str = "template1") -> None:
        """Make a database: an empty one, or a copy of another."""
        self._run("createdb", "--template", template, database)

    def drop(self, database: str) -> None:
        """Throw a database away, whoever is still connected."""
        self._run("dropdb", "--force", database)

    def _run(self, *command: str) -> None:
        told = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }
        subprocess.run(command, check=True, env={**os.environ, **told})


def is_installed() -> bool:
    """Tell whether this machine can make one."""
    return shutil.which("pg_virtualenv") is not None


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a server until the block ends; it may lose everything if the machine loses power.

    Raises:
        RuntimeError: it did not start; it has said why on standard error.
    """
    command = ["pg_virtualenv", "-o", "fsync=off", "sh", "-c", _TELL]
    if os.geteuid() == _ROOT:  # PostgreSQL refuses to run as root
        command = ["runuser", "-u", "postgres", "--", *command]
    pipe = subprocess.PIPE
    with _one_at_a_time():
        server = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd="/")
        host, port, user, password = _told_by(server)
    try:
        yield Cluster(host, int(port), user, password)
    finally:
        server.communicate(timeout=_STOP_SECONDS)


def _told_by(server: subprocess.Popen[str]) -> list[str]:
    assert server.stdout is not None
    for line in server.stdout:
        if line.startswith("told "):
            return line.split()[1:]
    message = f"PostgreSQL did not start: status {server.wait(_STOP_SECONDS)}"
    raise RuntimeError(message)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let no two look for a free port at once."""
    with (Path(gettempdir()) / f"bcma-postgres-{os.geteuid()}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

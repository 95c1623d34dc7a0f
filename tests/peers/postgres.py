"""A PostgreSQL of Debian's, made for one purpose and thrown away after it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

#: It tells where it is, and lives until its standard input is closed.
_TELL: Final = 'echo "$PGHOST $PGPORT $PGUSER $PGPASSWORD"; exec cat'
_STOP_SECONDS: Final = 30
_ROOT: Final = 0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a server listens, and as whom it may be asked."""

    host: str
    port: int
    user: str
    password: str

    def environment(self) -> dict[str, str]:
        """Give what the programs of PostgreSQL are told by."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }

    def create(self, database: str) -> None:
        """Make an empty database."""
        subprocess.run(["createdb", database], check=True, env={**os.environ, **self.environment()})

    def drop(self, database: str) -> None:
        """Throw a database away, whoever is still connected."""
        subprocess.run(
            ["dropdb", "--force", database], check=True, env={**os.environ, **self.environment()}
        )


def is_installed() -> bool:
    """Tell whether this machine can make one."""
    return shutil.which("pg_virtualenv") is not None


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a server until the block ends; it may lose everything if the machine loses power."""
    command = ["pg_virtualenv", "-o", "fsync=off", "sh", "-c", _TELL]
    if os.geteuid() == _ROOT:  # PostgreSQL refuses to run as root
        command = ["runuser", "-u", "postgres", "--", *command]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/"
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            told = next(line.split() for line in server.stdout if not line.startswith("Creating"))
            host, port, user, password = told
            yield Cluster(host, int(port), user, password)
        finally:
            server.stdin.close()
            server.wait(_STOP_SECONDS)

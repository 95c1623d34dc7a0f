"""How a server of another language says that it answers: ``ready <port>`` on a line."""

import subprocess
from pathlib import Path
from typing import Final

_SHOWN: Final = 2000


def ready_port(server: subprocess.Popen[str], log: Path) -> int:
    """Wait until a server says its port.

    Args:
        server: started with its standard output as a pipe.
        log: where its standard error goes.

    Raises:
        RuntimeError: it ended instead; the end of its log is in the message.
    """
    assert server.stdout is not None
    for line in server.stdout:
        if line.startswith("ready "):
            return int(line.split()[1])
    message = f"the server did not start: {log.read_text('utf-8')[-_SHOWN:]}"
    raise RuntimeError(message)

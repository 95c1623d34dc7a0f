"""HAPI's validator as a function: codes and invariants of R4 resources, without any network."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bcma.emr.fhir_map import parse
from bcma.emr.fhir_map.node import Node
from tests.peers import hapi_server

_SOURCE: Final = Path(__file__).with_name("validator") / "Validate.java"
_LONGEST_SECONDS: Final = 1200


@dataclass(frozen=True, slots=True)
class Issue:
    """What the validator says against a resource."""

    severity: str
    where: str
    says: str


def validate(resources: Sequence[bytes]) -> tuple[tuple[Issue, ...], ...]:
    """Give the issues of each resource (JSON on one line), in order.

    Raises:
        CalledProcessError: the validator ended in an error, and has said why.
    """
    hapi_server.build()
    jars = f"{hapi_server.BUILD / 'lib'}{os.sep}*"
    command = ["java", "-XX:TieredStopAtLevel=1", "-cp", jars, str(_SOURCE)]
    done = subprocess.run(
        command,
        input=b"".join(line + b"\n" for line in resources),
        capture_output=True,
        check=True,
        timeout=_LONGEST_SECONDS,
    )
    answers = done.stdout.splitlines()
    assert len(answers) == len(resources), done.stderr.decode()[-2000:]
    return tuple(tuple(_issues(line)) for line in answers)


def _issues(outcome: bytes) -> list[Issue]:
    return [
        Issue(
            issue.string("severity") or "",
            next(iter(issue.strings("expression")), ""),
            issue.string("diagnostics") or "",
        )
        for issue in Node(parse(outcome)).nodes("issue")
    ]

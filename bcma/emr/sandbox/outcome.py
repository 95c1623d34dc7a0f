"""Refusals, and the OperationOutcome that tells a client of one."""

from http import HTTPStatus
from typing import ClassVar, Self

from bcma.errors import BcmaError


class Refusal(BcmaError):
    """The sandbox refuses an interaction.

    Attributes:
        status: what HTTP says of it.
        issue: code of FHIR's ``issue-type`` value set.
        diagnostics: what was wrong, naming types, ids, parameters and places, never content.
    """

    code: ClassVar[str] = "sandbox.refused"

    def __init__(self, status: HTTPStatus, issue: str, diagnostics: str) -> None:
        super().__init__(status=int(status), issue=issue, diagnostics=diagnostics)
        self.status = status
        self.issue = issue
        self.diagnostics = diagnostics

    def at(self, place: str) -> Self:
        """Say where in the request it was."""
        return type(self)(self.status, self.issue, f"{place}: {self.diagnostics}")


def bad_request(diagnostics: str, issue: str = "invalid") -> Refusal:
    """Make the refusal of a request that cannot be understood."""
    return Refusal(HTTPStatus.BAD_REQUEST, issue, diagnostics)


def operation_outcome(issue: str, diagnostics: str, severity: str = "error") -> dict[str, object]:
    """Make an OperationOutcome of one issue."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": severity, "code": issue, "diagnostics": diagnostics}],
    }

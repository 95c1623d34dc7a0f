"""What the sandbox can do: servers differ, so it can be made to do less, and to say otherwise."""

from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus

from bcma.emr.sandbox.exchange import Request
from bcma.emr.sandbox.json_text import Resource
from bcma.emr.sandbox.outcome import Refusal, bad_request
from bcma.emr.sandbox.references import Key
from bcma.emr.sandbox.writing import Writer

_IF_NONE_EXIST = "if-none-exist"
BY_TIME = "_lastUpdated"


class Claims(StrEnum):
    """What ``/metadata`` says of the powers: the truth, nothing of creating by PUT, or all."""

    TRUE = "true"
    SILENT = "silent"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Powers:
    """What this server does when it is asked to write, and to tell what changed.

    Attributes:
        transactions: takes transaction Bundles.
        update_create: a PUT may create at an id of the client's.
        conditional_create: heeds If-None-Exist; a server that does not, creates once more.
        search_by_time: knows searches by ``_lastUpdated``; several EMRs do not.
        read_only: types that can only be read.
        claims: what it says of all this.
    """

    transactions: bool = True
    update_create: bool = True
    conditional_create: bool = True
    search_by_time: bool = True
    read_only: frozenset[str] = frozenset()
    claims: Claims = Claims.TRUE

    def heard(self, request: Request) -> Request:
        """Give a request as this server understands it."""
        if self.conditional_create or _IF_NONE_EXIST not in request.headers:
            return request
        headers = {name: v for name, v in request.headers.items() if name != _IF_NONE_EXIST}
        return replace(request, headers=headers)

    def check_search(self, request: Request) -> None:
        """Refuse a search that this server does not know.

        Raises:
            Refusal: 400.
        """
        asked = any(BY_TIME in (name, value) for name, value in request.query)
        if asked and not self.search_by_time:
            raise bad_request("This server does not search by time", "not-supported")

    def check(self, writer: Writer, request: Request) -> None:
        """Refuse a write that this server does not do.

        Raises:
            Refusal: 405.
        """
        if request.path[0] in self.read_only:
            raise _cannot("This type can only be read")
        if request.method != "PUT" or self.update_create:
            return
        if writer.unit.latest(Key(request.path[0], request.path[1])) is None:
            raise _cannot("The server chooses the ids")

    def check_transaction(self) -> None:
        """Refuse a transaction where there are none.

        Raises:
            Refusal: 405.
        """
        if not self.transactions:
            raise _cannot("There are no transactions")

    def said_of_server(self) -> tuple[str, ...]:
        """Give the interactions that the CapabilityStatement has for the server as a whole."""
        says_transactions = self.transactions or self.claims is Claims.ALL
        return (*(("transaction",) if says_transactions else ()), "batch", "history-system")

    def says_writable(self, resource_type: str) -> bool:
        """Tell whether the CapabilityStatement has the type as one that can be written."""
        return self.claims is Claims.ALL or resource_type not in self.read_only

    def said_of_creating(self) -> Resource:
        """Give what the CapabilityStatement says of how a type is created."""
        says_all = self.claims is Claims.ALL
        said: Resource = {"conditionalCreate": self.conditional_create or says_all}
        if self.claims is not Claims.SILENT:
            said["updateCreate"] = self.update_create or says_all
        return said


def _cannot(message: str) -> Refusal:
    return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "not-supported", message)

"""Referential integrity, as HAPI keeps it: on the references that a search may follow."""

from collections.abc import Iterable
from http import HTTPStatus

from bcma.emr.sandbox.index import Row, param_key
from bcma.emr.sandbox.outcome import Refusal, bad_request
from bcma.emr.sandbox.parameters import SEARCH_PARAMS, Kind
from bcma.emr.sandbox.reader import Reader, Version
from bcma.emr.sandbox.references import Key

_REFERENCES = frozenset(
    param_key(param.resource, param.name) for param in SEARCH_PARAMS if param.kind is Kind.REFERENCE
)


class Links:
    """The references made, and the resources deleted, in one transaction."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._made: dict[Key, str] = {}
        self._cut: list[Key] = []

    def made(self, rows: Iterable[Row]) -> None:
        """Note where a resource that is written leads to."""
        for row in rows:
            if row.beside and row.param in _REFERENCES:
                self._made[Key(row.beside, row.value)] = row.param

    def cut(self, version: Version) -> None:
        """Note a resource that is deleted."""
        self._cut.append(version.key)

    def check(self) -> None:
        """Refuse what would leave a reference that leads nowhere.

        Raises:
            Refusal: 400 for a reference made, 409 for a resource deleted.
        """
        for key, param in self._made.items():
            target = self._reader.latest(key)
            if target is None or target.body is None:
                message = f"Resource {key} not found, specified in {param}"
                raise bad_request(message, "processing")
        for key in self._cut:
            if self._is_referred_to(key):
                message = f"Unable to delete {key}: other resources refer to it"
                raise Refusal(HTTPStatus.CONFLICT, "conflict", message)

    def _is_referred_to(self, key: Key) -> bool:
        sql = "SELECT 1 FROM entry WHERE param = ? AND value = ? AND beside = ? LIMIT 1"
        return any(self._reader.select(sql, (param, key.id, key.type)) for param in _REFERENCES)

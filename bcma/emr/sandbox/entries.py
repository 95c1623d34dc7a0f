"""The entries of a Bundle, read as requests."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from bcma.emr.sandbox.exchange import Request, read_query
from bcma.emr.sandbox.json_text import Resource, text, write
from bcma.emr.sandbox.outcome import Refusal, bad_request
from bcma.emr.sandbox.writing import check_type

_METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})
_HEADERS = {"ifNoneExist": "if-none-exist", "ifMatch": "if-match", "ifNoneMatch": "if-none-match"}
_WITH_ID = frozenset({"PUT", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry.

    Attributes:
        full_url: its name within the Bundle; empty where it has none.
        resource: empty where it has none.
    """

    index: int
    full_url: str
    request: Request
    resource: Resource

    def as_request(self) -> Request:
        """Give it as a request by itself."""
        return replace(self.request, body=write(self.resource)) if self.resource else self.request


def read_entries(bundle: Resource, base_url: str) -> list[Entry]:
    """Read the entries of a transaction or batch.

    Raises:
        Refusal: 400 for one that is no request.
    """
    return [
        _entry(index, entry, _member(entry, "request", index), base_url)
        for index, entry in _raw_entries(bundle)
    ]


def entries_to_keep(bundle: Resource, base_url: str) -> list[Entry]:
    """Read any Bundle as its content: PUT what has an id, POST what has none.

    An entry's own request, where it has one, is kept.
    """
    result = []
    for index, entry in _raw_entries(bundle):
        resource = _member(entry, "resource", index) if "request" not in entry else {}
        kind, name = text(resource, "resourceType"), text(resource, "id")
        put = {"method": "PUT", "url": f"{kind}/{name}"}
        asked = put if name else {"method": "POST", "url": kind}
        wanted = (
            _member(entry, "request", index) if "request" in entry else dict[str, object](asked)
        )
        result.append(_entry(index, entry, wanted, base_url))
    return result


def _raw_entries(bundle: Resource) -> Iterator[tuple[int, Resource]]:
    if bundle.get("resourceType") != "Bundle":
        raise bad_request("The body is not a Bundle", "structure")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise bad_request("Bundle.entry is not an array", "structure")
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise bad_request(f"Bundle.entry[{index}] is not an object", "structure")
        yield index, entry


def _member(entry: Resource, name: str, index: int) -> Resource:
    member = entry.get(name)
    if not isinstance(member, dict):
        raise bad_request(f"Bundle.entry[{index}].{name} is not an object", "required")
    return member


def _entry(index: int, entry: Resource, asked: Resource, base_url: str) -> Entry:
    method = text(asked, "method")
    if method not in _METHODS:
        raise bad_request(f"Bundle.entry[{index}].request.method is not supported", "value")
    path_text, _, query = text(asked, "url").removeprefix(base_url).lstrip("/").partition("?")
    path = tuple(unquote(part) for part in path_text.split("/"))
    try:
        check_type(path[0])
    except Refusal as refusal:
        raise refusal.at(f"Bundle.entry[{index}]") from refusal
    if method != "GET" and len(path) != 1 + (method in _WITH_ID):
        raise bad_request(f"Bundle.entry[{index}].request.url does not fit {method}", "value")
    resource = _member(entry, "resource", index) if method in {"POST", "PUT"} else {}
    headers = {name: text(asked, key) for key, name in _HEADERS.items() if text(asked, key)}
    request = Request(method=method, path=path, query=read_query(query), headers=headers)
    return Entry(index=index, full_url=text(entry, "fullUrl"), request=request, resource=resource)

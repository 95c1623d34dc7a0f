"""From a request to the interaction that it asks for."""

from collections.abc import Callable
from http import HTTPStatus

from bcma.emr.sandbox import instance
from bcma.emr.sandbox.admin import Admin
from bcma.emr.sandbox.bundle import Bundles
from bcma.emr.sandbox.capability import capability_statement, landing_page
from bcma.emr.sandbox.engine import Engine
from bcma.emr.sandbox.entries import entries_to_keep
from bcma.emr.sandbox.exchange import Reply, Request, json_reply, refusal_reply
from bcma.emr.sandbox.json_text import Resource, read_object
from bcma.emr.sandbox.outcome import Refusal, bad_request
from bcma.emr.sandbox.powers import Powers
from bcma.emr.sandbox.writing import Writer, check_type

_JSON_TYPES = frozenset(
    {"application/fhir+json", "application/json", "application/json+fhir", "text/json"}
)
_JSON_FORMATS = _JSON_TYPES | {"json", "", "application/fhir json"}
"""The last: a plus sign left bare in a URL is a space."""

Answers = dict[str, Callable[[Request], Reply]]
"""By method."""


class Interactions:
    """Answers requests.

    Args:
        engine: what they are done with.
        admin: the operations of the sandbox itself.
    """

    def __init__(self, engine: Engine, admin: Admin) -> None:
        self._engine = engine
        self._admin = admin
        self._bundles = Bundles(engine, self.handle)

    def handle(self, request: Request) -> Reply:
        """Answer one request.

        Raises:
            Refusal: with the status and the OperationOutcome to reply.
        """
        wanted = dict(request.query).get("_format", "")
        if wanted not in _JSON_FORMATS:
            raise Refusal(
                HTTPStatus.NOT_ACCEPTABLE, "not-supported", "The sandbox speaks JSON only"
            )
        answers = self._answers(request)
        answer = answers.get(request.method)
        if answer is None:
            message = f"{request.method} is not supported here"
            refusal = Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "not-supported", message)
            return refusal_reply(refusal, {"Allow": ", ".join(sorted(answers))})
        return answer(request)

    def load(self, bundle: Resource) -> Resource:
        """Keep what a Bundle of any type holds, all or nothing."""
        entries = entries_to_keep(bundle, self._engine.base_url)
        return self._bundles.transaction(entries, Powers())

    def _answers(self, request: Request) -> Answers:
        match request.path:
            case ():
                return {"GET": self._page_or_landing, "POST": self._run_bundle}
            case ("metadata",):
                return {"GET": self._metadata, "OPTIONS": self._metadata}
            case ("_history",):
                return {"GET": self._history}
            case (operation,) if operation.startswith("$"):
                return self._admin.answers(operation)
            case (resource_type, *rest):
                check_type(resource_type)
                return self._answers_of_type(rest)
        raise bad_request("No interaction has such a URL", "not-supported")

    def _answers_of_type(self, rest: list[str]) -> Answers:
        match rest:
            case []:
                return {"GET": self._search, "POST": self._writes(instance.create)}
            case ["_search"]:
                return {"POST": self._search, "GET": self._search}
            case ["_history"] | [_, "_history"]:
                return {"GET": self._history}
            case [name] if not name.startswith(("$", "_")):
                return {
                    "GET": self._read,
                    "PUT": self._writes(instance.update),
                    "DELETE": self._delete,
                }
            case [_, "_history", _]:
                return {"GET": self._read}
        raise bad_request("No interaction has such a URL", "not-supported")

    def _page_or_landing(self, request: Request) -> Reply:
        if any(name == "_getpages" for name, _ in request.query):
            page = self._engine.pages.following(request.query)
            with self._engine.storage.reading() as reader:
                return json_reply(self._engine.searching.bundle(reader, page))
        return landing_page(self._engine.base_url)

    def _metadata(self, _request: Request) -> Reply:
        return json_reply(capability_statement(self._engine.base_url, self._engine.powers))

    def _run_bundle(self, request: Request) -> Reply:
        return json_reply(self._bundles.run(_body(request)))

    def _search(self, request: Request) -> Reply:
        engine = self._engine
        engine.powers.check_search(request)
        with engine.storage.reading() as reader:
            now = engine.now()
            return json_reply(engine.searching.search(reader, request.path[0], request.query, now))

    def _history(self, request: Request) -> Reply:
        engine = self._engine
        with engine.storage.reading() as reader:
            path = request.path[:-1]
            return json_reply(engine.searching.history(reader, path, request.query, engine.now()))

    def _read(self, request: Request) -> Reply:
        with self._engine.storage.reading() as reader:
            return instance.read(reader, request)

    def _delete(self, request: Request) -> Reply:
        with self._engine.writing() as writer:
            self._engine.powers.check(writer, request)
            return instance.delete(writer, request)

    def _writes(
        self, write: Callable[[Writer, Request, Resource], Reply]
    ) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            resource = _body(request)
            powers = self._engine.powers
            with self._engine.writing() as writer:
                powers.check(writer, request)
                return write(writer, powers.heard(request), resource)

        return answer


def _body(request: Request) -> Resource:
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said and said not in _JSON_TYPES:
        message = "The body must be application/fhir+json"
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not-supported", message)
    return read_object(request.body)

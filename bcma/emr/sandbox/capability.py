"""What the sandbox says of itself: CapabilityStatement and landing page."""

from functools import cache
from html import escape

from bcma.emr.sandbox.exchange import Reply
from bcma.emr.sandbox.index import params_of
from bcma.emr.sandbox.json_text import Resource
from bcma.emr.sandbox.parameters import Kind
from bcma.emr.sandbox.powers import BY_TIME, Powers
from bcma.emr.sandbox.resource_types import RESOURCE_TYPES

PLAINLY = (
    "This is a sandbox for demonstration, training and tests. It is no EMR: it asks nobody who"
    " they are and must not hold data of real patients."
)
_PLAINLY_VI = (
    "Đây là hệ thống thử dùng để trình diễn, đào tạo và kiểm thử. Đây không phải bệnh án điện tử:"
    " không kiểm tra người dùng và không được chứa dữ liệu của người bệnh thật."
)
_READING = ("read", "vread", "history-instance", "history-type", "search-type")
_WRITING = ("create", "update", "delete")


@cache
def capability_statement(base_url: str, powers: Powers) -> Resource:
    """Make the CapabilityStatement; all of it is true, unless the powers are to claim more."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-22",
        "publisher": "BCMA",
        "kind": "instance",
        "description": PLAINLY,
        "software": {"name": "BCMA sandbox, no EMR"},
        "implementation": {"description": PLAINLY, "url": base_url},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": PLAINLY,
                "resource": [_resource(name, powers) for name in RESOURCE_TYPES],
                "interaction": [{"code": code} for code in powers.said_of_server()],
                "searchParam": _everywhere(powers),
            }
        ],
    }


def _everywhere(powers: Powers) -> list[Resource]:
    by_time: list[Resource] = [{"name": BY_TIME, "type": "date"}] if powers.search_by_time else []
    return [{"name": "_id", "type": "token"}, *by_time]


def _resource(resource_type: str, powers: Powers) -> Resource:
    writes = powers.says_writable(resource_type)
    params = params_of(resource_type).values()
    references = [f"{resource_type}:{p.name}" for p in params if p.kind is Kind.REFERENCE]
    return {
        "type": resource_type,
        "interaction": [{"code": code} for code in (*_READING, *(_WRITING if writes else ()))],
        "versioning": "versioned-update",
        "readHistory": True,
        **(powers.said_of_creating() if writes else {}),
        "conditionalRead": "not-match",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "local"],
        **({"searchInclude": ["*", *references]} if references else {}),
        "searchParam": [*_everywhere(powers), *({"name": p.name, "type": p.kind} for p in params)],
    }


def landing_page(base_url: str) -> Reply:
    """Make the page for a person who opens the address in a browser."""
    address = escape(base_url)
    body = f"""<!DOCTYPE html>
<html lang="vi"><meta charset="utf-8"><title>BCMA sandbox</title>
<body><h1>BCMA sandbox</h1>
<p><strong>{escape(_PLAINLY_VI)}</strong></p>
<p lang="en"><strong>{escape(PLAINLY)}</strong></p>
<p lang="en">FHIR R4: <a href="{address}/metadata">{address}</a></p></body></html>
"""
    return Reply(body=body.encode(), content_type="text/html; charset=utf-8")

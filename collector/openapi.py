"""What the collector answers, as OpenAPI 3.1: for whoever builds a client or watches the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openrosa.protocol import INCOMPLETE_PART, XML_PART

if TYPE_CHECKING:
    from collector.limits import Limits

_SAID = {
    400: "Not a submission: what was met, and what to do",
    401: "This token is not known here, or was revoked",
    404: "There is no such form, version or file here",
    405: "This is not done with that address",
    408: "The body came too slowly",
    409: "Other bytes are here under that instanceID or file name; they stay",
    413: "Larger than is taken at once",
    415: "The body is compressed",
    429: "Too many requests; Retry-After says for how many seconds",
    503: "Nothing can be kept or read just now; Retry-After says for how many seconds",
}
_XML: dict[str, Any] = {"text/xml": {"schema": {"type": "string"}}}
_TOKEN = {"name": "token", "in": "path", "required": True, "schema": {"type": "string"}}
_FORM = {"name": "form_id", "in": "path", "required": True, "schema": {"type": "string"}}
_VERSION = {"name": "version", "in": "query", "required": False, "schema": {"type": "string"}}
_ALWAYS = (401, 404, 429, 503)


def description(limits: Limits) -> dict[str, Any]:
    """The OpenAPI document."""
    form = "/key/{token}/forms/{form_id}"
    file_name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    form_id = {"name": "formID", "in": "query", "required": False, "schema": {"type": "string"}}
    where = {204: {"description": f"Send here, at most {limits.most_bytes} bytes at once"}, **_refusals(*_ALWAYS)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sayso collector",
            "version": "1.0",
            "description": "OpenRosa 1.0: forms to kiosks, submissions in. Nothing that was sent can be read back.",
        },
        "paths": {
            "/health": _get("Whether the collector can reach its database", _json(), 503),
            "/openapi.json": _get("This document", _json()),
            "/key/{token}/formList": _get("The newest version of each form", _XML, *_ALWAYS, parts=[_TOKEN, form_id]),
            f"{form}.xml": _get("One form", _XML, *_ALWAYS, parts=[_TOKEN, _FORM, _VERSION]),
            f"{form}/manifest": _get("The form's files", _XML, *_ALWAYS, parts=[_TOKEN, _FORM, _VERSION]),
            f"{form}/media/{{name}}": _get(
                "One file",
                {"application/octet-stream": {}},
                *_ALWAYS,
                parts=[_TOKEN, _FORM, file_name, _VERSION],
            ),
            "/key/{token}/submission": {
                "parameters": [_TOKEN],
                "head": {"summary": "Where to send, and how much at once", "responses": _numbered(where)},
                "get": {"summary": "The same", "responses": _numbered(where)},
                "post": {
                    "summary": "One post of a submission",
                    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _POST}}},
                    "responses": _numbered(
                        {201: {"description": "It is kept, now or before", "content": _XML}}
                        | _refusals(400, 408, 409, 413, 415, *_ALWAYS)
                    ),
                },
            },
        },
    }


_POST = {
    "type": "object",
    "required": [XML_PART],
    "properties": {
        XML_PART: {"type": "string", "contentMediaType": "text/xml"},
        INCOMPLETE_PART: {"type": "string", "description": "more posts follow"},
    },
    "additionalProperties": {"type": "string", "contentMediaType": "application/octet-stream"},
}


def _get(
    summary: str, content: dict[str, Any], *refused: int, parts: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    found = {200: {"description": summary, "content": content}} | _refusals(*refused)
    return {"parameters": parts or [], "get": {"summary": summary, "responses": _numbered(found)}}


def _json() -> dict[str, Any]:
    return {"application/json": {"schema": {"type": "object"}}}


def _refusals(*statuses: int) -> dict[int, Any]:
    return {status: {"description": _SAID[status], "content": _XML} for status in statuses}


def _numbered(responses: dict[int, Any]) -> dict[str, Any]:
    return {str(status): response for status, response in sorted(responses.items())}

"""OpenRosa 1.0 on the wire: the lists and replies that both ends write and read, as plain values.

Nothing here opens a connection: `openrosa.client` and the collector do. Every reader takes hostile bytes.
Source: the OpenRosa form discovery, submission and request documents at docs.getodk.org.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from lxml import etree

from openrosa.errors import OpenRosaError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

FORM_LIST_NAMESPACE = "http://openrosa.org/xforms/xformsList"
MANIFEST_NAMESPACE = "http://openrosa.org/xforms/xformsManifest"
RESPONSE_NAMESPACE = "http://openrosa.org/http/response"

VERSION_HEADER = "X-OpenRosa-Version"
ACCEPT_LENGTH_HEADER = "X-OpenRosa-Accept-Content-Length"
XML_PART = "xml_submission_file"
INCOMPLETE_PART = "*isIncomplete*"
XML_TYPE = "text/xml; charset=utf-8"


@dataclass(frozen=True)
class FormEntry:
    """One form that a server offers.

    Attributes:
        hash: "md5:" and 32 hexadecimal digits of the form's bytes; "" where the server gives none.
        manifest_url: None for a form without media.
    """

    form_id: str
    version: str
    name: str
    hash: str
    download_url: str
    manifest_url: str | None = None


@dataclass(frozen=True)
class ManifestFile:
    """One media file of a form; `hash` as in FormEntry."""

    name: str
    hash: str
    download_url: str


@dataclass(frozen=True)
class OpenRosaResponse:
    """What a server says of a submission; `nature` is "submit_success", "error", or ""."""

    message: str
    nature: str = ""


def md5_hash(data: bytes) -> str:
    """The hash that lists carry; it tells versions apart and protects nothing."""
    return "md5:" + hashlib.md5(data, usedforsecurity=False).hexdigest()


def headers(now: datetime) -> dict[str, str]:
    """The headers that every request and reply carries; `now` must know its time zone as UTC."""
    return {VERSION_HEADER: "1.0", "Date": format_datetime(now, usegmt=True)}


def parse_xml(data: bytes, what: str) -> etree._Element:
    """The root of XML that anybody may have sent.

    Args:
        data: any bytes.
        what: what it should be, for the error: "the form list".
    Raises: OpenRosaError: not XML, or it declares a document type (entities can read files and fill memory).
    """
    # A parser serves one document: it is not safe to share between threads.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        # The parser's own message may quote the document; the first line of its position is enough.
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise OpenRosaError("Cannot read", f"{what}: it is not XML{where}", "Check what was sent.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise OpenRosaError("Cannot read", f"{what}: it declares a document type", "Send it without <!DOCTYPE>.")
    return root


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace; "" for comments and processing instructions."""
    tag = element.tag
    return etree.QName(tag).localname if isinstance(tag, str) else ""


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of that local name: servers and clients differ in namespaces."""
    return next((one for one in element if local_name(one) == name), None)


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its local name: a form may write `version` or `orx:version`. None where there is none."""
    plain = element.get(name)
    if plain is not None:
        return plain
    # By XPath: to go over lxml's `attrib` takes minutes where somebody has sent 100,000 of them.
    found: Any = element.xpath("@*[local-name() = $name]", name=name)
    return str(found[0]) if found else None


def text_of(element: etree._Element | None) -> str:
    """Its own text, trimmed; "" for None."""
    return (element.text or "").strip() if element is not None else ""


def new_root(namespace: str, name: str) -> etree._Element:
    """An element whose namespace is the document's default one."""
    # lxml-stubs does not know that None names the default namespace.
    return etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace})  # type: ignore[dict-item]


def form_list_xml(entries: Iterable[FormEntry]) -> bytes:
    """What a server answers to `GET formList`, UTF-8."""
    root = new_root(FORM_LIST_NAMESPACE, "xforms")
    for entry in entries:
        form = _sub(root, "xform")
        _sub(form, "formID", entry.form_id)
        _sub(form, "name", entry.name)
        _sub(form, "version", entry.version)
        _sub(form, "hash", entry.hash)
        _sub(form, "downloadUrl", entry.download_url)
        if entry.manifest_url is not None:
            _sub(form, "manifestUrl", entry.manifest_url)
    return _written(root)


def parse_form_list(data: bytes) -> tuple[FormEntry, ...]:
    """The forms that a server offers, in its order.

    Raises: OpenRosaError: not a form list, or an entry without an id or an address.
    """
    root = _root(data, "xforms", "the form list")
    entries = []
    for form in root:
        if local_name(form) != "xform":
            continue
        entry = FormEntry(
            form_id=_required(form, "formID", "the form list"),
            version=text_of(child(form, "version")),
            name=text_of(child(form, "name")),
            hash=text_of(child(form, "hash")),
            download_url=_required(form, "downloadUrl", "the form list"),
            manifest_url=text_of(child(form, "manifestUrl")) or None,
        )
        entries.append(entry)
    return tuple(entries)


def manifest_xml(files: Iterable[ManifestFile]) -> bytes:
    """What a server answers for a form's media, UTF-8."""
    root = new_root(MANIFEST_NAMESPACE, "manifest")
    for file in files:
        media = _sub(root, "mediaFile")
        _sub(media, "filename", file.name)
        _sub(media, "hash", file.hash)
        _sub(media, "downloadUrl", file.download_url)
    return _written(root)


def parse_manifest(data: bytes) -> tuple[ManifestFile, ...]:
    """A form's media files, in the server's order. Raises: OpenRosaError: not a manifest, or an entry lacks a field."""
    root = _root(data, "manifest", "the form's manifest")
    return tuple(
        ManifestFile(
            name=_required(media, "filename", "the form's manifest"),
            hash=text_of(child(media, "hash")),
            download_url=_required(media, "downloadUrl", "the form's manifest"),
        )
        for media in root
        if local_name(media) == "mediaFile"
    )


def response_xml(response: OpenRosaResponse) -> bytes:
    """What a server answers to a submission, UTF-8."""
    root = new_root(RESPONSE_NAMESPACE, "OpenRosaResponse")
    message = _sub(root, "message", response.message)
    if response.nature:
        message.set("nature", response.nature)
    return _written(root)


def parse_response(data: bytes) -> OpenRosaResponse:
    """What a server says of a submission. Raises: OpenRosaError: it is something else, such as a portal's page."""
    root = _root(data, "OpenRosaResponse", "the server's reply")
    message = child(root, "message")
    return OpenRosaResponse(text_of(message), (message.get("nature") or "") if message is not None else "")


def _root(data: bytes, name: str, what: str) -> etree._Element:
    root = parse_xml(data, what)
    if local_name(root) != name:
        subject = f"{what}: it begins with <{local_name(root)[:40]}> instead of <{name}>"
        raise OpenRosaError(
            "Cannot read", subject, "Check the server's address, and that no sign-in page is in between."
        )
    return root


def _required(element: etree._Element, name: str, what: str) -> str:
    text = text_of(child(element, name))
    if not text:
        raise OpenRosaError("Cannot read", f"{what}: an entry lacks <{name}>", "Tell who runs the server.")
    return text


def _sub(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
    element.text = text
    return element


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

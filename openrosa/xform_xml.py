"""XML from outside, read safely: no entity, no DTD, no network, and a bound on its size."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from openrosa.errors import OpenRosaError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 4 * 1024 * 1024
"""A form or a record; media travel beside them. ODK's own forms of thousands of questions stay below 3 MB."""

XFORMS = "http://www.w3.org/2002/xforms"
OPENROSA = "http://openrosa.org/xforms"

Element = etree._Element  # noqa: SLF001  lxml gives the type of its elements no other name

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlRefusedError(OpenRosaError):
    """Bytes that are not XML which can be read safely."""


def parse(data: bytes, source: str) -> Element:
    """The root element.

    Args:
        data: the whole document, in any encoding that it declares.
        source: its name, for the error.
    Raises: XmlRefusedError: not XML, too large, or with a document type (where entities would come from).
    """
    if len(data) > MAX_BYTES:
        raise XmlRefusedError(
            "Cannot read", f"{source}: it has {len(data):,} bytes", f"At most {MAX_BYTES:,} are read."
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        # A syntax error's str repeats the line after a "<string>" that says nothing to a form's author.
        met = getattr(error, "msg", None) or error
        raise XmlRefusedError("Cannot read", f"{source}: {met}", "Give an XForm as a form tool writes it.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefusedError("Cannot read", f"{source}: it has a document type", "Take the <!DOCTYPE ...> out.")
    return root


def local(element: Element) -> str:
    """The element's name without its namespace; "" for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element, name: str | None = None) -> Iterator[Element]:
    """Its child elements, of that local name if one is given."""
    for child in element:
        if isinstance(child.tag, str) and (name is None or local(child) == name):
            yield child


def child(element: Element | None, name: str) -> Element | None:
    """Its first child of that local name, or None."""
    return None if element is None else next(children(element, name), None)


def attribute(element: Element, name: str) -> str | None:
    """The attribute of that local name, in any namespace or none; the plain one wins."""
    value = element.get(name)
    if value is not None:
        return str(value)
    for key, found in element.items():
        if etree.QName(key).localname == name:
            return str(found)
    return None


def text_of(element: Element | None) -> str:
    """All words inside, runs of white space as one blank."""
    return "" if element is None else " ".join("".join(str(part) for part in element.itertext()).split())


def writable(text: str) -> str:
    """The text without the characters that XML cannot hold: most control characters and lone surrogates."""
    return _NOT_XML.sub("", text)


def leaves(root: Element) -> dict[str, Element]:
    """Every element without children, by its path of local names: `/data/house/feel`."""
    return {path: element for path, element in walk(root) if next(children(element), None) is None}


def walk(root: Element, path: str = "") -> Iterator[tuple[str, Element]]:
    """Every element with its path, in document order."""
    here = f"{path}/{local(root)}"
    yield here, root
    for below in children(root):
        yield from walk(below, here)

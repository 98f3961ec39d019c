"""A submission: the bytes that travel, and what can be read from them without any key.

Source: the OpenRosa metadata and form submission documents; for sealed ones, the encryption page of the ODK XForms
specification.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openrosa.errors import OpenRosaError
from openrosa.protocol import attribute, child, local_name, parse_xml, text_of

if TYPE_CHECKING:
    from lxml import etree

XML_NAME = "submission.xml"
SEALED_SUFFIX = ".enc"
LONGEST_NAME_BYTES = 200


@dataclass(frozen=True)
class Attachment:
    """A file beside a submission's XML. The data is left out of its repr: it may be somebody's voice."""

    name: str
    data: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True)
class Submission:
    """The bytes that travel, made once.

    Attributes:
        version: "" for a form without one.
        xml: what goes as `xml_submission_file`: the instance, or the manifest of a sealed one.
        attachments: in the manifest's order.
        sealed: nobody without the private key can read it.
    """

    instance_id: str
    form_id: str
    version: str
    xml: bytes = field(repr=False)
    attachments: tuple[Attachment, ...]
    sealed: bool


@dataclass(frozen=True)
class Envelope:
    """What a submission's XML says of itself, sealed or not.

    Attributes:
        version: None where the root has no such attribute (the signature of a sealed one tells that from "").
        wrapped_key: base64 of the RSA-wrapped AES key; None for a plain one.
        media: names of the sealed media files, in the order of their sealing; empty for a plain one.
        xml_file: name of the sealed XML; None for a plain one.
        signature: base64 of the RSA-wrapped digest, or None.
        root: the whole document.
    """

    instance_id: str
    form_id: str
    version: str | None
    wrapped_key: str | None
    media: tuple[str, ...]
    xml_file: str | None
    signature: str | None
    root: etree._Element = field(repr=False)

    @property
    def sealed(self) -> bool:
        """Whether a private key is needed to read it."""
        return self.wrapped_key is not None


def read_envelope(xml: bytes) -> Envelope:
    """What a submission's XML says of itself.

    Raises: OpenRosaError: not XML, no form id, no instanceID, or sealed without naming its XML file.
    """
    what = "the submission"
    root = parse_xml(xml, what)
    form_id = (attribute(root, "id") or "").strip()
    if not form_id:
        raise OpenRosaError("Cannot read", f"{what}: its root has no form id", "Give the root element an id attribute.")
    meta = child(root, "meta")
    instance_id = text_of(child(meta, "instanceID")) if meta is not None else ""
    instance_id = instance_id or (root.get("instanceID") or "").strip()
    if not instance_id:
        raise OpenRosaError("Cannot read", f"{what}: it has no instanceID", "Fill in meta/instanceID.")
    wrapped_key = text_of(child(root, "base64EncryptedKey")) or None
    if root.get("encrypted") == "yes" and wrapped_key is None:
        raise OpenRosaError("Cannot read", f"{what} {instance_id}: it is sealed without a key", "Seal it again.")
    if wrapped_key is None:
        return Envelope(instance_id, form_id, attribute(root, "version"), None, (), None, None, root)
    xml_file = text_of(child(root, "encryptedXmlFile")) or None
    if xml_file is None:
        raise OpenRosaError("Cannot read", f"{what} {instance_id}: it does not name its XML file", "Seal it again.")
    media = tuple(text_of(child(one, "file")) for one in root if local_name(one) == "media")
    for name in (*media, xml_file):
        check_name(name)
    signature = text_of(child(root, "base64EncryptedElementSignature")) or None
    return Envelope(instance_id, form_id, attribute(root, "version"), wrapped_key, media, xml_file, signature, root)


def check_name(name: str) -> None:
    """Refuse a name that could lead out of a folder, hide in it, or be no file's name.

    Raises: OpenRosaError: with what was met.
    """
    if (
        not name
        or name.startswith(".")
        or any(letter in "/\\:" or not letter.isprintable() for letter in name)
        or len(name.encode("utf-8", "surrogatepass")) > LONGEST_NAME_BYTES
    ):
        subject = f"the attachment name {name[:60]!r}"
        raise OpenRosaError("Cannot accept", subject, "Use a plain file name of at most 200 bytes, without a path.")

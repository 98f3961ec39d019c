"""ODK Encrypted Submissions: made and opened as ODK Collect, Briefcase and Central do it.

Each file is AES-256-CFB under one key, which is made for this submission alone and wrapped by the form's RSA key
(OAEP with SHA-256 for its hash and for MGF1; SHA-1 there is taken by servers and then never opened). A submission's XML
comes last; each file has the start vector that its place in the order gives.

The signature is a digest wrapped with the public key: it tells a damaged or mixed-up submission, it proves no sender.
Source: https://getodk.github.io/xforms-spec/encryption
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.padding import PKCS7
from lxml import etree

from openrosa.errors import OpenRosaError
from openrosa.protocol import new_root
from openrosa.submission import SEALED_SUFFIX, XML_NAME, Attachment, Envelope, Submission, check_name, read_envelope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MANIFEST_NAMESPACE = "http://www.opendatakit.org/xforms/encrypted"
META_NAMESPACE = "http://openrosa.org/xforms"
XML_STEP_BYTES = 4096
"""The XML is filled up to a multiple of this, so that its length does not tell which answers were given."""

SMALLEST_KEY_BITS = 2048
_KEY_BYTES = 32
_BLOCK_BITS = 128
_SEALED_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Opened:
    """What was in a sealed submission.

    Attributes:
        xml: the instance, with the whitespace at its end that was sealed with it.
        attachments: by the names that they had before sealing.
        signature_ok: the signature is there and fits every file.
    """

    xml: bytes = field(repr=False)
    attachments: Mapping[str, bytes] = field(repr=False)
    signature_ok: bool


def new_key_pair() -> tuple[bytes, bytes]:
    """A new RSA key pair of 2048 bits, the one size that Central's managed encryption opens.

    Returns: the private key as PEM (PKCS 8, no passphrase) and the public key as DER (SubjectPublicKeyInfo).
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=SMALLEST_KEY_BITS)
    private_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private_pem, _public_der(key.public_key())


def public_key_from_base64(text: str) -> bytes:
    """DER of a form's `base64RsaPublicKey`. Raises: OpenRosaError: it is not an RSA public key of 2048 bits or more."""
    try:
        der = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _bad_public_key("it is not base64") from None
    return _public_der(_public_key(der))


def public_key_to_base64(public_der: bytes) -> str:
    """What stands in a form's `public_key` setting."""
    return base64.b64encode(public_der).decode("ascii")


def load_private_key(pem: bytes) -> rsa.RSAPrivateKey:
    """The key of a PEM file. Checking it takes 50 ms: load it once where many submissions are opened.

    Raises: OpenRosaError: not PEM, not RSA, or behind a passphrase.
    """
    hint = "Give the PEM file that `sayso collector keys pair` made, or openssl genpkey's."
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        raise OpenRosaError("Cannot use", "the private key: it has a passphrase", "Take it off first.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise OpenRosaError("Cannot use", "the private key: it is not one in PEM form", hint) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise OpenRosaError("Cannot use", "the private key: it is not an RSA key", hint)
    return key


def unsealed(form_id: str, version: str, instance_id: str, xml: bytes, attachments: Sequence[Attachment]) -> Submission:
    """A submission in the clear, for a form without a key."""
    _check_names(attachments)
    return Submission(instance_id, form_id, version, xml, tuple(attachments), sealed=False)


def seal(
    public_key: bytes, form_id: str, version: str, instance_id: str, xml: bytes, attachments: Sequence[Attachment]
) -> Submission:
    """A submission that only the owner of the private key can open, under a fresh key each time.

    Args:
        public_key: DER (SubjectPublicKeyInfo) of an RSA key.
        form_id: as the form declares it.
        version: "" for a form without one.
        instance_id: as it stands in the XML.
        xml: the instance, UTF-8.
        attachments: their names stay readable, with .enc after them; their lengths too.
    Returns: the manifest as `xml`; the sealed attachments in order, then the sealed XML, filled up with newlines.
    Raises: OpenRosaError: the key can't be used, or an attachment's name.
    """
    _check_names(attachments)
    rsa_key = _public_key(public_key)
    key = secrets.token_bytes(_KEY_BYTES)
    wrapped_key = base64.b64encode(rsa_key.encrypt(key, _oaep())).decode("ascii")
    plain = [*((one.name, one.data) for one in attachments), (XML_NAME, _filled_up(xml))]
    sealed = [
        Attachment(name + SEALED_SUFFIX, _encrypt(key, vector, data), _SEALED_TYPE)
        for (name, data), vector in zip(plain, _start_vectors(instance_id, key), strict=False)
    ]
    digest = _digest(form_id, version or None, wrapped_key, instance_id, plain)
    signature = base64.b64encode(rsa_key.encrypt(digest, _oaep())).decode("ascii")
    manifest = _manifest(form_id, version, instance_id, wrapped_key, [one.name for one in sealed], signature)
    return Submission(instance_id, form_id, version, manifest, tuple(sealed), sealed=True)


def open_submission(
    submission_xml: bytes, attachments: Mapping[str, bytes], private_key: bytes | rsa.RSAPrivateKey
) -> Opened:
    """What is in a sealed submission.

    Args:
        submission_xml: the manifest.
        attachments: the sealed files by name.
        private_key: the private key, or its PEM without a passphrase.
    Raises: OpenRosaError: not sealed, another key, a file missing or damaged.
    """
    envelope = read_envelope(submission_xml)
    if isinstance(private_key, bytes):
        private_key = load_private_key(private_key)
    if envelope.wrapped_key is None or envelope.xml_file is None:
        raise _cannot_open(envelope, "it is not sealed", "Read its XML as it is.")
    key = _unwrapped(private_key, envelope, envelope.wrapped_key)
    plain: list[tuple[str, bytes]] = []
    names = (*envelope.media, envelope.xml_file)
    for name, vector in zip(names, _start_vectors(envelope.instance_id, key), strict=False):
        if name not in attachments:
            raise _cannot_open(envelope, f"the file {name!r} is missing", "Wait for it, or send it again.")
        try:
            plain.append((name.removesuffix(SEALED_SUFFIX), _decrypt(key, vector, attachments[name])))
        except ValueError:
            raise _cannot_open(envelope, f"the file {name!r} is damaged", "Send the submission again.") from None
    return Opened(plain[-1][1], MappingProxyType(dict(plain[:-1])), _signed(private_key, envelope, plain))


def _signed(private_key: rsa.RSAPrivateKey, envelope: Envelope, plain: Sequence[tuple[str, bytes]]) -> bool:
    try:
        signed = private_key.decrypt(base64.b64decode(envelope.signature or "", validate=True), _oaep())
    except ValueError:
        return False
    digest = _digest(envelope.form_id, envelope.version, envelope.wrapped_key or "", envelope.instance_id, plain)
    return secrets.compare_digest(signed, digest)


def _unwrapped(private_key: rsa.RSAPrivateKey, envelope: Envelope, wrapped_key: str) -> bytes:
    try:
        key = private_key.decrypt(base64.b64decode(wrapped_key, validate=True), _oaep())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        hint = "Use the private key whose public half stood in the form when the visit was made."
        raise _cannot_open(envelope, "this private key does not fit", hint)
    return key


def _start_vectors(instance_id: str, key: bytes) -> Iterator[bytes]:
    seed = bytearray(hashlib.md5(instance_id.encode() + key, usedforsecurity=False).digest())
    counter = 0
    while True:
        place = counter % len(seed)
        seed[place] = (seed[place] + 1) % 256
        counter += 1
        yield bytes(seed)


def _encrypt(key: bytes, vector: bytes, data: bytes) -> bytes:
    padder = PKCS7(_BLOCK_BITS).padder()
    encryptor = Cipher(AES(key), CFB(vector)).encryptor()
    return encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()


def _decrypt(key: bytes, vector: bytes, data: bytes) -> bytes:
    unpadder = PKCS7(_BLOCK_BITS).unpadder()
    decryptor = Cipher(AES(key), CFB(vector)).decryptor()
    return unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()


def _filled_up(xml: bytes) -> bytes:
    # Newlines after the root element are XML that every reader skips.
    return xml + b"\n" * (-len(xml) % XML_STEP_BYTES)


def _digest(
    form_id: str, version: str | None, wrapped_key: str, instance_id: str, plain: Sequence[tuple[str, bytes]]
) -> bytes:
    lines = [form_id, *([] if version is None else [version]), wrapped_key, instance_id]
    lines += [f"{name}::{hashlib.md5(data, usedforsecurity=False).hexdigest()}" for name, data in plain]
    return hashlib.md5("".join(f"{line}\n" for line in lines).encode(), usedforsecurity=False).digest()


def _manifest(
    form_id: str, version: str, instance_id: str, wrapped_key: str, files: Sequence[str], signature: str
) -> bytes:
    root = new_root(MANIFEST_NAMESPACE, "data")
    root.set("id", form_id)
    if version:
        root.set("version", version)
    root.set("encrypted", "yes")
    etree.SubElement(root, f"{{{MANIFEST_NAMESPACE}}}base64EncryptedKey").text = wrapped_key
    meta = etree.SubElement(root, f"{{{META_NAMESPACE}}}meta", nsmap={"orx": META_NAMESPACE})
    etree.SubElement(meta, f"{{{META_NAMESPACE}}}instanceID").text = instance_id
    for name in files[:-1]:
        media = etree.SubElement(root, f"{{{MANIFEST_NAMESPACE}}}media")
        etree.SubElement(media, f"{{{MANIFEST_NAMESPACE}}}file").text = name
    etree.SubElement(root, f"{{{MANIFEST_NAMESPACE}}}encryptedXmlFile").text = files[-1]
    etree.SubElement(root, f"{{{MANIFEST_NAMESPACE}}}base64EncryptedElementSignature").text = signature
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _oaep() -> padding.OAEP:
    return padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


def _public_key(der: bytes) -> rsa.RSAPublicKey:
    try:
        key = serialization.load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        raise _bad_public_key("it is not a public key") from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise _bad_public_key("it is not an RSA key")
    if key.key_size < SMALLEST_KEY_BITS:
        raise _bad_public_key(f"it has {key.key_size} bits")
    return key


def _public_der(key: rsa.RSAPublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _check_names(attachments: Sequence[Attachment]) -> None:
    names = [one.name for one in attachments]
    for name in names:
        check_name(name)
    if len(set(names)) != len(names) or XML_NAME in names:
        subject = "a submission: two of its files have one name"
        raise OpenRosaError("Cannot seal", subject, f"Name each attachment differently, and none {XML_NAME}.")


def _bad_public_key(met: str) -> OpenRosaError:
    hint = "Put the base64 of an RSA public key of 2048 bits into the form's public_key setting."
    return OpenRosaError("Cannot use", f"the form's public key: {met}", hint)


def _cannot_open(envelope: Envelope, met: str, hint: str) -> OpenRosaError:
    return OpenRosaError("Cannot open", f"submission {envelope.instance_id}: {met}", hint)

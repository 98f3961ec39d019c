"""What is sealed is opened by openssl as well as by us: a server takes what it can never open; only opening proves."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from lxml import etree

from openrosa import sealing
from openrosa.errors import OpenRosaError
from openrosa.submission import Attachment, Submission, read_envelope

VECTORS = Path(__file__).parent.parent / "vectors"
PRIVATE = (VECTORS / "test_key.pem").read_bytes()
PUBLIC = (VECTORS / "test_key.pub.der").read_bytes()
INSTANCE_ID = "uuid:0b8e7c52-6a31-4d7c-8f0e-5f3b2a1c9d10"
XML = (
    f'<data xmlns:orx="http://openrosa.org/xforms" id="my_home" version="1"><feel_home>good</feel_home>'
    f"<orx:meta><orx:instanceID>{INSTANCE_ID}</orx:instanceID></orx:meta></data>"
).encode()
MESSAGES = [
    Attachment("message-1.wav", bytes(range(256)) * 40, "audio/wav"),
    Attachment("message-2.wav", b"", "audio/wav"),
]


def sealed(xml: bytes = XML, messages: list[Attachment] | None = None, version: str = "1") -> Submission:
    return sealing.seal(PUBLIC, "my_home", version, INSTANCE_ID, xml, MESSAGES if messages is None else messages)


def files(submission: Submission) -> dict[str, bytes]:
    return {one.name: one.data for one in submission.attachments}


def openssl(*arguments: str, data: bytes) -> bytes:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl command")
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def unwrapped_by_openssl(wrapped: str, mgf1_md: str = "sha256") -> bytes:
    arguments = ["pkeyutl", "-decrypt", "-inkey", str(VECTORS / "test_key.pem")]
    for option in ("rsa_padding_mode:oaep", "rsa_oaep_md:sha256", f"rsa_mgf1_md:{mgf1_md}"):
        arguments += ["-pkeyopt", option]
    return openssl(*arguments, data=base64.b64decode(wrapped))


def opened_by_openssl(manifest: bytes, sealed_files: dict[str, bytes]) -> dict[str, bytes]:
    """Every file in the clear, and its signature checked: the specification in openssl's words and our md5."""
    root = etree.fromstring(manifest)
    space = {"e": sealing.MANIFEST_NAMESPACE, "orx": sealing.META_NAMESPACE}
    wrapped = root.findtext("e:base64EncryptedKey", namespaces=space)
    instance_id = root.findtext("orx:meta/orx:instanceID", namespaces=space)
    names = [one.text for one in root.findall("e:media/e:file", namespaces=space)]
    names.append(root.findtext("e:encryptedXmlFile", namespaces=space))
    key = unwrapped_by_openssl(wrapped)
    seed = bytearray(hashlib.md5(instance_id.encode() + key).digest())  # noqa: S324 - the specification's
    lines = [root.get("id"), *([root.get("version")] if root.get("version") is not None else []), wrapped, instance_id]
    plain = {}
    for counter, name in enumerate(names):
        seed[counter % 16] = (seed[counter % 16] + 1) % 256
        padded = openssl("enc", "-d", "-aes-256-cfb", "-K", key.hex(), "-iv", seed.hex(), data=sealed_files[name])
        assert 1 <= padded[-1] <= 16
        assert padded.endswith(bytes([padded[-1]]) * padded[-1])
        plain[name.removesuffix(".enc")] = data = padded[: -padded[-1]]
        lines.append(f"{name.removesuffix('.enc')}::{hashlib.md5(data).hexdigest()}")  # noqa: S324 - the specification's
    digest = hashlib.md5("".join(f"{line}\n" for line in lines).encode()).digest()  # noqa: S324 - the specification's
    assert unwrapped_by_openssl(root.findtext("e:base64EncryptedElementSignature", namespaces=space)) == digest
    return plain


def vector() -> tuple[bytes, dict[str, bytes]]:
    folder = VECTORS / "two_messages"
    return (folder / "submission.xml").read_bytes(), {one.name: one.read_bytes() for one in folder.glob("*.enc")}


def test_a_vector_sealed_once_opens_to_what_was_sealed() -> None:
    opened = sealing.open_submission(*vector(), PRIVATE)
    assert opened.xml.rstrip() == (VECTORS / "two_messages" / "plain.xml").read_bytes().rstrip()
    assert opened.attachments["message-1.wav"] == (VECTORS / "two_messages" / "plain-message-1.wav").read_bytes()
    assert opened.attachments["message-2.wav"] == b""
    assert opened.signature_ok


def test_openssl_opens_the_vector_to_the_same() -> None:
    plain = opened_by_openssl(*vector())
    opened = sealing.open_submission(*vector(), PRIVATE)
    assert plain == {**opened.attachments, "submission.xml": opened.xml}


@pytest.mark.parametrize("messages", [[], MESSAGES, [Attachment(f"m{n}", bytes([n]), "") for n in range(20)]])
@pytest.mark.parametrize("version", ["1", "", "1[encrypted:AXBggUDR]"])
def test_openssl_opens_what_was_sealed_just_now(messages: list[Attachment], version: str) -> None:
    submission = sealed(messages=messages, version=version)
    plain = opened_by_openssl(submission.xml, files(submission))
    assert plain.pop("submission.xml").rstrip(b"\n") == XML
    assert plain == {one.name: one.data for one in messages}
    opened = sealing.open_submission(submission.xml, files(submission), PRIVATE)
    assert opened.signature_ok
    assert dict(opened.attachments) == plain


def test_a_key_wrapped_with_sha1_in_its_mask_is_not_what_we_make() -> None:
    wrapped = read_envelope(sealed().xml).wrapped_key or ""
    with pytest.raises(subprocess.CalledProcessError):
        unwrapped_by_openssl(wrapped, mgf1_md="sha1")
    assert len(unwrapped_by_openssl(wrapped)) == 32


def test_a_key_wrapped_with_sha1_in_its_mask_is_refused_on_opening() -> None:
    submission = sealed()
    public = serialization.load_der_public_key(PUBLIC)
    assert isinstance(public, rsa.RSAPublicKey)
    # What libraries do that take the hash but leave the mask at its default.
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA256(), None)  # noqa: S303 - the mistake itself
    wrong = base64.b64encode(public.encrypt(bytes(32), oaep))
    manifest = submission.xml.replace((read_envelope(submission.xml).wrapped_key or "").encode(), wrong)
    with pytest.raises(OpenRosaError, match="private key does not fit"):
        sealing.open_submission(manifest, files(submission), PRIVATE)


def test_two_seals_of_one_visit_share_no_key_and_no_keystream() -> None:
    first, second = sealed(), sealed()
    assert read_envelope(first.xml).wrapped_key != read_envelope(second.xml).wrapped_key
    assert unwrapped_by_openssl(read_envelope(first.xml).wrapped_key or "") != unwrapped_by_openssl(
        read_envelope(second.xml).wrapped_key or ""
    )
    # Under a shared keystream, equal beginnings would give equal sealed beginnings.
    for name, data in files(first).items():
        assert data[:16] != files(second)[name][:16]


def test_two_files_of_one_visit_share_no_keystream() -> None:
    same = [Attachment("a.wav", b"same" * 100, "audio/wav"), Attachment("b.wav", b"same" * 100, "audio/wav")]
    submission = sealed(messages=same)
    assert submission.attachments[0].data[:16] != submission.attachments[1].data[:16]


@pytest.mark.parametrize("length", [10, 300, 3000])
def test_answers_of_different_length_make_sealed_xml_of_one_length(length: int) -> None:
    longer = XML.replace(b"good", b"g" * length)
    assert len(sealed(longer, []).attachments[-1].data) == len(sealed(XML, []).attachments[-1].data)


@pytest.mark.parametrize("extra", range(-2, 3))
def test_the_xml_is_filled_up_in_steps_and_stays_xml(extra: int) -> None:
    xml = XML.replace(b"good", b"g" * (4096 - len(XML) + 4 + extra))
    assert len(xml) == 4096 + extra
    submission = sealed(xml, [])
    opened = sealing.open_submission(submission.xml, files(submission), PRIVATE)
    assert len(opened.xml) == (4096 if extra <= 0 else 8192)
    assert etree.fromstring(opened.xml).findtext("feel_home", "").startswith("ggg")


def test_the_manifest_tells_only_what_the_protocol_needs() -> None:
    submission = sealed()
    root = etree.fromstring(submission.xml)
    assert (root.get("id"), root.get("version"), root.get("encrypted")) == ("my_home", "1", "yes")
    assert [one.name for one in submission.attachments] == [
        "message-1.wav.enc",
        "message-2.wav.enc",
        "submission.xml.enc",
    ]
    assert b"good" not in submission.xml
    assert submission.sealed


def test_a_form_without_a_version_has_none_in_its_manifest() -> None:
    assert etree.fromstring(sealed(version="").xml).get("version") is None


def test_another_private_key_is_told_from_a_damaged_file() -> None:
    submission = sealed()
    other, _ = sealing.new_key_pair()
    with pytest.raises(OpenRosaError, match=f"{INSTANCE_ID}: this private key does not fit"):
        sealing.open_submission(submission.xml, files(submission), other)


def test_a_missing_file_is_named() -> None:
    submission = sealed()
    rest = files(submission)
    del rest["message-1.wav.enc"]
    with pytest.raises(OpenRosaError, match=r"'message-1\.wav\.enc' is missing"):
        sealing.open_submission(submission.xml, rest, PRIVATE)


@pytest.mark.parametrize("damaged", [b"", b"\x00" * 64])
def test_a_damaged_file_is_named(damaged: bytes) -> None:
    submission = sealed()
    with pytest.raises(OpenRosaError, match=r"'submission\.xml\.enc' is damaged"):
        sealing.open_submission(submission.xml, {**files(submission), "submission.xml.enc": damaged}, PRIVATE)


def test_one_flipped_bit_breaks_the_signature() -> None:
    submission = sealed()
    data = bytearray(files(submission)["message-1.wav.enc"])
    data[100] ^= 1
    opened = sealing.open_submission(submission.xml, {**files(submission), "message-1.wav.enc": bytes(data)}, PRIVATE)
    assert not opened.signature_ok


def test_a_changed_version_breaks_the_signature() -> None:
    submission = sealed()
    manifest = submission.xml.replace(b'version="1" encrypted', b'version="2" encrypted')
    assert manifest != submission.xml
    assert not sealing.open_submission(manifest, files(submission), PRIVATE).signature_ok


def test_a_plain_submission_is_not_opened_as_a_sealed_one() -> None:
    with pytest.raises(OpenRosaError, match="it is not sealed"):
        sealing.open_submission(XML, {}, PRIVATE)


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", "", ".hidden", "a\nb", "c:x", "x" * 300, "submission.xml"])
def test_a_name_that_is_no_plain_file_name_is_not_sealed(name: str) -> None:
    with pytest.raises(OpenRosaError):
        sealed(messages=[Attachment(name, b"", "audio/wav")])


def test_two_attachments_of_one_name_are_not_sealed() -> None:
    with pytest.raises(OpenRosaError, match="one name"):
        sealed(messages=[MESSAGES[0], MESSAGES[0]])


def test_a_manifest_that_leads_out_of_its_folder_is_refused() -> None:
    manifest = sealed().xml.replace(b"message-1.wav.enc", b"../../evil.enc")
    with pytest.raises(OpenRosaError, match="attachment name"):
        read_envelope(manifest)


def test_a_new_key_pair_is_2048_bits_and_openssl_reads_it(tmp_path: Path) -> None:
    private, public = sealing.new_key_pair()
    (tmp_path / "key.pem").write_bytes(private)
    read = openssl("pkey", "-in", str(tmp_path / "key.pem"), "-pubout", "-outform", "DER", data=b"")
    assert read == public
    assert sealing.public_key_from_base64(sealing.public_key_to_base64(public)) == public


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"not a key").decode()])
def test_a_public_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(OpenRosaError, match="public key"):
        sealing.public_key_from_base64(text)


def test_a_small_or_foreign_public_key_is_refused() -> None:
    spki = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    small = rsa.generate_private_key(65537, 1024).public_key().public_bytes(*spki)  # noqa: S505 - to be refused
    curve = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(*spki)
    for der, met in ((small, "1024 bits"), (curve, "not an RSA key")):
        with pytest.raises(OpenRosaError, match=met):
            sealing.seal(der, "my_home", "1", INSTANCE_ID, XML, [])


def test_neither_repr_holds_what_was_said() -> None:
    plain = sealing.unsealed("my_home", "1", INSTANCE_ID, XML, [Attachment("m.wav", b"secret words", "audio/wav")])
    assert "good" not in repr(plain)
    assert "secret" not in repr(plain)
    assert "good" not in repr(sealing.Opened(XML, {}, signature_ok=True))

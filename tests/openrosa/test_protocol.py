"""OpenRosa's lists and replies: what one end writes the other reads, and hostile bytes are refused in one sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from openrosa import protocol
from openrosa.errors import OpenRosaError
from openrosa.protocol import FormEntry, ManifestFile, OpenRosaResponse
from openrosa.submission import read_envelope

ENTRIES = (
    FormEntry("my_home", "1", "My home & <me>", "md5:" + "0" * 32, "http://x/forms/my_home.xml", "http://x/manifest"),
    FormEntry("other", "", "", "", "http://x/forms/other.xml"),
)


def test_a_form_list_comes_back_as_it_went() -> None:
    assert protocol.parse_form_list(protocol.form_list_xml(ENTRIES)) == ENTRIES


def test_a_manifest_comes_back_as_it_went() -> None:
    files = (ManifestFile("a b.wav", "md5:" + "1" * 32, "http://x/a%20b.wav"),)
    assert protocol.parse_manifest(protocol.manifest_xml(files)) == files


def test_a_reply_comes_back_as_it_went() -> None:
    reply = OpenRosaResponse("Received <ok>.", "submit_success")
    assert protocol.parse_response(protocol.response_xml(reply)) == reply


def test_a_reply_with_blanks_before_it_is_read() -> None:
    sent = (
        b'\n  <OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">\n <message nature="">ok</message>'
    )
    assert protocol.parse_response(sent + b"</OpenRosaResponse>").message == "ok"


def test_a_hash_is_md5_in_hexadecimal() -> None:
    assert protocol.md5_hash(b"") == "md5:d41d8cd98f00b204e9800998ecf8427e"


def test_the_headers_carry_the_version_and_the_date() -> None:
    sent = protocol.headers(datetime(2026, 11, 22, 9, 5, 0, tzinfo=UTC))
    assert sent == {"X-OpenRosa-Version": "1.0", "Date": "Sun, 22 Nov 2026 09:05:00 GMT"}


HOSTILE = {
    "empty": b"",
    "binary": bytes(range(256)),
    "a portal's page": b"<!DOCTYPE html><html><body>Sign in<br></body></html>",
    "well-formed html": b"<html><body>Sign in</body></html>",
    "a file by an entity": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><OpenRosaResponse>&e;</OpenRosaResponse>',
    "a bomb of entities": b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><xforms>&b;</xforms>',
    "a depth without end": b"<a>" * 100_000,
    "a second root": b"<OpenRosaResponse/><OpenRosaResponse/>",
    "a wrong encoding": '<?xml version="1.0" encoding="UTF-8"?><OpenRosaResponse>é</OpenRosaResponse>'.encode(
        "latin-1"
    ),
}


@pytest.mark.parametrize("reader", [protocol.parse_form_list, protocol.parse_manifest, protocol.parse_response])
@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_are_refused_in_one_sentence(reader, data: bytes) -> None:
    with pytest.raises(OpenRosaError) as refused:
        reader(data)
    assert "root:" not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_are_no_submission(data: bytes) -> None:
    with pytest.raises(OpenRosaError):
        read_envelope(data)


@pytest.mark.parametrize(
    ("xml", "met"),
    [
        (b"<data><meta><instanceID>uuid:1</instanceID></meta></data>", "no form id"),
        (b'<data id="x"/>', "no instanceID"),
        (b'<data id="x"><meta><instanceID> </instanceID></meta></data>', "no instanceID"),
        (b'<data id="x" encrypted="yes"><meta><instanceID>uuid:1</instanceID></meta></data>', "sealed without a key"),
        (
            b'<data id="x"><meta><instanceID>u</instanceID></meta><base64EncryptedKey>a</base64EncryptedKey></data>',
            "does not name its XML file",
        ),
    ],
)
def test_a_submission_that_lacks_something_says_what(xml: bytes, met: str) -> None:
    with pytest.raises(OpenRosaError, match=met):
        read_envelope(xml)


def test_an_entry_without_an_address_is_refused() -> None:
    with pytest.raises(OpenRosaError, match="<downloadUrl>"):
        protocol.parse_form_list(b"<xforms><xform><formID>a</formID></xform></xforms>")

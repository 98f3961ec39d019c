"""Who says so: keys are made once, for their owner alone; a signature is of every byte, and of one key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from openrosa.errors import OpenRosaError
from openrosa.sealing import new_key_pair
from openrosa.signing import body_of, check_public, is_signed_by, public_text, signed, signing_key

if TYPE_CHECKING:
    from pathlib import Path

KEY = Ed25519PrivateKey.generate()
PUBLIC = public_text(KEY)


def test_many_who_need_the_key_at_once_get_the_same_one(tmp_path: Path) -> None:
    """The uploader, an export and the staff's button may all be the first."""
    path = tmp_path / "data" / "key.pem"
    with ThreadPoolExecutor(16) as pool:
        found = {public_text(key) for key in pool.map(lambda _: signing_key(path), range(64))}
    assert len(found) == 1
    assert [each.name for each in path.parent.iterdir()] == ["key.pem"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "content",
    [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\n", new_key_pair()[0]],
    ids=["empty", "text", "cut", "rsa"],
)
def test_a_file_that_holds_another_key_or_none_is_never_overwritten(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(OpenRosaError, match="it is no Ed25519 key"):
        signing_key(path)
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OpenRosaError, match="the signing key"):
        signing_key(tmp_path / "file" / "key.pem")


@given(body=st.binary(max_size=200))
def test_what_was_signed_comes_back_and_fits(body: bytes) -> None:
    document = signed(KEY, body)
    assert body_of(document) == body
    assert is_signed_by(document, PUBLIC)
    assert not is_signed_by(document, public_text(Ed25519PrivateKey.generate()))


@given(data=st.data())
def test_no_change_of_a_single_byte_goes_unseen(data: st.DataObject) -> None:
    document = bytearray(signed(KEY, b'{"visits": []}'))
    at = data.draw(st.integers(0, len(document) - 1))
    document[at] ^= data.draw(st.integers(1, 255))
    assert not is_signed_by(bytes(document), PUBLIC)


def test_no_other_way_to_write_the_same_signature_counts() -> None:
    """The last letter of 64 bytes in base64 has four bits that say nothing."""
    document = signed(KEY, b"{}")
    at = document.index(b"==\n") - 1
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    others = [document[:at] + bytes([letter]) + document[at + 1 :] for letter in letters if letter != document[at]]
    assert not any(is_signed_by(other, PUBLIC) for other in others)


@given(document=st.binary(max_size=300))
def test_no_bytes_make_reading_raise_anything_but_our_own_error(document: bytes) -> None:
    assert not is_signed_by(document, PUBLIC)
    try:
        body_of(document)
    except OpenRosaError as error:
        assert "signed document" in str(error)  # noqa: PT017 - it may as well not be raised


@pytest.mark.parametrize(
    "text",
    ["", "abc", PUBLIC[:-4], PUBLIC + "AAAA", "é" * 44, public_text(KEY)[::-1]],
    ids=["empty", "abc", "short", "long", "accents", "backwards"],
)
def test_what_is_no_public_key_is_said_so(text: str) -> None:
    with pytest.raises(OpenRosaError, match="the public key"):
        check_public(text)


def test_blanks_round_a_copied_key_do_no_harm() -> None:
    assert check_public(f"  {PUBLIC}\n") == PUBLIC

"""The office's private key on paper: lines that somebody can type back, each with a check of its own.

What is written is what the key is made of, its two primes: 27 lines for 2048 bits. Letters and digits are Crockford's
base 32, which has no I, L, O and U; typed ones are read as what they look like.

Source of the alphabet: https://www.crockford.com/base32.html
"""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass

import segno
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from collector.errors import CollectorError
from openrosa.sealing import load_private_key, public_key_to_base64

PUBLIC_EXPONENT = 65537
"""Of every key that `sayso collector keys pair` makes, and of OpenSSL's."""
LINE_BYTES = 10
GROUP = 4
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKS_LIKE = str.maketrans("ILOU", "110V")
_CHECK = 2
_VERSION = 1
_HEAD_BYTES = 3
_WHOLE_CHECK_BYTES = 8
_LINE_CHARACTERS = LINE_BYTES * 8 // 5 + _CHECK
_LINE = re.compile(r"\s*(\d{1,3})[\s.:]+([0-9A-Za-z\s-]+)")


@dataclass(frozen=True)
class Sheet:
    """A page to print.

    Attributes:
        lines: to be typed back, as `07  ABCD EFGH JKMN PQRS  3F`.
        fingerprint: of the public key, to tell which forms it belongs to.
    """

    lines: tuple[str, ...]
    fingerprint: str


def sheet(pem: bytes) -> Sheet:
    """The sheet of a private key.

    Args:
        pem: the key, without a passphrase.

    Raises:
        OpenRosaError: it is no RSA key in PEM.
        CollectorError: its public exponent is not 65537, so that its primes alone do not give it back.
    """
    key = load_private_key(pem)
    numbers = key.private_numbers()
    if numbers.public_numbers.e != PUBLIC_EXPONENT:
        met = f"the private key: its public exponent is {numbers.public_numbers.e}, not {PUBLIC_EXPONENT}"
        raise CollectorError("Cannot write a sheet of", met, "Copy its PEM file to a safe place instead.")
    length = (max(numbers.p, numbers.q).bit_length() + 7) // 8
    data = bytes([_VERSION]) + length.to_bytes(2, "big") + numbers.p.to_bytes(length, "big")
    data += numbers.q.to_bytes(length, "big")
    data += hashlib.sha256(data).digest()[:_WHOLE_CHECK_BYTES]
    data += bytes(-len(data) % LINE_BYTES)
    starts = range(0, len(data), LINE_BYTES)
    lines = tuple(_line(number, data[start : start + LINE_BYTES]) for number, start in enumerate(starts, 1))
    return Sheet(lines, fingerprint(key))


def restore(text: str) -> bytes:
    """The key's PEM from a sheet's lines, in any order; whatever else stands on the sheet is passed over.

    Raises: CollectorError: lines are missing or wrong, each named by its number.
    """
    found, wrong = _typed(text)
    if wrong:
        hint = "Compare them with the sheet, letter by letter, and type them again."
        raise CollectorError("Cannot restore the key", f"{_named(wrong)}: not as printed", hint)
    wanted = _line_count(found[1]) if 1 in found else max(found, default=0)
    if missing := [number for number in range(1, max(wanted, 1) + 1) if number not in found]:
        raise CollectorError("Cannot restore the key", f"{_named(missing)}: missing", "Type all lines of the sheet.")
    data = b"".join(found[number] for number in range(1, wanted + 1))
    length = int.from_bytes(data[1:_HEAD_BYTES], "big")
    end = _HEAD_BYTES + 2 * length
    hint = "Compare all lines with the sheet, letter by letter: are they all of one sheet?"
    if hashlib.sha256(data[:end]).digest()[:_WHOLE_CHECK_BYTES] != data[end : end + _WHOLE_CHECK_BYTES]:
        raise CollectorError("Cannot restore the key", "from these lines: together they are no key", hint)
    p = int.from_bytes(data[_HEAD_BYTES : _HEAD_BYTES + length], "big")
    q = int.from_bytes(data[_HEAD_BYTES + length : end], "big")
    return _key(p, q).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def fingerprint(key: rsa.RSAPrivateKey) -> str:
    """The first 16 digits of the SHA-256 of the public key, in groups: to compare, no secret."""
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digits = hashlib.sha256(public_key_to_base64(der).encode()).hexdigest()[:16].upper()
    return " ".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))


def as_text(made: Sheet) -> str:
    """The page as plain text."""
    return "\n".join((*_words(made), "", *made.lines, ""))


def as_html(made: Sheet) -> str:
    """The page as HTML with a QR code of the same lines, and nothing from outside."""
    code = segno.make("\n".join(made.lines), error="m", micro=False).svg_inline(scale=4, omitsize=False)
    words = "".join(f"<p>{html.escape(line)}</p>" for line in _words(made) if line)
    lines = html.escape("\n".join(made.lines))
    style = "body{font:14px sans-serif;margin:2em}pre{font:15px/1.6 monospace}@media print{body{margin:0}}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Sayso: recovery sheet</title>'
        f"<style>{style}</style>{words}<pre>{lines}</pre>{code}</html>\n"
    )


def _words(made: Sheet) -> tuple[str, ...]:
    return (
        "Sayso: recovery sheet of the office's private key",
        "",
        f"Public key: {made.fingerprint}",
        "",
        "Whoever has this page can read every visit that was sealed to this key. Keep it in a safe, away from the",
        "computer and from every kiosk. Without the key and without this page nobody can open those visits again.",
        "",
        "To get the key back, type the lines into a text file and run:",
        "sayso collector keys restore FILE --to private.pem",
    )


def _line(number: int, data: bytes) -> str:
    body = _base32(int.from_bytes(data, "big"), _LINE_CHARACTERS - _CHECK)
    groups = " ".join(body[start : start + GROUP] for start in range(0, len(body), GROUP))
    return f"{number:02}  {groups}  {_check(number, data)}"


def _check(number: int, data: bytes) -> str:
    """Two characters over the line and its number, so that two lines that changed places are found too."""
    digest = hashlib.sha256(number.to_bytes(2, "big") + data).digest()
    return _base32(int.from_bytes(digest[:2], "big") >> 6, _CHECK)


def _base32(value: int, length: int) -> str:
    return "".join(_ALPHABET[value >> 5 * place & 31] for place in reversed(range(length)))


def _typed(text: str) -> tuple[dict[int, bytes], list[int]]:
    """The lines that are right, and the numbers of those that are not."""
    found: dict[int, bytes] = {}
    wrong: list[int] = []
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        number, body = int(match[1]), re.sub(r"[\s-]", "", match[2]).upper().translate(_LOOKS_LIKE)
        if len(body) != _LINE_CHARACTERS:
            wrong.append(number)
            continue
        value = 0
        for character in body[:-_CHECK]:
            value = value << 5 | _ALPHABET.index(character)
        data = value.to_bytes(LINE_BYTES, "big")
        if _check(number, data) == body[-_CHECK:] and found.get(number, data) == data:
            found[number] = data
        else:
            wrong.append(number)
    return found, wrong


def _line_count(first: bytes) -> int:
    """How many lines the first one says that there are."""
    length = int.from_bytes(first[1:_HEAD_BYTES], "big")
    return -(-(_HEAD_BYTES + 2 * length + _WHOLE_CHECK_BYTES) // LINE_BYTES)


def _key(p: int, q: int) -> rsa.RSAPrivateKey:
    d = rsa.rsa_recover_private_exponent(PUBLIC_EXPONENT, p, q)
    exponents = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    public = rsa.RSAPublicNumbers(PUBLIC_EXPONENT, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, *exponents, public).private_key()


def _named(numbers: list[int]) -> str:
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"

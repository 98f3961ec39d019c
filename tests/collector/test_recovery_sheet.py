"""The recovery sheet: what is typed back from paper is the identical key, and a slip is named by its line."""

from __future__ import annotations

import re
import subprocess
from random import Random

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from collector.errors import CollectorError
from collector.recovery import as_html, as_text, restore, sheet
from openrosa.sealing import load_private_key, new_key_pair
from sayso.__main__ import sayso

PEM = new_key_pair()[0]
SHEET = sheet(PEM)


def pem_of(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_a_key_comes_back_identical_to_the_last_byte(bits: int) -> None:
    pem = pem_of(rsa.generate_private_key(public_exponent=65537, key_size=bits))
    assert restore(as_text(sheet(pem))) == pem
    assert restore("\n".join(sheet(pem).lines)) == pem


def test_a_key_that_openssl_made_comes_back_as_the_same_key() -> None:
    made = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], check=True, capture_output=True
    )
    back = load_private_key(restore(as_text(sheet(made.stdout))))
    assert back.private_numbers() == load_private_key(made.stdout).private_numbers()


def test_the_lines_are_short_enough_to_type_and_no_sign_looks_like_another() -> None:
    assert len(SHEET.lines) == 27
    for number, line in enumerate(SHEET.lines, 1):
        assert re.fullmatch(rf"{number:02}  (?:[0-9A-HJKMNP-TV-Z]{{4}} ){{4}} [0-9A-HJKMNP-TV-Z]{{2}}", line), line


def test_lines_may_be_typed_in_any_order_and_as_people_type() -> None:
    lines = list(SHEET.lines)
    Random(1).shuffle(lines)  # noqa: S311 - the same order each time
    typed = "\n\n".join(line.lower().replace("0", "o").replace("1", "l").replace("  ", " ") for line in lines)
    # The number at the beginning is a number: there nothing was replaced by a letter that looks like one.
    numbered = re.sub(
        r"^[ol\d]+", lambda match: match[0].replace("o", "0").replace("l", "1"), typed, flags=re.MULTILINE
    )
    assert restore(numbered) == PEM


def test_every_slip_of_one_letter_is_named_by_its_line() -> None:
    rng = Random(2)  # noqa: S311 - the same slips each time
    for _ in range(300):
        lines = list(SHEET.lines)
        which = rng.randrange(len(lines))
        places = [place for place in range(4, len(lines[which])) if lines[which][place] != " "]
        place = rng.choice(places)
        other = rng.choice([letter for letter in "23456789ABCDEFGH" if letter != lines[which][place]])
        lines[which] = lines[which][:place] + other + lines[which][place + 1 :]
        with pytest.raises(CollectorError) as caught:
            restore("\n".join(lines))
        if "together" not in str(caught.value):  # one in a thousand fits its line's check; then the whole does not
            assert f"line {which + 1}: not as printed" in str(caught.value)


def test_a_missing_line_and_one_that_stands_in_another_ones_place_are_named() -> None:
    lines = list(SHEET.lines)
    with pytest.raises(CollectorError, match=r"lines 5, 9: missing"):
        restore("\n".join(line for number, line in enumerate(lines, 1) if number not in (5, 9)))
    swapped = [*lines[:2], f"03  {lines[3][4:]}", f"04  {lines[2][4:]}", *lines[4:]]
    with pytest.raises(CollectorError, match=r"lines 3, 4: not as printed"):
        restore("\n".join(swapped))


def test_lines_of_two_sheets_are_no_key() -> None:
    other = sheet(new_key_pair()[0]).lines
    with pytest.raises(CollectorError, match="together they are no key"):
        restore("\n".join((*SHEET.lines[:10], *other[10:])))


def test_nothing_but_the_sheet_is_no_key() -> None:
    with pytest.raises(CollectorError, match="missing"):
        restore("Dear office, here is the key.")


def test_the_page_for_printing_has_a_code_of_the_same_lines_and_asks_nobody_outside() -> None:
    page = as_html(SHEET)
    assert "<svg" in page
    assert all(line in page for line in SHEET.lines)
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert PEM.decode().splitlines()[1] not in page


def test_the_commands_write_and_read_files_of_their_owner_alone(tmp_path) -> None:
    (tmp_path / "private.pem").write_bytes(PEM)
    runner = CliRunner()
    keys = ["collector", "keys"]
    for name in ("sheet.txt", "sheet.html"):
        done = runner.invoke(sayso, [*keys, "sheet", str(tmp_path / "private.pem"), "--to", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    again = tmp_path / "again.pem"
    done = runner.invoke(sayso, [*keys, "restore", str(tmp_path / "sheet.txt"), "--to", str(again)])
    assert done.exit_code == 0, done.output
    assert SHEET.fingerprint in done.output
    assert again.read_bytes() == PEM
    assert again.stat().st_mode & 0o777 == 0o600
    done = runner.invoke(sayso, [*keys, "restore", str(tmp_path / "sheet.txt"), "--to", str(again)])
    assert "it is there already" in str(done.exception)

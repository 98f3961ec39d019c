"""The PIN gate: what is a PIN, and how wrong tries make it slower, whatever happens to the machine meanwhile."""

from __future__ import annotations

import pytest

from kiosk.errors import KioskError
from kiosk.staff.pin import HASHER, PinGate, Right, Wrong, hash_pin, too_simple

PIN = "314124"
HASH = hash_pin(PIN)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "pin-tries"


def tried_wrong(gate, times, now_s=0.0):
    """So many wrong tries, each as soon as it is looked at; returns the last wait and when it was."""
    answer = Wrong(0)
    for _ in range(times):
        now_s += gate.wait_s(now_s)
        answer = gate.try_pin("4444", now_s)
        assert isinstance(answer, Wrong)
    return answer.wait_s, now_s


def test_the_pin_is_right_and_another_is_not(file):
    gate = PinGate(HASH, file)
    assert gate.try_pin(PIN + "1", 0) == Wrong(0)
    assert gate.try_pin("", 0) == Wrong(0)
    assert gate.try_pin(PIN, 0) == Right()


def test_the_hash_is_argon2id_salted_and_holds_no_pin():
    assert HASH.startswith("$argon2id$")
    assert PIN not in HASH
    assert hash_pin(PIN) != HASH
    assert HASHER.verify(HASH, PIN)


@pytest.mark.parametrize("pin", ["", "123", "1234123412341", "12345", "0123", "31 41", "3141\n", "abcd", "٣١٤١"])
def test_what_four_keys_cannot_press_is_no_pin(pin):
    with pytest.raises(KioskError, match="4 to 12 digits out of 1 to 4"):
        hash_pin(pin)


@pytest.mark.parametrize("pin", ["1111", "1234", "4321", "2341", "1212", "123123", "1122", "123412341234"])
def test_a_pin_that_anybody_would_try_first_is_refused(pin):
    assert too_simple(pin)
    with pytest.raises(KioskError, match="first that anybody tries") as error:
        hash_pin(pin)
    assert pin not in str(error.value)


@pytest.mark.parametrize("pin", ["1243", "3141", "314124", "122343124341"])
def test_another_pin_is_taken(pin):
    assert not too_simple(pin)


def test_after_three_wrong_tries_the_wait_is_30_s_and_doubles_to_15_minutes(file):
    gate = PinGate(HASH, file)
    now_s, waits_s = 0.0, []
    for _ in range(10):
        wait_s, now_s = tried_wrong(gate, 1, now_s)
        waits_s.append(wait_s)
    assert waits_s == [0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_while_the_wait_is_on_not_even_the_right_pin_opens_and_no_try_counts(file):
    gate = PinGate(HASH, file)
    tried_wrong(gate, 3)
    assert gate.try_pin(PIN, 10.0) == Wrong(20.0)
    assert gate.try_pin("4444", 29.5) == Wrong(0.5)
    assert gate.try_pin(PIN, 30.0) == Right()


def test_a_right_pin_forgives_the_wrong_ones(file):
    gate = PinGate(HASH, file)
    tried_wrong(gate, 3)
    gate.try_pin(PIN, 30.0)
    assert tried_wrong(gate, 2, 31.0) == (0, 31.0)
    assert tried_wrong(PinGate(HASH, file), 1)[0] == 30


def test_a_restart_shortens_no_wait_and_forgets_no_try(file):
    tried_wrong(PinGate(HASH, file), 4)
    again = PinGate(HASH, file)
    assert again.try_pin(PIN, 5.0) == Wrong(60.0), "the machine's clock begins anew, and so does the wait"
    assert again.try_pin(PIN, 65.0) == Right()
    assert PinGate(HASH, file).try_pin(PIN, 0) == Right()


def test_a_try_is_on_the_disk_before_it_is_looked_at(file, monkeypatch):
    gate = PinGate(HASH, file)
    seen = []
    monkeypatch.setattr(gate, "_fits", lambda _: seen.append(file.read_bytes()) or False)
    gate.try_pin("4444", 0)
    assert seen == [b"1\n"]


@pytest.mark.parametrize("damaged", [b"", b"\0\0", b"-1\n", b"3", b"123456\n", b"\xff\xfe\n"])
def test_a_damaged_count_is_many_tries_and_not_none(file, damaged):
    file.write_bytes(damaged)
    gate = PinGate(HASH, file)
    assert gate.try_pin(PIN, 0) == Wrong(900.0)
    assert gate.try_pin(PIN, 900.0) == Right()


def test_a_count_that_cannot_be_written_holds_until_the_next_start(tmp_path):
    gate = PinGate(HASH, tmp_path / "gone" / "pin-tries")
    assert tried_wrong(gate, 3)[0] == 30


def test_writing_the_count_leaves_no_half_file(file):
    tried_wrong(PinGate(HASH, file), 2)
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("text", ["3141", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_is_no_hash_is_refused_without_being_shown(file, text):
    with pytest.raises(KioskError, match="sayso staff pin") as error:
        PinGate(text, file)
    assert text not in str(error.value)

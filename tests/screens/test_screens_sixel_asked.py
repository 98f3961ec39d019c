"""What the terminal is asked before the screen is up, with a pseudo-terminal that answers as terminals do."""

from __future__ import annotations

import fcntl
import os
import struct
import termios

import pytest

from kiosk.screens.terminal_pixels import sixel_cell


@pytest.fixture
def terminal():
    master, slave = os.openpty()
    yield master, slave
    os.close(master)
    os.close(slave)


def asked(terminal, answer, **more):
    master, slave = terminal
    before = termios.tcgetattr(slave)
    os.write(master, answer)
    cell = sixel_cell(slave, slave, **more)
    assert termios.tcgetattr(slave) == before
    return cell


def window(terminal, rows, columns, width, height):
    fcntl.ioctl(terminal[0], termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, width, height))


def test_a_terminal_with_sixel_tells_its_cell(terminal):
    assert asked(terminal, b"\x1b[6;30;16t\x1b[?62;4;22c") == (16, 30)


def test_keys_pressed_meanwhile_do_not_hide_the_answer(terminal):
    assert asked(terminal, b"1\x1b[6;30;16tx\x1b[?62;4c") == (16, 30)


def test_a_terminal_that_tells_no_cell_is_measured_by_its_window(terminal):
    window(terminal, 20, 64, 1024, 600)
    assert asked(terminal, b"\x1b[?62;4c") == (16, 30)


def test_sixel_without_any_size_of_a_cell_is_as_good_as_none(terminal):
    assert asked(terminal, b"\x1b[?62;4c") is None


def test_a_terminal_without_sixel_says_so(terminal):
    assert asked(terminal, b"\x1b[6;30;16t\x1b[?1;2c") is None


def test_four_as_the_kind_of_terminal_is_not_four_among_its_attributes(terminal):
    assert asked(terminal, b"\x1b[6;30;16t\x1b[?4;1c") is None


def test_a_terminal_that_never_answers_is_not_waited_for_for_ever(terminal):
    assert asked(terminal, b"", answer_s=0.0) is None


def test_what_is_no_terminal_is_not_asked(tmp_path):
    with (tmp_path / "file").open("w+") as file:
        assert sixel_cell(file.fileno(), file.fileno()) is None
        assert file.tell() == 0

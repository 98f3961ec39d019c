"""Three answer keys, one switch, another language, staff and help: each through a real terminal, from start to end."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from house import CARDS, Kiosk, Office, sayso
from patience import wait_until
from people import GOODBYE, ROOT, Person
from sound_card import SoundCard
from terminal import Terminal

pytestmark = pytest.mark.end_to_end

WAITING = "Press the big key to start"


def test_three_answer_keys_alone_start_ask_for_more_and_come_to_the_end(
    kiosk: Callable[..., Kiosk], office: Office, silence: dict[str, str]
) -> None:
    one = kiosk(CARDS, silence, voice__engine="none")
    with office.open_for_post(), one.uploading(), one.running() as terminal:
        terminal.press("1")
        terminal.wait_for("Who is here?")
        terminal.press("1")
        to_the_menu(terminal, "Which card do you hold?")
        for _ in ("Again", "Explain"):
            terminal.press("2")
        terminal.press("1")  # I don't know
        to_the_menu(terminal, "Why do you hold no seven?")
        for _ in range(12):  # stop is the last but one
            terminal.press("2")
        terminal.press("1")
        Person(terminal).keep()
        (visit,) = office.wait_for_visits()
    values = visit["values"]
    assert (values["card_how"], values["card_by"]) == ("dont_know", "key")
    assert (values["complete"], values["why_how"]) == ("no", "not_reached")


def to_the_menu(terminal: Terminal, question: str) -> None:
    """Two keys at once, twice: the first time the question comes again."""
    terminal.wait_for(question)
    terminal.press_together("1", "2")
    terminal.wait_for("I felt two keys.")
    terminal.press_together("1", "2")
    terminal.wait_for("This one")


def test_one_switch_alone_answers_and_keeps(kiosk: Callable[..., Kiosk], office: Office, card: SoundCard) -> None:
    one = kiosk(CARDS, card.environment, voice__engine="none", switch__switches=1, switch__step_s=3.0)
    with office.open_for_post(), one.uploading(), one.running() as terminal:
        terminal.press("F1")
        take(terminal, "Who is here?", "Green: I live here.")
        take(terminal, "Which card do you hold?", "Yellow: Queen.")
        take(terminal, "Why do you hold no seven?", "Red: There is none.")
        take(terminal, "What is on the table?", "Red: Five cards.")
        take(terminal, "What is the number?", "Green: One.")
        take(terminal, "Shall I keep what you said?", "Green: Keep what I said.")
        terminal.wait_for(GOODBYE)
        (visit,) = office.wait_for_visits()
    values = visit["values"]
    assert [values[name] for name in ("card", "why", "hand", "number")] == ["queen", "none", "five", "one"]
    assert {values[f"{name}_by"] for name in ("card", "why", "hand", "number")} == {"switch"}
    assert values["complete"] == "yes"


def take(terminal: Terminal, question: str, said: str) -> None:
    """Press the switch while this answer is lit and said."""
    terminal.wait_for(question)
    terminal.wait_for(said, within_s=60)
    terminal.press("F1")


def test_a_visit_in_welsh_by_keys_is_welsh_to_its_end_and_the_next_one_begins_in_the_houses_language(
    kiosk: Callable[..., Kiosk], office: Office, silence: dict[str, str]
) -> None:
    one = kiosk(ROOT / "question_sets" / "my_home" / "my_home.md", silence)
    with office.open_for_post(), one.uploading(), one.running() as terminal:
        terminal.press("Enter")
        terminal.wait_for("Cymraeg")
        terminal.press("2")
        terminal.wait_for("Pwy sydd yma?")
        terminal.press("1")
        terminal.press("Enter")
        terminal.wait_for("Sut mae eich cartref?")
        terminal.press("1")
        terminal.press("x")
        terminal.wait_for("gadw")
        terminal.press("1")
        (visit,) = office.wait_for_visits()
        terminal.wait_for(WAITING)
    assert (visit["values"]["home"], visit["values"]["language"]) == ("good", "cy")


def test_help_calls_the_houses_program_and_tells_it_nothing(
    kiosk: Callable[..., Kiosk], silence: dict[str, str], tmp_path: Path
) -> None:
    called = tmp_path / "called"
    script = tmp_path / "call"
    script.write_text(f'#!/bin/sh\n{{ echo "$@"; env; cat; }} > {called}\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    one = kiosk(CARDS, silence, voice__engine="none", help__command=[str(script)])
    with one.running() as terminal:
        person = Person(terminal)
        person.start()
        person.press("Which card do you hold?", "2", "Queen")
        terminal.press("h")
        terminal.wait_for("Help is coming.")
        wait_until(called.exists, "the program to be called")
        terminal.wait_for("Why do you hold no seven?")
    told = called.read_text().lower()
    assert "queen" not in told
    assert set(re.findall(r"^(\w+)=", told, re.MULTILINE)) <= {"path", "pwd", "shlvl", "_"}


def test_staff_come_to_their_screen_by_sequence_and_pin_and_it_tells_nothing_of_today(
    kiosk: Callable[..., Kiosk], office: Office, silence: dict[str, str]
) -> None:
    line = sayso("staff", "pin", "--stdin", stdin="314231\n314231\n")
    pin_hash = re.search(r'"(\$argon2[^"]+)"', line)
    assert pin_hash
    one = kiosk(CARDS, silence, voice__engine="none", staff__pin_hash=pin_hash[1])
    with one.running() as terminal:
        person = Person(terminal)
        person.start()
        person.press("Which card do you hold?", "2", "Queen")
        terminal.press("x")
        person.keep()
        terminal.press("b", "x", "b", "x")
        terminal.wait_for("Staff: enter the PIN")
        terminal.press("1", "2", "3", "4", "Enter")
        terminal.wait_for("That is not the PIN.")
        terminal.press("3", "1", "4", "2", "3", "1", "Enter")
        terminal.wait_for("For staff, page 1")
        shown = terminal.screen()
        assert "Visits finished 0" in shown
        for secret in ("Queen", "queen", "card"):
            assert secret not in shown
        terminal.press("3")
        terminal.wait_for(WAITING)

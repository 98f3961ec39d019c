"""What goes wrong in a home in the middle of a visit; nothing that was said back is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from house import CARDS, Kiosk, Office
from patience import wait_until
from people import YOUR_TURN, Person, debian
from sound_card import SoundCard

pytestmark = pytest.mark.end_to_end


def test_a_sound_card_that_is_pulled_out_leaves_the_keys_and_what_was_said(
    kiosk: Callable[..., Kiosk], office: Office, card: SoundCard, tmp_path: Path
) -> None:
    one = kiosk(CARDS, card.environment)
    with office.open_for_post(), one.uploading(), one.running() as terminal:
        one.wait_for_engine("pocketsphinx")
        person = Person(terminal, card)
        person.start()
        person.answer("Which card do you hold?", debian("cards/003.wav", tmp_path), "Seven")
        terminal.wait_for("Which card comes next?")
        terminal.press("Enter")
        terminal.wait_for(YOUR_TURN)
        card.wait_until_recording()
        card.unplug()
        terminal.wait_for("Press a key")
        person.press("Which card comes next?", "2", "Queen")
        person.press("What is on the table?", "2", "Three cards")
        person.press("What is the number?", "3", "Nine")
        person.keep()
        (visit,) = office.wait_for_visits()
    values = visit["values"]
    said = {"card": "seven", "next_card": "queen", "hand": "three", "number": "nine"}
    assert {name: values[name] for name in said} == said
    assert [values[f"{name}_by"] for name in said] == ["voice", "key", "key", "key"]
    assert values["complete"] == "yes"


def test_a_sound_card_that_is_plugged_in_again_hears_and_speaks_in_the_same_visit(
    kiosk: Callable[..., Kiosk], office: Office, card: SoundCard, tmp_path: Path
) -> None:
    one = kiosk(CARDS, card.environment)
    with office.open_for_post(), one.uploading(), one.running() as terminal:
        one.wait_for_engine("pocketsphinx")
        person = Person(terminal, card)
        person.start()
        terminal.wait_for("Which card do you hold?")
        terminal.press("Enter")
        terminal.wait_for(YOUR_TURN)
        card.wait_until_recording()
        card.unplug()
        terminal.wait_for("Press a key")
        card.plug_in()

        def hears() -> bool:
            terminal.press("a", "Enter")
            return terminal.wait_for(YOUR_TURN, "Press a key") == YOUR_TURN

        wait_until(hears, "the microphone to be found", met=terminal.screen, within_s=10)
        person.answer("Which card do you hold?", debian("cards/003.wav", tmp_path), "Seven")
        person.press("Which card comes next?", "2", "Queen")
        person.press("What is on the table?", "2", "Three cards")
        person.press("What is the number?", "3", "Nine")
        person.keep()
        (visit,) = office.wait_for_visits()
    assert [visit["values"][f"{name}_by"] for name in ("card", "next_card")] == ["voice", "key"]


def test_a_power_cut_in_a_visit_loses_nothing_that_was_said_back(
    kiosk: Callable[..., Kiosk], office: Office, silence: dict[str, str]
) -> None:
    one = kiosk(CARDS, silence, voice__engine="none")
    with office.open_for_post(), one.uploading():
        with one.running() as terminal:
            person = Person(terminal)
            person.start()
            person.press("Which card do you hold?", "3", "Seven")
            person.press("Which card comes next?", "1", "Ten")
            terminal.kill()
        assert office.visits() == [], "an open visit is never sent"
        with one.running():
            (visit,) = office.wait_for_visits()
    values = visit["values"]
    assert (values["card"], values["next_card"], values["complete"]) == ("seven", "ten", "no")
    assert {values[f"{name}_how"] for name in ("hand", "number")} == {"not_reached"}
    assert values["why_how"] == "not_asked"

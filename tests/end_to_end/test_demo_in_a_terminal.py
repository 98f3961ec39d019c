"""What `./script/demo` runs: the whole of it on one machine, and at the end what the collector received."""

from __future__ import annotations

from pathlib import Path

import pytest
from house import SAYSO
from people import Person
from terminal import Terminal

pytestmark = pytest.mark.end_to_end


def test_the_demo_shows_the_answers_that_the_collector_received(
    tmp_path: Path, silence: dict[str, str], prompts: Path
) -> None:
    kept = tmp_path / "demo" / "kiosk"
    kept.mkdir(parents=True, mode=0o700)
    (kept / "speech").symlink_to(prompts, target_is_directory=True)  # rendering takes longer than all the rest
    command = (*SAYSO, "demo", "--folder", str(tmp_path / "demo"))
    with Terminal.start(command, silence, tmp_path) as terminal:
        terminal.wait_for("Press the big key to start", within_s=90)
        person = Person(terminal)
        person.start(language="1")
        terminal.wait_for("This is a draft to change together.")  # its sentences come one by one
        terminal.press("Enter")
        person.press("How is your home?", "1", "Good")
        terminal.wait_for("How is your own room?")
        terminal.press("x")
        person.keep()
        terminal.press("C-q")
        assert terminal.wait_until_ended() == 0
        shown = terminal.screen()
    assert "The collector received 1 visit." in shown
    assert "my_home, sealed," in shown
    assert "home good (by key)" in shown
    assert "room not reached" in shown

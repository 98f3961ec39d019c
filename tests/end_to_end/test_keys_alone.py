"""Keys are as good as voice: a whole visit on a machine without microphone and speaker."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from house import CARDS, Kiosk, Office, sayso
from patience import wait_until
from people import Person

pytestmark = pytest.mark.end_to_end


def test_without_microphone_and_speaker_a_visit_goes_by_keys(
    kiosk: Callable[..., Kiosk], office: Office, silence: dict[str, str]
) -> None:
    one = kiosk(CARDS, silence)
    with office.open_for_post(), one.uploading(), one.running() as terminal:
        person = Person(terminal)
        person.start()
        person.press("Which card do you hold?", "1", "Ten")
        person.press("Why do you hold no seven?", "3", "There is none")
        terminal.wait_for("What is on the table?")
        terminal.press("Enter")  # cut short, it would listen: it says that there is nothing to listen with
        terminal.wait_for("Press a key")
        terminal.press("d")
        person.press("What is the number?", "2", "Five")
        person.keep()
        (visit,) = office.wait_for_visits()
    values = visit["values"]
    assert {name: values[name] for name in ("card", "why", "number")} == {
        "card": "ten",
        "why": "none",
        "number": "five",
    }
    assert {values[f"{name}_by"] for name in ("card", "why", "hand", "number")} == {"key"}
    assert (values["hand_how"], values["next_card_how"]) == ("dont_know", "not_asked")
    assert (values["complete"], visit["sealed"]) == ("yes", True)


def test_a_visit_waits_for_the_collector_and_arrives_exactly_once(
    kiosk: Callable[..., Kiosk], office: Office, silence: dict[str, str]
) -> None:
    one = kiosk(CARDS, silence, voice__engine="none")
    with one.uploading() as log:
        with one.running() as terminal:
            person = Person(terminal)
            person.start()
            person.press("Which card do you hold?", "2", "Queen")
            terminal.press("x")
            person.keep()
            wait_until(lambda: '"retry":true' in log.read_text(), "a try while nobody answers", met=log.read_text)
            counts = one.status()["counts"]
            assert not any(counts.values()), "nothing that staff can see tells of a visit of today"
            assert office.visits() == []
        with office.open_for_post():
            (visit,) = office.wait_for_visits()
            wait_until(lambda: '"delivered":1' in log.read_text(), "its delivery in the log", met=log.read_text)
    with office.open_for_post():  # whoever sends again finds nothing to send
        assert json.loads(sayso("upload", "--config", str(one.config), "--json"))["delivered"] == 0
    reports = [json.loads(line) for line in log.read_text().splitlines()]
    assert sum(report["delivered"] for report in reports) == 1
    assert [(report["delivered"], report["waiting"]) for report in reports][-1] == (1, 0)
    assert len(office.visits()) == 1
    assert (visit["values"]["card"], visit["values"]["complete"]) == ("queen", "no")

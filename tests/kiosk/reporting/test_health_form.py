"""How the kiosk is, told once a day: by the real command, to a real collector on loopback."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.config import load
from kiosk.keeping.identity import kiosk_key
from kiosk.keeping.record import Circumstances
from kiosk.keeping.tally import Tally
from kiosk.pulling.went import SetOnServer, State, Went
from kiosk.reporting import send
from kiosk.reporting.send import Outcome, tell
from kiosk.reporting.values import FACTS, MISSING, started_on, values
from kiosk.server import client_of
from kiosk.staff import status
from openrosa.convert import convert
from openrosa.xform import read
from sayso.__main__ import sayso
from sayso.health import SHEET
from sayso.office import Office, office

TODAY = date(2026, 11, 23)
WELL = {
    "speaker": "USB Audio",
    "microphone": "USB Audio",
    "keys": "Big keys",
    "engine": "vosk en",
    "disk": "20 GB free",
}


@dataclass
class Home:
    """A kiosk's configuration, and the office that it tells."""

    office: Office
    config: Path

    def says(self, facts: dict[str, object]) -> None:
        """The kiosk writes its status."""
        status.write(load(self.config).status, Tally(waiting=3, delivered=12), facts, TODAY)

    def run(self, *more: str) -> Result:
        """The command, as its timer calls it."""
        return CliRunner().invoke(sayso, ["health", "--config", str(self.config), *more])

    def told(self) -> list[dict[str, str]]:
        """What the office received, opened."""
        return [dict(one.values) for one in self.office.received()]


@pytest.fixture
def home(tmp_path):
    with office(tmp_path / "office") as (its_office, address):
        folder = tmp_path / "kiosk"
        (folder / "data").mkdir(parents=True)
        url = address + its_office.kiosk_path("Elm Road")
        config = folder / "kiosk.toml"
        config.write_text(
            f'sets = ["a.xml"]\nstatus = "status.json"\n[home]\nname = "Elm Road"\n[store]\nfolder = "data"\n'
            f'[server]\nurl = "{url}"\n[upload]\nat = "now"\n'
        )
        config.chmod(0o600)
        yield Home(its_office, config)


def test_a_kiosk_tells_once_a_day_how_it_is_sealed_to_the_office(home):
    home.office.form(SHEET)
    home.says({**WELL, "microphone": ""})
    first = home.run()
    assert first.exit_code == 0, first.output
    [told] = home.told()
    assert (told["home"], told["open"], told["well"]) == ("Elm Road", "yes", "no")
    assert (told["microphone"], told["speaker"]) == (MISSING, "USB Audio")
    assert told["line"].startswith("The microphone is missing")
    assert (told["visits_waiting"], told["visits_delivered"]) == ("3", "12")
    assert told["sayso/day"] == date.today().isoformat()  # noqa: DTZ011  the day here, as the kiosk has it
    again = home.run()
    assert "already" in again.output
    assert home.run("--again").exit_code == 0, "the server has one of today, which is as good"
    assert len(home.told()) == 1


def test_what_travels_is_sealed_where_the_form_has_a_key_and_readable_where_it_has_none(home, tmp_path):
    for key in (None, home.office.public_key):
        converted = convert(SHEET, key)
        form, _ = read(converted.xform, "kiosk_health.xml")
        told = values(None, None, None, Circumstances("2026-11-23", True, "sayso 1"), home="Elm Road")
        submission = send.filled_in(form, told, "uuid:1")
        assert submission.sealed is (key is not None)
        assert (b"Elm Road" in submission.xml) is (key is None)


def test_another_day_is_another_form_and_the_same_day_the_same_one(home):
    home.office.form(SHEET)
    config = load(home.config)
    key = kiosk_key(config.store.folder)
    with client_of(config) as client:
        for day in ("2026-11-23", "2026-11-24", "2026-11-23"):
            told = values(None, None, None, Circumstances(day, True, "sayso 1"), home="Elm Road")
            assert tell(client, told, key).outcome is Outcome.TOLD
    assert [one["sayso/day"] for one in home.told()] == ["2026-11-23", "2026-11-24"]


def test_a_server_that_does_not_offer_the_form_is_told_nothing(home):
    home.says(WELL)
    result = home.run()
    assert result.exit_code == 0
    assert "nobody is told" in result.output
    assert home.told() == []


def test_a_kiosk_that_was_never_started_is_told_of_too(home):
    home.office.form(SHEET)
    assert home.run().exit_code == 0
    [told] = home.told()
    assert (told["open"], told["well"], told["running"]) == ("no", "no", "no")
    assert "has not been started" in told["line"]


def test_a_server_that_is_not_there_is_a_sentence_and_is_asked_again_next_time(home):
    home.says(WELL)
    config = home.config.read_text()
    home.config.write_text(config.replace(load(home.config).server.url, "http://127.0.0.1:9/key/secret-token"))
    result = home.run()
    assert result.exit_code == 1
    assert "127.0.0.1:9" in result.output
    assert "secret-token" not in result.output
    home.config.write_text(config)
    home.office.form(SHEET)
    assert "Told 127.0.0.1" in home.run().output


def test_without_a_server_it_says_how_the_kiosk_is_and_tells_nobody(home):
    home.says(WELL)
    home.config.write_text(home.config.read_text().replace(load(home.config).server.url, ""))
    result = home.run()
    assert (result.exit_code, "All well" in result.output) == (0, True)


def test_what_would_be_sent_can_be_looked_at_without_sending_it(home):
    home.office.form(SHEET)
    home.says(WELL)
    shown = json.loads(home.run("--show").output)
    assert (shown["well"], shown["home"]) == ("yes", "Elm Road")
    assert home.told() == []


def test_every_field_of_the_form_is_filled_in_by_some_kiosk_and_none_is_told_that_it_lacks():
    went = Went(day=TODAY, failing_since=TODAY, sets=(SetOnServer(form_id="a", state=State.FAILED, message="no"),))
    sending = status.Sending(day=TODAY, failing_since=date(2026, 11, 1), message="no answer")
    found = status.Status(day=TODAY, line="x", counts=Tally(), facts=dict.fromkeys(FACTS, "1"), closed="it is closed")
    circumstances = Circumstances(TODAY.isoformat(), True, "sayso 1")
    told = values(found, sending, went, circumstances, home="Elm Road", started_on=TODAY)
    form, _ = read(convert(SHEET).xform, SHEET.name)
    declared = {path.removeprefix("/data/") for path in form.record_paths}
    of_a_person = {"sayso/who", "sayso/how", "sayso/by_whom", "sayso/language"}
    assert declared - of_a_person == set(told)


def test_what_failed_today_is_told_tomorrow():
    sending = status.Sending(day=TODAY, failing_since=TODAY, message="no answer", contact_on=TODAY)
    told = values(None, sending, None, Circumstances(TODAY.isoformat(), True, "sayso 1"), home="")
    assert (told["nothing_sent_since"], told["why_not_sent"], told["last_contact"]) == ("", "", "")


def test_since_when_the_machine_is_on_is_a_day():
    assert started_on(datetime(2026, 11, 23, 1, 0), 2 * 3600) == date(2026, 11, 22)  # noqa: DTZ001  the wall's clock


def test_the_form_can_be_written_for_a_server_with_the_offices_key(tmp_path, home):
    key = tmp_path / "public_key.txt"
    key.write_text(home.office.public_key)
    result = CliRunner().invoke(sayso, ["health", "--form", str(tmp_path / "forms"), "--public-key", str(key)])
    assert result.exit_code == 0, result.output
    form, findings = read((tmp_path / "forms" / "kiosk_health.xml").read_bytes(), "kiosk_health.xml")
    assert form is not None
    assert form.public_key is not None
    assert not findings

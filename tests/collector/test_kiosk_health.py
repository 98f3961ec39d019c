"""How the kiosks are, by the forms that they sent to a real collector."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from collector.database import open_data
from collector.folders import PRIVATE_NAME, PUBLIC_NAME, write_key_pair
from collector.forms import add_form
from collector.keys import new_key
from collector.kiosk_health import kiosks
from collector.serve import running
from kiosk.keeping.record import Circumstances
from kiosk.keeping.tally import Tally
from kiosk.reporting.send import Outcome, tell
from kiosk.reporting.values import values
from kiosk.staff.status import Status
from openrosa.client import Client
from openrosa.convert import convert
from openrosa.sealing import load_private_key
from sayso.__main__ import sayso
from sayso.health import SHEET

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Fleet:
    """Kiosks with a token each, and the collector's clock."""

    def __init__(self, database, keys: Path) -> None:
        self.database = database
        self.now = NOON
        self.private_path = keys / PRIVATE_NAME
        self.private = load_private_key(self.private_path.read_bytes())
        form = convert(SHEET, (keys / PUBLIC_NAME).read_text())
        add_form(database, form.xform, form.media, NOON)
        self._tokens: dict[str, tuple[str, Ed25519PrivateKey]] = {}
        self.url = ""

    def tells(self, name: str, line: str) -> None:
        """That kiosk sends its form."""
        if name not in self._tokens:
            self._tokens[name] = (new_key(self.database, name, self.now), Ed25519PrivateKey.generate())
        token, key = self._tokens[name]
        found = Status(day=self.now.date(), line=line, counts=Tally(), facts={})
        told = values(found, None, None, Circumstances(str(self.now.date()), True, "sayso 9"), home=name)
        with Client(f"{self.url}/key/{token}") as client:
            assert tell(client, told, key).outcome is Outcome.TOLD


@pytest.fixture
def fleet(where, tmp_path):
    write_key_pair(tmp_path / "key")
    with closing(where.open()) as database:
        made = Fleet(database, tmp_path / "key")
        with running(database, lambda: made.now) as made.url:
            yield made


def test_what_a_kiosk_told_last_is_what_is_said_of_it(fleet):
    fleet.tells("Elm Road", "There is no sound. Plug the speaker in again.")
    fleet.tells("Ash Lane", "All well")
    fleet.now += timedelta(days=2)
    fleet.tells("Elm Road", "All well")
    found, unread = kiosks(fleet.database, fleet.private, UTC)
    assert not unread
    assert [(one.name, one.well, one.line, one.told_on) for one in found] == [
        ("Ash Lane", True, "All well", date(2026, 11, 20)),
        ("Elm Road", True, "All well", date(2026, 11, 22)),
    ]
    assert [one.silent_days(date(2026, 11, 22)) for one in found] == [2, 0]
    assert found[0].software == "sayso 9"


def test_without_the_key_a_sealed_form_is_unread_and_not_well(fleet):
    fleet.tells("Elm Road", "All well")
    found, unread = kiosks(fleet.database, None)
    assert (found, [one.stored.key_name for one in unread]) == ((), ["Elm Road"])


@pytest.mark.parametrize("as_json", [False, True], ids=["lines", "json"])
def test_those_that_need_somebody_come_first_and_end_the_command_with_1(tmp_path, as_json):
    data, keys = tmp_path / "collected", tmp_path / "key"
    run = CliRunner().invoke
    write_key_pair(keys)
    place = ["--data", str(data), "--key", str(keys / PRIVATE_NAME)]

    with closing(open_data(data)) as database:
        fleet = Fleet(database, keys)
        empty = run(sayso, ["collector", "health", *place])
        assert (empty.exit_code, "No kiosk has told" in empty.output) == (0, True)
        with running(database, lambda: fleet.now) as fleet.url:
            fleet.now = datetime.now(UTC)
            fleet.tells("Ash Lane", "All well")
            well = run(sayso, ["collector", "health", *place])
            fleet.now -= timedelta(days=9)
            fleet.tells("Oak House", "All well")
            fleet.now += timedelta(days=9)
            fleet.tells("Yew Court", "The keys are missing. Plug them in again.")
    assert well.exit_code == 0, well.output
    result = run(sayso, ["collector", "health", *place, *(["--json"] if as_json else [])])
    assert result.exit_code == 1
    if as_json:
        assert [(one["name"], one["silent_days"]) for one in json.loads(result.stdout)] == [
            ("Oak House", 9),
            ("Yew Court", 0),
            ("Ash Lane", 0),
        ]
    else:
        first, second, last = result.stdout.splitlines()
        assert "silent for 9 days; it said: All well" in first
        assert "The keys are missing" in second
        assert last.startswith("Ash Lane ")

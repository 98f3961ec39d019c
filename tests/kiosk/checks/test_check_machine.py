"""The check's parts for disk, clock, power, screen and server: each fine, or what is wrong and what to do."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from itertools import chain, count, repeat
from pathlib import Path

import pytest
from kiosk_house import House, house

from collector.database import open_data
from collector.forms import add_form
from collector.keys import new_key
from collector.serve import running
from kiosk.checks import by_itself, server, whole
from kiosk.checks import disk as disks
from kiosk.checks.clock import BUILT, clock
from kiosk.checks.disk import disk
from kiosk.checks.display import screen
from kiosk.checks.lines import Level, Line
from kiosk.checks.power import power_and_temperature
from kiosk.config import load

NOW = datetime(2026, 11, 23, tzinfo=UTC)
KEYS_ONLY = "[voice]\nengine = 'none'\n"


@pytest.fixture
def one(tmp_path) -> House:
    return house(tmp_path / "house")


def ticking(*took_s):
    """A clock by which writes take so long, the last of them from then on."""
    durations = chain(took_s, repeat(took_s[-1]))
    at_s = 0.0
    for reading in count():
        yield at_s
        if reading % 2 == 0:
            at_s += next(durations)


# --- disk ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slowest_s", "level"),
    [(0.01, Level.FINE), (0.6, Level.ADVICE), (4.0, Level.ERROR)],
    ids=["quick", "slow", "stuck"],
)
def test_one_slow_write_of_many_is_told_with_how_long_it_took(tmp_path, slowest_s, level):
    readings = ticking(0.01, slowest_s, 0.01)
    (line,) = disk(tmp_path, lambda: next(readings))
    assert line.level is level
    assert f"took {slowest_s * 1000:.0f} ms" in line.met
    assert not list(tmp_path.iterdir()), "nothing stays"


def test_writes_are_tried_on_the_real_disk_too(tmp_path):
    (line,) = disk(tmp_path)
    assert f"the slowest of {disks.WRITES} synced writes took" in line.met


def test_a_disk_that_is_nearly_full_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(disks, "LOW_DISK_BYTES", 10**18)
    assert "MB left" in next(disk(tmp_path)).met


def test_a_folder_that_is_not_there_yet_is_the_stores_matter(tmp_path):
    assert list(disk(tmp_path / "none")) == []


def test_a_folder_that_cannot_be_written_in_is_an_error():
    (line,) = [line for line in disk(Path("/proc")) if line.level is Level.ERROR]
    assert "cannot be written in" in line.met


# --- clock -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(1970, 1, 1), BUILT.replace(year=BUILT.year - 1), date(2087, 1, 1)], ids=str)
def test_a_day_that_cannot_be_is_an_error_whatever_has_set_it(tmp_path, day):
    line = clock(day, tmp_path, tmp_path)
    assert line.level is Level.ERROR
    assert str(day) in line.met


@pytest.mark.parametrize(
    ("synchronised", "battery", "level", "words"),
    [
        (True, False, Level.FINE, "set from the network"),
        (False, True, Level.FINE, "without power"),
        (False, False, Level.ADVICE, "nothing has set it"),
    ],
    ids=["by_network", "by_battery", "by_nothing"],
)
def test_what_has_set_the_clock_is_told(tmp_path, synchronised, battery, level, words):
    none = tmp_path / "none"
    line = clock(date(2027, 1, 1), tmp_path if synchronised else none, tmp_path if battery else none)
    assert line.level is level
    assert words in line.met


# --- power, temperature, screen --------------------------------------------------------------------------------------


def kernel(folder: Path, **files: str) -> Path:
    places = {
        "throttled": "devices/platform/soc/soc:firmware/get_throttled",
        "zone": "class/thermal/thermal_zone0/temp",
        "status": "class/drm/card1-HDMI-A-1/status",
        "modes": "class/drm/card1-HDMI-A-1/modes",
        "status2": "class/drm/card1-HDMI-A-2/status",
        "modes2": "class/drm/card1-HDMI-A-2/modes",
    }
    for name, text in files.items():
        path = folder / places[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_a_machine_that_measures_neither_power_nor_heat_has_no_line(tmp_path):
    assert list(power_and_temperature(tmp_path)) == []


@pytest.mark.parametrize(
    ("files", "levels", "words"),
    [
        ({"throttled": "0", "zone": "50000"}, [Level.FINE, Level.FINE], "strong enough"),
        ({"throttled": "50005"}, [Level.ERROR], "too weak"),
        ({"throttled": "50000"}, [Level.ADVICE], "at times"),
        ({"zone": "75000"}, [Level.ADVICE], "warm"),
        ({"zone": "85000"}, [Level.ERROR], "too hot"),
    ],
    ids=["fine", "weak", "was_weak", "warm", "hot"],
)
def test_a_weak_supply_and_a_hot_machine_are_told(tmp_path, files, levels, words):
    found = list(power_and_temperature(kernel(tmp_path, **files)))
    assert [line.level for line in found] == levels
    assert words in found[0].met
    assert all(bool(line.todo) is (line.level is not Level.FINE) for line in found)


@pytest.mark.parametrize(
    ("files", "level", "words"),
    [
        ({}, Level.ADVICE, "no display"),
        ({"status": "connected", "modes": "1024x600\n640x480\n"}, Level.FINE, "1024 x 600 px: 64 x 20 cells"),
        ({"status": "connected", "modes": "320x240\n"}, Level.ERROR, "320 x 240"),
        (
            {"status": "connected", "modes": "1024x600\n", "status2": "connected", "modes2": "800x480\n"},
            Level.ADVICE,
            "2 displays",
        ),
    ],
    ids=["none", "one", "too_small", "two"],
)
def test_a_display_is_told_with_its_cells(tmp_path, files, level, words):
    line = screen(kernel(tmp_path, **files) / "class/drm")
    assert (line.level, words in line.met) == (level, True)


# --- server ----------------------------------------------------------------------------------------------------------


def asked(one: House, url: str) -> list[Line]:
    one.write_config(f"{KEYS_ONLY}[server]\nurl = '{url}'\ntimeout_s = 5\n")
    return list(server.reached(load(one.config)))


def test_a_server_that_takes_the_token_says_which_of_the_sets_it_has(one, tmp_path):
    with closing(open_data(tmp_path / "collected")) as database:
        token = new_key(database, "Elm Road", NOW)
        with running(database, lambda: NOW) as url:
            first, offers = asked(one, f"{url}/key/{token}")
            assert (first.level, "took the token" in first.met) == (Level.FINE, True)
            assert (offers.level, "does not offer 'home'" in offers.met) == (Level.ADVICE, True)
            add_form(database, one.form.read_bytes(), {}, NOW)
            found = asked(one, f"{url}/key/{token}")
            assert [line.level for line in found] == [Level.FINE, Level.FINE]
            assert found[0].met.endswith("it offers 1 form")
            newer = one.form.read_bytes().replace(b'version="1"', b'version="2"')
            add_form(database, newer, {}, NOW.replace(day=24))
            assert (
                "its newest 'home' is version '2', and this kiosk asks version '1'"
                in asked(one, f"{url}/key/{token}")[1].met
            )
            (wrong,) = asked(one, f"{url}/key/{'x' * 40}")
    assert (wrong.level, wrong.todo) == (Level.ERROR, "Check the token in the server's address.")
    assert "x" * 40 not in wrong.met


def test_a_server_that_is_away_is_advice_for_nothing_is_lost_by_it(one):
    (line,) = asked(one, "http://127.0.0.1:9/key/sesame-open")
    assert line.level is Level.ADVICE
    assert "Visits wait here" in line.todo
    assert "sesame" not in line.met + line.todo


def test_the_quick_half_asks_no_server_and_loads_no_engine(one):
    one.write_config("[voice]\nengine = 'pocketsphinx'\n[server]\nurl = 'http://127.0.0.1:9/key/sesame-open'\n")
    found = list(whole.check(load(one.config), one.config, quick=True))
    assert [line.met for line in found if line.what == "server"] == ["one is configured"]
    assert not [line for line in found if line.what in ("hearing", "sound")]


def test_what_the_kiosk_looks_at_by_itself_is_part_of_the_quick_half(one):
    config = load(one.config)
    quick = {line.what for line in whole.check(config, one.config, quick=True)}
    nightly = {line.what for line in by_itself.nightly(config)}
    assert nightly < quick
    assert {"store", "disk", "clock", "set set.xml"} < nightly

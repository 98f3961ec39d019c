"""What the machine says of itself, read from a made-up /sys, and the rows that staff see."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta, timezone

import pytest

from kiosk.keeping.day import until_tomorrow_s
from kiosk.keeping.tally import Tally
from kiosk.staff import facts
from kiosk.staff.facts import disk, facts_of, power, temperature
from kiosk.staff.rows import LONGEST_VALUE, read_rows, rows
from kiosk.staff.status import Sending, Status
from question_sets import question_set

DAY = date(2026, 11, 22)
FIRMWARE = "devices/platform/soc/soc:firmware/get_throttled"


def put(sys, name, text):
    path = sys / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_what_a_machine_does_not_measure_is_not_known(tmp_path):
    assert temperature(tmp_path) == {"temperature": "not known"}
    assert power(tmp_path) == {"power": "not known"}
    assert disk(tmp_path / "gone") == {"disk": "not known"}


@pytest.mark.parametrize(
    ("bits", "said", "low"),
    [
        ("0", "fine", False),
        ("50005", "too weak", True),
        ("50000", "was too weak at times since the start", False),
        ("0xe0000\n", "fine", False),
        ("nonsense", "not known", False),
    ],
)
def test_the_power_supply_is_told_by_the_firmwares_bits(tmp_path, bits, said, low):
    put(tmp_path, FIRMWARE, bits)
    assert power(tmp_path) == {"power": said} | ({"power_low": True} if low else {})


@pytest.mark.parametrize(("alarm", "said"), [("0\n", "fine"), ("1\n", "too weak")])
def test_without_the_firmwares_file_the_kernels_sensor_is_asked(tmp_path, alarm, said):
    put(tmp_path, "class/hwmon/hwmon0/name", "cpu_thermal\n")
    put(tmp_path, "class/hwmon/hwmon1/name", "rpi_volt\n")
    put(tmp_path, "class/hwmon/hwmon1/in0_lcrit_alarm", alarm)
    assert power(tmp_path)["power"] == said


@pytest.mark.parametrize(
    ("millidegrees", "said"), [(43_312, "fine, below 70"), (70_000, "warm, 70 to 80"), (80_100, "too hot, 80")]
)
def test_the_hottest_zone_is_told_in_three_steps(tmp_path, millidegrees, said):
    put(tmp_path, "class/thermal/thermal_zone0/temp", "21000\n")
    put(tmp_path, "class/thermal/thermal_zone1/temp", f"{millidegrees}\n")
    put(tmp_path, "class/thermal/thermal_zone2/temp", "off\n")
    found = temperature(tmp_path)
    assert found["temperature"].startswith(said)
    assert ("too_hot" in found) == (millidegrees >= 80_000)


@pytest.mark.parametrize(
    ("free_bytes", "said", "low"),
    [
        (12_700_000_000, "12 GB free", None),
        (999_000_000, "less than 1 GB free", False),
        (199_000_000, "nearly full", True),
    ],
)
def test_a_disk_is_told_in_steps_that_no_visit_moves(tmp_path, monkeypatch, free_bytes, said, low):
    monkeypatch.setattr(facts.shutil, "disk_usage", lambda _: facts.shutil._ntuple_diskusage(0, 0, free_bytes))
    assert disk(tmp_path) == {"disk": said} | ({} if low is None else {"disk_low": low})


def test_all_facts_can_be_written_into_the_status_and_name_sets_and_software(tmp_path):
    found = facts_of(tmp_path, (question_set(),))
    assert found["software"].startswith("sayso ")
    assert found["sets"] == facts.described(question_set())
    assert isinstance(found["clock_trusted"], bool)


def status(counts=Tally(), **known):  # noqa: B008  a frozen value
    return Status(day=DAY, line="All well", counts=counts, facts=known)


def test_rows_tell_devices_clock_and_sets_in_plain_words():
    told = dict(
        rows(status(microphone="", headphones="", keys="Big keys", clock_trusted=False, sets="a 1 (en)"), None, DAY)
    )
    assert told["Microphone"] == "missing"
    assert told["Headphones"] == "none"
    assert told["Keys"] == "Big keys"
    assert told["Clock"] == "may be wrong"
    assert told["Question set"] == "a 1 (en)"


def test_each_set_has_a_row_of_its_own():
    told = rows(status(sets="a 1 (en); b 2 (en, cy)"), None, DAY)
    assert [value for name, value in told if name == "Question set"] == ["a 1 (en)", "b 2 (en, cy)"]


def test_a_servers_words_stand_on_one_line_and_do_not_go_on_for_ever():
    found = status(Tally(set_aside=4, reasons=(("no\n" + "x" * 500, 3), ("b", 1), ("c", 1), ("d", 1))))
    told = [value for name, value in rows(found, None, DAY) if name == "Refused because"]
    assert len(told) == 3
    assert len(told[0]) == LONGEST_VALUE
    assert told[0].startswith("no x")


def test_a_failure_of_sending_is_told_only_while_something_waited_at_midnight():
    sending = Sending(day=DAY, failing_since=date(2026, 11, 20), message="no network", contact_on=date(2026, 11, 19))
    waiting = dict(rows(status(Tally(waiting=1)), sending, DAY))
    assert waiting["Nothing sent since"] == "2026-11-20: no network"
    assert waiting["Server last reached"] == "2026-11-19"
    assert "Nothing sent since" not in dict(rows(status(), sending, DAY))


def test_no_status_is_one_row_that_says_so(tmp_path):
    ((name, value),) = read_rows(tmp_path / "status.json", DAY)
    assert name == "Status"
    assert "no such file" in value


def test_midnight_is_found_from_any_time_and_never_now(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/London")
    time.tzset()
    try:
        bst = timezone(timedelta(hours=1))
        assert until_tomorrow_s(datetime(2026, 7, 1, 23, 0, tzinfo=bst)) == 3600
        assert until_tomorrow_s(datetime(2026, 7, 1, 23, 59, 59, 900_000, tzinfo=bst)) == 1
        assert until_tomorrow_s(datetime(2026, 10, 25, 0, 0, tzinfo=bst)) == 25 * 3600, "the clocks go back"
    finally:
        monkeypatch.undo()
        time.tzset()

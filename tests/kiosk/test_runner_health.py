"""What staff are told of devices and the disk: on the waiting screen and in the status file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from rehearsed import yes_no
from rig import rig
from sound_card_here import sound_card_here

from kiosk.config import Config, Voice
from kiosk.events import Device, DeviceFound, DeviceLost
from kiosk.house import House
from kiosk.keeping.keeper import Keeper
from kiosk.keeping.store import Counts, Role, Store
from kiosk.staff import status
from kiosk.staff.health import Health
from kiosk.start import write_status
from voice import events as sound
from voice.condition import MicrophoneUsed
from voice.decide import Decision, Outcome
from voice.devices import look_again
from voice.utterance import Evidence, Utterance


class QuietEar:
    """What `write_status` asks of an ear: no engine yet."""

    engine = None


@pytest.fixture
def put():
    return []


def health(put, **voice):
    return Health(Voice(**voice), put.append)


def test_nothing_is_told_of_devices_before_somebody_has_looked(put):
    assert health(put).facts() == {}


def test_a_device_that_is_not_there_has_no_name_and_the_waiting_screen_is_drawn_again(put, caplog):
    one = health(put, microphone="none such", speaker="none such")
    one.look()
    assert one.facts() == {"microphone": "", "speaker": ""}
    assert put == [DeviceLost(Device.MICROPHONE), DeviceLost(Device.SPEAKER)]
    assert "Cannot find" in caplog.text


def test_an_engine_that_is_loaded_hears_nothing_without_a_microphone(put):
    one = health(put, microphone="none such", speaker="none such")
    one.told(DeviceFound(Device.MICROPHONE))
    assert put == [DeviceFound(Device.MICROPHONE)], "nobody has looked yet"
    one.look()
    one.told(DeviceFound(Device.MICROPHONE))
    assert put[-1] == DeviceLost(Device.MICROPHONE)


def listening(heard_s=6.0, zero_s=0.0, overflows=0):
    return MicrophoneUsed(heard_s=heard_s, zero_s=zero_s, clipped_s=0.0, taken_s=heard_s, overflows=overflows)


def test_a_microphone_without_any_sound_is_told_to_staff_until_it_has_some_and_to_no_visit(put):
    one = health(put)
    one.told(listening(zero_s=6.0))
    told = one.facts()["microphone_problem"]
    assert told == status.line(Counts(), one.facts())
    assert told.startswith("The microphone gives no sound.")
    one.told(listening())
    assert one.facts() == {}
    assert put == []


def test_overflows_are_counted_and_told_as_of_midnight(put):
    days = [date(2026, 11, 22)]
    one = Health(Voice(), put.append, lambda: days[-1])
    one.told(listening(overflows=2))
    one.told(listening(overflows=1))
    assert one.facts() == {}, "those of today would tell that somebody answered just now"
    days.append(date(2026, 11, 23))
    one.told(listening(overflows=5))
    assert one.facts() == {"microphone_overflows": 3}


def heard(outcome: Outcome, **evidence) -> sound.Heard:
    return sound.Heard(
        1, Utterance(1, "", replace(Evidence("", "", "", 0.5, -20.0, "test"), **evidence)), Decision(outcome)
    )


def test_a_microphone_that_hears_the_kiosk_now_and_again_is_told_to_staff(put):
    one = health(put)
    for _ in range(2):
        one.told(heard(Outcome.OWN_PROMPT))
    assert one.facts() == {}, "twice is chance"
    one.told(heard(Outcome.OWN_PROMPT))
    assert status.line(Counts(), one.facts()).startswith("The microphone hears Sayso itself.")
    for _ in range(20):
        one.told(heard(Outcome.SURE))
    assert one.facts() == {}


def test_a_room_that_is_too_loud_in_half_of_the_listenings_is_told_to_staff(put):
    days = [date(2026, 11, 22)]
    one = Health(Voice(), put.append, lambda: days[-1])
    ended = [sound.Noisy(1), heard(Outcome.NO_MATCH, snr_db=4.0), heard(Outcome.NO_MATCH, duration_s=5.0)]
    for number in range(9):
        one.told(ended[number % 3])
        one.told(sound.Silence(1))
    assert one.facts() == {}
    one.told(sound.Noisy(1))
    assert status.line(Counts(), one.facts()).startswith("The room is often too loud")
    days.append(date(2026, 11, 23))
    assert one.facts()["loud_listenings"] == 10


def test_what_is_understood_in_noise_and_what_is_no_answer_in_a_quiet_room_are_no_loud_room(put):
    one = health(put)
    for _ in range(20):
        one.told(heard(Outcome.ASK, snr_db=4.0))
        one.told(heard(Outcome.NO_MATCH, snr_db=25.0))
    assert one.facts() == {}


def test_keys_alone_need_no_microphone(put):
    one = health(put, engine="none", speaker="none such")
    one.look()
    assert one.facts() == {"speaker": ""}


@pytest.mark.parametrize(
    ("lost", "found", "device"),
    [
        (sound.MicrophoneLost(1, "pulled out"), sound.Listening(2), "microphone"),
        (sound.SpeakerLost(1, "pulled out"), sound.LineStarted(2, 0), "speaker"),
    ],
)
def test_a_device_that_is_lost_has_no_name_until_it_works_again(put, lost, found, device):
    one = health(put, microphone="Jabra", speaker="Jabra")
    one.told(lost)
    assert one.facts() == {device: ""}
    one.told(found)
    assert one.facts() == {device: "Jabra"}
    assert put == [lost, found]


def test_the_systems_own_device_is_called_default(put):
    one = health(put)
    one.told(sound.Listening(1))
    assert one.facts() == {"microphone": "default"}


def test_devices_that_are_there_have_their_names_and_the_inbox_is_told(put, monkeypatch):
    with sound_card_here(monkeypatch):
        assert look_again()
        one = health(put)
        one.look()
    assert all(one.facts()[device] for device in ("microphone", "speaker"))
    assert put == [DeviceFound(Device.SPEAKER)]


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"can_keep": True}, status.ALL_WELL),
        ({"can_keep": True, "speaker": ""}, "There is no sound. Plug the speaker in again."),
        ({"microphone": ""}, "The microphone is missing. Plug it in again; the keys still work."),
        ({"can_keep": False, "problem": "Install a model."}, f"Answers cannot be saved. {status.CALL}"),
        ({"problem": "Install a model."}, "Install a model."),
    ],
)
def test_the_line_and_the_status_file_say_what_is_missing(tmp_path, more, line):
    config = Config(sets=(tmp_path / "set.xml",), status=tmp_path / "status.json")
    with Store.open(tmp_path / "data", Role.KIOSK) as store:
        assert write_status(House(config, ()), store, QuietEar(), more) == line
    written = status.read(config.status)
    assert written.line == line
    assert more.items() <= written.facts.items()


def test_a_status_that_cannot_be_written_is_told_in_the_line(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    config = Config(sets=(tmp_path / "set.xml",), status=tmp_path / "file" / "status.json")
    with Store.open(tmp_path / "data", Role.KIOSK) as store:
        assert write_status(House(config, ()), store, QuietEar(), {}).startswith("Cannot write the status")


def test_a_store_that_cannot_be_counted_is_told_in_the_line_and_ends_nothing(tmp_path):
    config = Config(sets=(tmp_path / "set.xml",), status=tmp_path / "status.json")
    with Store.open(tmp_path / "data", Role.KIOSK) as store:
        store._engine.dispose()
        (tmp_path / "data" / "sayso.db").write_bytes(b"SQLite format 3\0" + bytes(5000))
        assert write_status(House(config, ()), store, QuietEar(), {}) == f"Answers cannot be saved. {status.CALL}"


def test_a_keeper_remembers_whether_the_last_snapshot_could_be_committed(tmp_path):
    with rig(tmp_path, yes_no("lift")) as one:
        assert isinstance(one.keeper, Keeper)
        assert one.keeper.can_keep is True
        one.key("start")
        with one.store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        one.hear("answer:no")
        assert one.keeper.can_keep is False
        with one.store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = OFF")
        one.hear("answer:no")
        assert one.keeper.can_keep is True

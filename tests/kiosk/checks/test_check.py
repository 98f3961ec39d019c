"""`sayso check`: fine, advice or error for each thing that a kiosk needs, and the exit code that follows from them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from kiosk_house import House, house
from rehearsed import CARD_CHOICES, sheets

from kiosk.checks import machine, whole
from kiosk.checks.lines import Level, Line, fine
from kiosk.config import load
from kiosk.keeping.day import today
from kiosk.keeping.store import DATABASE_NAME, Role, Store
from openrosa.convert import convert, write
from openrosa.submission import Submission
from sayso.__main__ import sayso

KEYS_ONLY = "[voice]\nengine = 'none'\n"
BY_VOICE = "[voice]\nengine = 'pocketsphinx'\n"


@pytest.fixture
def one(tmp_path) -> House:
    return house(tmp_path / "house")


def lines(one: House, more: str | None = None, *, quick: bool = False) -> list[Line]:
    if more is not None:
        one.write_config(more)
    return list(whole.check(load(one.config), one.config, quick=quick))


def of(found: list[Line], what: str) -> list[Line]:
    return [line for line in found if line.what == what]


def levels(found: list[Line], what: str) -> list[Level]:
    return [line.level for line in of(found, what)]


def said(found: list[Line]) -> str:
    return "\n".join(f"{line.level.value} {line.what}: {line.met}. {line.todo}" for line in found)


# --- the command ---------------------------------------------------------------------------------------------------


def test_everything_is_looked_at_in_one_order(one):
    assert list(dict.fromkeys(line.what for line in lines(one))) == [
        "configuration",
        "set set.xml",
        "speech engine",
        "microphone",
        "speaker",
        "speech synthesis",
        "keys",
        "screen",
        "store",
        "disk",
        "swap",
        "clock",
        "server",
        "status file",
        "staff screen",
        "help",
    ]


def test_an_error_says_what_to_do_and_advice_too(one):
    for line in lines(one, BY_VOICE):
        assert line.met
        assert bool(line.todo) is (line.level is not Level.FINE), line


def test_one_error_is_exit_code_1_and_the_json_says_the_same_as_the_lines(one):
    one.write_config(KEYS_ONLY + "[keys]\n1 = 'none'\n")
    plain = CliRunner().invoke(sayso, ["check", "--config", str(one.config)])
    told = CliRunner().invoke(sayso, ["check", "--config", str(one.config), "--json"])
    assert (plain.exit_code, told.exit_code) == (1, 1)
    document = json.loads(told.stdout)
    assert document["fit"] is False
    *each, last = plain.stdout.splitlines()
    assert len(each) == len(document["lines"])
    for text, line in zip(each, document["lines"], strict=True):
        assert text.startswith(f"{line['level']:7} {line['what']}: ")
        assert line["todo"] in text
    assert last.startswith("Not fit to open: ")


@pytest.mark.parametrize(
    ("level", "whether"), [(Level.FINE, True), (Level.ADVICE, True), (Level.ERROR, False)], ids=str
)
def test_advice_opens_and_an_error_does_not(level, whether):
    assert whole.fit([fine("a", "b"), Line(level, "c", "d", "e")]) is whether


def test_a_check_makes_nothing_and_changes_nothing(one):
    before = {path: path.read_bytes() for path in one.folder.rglob("*") if path.is_file()}
    assert not (one.data / DATABASE_NAME).exists()
    lines(one, KEYS_ONLY)
    after = {path: path.read_bytes() for path in one.folder.rglob("*") if path.is_file()}
    assert after == before


def test_it_may_be_run_beside_the_kiosk(one):
    with Store.open(one.data, Role.KIOSK) as store:
        store.finish(Submission("uuid:1", "home", "1", b"<data/>", (), sealed=True))
        found = of(lines(one, KEYS_ONLY), "store")
    told = f"{one.data}: 0 waited to be sent at midnight, 0 were delivered"
    assert found[-1] == fine("store", told), "a visit of today shows in no count"


# --- sets ----------------------------------------------------------------------------------------------------------


def test_a_set_that_runs_says_how_many_questions_and_that_it_is_sealed(one):
    assert lines(one)[1] == fine("set set.xml", "1 question; answers are sealed")


def test_a_set_without_a_key_is_an_error_until_the_configuration_allows_it(one):
    write(convert(one.folder / "set.md"), one.form)
    assert levels(lines(one, KEYS_ONLY), "set set.xml") == [Level.ERROR]
    found = lines(one, KEYS_ONLY + "[store]\nallow_unsealed = true\n")
    assert levels(found, "set set.xml") == [Level.ADVICE]
    assert "answers are kept and sent as they are" in said(found)


def test_a_set_outside_the_profile_is_an_error_for_each_finding_with_its_code(one):
    form = one.form.read_text(encoding="utf-8").replace("<select1 ", "<upload ").replace("</select1>", "</upload>")
    one.form.write_text(form, encoding="utf-8")
    (line,) = of(lines(one), "set set.xml")
    assert line.level is Level.ERROR
    assert line.met.startswith("QS004 'lift': ")
    assert line.todo.startswith("Write ")


def test_a_set_that_is_not_there_is_an_error_with_its_path(one):
    one.form.unlink()
    (line,) = of(lines(one), "set set.xml")
    assert (line.level, str(one.form) in line.met) == (Level.ERROR, True)


def test_two_sets_of_one_name_are_an_error(one):
    again = one.form.with_name("again.xml")
    again.write_bytes(one.form.read_bytes())
    text = one.config.read_text().replace(f"['{one.form}']", f"['{one.form}', '{again}']")
    one.config.write_text(text)
    assert levels(lines(one), "sets") == [Level.ERROR]
    assert levels(lines(one), "set again.xml") == [Level.FINE]


def test_record_fields_that_the_form_does_not_declare_are_advice(one):
    form = one.form.read_text(encoding="utf-8")
    one.form.write_text(form.replace("lift_how", "something_else"), encoding="utf-8")
    found = lines(one)
    assert "QS101" in said(found)
    assert whole.fit([line for line in found if line.what.startswith("set")])


def two_languages(survey, choices):
    return {
        "survey": [["type", "name", "label::English (en)", "label::Cymraeg (cy)", "audio::English (en)"], *survey],
        "choices": [["list_name", "name", "label::English (en)", "label::Cymraeg (cy)"], *choices],
        "settings": [["form_id", "version", "default_language"], ["home", "1", "English (en)"]],
    }


def test_a_missing_translation_is_advice(tmp_path):
    made = two_languages(
        [["note", "welcome", "Hello.", "Helo.", ""], ["select_one yes_no", "lift", "Is the lift good?", "", ""]],
        [["yes_no", "yes", "Yes", "Ydy"], ["yes_no", "no", "No", "Nac ydy"]],
    )
    one = house(tmp_path / "house", made=made)
    assert "advice set set.xml: QS102 1 translation is missing: no Cymraeg label for 'lift'" in said(lines(one))


def test_a_set_without_the_homes_language_is_advice_and_is_answered_by_key_where_it_cannot_be_heard(one):
    found = said(lines(one, "[home]\nlanguage = 'cy'\n[voice]\nengine = 'pocketsphinx'\nlanguage = 'en'\n"))
    assert "it has no words in 'cy', so that it is asked in 'en'" in found
    made = two_languages(
        [["note", "welcome", "Hello.", "Helo.", ""], ["select_one yes_no", "lift", "Good?", "Da?", ""]],
        [["yes_no", "yes", "Yes", "Ydy"], ["yes_no", "no", "No", "Nac ydy"]],
    )
    welsh = house(one.folder / "welsh", made=made)
    found = said(lines(welsh, "[home]\nlanguage = 'cy'\n[voice]\nengine = 'pocketsphinx'\nlanguage = 'en'\n"))
    assert "in 'cy' it is answered by key alone, for the kiosk listens for 'en'" in found
    assert re.search(r"Welsh: [1-9]\d* of the kiosk's own sentences are machine-made and unchecked", found)


def test_a_language_that_the_kiosk_itself_does_not_speak_is_advice(tmp_path):
    made = {
        "survey": [
            ["type", "name", "label::Fran\u00e7ais (fr)"],
            ["note", "hello", "Bonjour."],
            ["select_one o", "q", "Bon?"],
        ],
        "choices": [["list_name", "name", "label::Fran\u00e7ais (fr)"], ["o", "oui", "Oui"], ["o", "non", "Non"]],
        "settings": [["form_id", "version"], ["home", "1"]],
    }
    one = house(tmp_path / "house", made=made)
    assert "what the kiosk itself says is not translated into 'fr' yet" in said(lines(one))


def recorded(folder, sound: bytes):
    """A set of which one text of four has a recorded voice."""
    folder.mkdir()
    (folder / "media").mkdir()
    (folder / "media" / "hello.wav").write_bytes(sound)
    return two_languages(
        [["note", "welcome", "Hello.", "Helo.", "hello.wav"], ["select_one yes_no", "lift", "Good?", "Da?", ""]],
        [["yes_no", "yes", "Yes", "Ydy"], ["yes_no", "no", "No", "Nac ydy"]],
    )


def test_a_recorded_voice_for_some_texts_only_is_advice(tmp_path):
    from kiosk.keeping.keeper import message_file  # noqa: PLC0415  it makes a WAV file, which is all that is wanted of it here

    one = house(tmp_path / "house", made=recorded(tmp_path / "house", message_file(bytes(320))))
    assert "1 of 4 texts have a recorded voice in 'en'" in said(lines(one))


def test_a_recorded_voice_that_cannot_be_played_is_an_error(tmp_path):
    one = house(tmp_path / "house", made=recorded(tmp_path / "house", b"no sound"))
    (line,) = [line for line in of(lines(one), "set set.xml") if line.level is Level.ERROR]
    assert "hello.wav" in line.met
    assert "it is not sound that can be read" in line.met


def test_a_file_that_the_form_names_and_that_is_not_there_is_an_error(tmp_path):
    one = house(tmp_path / "house", made=recorded(tmp_path / "house", b"no sound"))
    (one.folder / "set-media" / "hello.wav").unlink()
    assert "hello.wav" in said(of(lines(one), "set set.xml"))
    assert levels(lines(one), "set set.xml") == [Level.ERROR]


# --- what can be heard ---------------------------------------------------------------------------------------------


def choices(*rows):
    return [CARD_CHOICES[0], *(["card", *row] for row in rows)]


def asked(tmp_path, *rows):
    made = sheets("home", [["select_one card", "lift", "Is it?"]], choices(*rows))
    return said(lines(house(tmp_path / "house", made=made), BY_VOICE))


def test_the_kiosks_own_recordings_are_tried_and_one_that_no_sentence_has_is_told(one):
    folder = one.folder / "own" / "cy"
    folder.mkdir(parents=True)
    (folder / "thank_you.wav").write_bytes(b"no sound")
    (folder / "thanks.wav").write_bytes(b"no sound")
    found = lines(one, f"[voice]\nrecordings = '{folder.parent}'\n")
    assert {line.level for line in found if line.what == "recording cy/thank_you"} == {Level.ERROR}
    assert "recording cy/thanks: the kiosk has no such sentence" in said(found)


def test_words_that_the_model_does_not_know_are_advice_with_choice_and_question(tmp_path):
    found = asked(tmp_path, ["good", "Good", "blorpt, fine"], ["bad", "Zxqv", ""])
    assert "the model does not know 'blorpt', said for 'good' of 'lift'. Other words for it are heard" in found
    assert (
        "the model does not know 'zxqv', said for 'bad' of 'lift': it cannot be said at all. Add other words" in found
    )


def test_a_phrase_that_two_choices_share_is_advice(tmp_path):
    found = asked(tmp_path, ["one", "1", ""], ["other", "One", ""])
    assert "'one' is said for two choices of 'lift', so that it counts for neither" in found


def test_a_choice_that_is_called_like_a_command_is_advice(tmp_path):
    found = asked(tmp_path, ["one", "Stop", ""], ["other", "Go", ""])
    assert "'stop' answers 'lift', so that nobody can say it for 'stop' there" in found


def test_a_choice_whose_words_are_all_its_own_brings_no_advice(tmp_path):
    assert "advice set" not in asked(tmp_path, ["one", "Good", "happy"], ["other", "Bad", "sad"])


# --- the ear, the mouth and the devices ----------------------------------------------------------------------------


def test_the_trial_engine_is_called_that(one):
    (line,) = of(lines(one, BY_VOICE), "speech engine")
    assert line.level is Level.ADVICE
    assert "the trial engine" in line.met
    assert "nobody should be judged by it" in line.met
    assert "sayso models install en" in line.todo


def test_no_model_is_an_error_that_says_how_to_install_one(one):
    (line,) = of(lines(one, "[voice]\nengine = 'vosk'\nmodels_dir = 'empty'\n"), "speech engine")
    assert line.level is Level.ERROR
    assert "sayso models install en" in line.todo


def test_keys_alone_need_neither_engine_nor_microphone(one):
    found = lines(one, KEYS_ONLY)
    assert levels(found, "speech engine") == levels(found, "microphone") == [Level.FINE]


@pytest.mark.parametrize("device", ["microphone", "speaker"])
def test_a_device_that_is_not_there_is_an_error(one, device):
    (line,) = of(lines(one, f"{BY_VOICE}{device} = 'none such'\n"), device)
    assert line.level is Level.ERROR
    assert f"Cannot find {'a' if 'this machine' in line.met else 'the'} {device}" in line.met


def test_a_language_without_a_voice_is_an_error(one):
    (line,) = of(lines(one, f"{KEYS_ONLY}[home]\nlanguage = 'zz'\n"), "speech synthesis")
    assert line.level is Level.ERROR
    assert "espeak-ng" in line.met + line.todo


# --- the store and the rest ----------------------------------------------------------------------------------------


def test_a_store_that_is_not_there_yet_is_fine(one):
    one.data.rmdir()
    found = of(lines(one), "store")
    assert found[-1] == fine("store", f"{one.data}: the kiosk makes it at its first start")
    assert not one.data.exists()


def test_a_store_in_a_file_or_in_what_is_no_folder_is_an_error(one):
    assert levels(lines(one, KEYS_ONLY + "[store]\nfolder = 'set.xml'\n"), "store") == [Level.ERROR]
    assert levels(lines(one, KEYS_ONLY + "[store]\nfolder = 'set.xml/below'\n"), "store") == [Level.ERROR]


def test_a_store_of_a_newer_version_is_an_error(one):
    with Store.open(one.data, Role.KIOSK) as store, store._engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    (line,) = [line for line in of(lines(one), "store") if line.level is Level.ERROR]
    assert "newer than this Sayso" in line.met


def test_what_was_set_aside_by_last_midnight_is_advice(one):
    yesterday = today() - timedelta(days=1)
    with Store.open(one.data, Role.KIOSK, lambda: yesterday) as store:
        store.finish(Submission("uuid:1", "home", "1", b"<data/>", (), sealed=True))
        store.set_aside("uuid:1", "409")
    assert "1 submissions were set aside, 0 of them damaged" in said(lines(one))


@pytest.mark.parametrize(("allowed", "level"), [(False, Level.ERROR), (True, Level.ADVICE)])
def test_a_store_on_a_file_system_that_forgets_is_an_error_unless_that_is_meant(
    one, tmp_path, monkeypatch, allowed, level
):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\ntmpfs {one.folder.resolve()} tmpfs rw 0 0\n")
    monkeypatch.setattr(machine, "file_system", lambda path: file_system_of(path, mounts))
    found = lines(one, KEYS_ONLY + f"[store]\nallow_volatile = {str(allowed).lower()}\n")
    assert f"{one.data} lies on tmpfs, which is memory and empty after a restart" in said(found)
    assert level in levels(found, "store")


file_system_of = machine.file_system


def test_the_nearest_mount_above_says_the_kind_of_file_system(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\noverlay /srv overlay rw 0 0\n/dev/sdb1 /srv/a\\040b vfat rw 0 0\n")
    kinds = [file_system_of(Path(path), mounts) for path in ("/", "/srvx", "/srv/x/y", "/srv/a b/c")]
    assert kinds == ["ext4", "ext4", "overlay", "vfat"]
    assert file_system_of(tmp_path, tmp_path / "none") == ""


@pytest.mark.parametrize(
    ("setting", "said"),
    [("ca_file = 'house.md'", "the certificate file"), ("receipt_key = 'abc'", "the public key")],
)
def test_an_authority_or_a_receipt_key_that_cannot_be_used_is_an_error(one, setting, said):
    found = lines(one, f"{KEYS_ONLY}[server]\nurl = 'https://127.0.0.1/key/x'\n{setting}\n")
    assert levels(found, "server") == [Level.ERROR]
    assert any(said in line.met for line in found if line.what == "server")


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("", Level.ADVICE),
        ("http://example.org/key/sesame", Level.ADVICE),
        ("http://127.0.0.1:8000/key/sesame", Level.FINE),
        ("https://example.org/key/sesame", Level.FINE),
    ],
)
def test_a_server_is_fine_where_its_token_cannot_be_read_on_the_way_and_is_never_printed(one, url, level):
    found = lines(one, f"{KEYS_ONLY}[server]\nurl = '{url}'\n", quick=True)
    assert levels(found, "server") == [level]
    assert "sesame" not in said(found)


def test_a_status_file_that_cannot_be_written_is_an_error(one):
    one.write_config(KEYS_ONLY)
    one.config.write_text(one.config.read_text().replace("'status.json'", "'set.xml/status.json'"))
    assert levels(lines(one), "status file") == [Level.ERROR]


@pytest.mark.parametrize(
    ("taken", "level"), [("1", Level.ERROR), ("4", Level.ERROR), ("enter", Level.FINE), ("d", Level.ADVICE)]
)
def test_start_and_every_answer_need_a_key_and_a_command_should_have_one(one, taken, level):
    found = of(lines(one, f"{KEYS_ONLY}[keys]\n{taken} = 'none'\n"), "keys")
    assert [line.level for line in found] == [level]


@pytest.mark.parametrize(("any_key_starts", "level"), [("false", Level.ERROR), ("true", Level.ADVICE)])
def test_without_a_key_for_start_nobody_can_begin_unless_any_answer_key_starts(one, any_key_starts, level):
    more = f"{KEYS_ONLY}[input]\nany_key_starts = {any_key_starts}\n[keys]\nenter = 'none'\nspace = 'none'\n"
    (line,) = of(lines(one, more), "keys")
    assert (line.level, line.met) == (level, "no key of the terminal does 'start'")


def test_a_set_may_be_one_note_and_still_needs_no_more(tmp_path):
    one = house(tmp_path / "house", made=sheets("told", [], []))
    assert lines(one)[1] == fine("set set.xml", "0 questions; answers are sealed")

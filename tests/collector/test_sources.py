"""The same visit reads the same, whether it came over the network, on a stick, or out of ODK Central."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from loopback_collector import NOW, instance_id, xform
from loopback_collector import visit as plain_visit
from said import PRIVATE, Said, form, question_set

from collector.arrivals import Outcome, receive
from collector.database import Database, open_data
from collector.errors import CollectorError
from collector.export import LAST_COLUMNS
from collector.forms import add_form
from collector.keys import all_keys, new_key
from collector.sources.central import CentralSource
from collector.sources.database import DatabaseSource
from collector.sources.forms import Forms
from collector.sources.gather import gather
from collector.sources.stick import StickSource
from collector.visits import How, Visit
from kiosk.keeping.identity import kiosk_key
from kiosk.keeping.store import Role, Store
from kiosk.staff.export import export
from openrosa.signing import public_text
from openrosa.stick import FOLDER, INSTANCES, LISTS, folder_name

SPOKEN = Said(number=1, home="not_good", trouble="noise", more="voice", by="voice corrected", who="with_help")
VISITS = (SPOKEN, Said(number=2, home="dont_know", more="", complete=False), Said(number=3, who="family_for"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A collector's, with one kiosk. That the other kind of database reads the same is tested with the collector."""
    with closing(open_data(tmp_path / "collected")) as found:
        add_form(found, xform(), {}, NOW)
        new_key(found, "Elm Road", NOW)
        yield found


def known_forms() -> Forms:
    forms = Forms()
    forms.add(form())
    return forms


def on_stick(folder: Path, *said: Said) -> tuple[Path, str]:
    """What a kiosk's own store exports. Returns: the stick, and the kiosk's public key."""
    stick = folder / "stick"
    stick.mkdir()
    with Store.open(folder / "kiosk", Role.KIOSK) as store:
        for one in said:
            store.finish(one.sealed())
        key = kiosk_key(folder / "kiosk")
        export(store, stick, key=key)
    return stick, public_text(key)


def central_zip(path: Path, *said: Said, group_paths: bool = True, **columns: str) -> Path:
    """A zip as Central's backend writes it: its columns in its order, and each message in media/."""
    fields = known_forms().find("my_home", "1").schema.fields  # type: ignore[union-attr]
    names = {one.path: one.path.replace("/", "-") if group_paths else one.path.split("/")[-1] for one in fields}
    text = io.StringIO()
    table = csv.DictWriter(text, ["SubmissionDate", *names.values(), *LAST_COLUMNS], lineterminator="\n")
    table.writeheader()
    for one in said:
        there = {names[path]: value for path, value in one.values().items()}
        table.writerow(
            {
                **there,
                "SubmissionDate": "2026-11-22T09:30:15.250Z",
                "KEY": one.instance_id,
                "SubmitterID": "12",
                "SubmitterName": one.at,
                "FormVersion": "1[encrypted:AaIEnpVL]",
                **columns,
            }
        )
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("my_home.csv", text.getvalue())
        for one in said:
            if one.speaks:
                archive.writestr(f"media/{one.message}", one.voice)
    return path


def stored(database: Database, *said: Said) -> DatabaseSource:
    add_form(database, form(), {"1F600.png": b"PNG"}, NOW)
    (key,) = all_keys(database)
    for one in said:
        sealed = one.sealed()
        assert receive(database, key, sealed.xml, sealed.attachments, NOW).outcome is Outcome.TAKEN
    return DatabaseSource(database)


def said_in(visit: Visit) -> object:
    """All of a visit but how it came."""
    return replace(visit, received_on=None, home="", files=dict(visit.files))


def test_a_collector_a_stick_and_a_zip_give_the_same_visits(database: Database, tmp_path: Path) -> None:
    collector = stored(database, *VISITS)
    stick = StickSource(on_stick(tmp_path, *VISITS)[0], {})
    central = CentralSource(central_zip(tmp_path / "my_home.zip", *VISITS))
    expected = [said_in(one.visit()) for one in VISITS]
    for source in (collector, stick, central):
        found = gather([source], PRIVATE, "my_home", known_forms())
        assert sorted(map(said_in, found.visits), key=lambda one: one.instance_id) == expected  # type: ignore[attr-defined]
        assert found.unread == []


def test_a_visit_holds_what_the_record_says(tmp_path: Path) -> None:
    (visit,) = gather([CentralSource(central_zip(tmp_path / "z.zip", SPOKEN))], forms=known_forms()).visits
    home = visit.answers["home"]
    assert (home.how, home.value, home.by, home.corrected) == (How.GIVEN, "not_good", "voice", True)
    assert home.order == ("good", "okay", "not_good")
    assert (visit.who, visit.how, visit.by_whom) == ("resident", "with_help", "")
    assert (visit.home, visit.day, visit.received_on) == ("Elm Road", date(2026, 11, 2), NOW.date())
    assert visit.files[visit.answers["more"].file] == SPOKEN.voice


def test_centrals_export_without_the_groups_names_reads_the_same(tmp_path: Path) -> None:
    with_groups, without = (
        list(
            gather(
                [CentralSource(central_zip(tmp_path / f"{on}.zip", *VISITS, group_paths=on))], None, None, known_forms()
            ).visits
        )
        for on in (True, False)
    )
    assert list(map(said_in, with_groups)) == list(map(said_in, without))


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        pytest.param({"Status": "not decrypted"}, "not decrypted", id="not-decrypted"),
        pytest.param({"Status": "missing encrypted form data"}, "missing encrypted form data", id="missing"),
        pytest.param({"ReviewState": "rejected"}, "rejected in Central's review", id="rejected"),
        pytest.param({"FormVersion": "7"}, "name it with --form", id="another-version"),
    ],
)
def test_a_row_of_central_that_cannot_be_read_is_told_and_stops_no_other(
    tmp_path: Path, columns: dict[str, str], why: str
) -> None:
    bad = CentralSource(central_zip(tmp_path / "a.zip", Said(number=9), **columns))
    found = gather([bad, CentralSource(central_zip(tmp_path / "b.zip", SPOKEN))], forms=known_forms())
    assert [one.instance_id for one in found.visits] == [SPOKEN.instance_id]
    ((name, told),) = found.unread
    assert (name, why in told) == (Said(number=9).instance_id, True)


def test_a_zip_that_is_none_and_one_without_submissions_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no zip")
    with ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("my_home-people.csv", "PARENT_KEY,KEY\n")
    with pytest.raises(CollectorError, match="not a zip file"):
        CentralSource(tmp_path / "a.zip")
    with pytest.raises(CollectorError, match="no table of submissions"):
        CentralSource(tmp_path / "b.zip")


def test_of_a_damaged_table_nothing_is_believed(tmp_path: Path) -> None:
    path = central_zip(tmp_path / "z.zip", *(Said(number=one) for one in range(1, 400)))
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)
    found = gather([CentralSource(path)], forms=known_forms())
    assert list(found.visits) == []
    ((name, why),) = found.unread
    assert (name, why.startswith("it is damaged: ")) == ("my_home.csv", True)


def test_a_stick_is_only_read_and_nothing_on_it_changes(tmp_path: Path) -> None:
    stick, _ = on_stick(tmp_path, *VISITS)
    before = {path: path.read_bytes() for path in stick.rglob("*") if path.is_file()}
    assert len(list(gather([StickSource(stick, {})], PRIVATE, None, known_forms()).visits)) == 3
    assert {path: path.read_bytes() for path in stick.rglob("*") if path.is_file()} == before


def test_a_kiosk_that_is_known_gives_its_visits_their_home(tmp_path: Path) -> None:
    stick, public = on_stick(tmp_path, SPOKEN)
    (known,) = gather([StickSource(stick, {public: "Elm Road"})], PRIVATE, None, known_forms()).visits
    (unknown,) = gather([StickSource(stick, {})], PRIVATE, None, known_forms()).visits
    assert (known.home, unknown.home[:6]) == ("Elm Road", "kiosk ")


def test_on_a_stick_a_damaged_visit_one_that_no_list_names_and_a_list_that_is_none_are_told(tmp_path: Path) -> None:
    stick, _ = on_stick(tmp_path, *VISITS)
    instances = stick / FOLDER / INSTANCES
    damaged = next((instances / folder_name(SPOKEN.instance_id)).glob("*.wav.enc"))
    damaged.write_bytes(b"\0" + damaged.read_bytes()[1:])
    shutil.copytree(instances / folder_name(VISITS[1].instance_id), instances / "uuid-9")
    (stick / FOLDER / LISTS / "x.json").write_text("{}")
    found = gather([StickSource(stick, {})], PRIVATE, None, known_forms())
    assert len(list(found.visits)) == 2
    told = dict(found.unread)
    assert "not what the list says" in told[SPOKEN.instance_id]
    assert told["uuid-9"] == "no kiosk's list on the stick names it"
    assert f"{LISTS}/x.json" in told


def test_without_the_form_a_sticks_visits_are_told_with_the_form_that_is_missing(tmp_path: Path) -> None:
    stick, _ = on_stick(tmp_path, SPOKEN)
    found = gather([StickSource(stick, {})], PRIVATE)
    assert list(found.visits) == []
    assert found.unread == [(SPOKEN.instance_id, "its form, 'my_home' version '1', is not here: name it with --form")]


def test_without_the_key_nothing_sealed_is_read(tmp_path: Path) -> None:
    stick, _ = on_stick(tmp_path, SPOKEN)
    found = gather([StickSource(stick, {})], None, None, known_forms())
    assert (list(found.visits), found.unread) == ([], [(SPOKEN.instance_id, "it is sealed, and no --key was given")])


def test_a_visit_in_two_sources_counts_once_and_one_that_reads_goes_before_one_that_does_not(tmp_path: Path) -> None:
    stick = StickSource(on_stick(tmp_path, *VISITS)[0], {})
    sealed = CentralSource(central_zip(tmp_path / "a.zip", *VISITS, Status="not decrypted"))
    again = CentralSource(central_zip(tmp_path / "b.zip", *VISITS))
    found = gather([sealed, stick, again], PRIVATE, None, known_forms())
    assert sorted(one.instance_id for one in found.visits) == [one.instance_id for one in VISITS]
    assert found.unread == []


def test_the_sets_pictures_come_with_a_collectors_forms(database: Database) -> None:
    found = gather([stored(database, SPOKEN)], PRIVATE)
    assert found.sets["my_home", "1"] == question_set()
    assert dict(found.media["my_home", "1"]) == {"1F600.png": b"PNG"}


def test_a_form_that_no_kiosk_asks_is_told_with_what_a_kiosk_would_say(database: Database) -> None:
    """The collector's own test form has no question that a kiosk could ask."""
    (key,) = all_keys(database)
    assert receive(database, key, plain_visit(7), [], NOW).outcome is Outcome.TAKEN
    found = gather([DatabaseSource(database)], PRIVATE)
    assert list(found.visits) == []
    ((name, why),) = found.unread
    assert (name, "a form that asks nothing" in why) == (instance_id(7), True)


def test_no_more_than_one_visits_sound_is_in_memory(tmp_path: Path) -> None:
    """A zip's message is read when somebody asks for it, and anew each time."""
    path = central_zip(tmp_path / "z.zip", SPOKEN)
    (visit,) = gather([CentralSource(path)], forms=known_forms()).visits
    path.unlink()
    with pytest.raises(CollectorError, match=r"Cannot read .*-1\.wav in z\.zip"):
        visit.files[SPOKEN.message]

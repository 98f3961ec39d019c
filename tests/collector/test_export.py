"""Results leave as ODK Central writes them: its columns, in the form's own order, and nothing undeclared."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from loopback_collector import NOW, VECTORS, Collector, instance_id, visit, xform

from collector.arrivals import Outcome, receive
from collector.export import Exported, export
from collector.folders import folder_name, write_result
from collector.forms import add_form
from collector.keys import all_keys
from collector.results import Result, read, stored_submissions
from openrosa.sealing import load_private_key, new_key_pair, seal
from openrosa.submission import Attachment

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = (VECTORS / "test_key.pub.der").read_bytes()
PRIVATE = load_private_key((VECTORS / "test_key.pem").read_bytes())
AFTER = ["KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState"]
LAST = [*AFTER, "DeviceID", "Edits", "FormVersion"]


def taken(collector: Collector, xml: bytes, *files: Attachment) -> None:
    (key,) = all_keys(collector.database)
    assert receive(collector.database, key, xml, files, NOW).outcome is Outcome.TAKEN


def sealed(collector: Collector, number: int, *, public: bytes = PUBLIC, leave_out: str = "") -> None:
    message = Attachment("m.wav", b"voice", "audio/wav")
    one = seal(public, "home", "1", instance_id(number), visit(number, message="m.wav"), [message])
    taken(collector, one.xml, *(file for file in one.attachments if file.name != leave_out))


def rows(done: Exported) -> list[dict[str, str]]:
    (path,) = done.files
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_columns_are_those_of_odk_central_in_its_order(collector: Collector, tmp_path: Path) -> None:
    done = export(collector.database, tmp_path / "out")
    header = done.files[0].read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header == ["SubmissionDate", "house-feel_home", "house-say_more", "meta-instanceID", *LAST]
    assert done.files[0].name == "home.csv"


def test_a_plain_visit_is_one_row(collector: Collector, tmp_path: Path) -> None:
    taken(collector, visit(said="good", message="m.wav"))
    (row,) = rows(export(collector.database, tmp_path))
    assert row == {
        "SubmissionDate": "2026-11-22T09:30:15.250Z",
        "house-feel_home": "good",
        "house-say_more": "m.wav",
        "meta-instanceID": instance_id(),
        "KEY": instance_id(),
        "SubmitterID": "1",
        "SubmitterName": "Elm Road",
        "AttachmentsPresent": "0",
        "AttachmentsExpected": "1",
        "Status": "",
        "ReviewState": "",
        "DeviceID": "",
        "Edits": "0",
        "FormVersion": "1",
    }


def test_a_sealed_visit_is_opened_with_the_key(collector: Collector, tmp_path: Path) -> None:
    sealed(collector, 1)
    done = export(collector.database, tmp_path, PRIVATE)
    (row,) = rows(done)
    assert (row["house-feel_home"], row["Status"], row["AttachmentsPresent"]) == ("good", "", "2")
    assert done.unread == ()


def test_what_can_not_be_opened_is_counted_and_named_and_the_others_go_on(collector: Collector, tmp_path: Path) -> None:
    _, other = new_key_pair()
    sealed(collector, 1)
    sealed(collector, 2, public=other)
    sealed(collector, 3, leave_out="submission.xml.enc")
    sealed(collector, 4, leave_out="m.wav.enc")
    taken(collector, visit(5))
    done = export(collector.database, tmp_path, PRIVATE)
    found = {row["KEY"]: (row["house-feel_home"], row["Status"]) for row in rows(done)}
    assert found == {
        instance_id(1): ("good", ""),
        instance_id(2): ("", "not decrypted"),
        instance_id(3): ("", "missing encrypted form data"),
        instance_id(4): ("", "not decrypted"),
        instance_id(5): ("good", ""),
    }
    why = dict(done.unread)
    assert "does not fit" in why[instance_id(2)]
    assert "has not arrived" in why[instance_id(3)]
    assert "'m.wav.enc' is missing" in why[instance_id(4)]
    assert done.rows == 5


def test_a_sealed_visit_with_one_flipped_bit_is_not_taken_for_what_was_said(
    collector: Collector, tmp_path: Path
) -> None:
    message = Attachment("m.wav", b"voice" * 100, "audio/wav")
    one = seal(PUBLIC, "home", "1", instance_id(), visit(message="m.wav"), [message])
    voice, xml = one.attachments
    flipped = bytes([voice.data[0], voice.data[1] ^ 1]) + voice.data[2:]
    taken(collector, one.xml, Attachment(voice.name, flipped, ""), xml)
    done = export(collector.database, tmp_path, PRIVATE)
    assert [row["Status"] for row in rows(done)] == ["not decrypted"]
    assert "do not fit its signature" in done.unread[0][1]


def test_without_a_key_sealed_visits_stay_sealed(collector: Collector, tmp_path: Path) -> None:
    sealed(collector, 1)
    done = export(collector.database, tmp_path)
    assert [row["Status"] for row in rows(done)] == ["not decrypted"]
    assert "no --key" in done.unread[0][1]


def test_what_the_form_does_not_declare_is_in_no_file(collector: Collector, tmp_path: Path) -> None:
    taken(collector, visit(more="<undeclared>secret</undeclared><house2><feel_home>secret</feel_home></house2>"))
    (path,) = export(collector.database, tmp_path).files
    assert "secret" not in path.read_text(encoding="utf-8")
    (stored,) = stored_submissions(collector.database)
    result = read(stored, None)
    assert isinstance(result, Result)
    assert dict(result.values) == {"house/feel_home": "good", "meta/instanceID": instance_id()}


def test_commas_quotes_lines_and_formulas_come_back_as_they_were_said(collector: Collector, tmp_path: Path) -> None:
    said = '=1+1, "quoted"\n<b>é &amp;</b>'.replace("<b>", "").replace("</b>", "")
    taken(collector, visit(said=said))
    (row,) = rows(export(collector.database, tmp_path))
    assert row["house-feel_home"] == said.replace("&amp;", "&")


def test_versions_share_one_file_with_the_newest_columns_first(collector: Collector, tmp_path: Path) -> None:
    taken(collector, visit(1))
    newer = xform(version="2", leaves="<added/>").replace(b"<say_more/>", b"")
    add_form(collector.database, newer, {}, NOW)
    taken(collector, visit(2, version="2", more="<added>new</added>"))
    found = rows(export(collector.database, tmp_path))
    assert list(found[0])[:5] == ["SubmissionDate", "house-feel_home", "added", "meta-instanceID", "house-say_more"]
    assert [row["added"] for row in found] == ["", "new"]


def test_repeats_are_left_out_and_named(collector: Collector, tmp_path: Path) -> None:
    body = '<repeat nodeset="/data/visitors"/>'
    add_form(collector.database, xform("odd", leaves="<visitors><name/></visitors><place/>", body=body), {}, NOW)
    done = export(collector.database, tmp_path)
    assert done.left_out == ("odd: visitors",)
    header = (tmp_path / "odd.csv").read_text(encoding="utf-8")
    assert "visitors" not in header
    assert "place" in header


def test_a_place_is_four_columns(collector: Collector, tmp_path: Path) -> None:
    binds = '<bind nodeset="/data/place" type="geopoint"/>'
    add_form(collector.database, xform("home", "2", leaves="<place/>", binds=binds), {}, NOW)
    taken(collector, visit(version="2", more="<place>51.5 -0.1 10 4.5</place>"))
    (row,) = rows(export(collector.database, tmp_path))
    assert [row[f"place-{part}"] for part in ("Latitude", "Longitude", "Altitude", "Accuracy")] == [
        "51.5",
        "-0.1",
        "10",
        "4.5",
    ]


def test_form_ids_that_look_alike_as_file_names_get_files_of_their_own(collector: Collector, tmp_path: Path) -> None:
    for form_id in ("../a", "__/a", "A/b", "a_b"):
        add_form(collector.database, xform(form_id), {}, NOW)
    done = export(collector.database, tmp_path)
    assert len({path.name.casefold() for path in done.files}) == 5
    assert {path.parent for path in done.files} == {tmp_path}


def test_results_are_for_their_owner_alone(collector: Collector, tmp_path: Path) -> None:
    sealed(collector, 1)
    (path,) = export(collector.database, tmp_path / "out", PRIVATE).files
    assert (path.stat().st_mode & 0o077, path.parent.stat().st_mode & 0o077) == (0, 0)
    (stored,) = stored_submissions(collector.database)
    result = read(stored, PRIVATE)
    assert isinstance(result, Result)
    place = write_result(result, tmp_path / "visits")
    assert {one.name: one.stat().st_mode & 0o077 for one in place.iterdir()} == {"m.wav": 0, "submission.xml": 0}
    assert (place / "m.wav").read_bytes() == b"voice"


def test_more_visits_than_one_page_are_all_read(collector: Collector, tmp_path: Path) -> None:
    for number in range(120):
        taken(collector, visit(number))
    found = [row["KEY"] for row in rows(export(collector.database, tmp_path))]
    assert found == [instance_id(number) for number in range(120)]


@pytest.mark.parametrize("hostile", ["../../etc/passwd", "a/b", ".", "", "uuid:../../x", "x" * 500])
def test_an_instance_id_never_leads_out_of_the_folder(hostile: str) -> None:
    name = folder_name(hostile)
    assert "/" not in name
    assert not name.startswith(".")
    assert 0 < len(name) < 100


def test_two_instance_ids_never_share_a_folder() -> None:
    assert folder_name("a/b") != folder_name("a_b")
    assert folder_name(instance_id(7)) == instance_id(7).removeprefix("uuid:")

"""A zip that a real ODK Central wrote (tests/vectors/README.md): what was said at the kiosk is what results read."""

from __future__ import annotations

import csv
import io
import json
import wave
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from collector.errors import CollectorError
from collector.export import LAST_COLUMNS
from collector.schema import read_schema
from collector.sources.central import CentralSource
from collector.sources.forms import Forms
from collector.sources.gather import gather
from collector.visits import How, Visit
from sayso.__main__ import sayso

FOLDER = Path(__file__).parents[1] / "vectors" / "central"
SAID = json.loads((FOLDER / "said.json").read_text(encoding="utf-8"))
"""By instance id, as the kiosk's runner had it when each visit was over."""
REJECTED = "uuid:aecb86ff-a677-44b8-bbcf-7ef283ca11e7"
FIRST_VERSION, SECOND_VERSION = (FOLDER / "garden-1.xml").read_bytes(), (FOLDER / "garden-2.xml").read_bytes()


def forms(*xforms: bytes) -> Forms:
    found = Forms()
    for xform in xforms:
        found.add(xform)
    return found


def told(visit: Visit) -> dict[str, object]:
    """A visit as said.json has it."""
    return {
        "version": visit.version,
        "language": visit.language,
        "who": visit.who,
        "how": visit.how,
        "by_whom": visit.by_whom,
        "complete": visit.complete,
        "answers": {
            one.name: [one.how.value, one.value, one.by, one.corrected]
            for one in visit.answers.values()
            if one.how not in (How.NOT_REACHED, How.NOT_ASKED)
        },
    }


def test_every_visit_reads_as_it_was_said_at_the_kiosk_but_the_one_that_was_rejected():
    found = gather([CentralSource(FOLDER / "garden.zip")], forms=forms(FIRST_VERSION, SECOND_VERSION))
    read = {one.instance_id: told(one) for one in found.visits}
    assert read == {name: said for name, said in SAID.items() if name != REJECTED}
    assert found.unread == [(REJECTED, "it was rejected in Central's review")]


def test_each_visit_has_its_kiosks_name_and_each_voice_message_is_the_kiosks_file():
    source = CentralSource(FOLDER / "garden.zip")
    visits = list(gather([source], forms=forms(FIRST_VERSION, SECOND_VERSION)).visits)
    assert {one.home for one in visits} == {"Elm Road", 'Oak, "Little" Street'}
    spoken = [(one, one.answers["why"].file) for one in visits if one.answers["why"].how is How.GIVEN]
    assert len(spoken) == 3
    for visit, name in spoken:
        with wave.open(io.BytesIO(visit.files[name])) as message:
            assert (message.getframerate(), message.getnframes()) == (16_000, 160_000)


def test_a_zip_without_the_passphrase_gives_no_visit_and_says_what_to_do():
    found = gather([CentralSource(FOLDER / "garden-sealed.zip")], forms=forms(FIRST_VERSION, SECOND_VERSION))
    assert list(found.visits) == []
    assert {name for name, _why in found.unread} == {*SAID}
    assert {why for _name, why in found.unread} == {"not decrypted: export it from Central with the passphrase"}


def test_visits_of_a_version_whose_form_was_not_named_are_told_of_with_it():
    found = gather([CentralSource(FOLDER / "garden.zip")], forms=forms(SECOND_VERSION))
    assert {one.version for one in found.visits} == {"2"}
    others = {why for name, why in found.unread if name != REJECTED}
    assert len(others) == 1
    assert "version '1[encrypted:AaIIYJNW]'" in others.pop()


ANOTHER_UPLOAD = FIRST_VERSION.replace(b"1[encrypted:AaIIYJNW]", b"1[encrypted:AaIIZZZZ]")
OTHER_WORDS = ANOTHER_UPLOAD.replace(b"How good is the garden?", b"How bad is the garden?")


def test_a_form_of_the_same_number_with_another_suffix_is_another_form():
    found = gather([CentralSource(FOLDER / "garden.zip")], forms=forms(OTHER_WORDS))
    assert list(found.visits) == []
    assert len(found.unread) == len(SAID)


def test_a_form_that_central_has_not_touched_is_that_of_every_suffix():
    found = gather(
        [CentralSource(FOLDER / "garden.zip")], forms=forms(FIRST_VERSION.replace(b"[encrypted:AaIIYJNW]", b""))
    )
    assert {one.version for one in found.visits} == {"1"}


def test_one_number_twice_in_central_with_other_words_is_refused_and_with_the_same_words_is_one_form():
    with pytest.raises(CollectorError, match="Cannot tell apart two forms"):
        forms(FIRST_VERSION, OTHER_WORDS)
    assert forms(ANOTHER_UPLOAD, FIRST_VERSION).find("garden", "1[encrypted:AaIIYJNW]") is not None


@pytest.mark.parametrize("xform", [FIRST_VERSION, SECOND_VERSION], ids=["first", "second"])
def test_our_own_columns_are_centrals(xform):
    with ZipFile(FOLDER / "garden.zip") as archive, archive.open("garden.csv") as raw:
        header = next(csv.reader(io.TextIOWrapper(raw, encoding="utf-8")))
    ours = [field.path.replace("/", "-") for field in read_schema(xform).fields]
    assert header == ["SubmissionDate", *ours, *LAST_COLUMNS]


def test_one_reason_that_many_visits_have_is_told_once(tmp_path):
    words = ["collector", "results", FOLDER / "garden-sealed.zip", "--form", FOLDER / "garden-1.xml", "--to", tmp_path]
    done = CliRunner().invoke(sayso, [*map(str, words), "--form", str(FOLDER / "garden-2.xml")])
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Not read: {len(SAID)} visits, such as uuid:")
    assert line.endswith(": not decrypted: export it from Central with the passphrase")
    assert done.exit_code == 1

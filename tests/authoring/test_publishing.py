"""`sayso collector publish` with sheets: checked, sealed, and no version ever written over or gone back to unasked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from authoring.sheets import workbook_of
from collector.database import open_data
from collector.errors import CollectorError
from collector.forms import all_forms, is_older, newest_forms
from collector.keys import new_key
from collector.serve import running
from openrosa.client import Client
from openrosa.convert import write_with_media
from openrosa.errors import OpenRosaError
from openrosa.xform import load
from sayso.__main__ import sayso

SHEET = """| survey |
| | type | name | label::English (en) | audio::English (en) |
| | note | hello | This is a draft to change together. | hello.wav |
| | select_one yn | lift | Is the lift good? | |

| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |

| settings |
| | form_title | form_id | version | default_language |
| | The lift | lift | {version} | English (en) |
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "lift.md"
    path.write_text(SHEET.format(version=2), encoding="utf-8")
    (tmp_path / "hello.wav").write_bytes(b"RIFF: a voice")
    return path


def collector(*words: object) -> tuple[int, str, str]:
    """The command as `sayso.__main__.main` runs it: what a person can act on is one sentence and exit code 2."""
    done = CliRunner().invoke(sayso, ["collector", *map(str, words)])
    if isinstance(done.exception, OpenRosaError | CollectorError):
        return 2, done.stdout, str(done.exception)
    return done.exit_code, done.stdout, done.stderr


def publish(sheet: Path, *more: object) -> tuple[int, str, str]:
    return collector("publish", sheet, "--data", sheet.parent / "collected", *more)


@contextmanager
def kiosk(sheet: Path) -> Iterator[Client]:
    """What a kiosk reaches of this collector."""
    with closing(open_data(sheet.parent / "collected", make=False)) as database:
        token = new_key(database, "Elm Road", datetime.now(UTC))
        with running(database, lambda: datetime.now(UTC)) as url, Client(f"{url}/key/{token}") as client:
            yield client


def offered(sheet: Path) -> list[str]:
    with closing(open_data(sheet.parent / "collected", make=False)) as database:
        return [form.version for form in newest_forms(database)]


def there(sheet: Path) -> list[str]:
    with closing(open_data(sheet.parent / "collected")) as database:
        return [form.version for form in all_forms(database)]


@pytest.mark.parametrize("kind", ["md", "xlsx"])
def test_a_sheet_is_published_sealed_with_its_files_and_the_records_own_fields(sheet, kind, tmp_path):
    pair = tmp_path / "office-key"
    assert collector("keys", "pair", pair)[0] == 0
    if kind == "xlsx":
        write_with_media(tmp_path / "lift.xlsx", *workbook_of(sheet))
        sheet = tmp_path / "lift.xlsx"
    assert publish(sheet, "--public-key", pair / "public_key.txt") == (0, "lift version 2 is published.\n", "")
    with kiosk(sheet) as client:
        (entry,) = client.form_list()
        found = load(client.form(entry), "lift.xml")
        assert {file.name: client.media(file) for file in client.manifest(entry)} == {"hello.wav": b"RIFF: a voice"}
    assert found.public_key is not None
    assert {"/data/lift_how", "/data/sayso/who"} <= found.record_paths


def test_a_sheet_without_a_key_is_published_and_told_to_be_open(sheet):
    code, _, said = publish(sheet)
    assert code == 0
    assert "Without a public key" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(("select_one yn | lift", "text | lift"), "QS004 lift.md, survey row 3", id="a_free_text"),
        pytest.param(("| | yn | no | No |\n", ""), "QS006", id="one_choice"),
    ],
)
def test_a_sheet_that_no_kiosk_can_ask_is_not_published(sheet, change, said):
    sheet.write_text(SHEET.format(version=2).replace(*change), encoding="utf-8")
    code, out, err = publish(sheet)
    assert (code, out) == (1, "")
    assert said in err
    assert "nothing was published" in err
    assert there(sheet) == []


def test_a_file_that_the_sheet_names_and_that_is_gone_is_told_and_nothing_is_published(sheet):
    (sheet.parent / "hello.wav").unlink()
    code, _, said = publish(sheet)
    assert code == 2
    assert "survey row 2, column audio::English (en)" in said
    assert there(sheet) == []


def test_the_same_sheet_again_is_done_already(sheet):
    assert publish(sheet)[0] == 0
    assert publish(sheet)[:2] == (0, "lift version 2 is published.\n")
    assert there(sheet) == ["2"]


@pytest.mark.parametrize("what", ["words", "recording", "key"])
def test_a_version_is_never_written_over_whatever_has_changed(sheet, what, tmp_path):
    assert publish(sheet)[0] == 0
    more, met = (), "another one is published under that name"
    if what == "words":
        sheet.write_text(sheet.read_text(encoding="utf-8").replace("Is the lift good?", "Does the lift work?"))
    elif what == "recording":
        (sheet.parent / "hello.wav").write_bytes(b"RIFF: another voice")
        met = "whose file 'hello.wav' is not the same"
    else:
        assert collector("keys", "pair", tmp_path / "office-key")[0] == 0
        more = ("--public-key", tmp_path / "office-key" / "public_key.txt")
    with closing(open_data(tmp_path / "collected")) as database:
        before = [form.hash for form in all_forms(database)]
    code, _, said = publish(sheet, *more)
    assert code == 2
    assert met in said
    assert "Give it a new version on the settings sheet" in said
    with closing(open_data(tmp_path / "collected")) as database:
        assert [form.hash for form in all_forms(database)] == before
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("| lift | 2 |", "| lift | 3 |"))
    assert publish(sheet, *more)[:2] == (0, "lift version 3 is published.\n")
    assert offered(sheet) == ["3"]


def test_an_older_version_never_takes_the_newest_ones_place(sheet):
    assert publish(sheet)[0] == 0
    sheet.write_text(SHEET.format(version=10), encoding="utf-8")
    assert publish(sheet)[0] == 0
    sheet.write_text(SHEET.format(version=9), encoding="utf-8")
    code, _, said = publish(sheet)
    assert code == 2
    assert "version '9': version '10' is published already. Give it a higher version" in said
    assert there(sheet) == ["2", "10"]
    assert offered(sheet) == ["10"]
    with kiosk(sheet) as client:
        assert [entry.version for entry in client.form_list()] == ["10"]


def test_an_older_version_that_is_there_stays_as_it_is_and_it_is_said_which_one_kiosks_get(sheet):
    for version in (2, 3):
        sheet.write_text(SHEET.format(version=version), encoding="utf-8")
        assert publish(sheet)[0] == 0
    sheet.write_text(SHEET.format(version=2), encoding="utf-8")
    told = "lift version 2 is published. Kiosks are offered version 3, which came after it.\n"
    assert publish(sheet)[:2] == (0, told)
    assert offered(sheet) == ["3"]


def test_versions_that_are_no_numbers_go_by_the_time_of_publishing(sheet):
    for version in ("spring", "autumn", "2"):
        sheet.write_text(SHEET.format(version=version), encoding="utf-8")
        assert publish(sheet)[0] == 0
        assert offered(sheet) == [version]


@pytest.mark.parametrize(
    ("version", "than", "older"),
    [
        pytest.param("9", "10", True, id="9_10"),
        pytest.param("1.9", "1.10", True, id="1.9_1.10"),
        pytest.param("2026112401", "2026112402", True, id="dates"),
        pytest.param("2", "3[encrypted:AaIEnpVL]", True, id="encrypted"),
        pytest.param("3[encrypted:AaIEnpVL]", "3", False, id="same_encrypted"),
        pytest.param("10", "9", False, id="10_9"),
        pytest.param("03", "3", False, id="same_number"),
        pytest.param("spring", "3", False, id="word"),
        pytest.param("", "3", False, id="none"),
        pytest.param("2²", "3", False, id="no_digit"),
        pytest.param("9" * 5_000, "3", False, id="too_long_to_be_one"),
    ],
)
def test_a_version_is_older_by_its_number(version, than, older):
    assert is_older(version, than) is older


def test_an_xform_keeps_its_own_key(sheet, tmp_path):
    assert collector("keys", "pair", tmp_path / "office-key")[0] == 0
    form = tmp_path / "lift.xml"
    form.write_text("<h/>", encoding="utf-8")
    code, _, said = publish(form, "--public-key", tmp_path / "office-key" / "public_key.txt")
    assert code == 2
    assert "convert the sheet anew" in said

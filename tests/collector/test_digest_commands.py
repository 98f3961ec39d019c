"""`sayso collector digest`, `decide` and `reply` as an office uses them, with a collector's database and a folder."""

from __future__ import annotations

import csv
import json
import stat
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from said import PRIVATE_FILE, PUBLIC, Said, form

from collector.alerts import unopened
from collector.arrivals import Outcome, receive
from collector.database import Database, open_data
from collector.errors import CollectorError
from collector.forms import add_form, all_forms
from collector.keys import all_keys, new_key
from openrosa.convert import convert
from openrosa.errors import OpenRosaError
from openrosa.sealing import public_key_to_base64
from sayso.__main__ import sayso

HEALTH = Path(__file__).parents[2] / "kiosk" / "reporting" / "kiosk_health.md"
MIDDLE = datetime(2026, 11, 15, 12, tzinfo=UTC)
SPOKEN = Said(more="voice")


class Done(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


def run(*words: object) -> Done:
    """`sayso collector` with these words."""
    found = CliRunner().invoke(sayso, ["collector", *map(str, words)])
    if isinstance(found.exception, (CollectorError, OpenRosaError)):  # sayso.__main__ says it so
        return Done(2, found.stdout, str(found.exception))
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return Done(found.exit_code, found.stdout, found.stderr)


@pytest.fixture
def data(tmp_path):
    return tmp_path / "collected"


@pytest.fixture
def database(data):
    with closing(open_data(data)) as found:
        add_form(found, form(), {}, MIDDLE)
        new_key(found, "Elm Road", MIDDLE)
        yield found


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "november"


def take(database: Database, said: Said, at: datetime = MIDDLE) -> None:
    (key,) = all_keys(database)
    sealed = said.sealed()
    assert receive(database, key, sealed.xml, sealed.attachments, at).outcome is Outcome.TAKEN


def digest(data: Path, folder: Path, *words: object, also: str = "my_home", month: str = "2026-11") -> Done:
    where = ("--data", data, "--key", PRIVATE_FILE, "--month", month, "--to", folder)
    return run("digest", *where, "--set", also, *words)


def listed(folder: Path) -> list[dict[str, str]]:
    return json.loads(run("decide", folder, "--json").stdout)


def counted(folder: Path) -> dict[str, object]:
    return json.loads((folder / "month.json").read_text())


def decided(data: Path, folder: Path, database: Database, count: int = 1) -> list[str]:
    """So many messages in a digest, each decided on. Returns: their ids."""
    for number in range(1, count + 1):
        take(database, replace(SPOKEN, number=number))
    assert digest(data, folder).exit_code == 0
    ids = [one["id"] for one in listed(folder)]
    for item in ids:
        assert run("decide", folder, item, "--decision", "done", "--said", f"we want {item}").exit_code == 0
    return ids


# --- digest ----------------------------------------------------------------------------------------------------------


def test_a_months_visits_are_those_that_arrived_in_it_whatever_their_day(database, data, folder):
    days = [(10, 31, 23, 59), (11, 1, 0, 0), (11, 30, 23, 59), (12, 1, 0, 0)]
    for number, (month, day, hour, minute) in enumerate(days, start=1):
        take(database, replace(SPOKEN, number=number), datetime(2026, month, day, hour, minute, tzinfo=UTC))
    assert digest(data, folder).exit_code == 0
    assert (counted(folder)["visits"], len(listed(folder))) == (2, 2)
    both = [folder.with_name("october"), folder.with_name("december")]
    for other, month in zip(both, ("2026-10", "2026-12"), strict=True):
        assert digest(data, other, month=month).exit_code == 0
    ids = [one["id"] for each in (folder, *both) for one in listed(each)]
    assert len(set(ids)) == len(ids) == 4


def test_what_a_kiosk_tells_of_itself_is_no_visit(database, data, folder):
    health = convert(HEALTH)
    with closing(open_data(data)) as own:
        version = add_form(own, health.xform, {}, MIDDLE).version
        xml = f'<data id="kiosk_health" version="{version}"><meta><instanceID>uuid:1</instanceID></meta></data>'
        receive(own, all_keys(own)[0], xml.encode(), [], MIDDLE)
    take(database, SPOKEN)
    assert digest(data, folder).exit_code == 0
    assert counted(folder)["visits"] == 1


def test_a_sensitive_visit_waits_until_somebody_has_opened_it_and_its_alert_stays(tmp_path, folder):
    data = tmp_path / "sensitive"
    with closing(open_data(data)) as database:
        add_form(database, form(sensitive=True), {}, MIDDLE)
        new_key(database, "Elm Road", MIDDLE)
        take(database, SPOKEN)
        first = digest(data, folder)
        assert first.exit_code == 1
        assert "1 visit of sensitive sets that nobody has opened" in first.stderr
        assert (listed(folder), counted(folder)["waiting"], len(unopened(database))) == ([], 1, 1)
        assert run("open", "--data", data, "--key", PRIVATE_FILE, "--to", tmp_path / "opened").exit_code == 0
        assert digest(data, folder).exit_code == 0
        assert (len(listed(folder)), counted(folder)["waiting"]) == (1, 0)


def test_what_cannot_be_opened_is_counted_and_told(database, data, folder):
    take(database, SPOKEN)
    done = run("digest", "--data", data, "--month", "2026-11", "--to", folder, "--set", "my_home")
    assert done.exit_code == 1
    assert SPOKEN.instance_id in done.stderr
    assert "no --key" in done.stderr
    assert (counted(folder)["visits"], counted(folder)["unread"]) == (1, 1)


def test_made_again_it_adds_what_is_new_and_keeps_what_people_wrote(database, data, folder):
    (item,) = decided(data, folder, database)
    take(database, replace(SPOKEN, number=9))
    done = digest(data, folder)
    assert "1 new" in done.stdout
    (new,) = listed(folder)
    shown = json.loads(run("decide", folder, item, "--json").stdout)[0]
    assert (new["decision"], shown["said"], shown["publish"]) == ("", f"we want {item}", "yes")
    assert f"They said: we want {item}" in (folder / "digest.html").read_text(encoding="utf-8")


def test_what_goes_another_way_is_on_no_page_from_then_on(database, data, folder):
    (item,) = decided(data, folder, database)
    done = run("decide", folder, item, "--decision", "leave_out")
    assert "make the digest again" in done.stderr
    digest(data, folder)
    assert item not in (folder / "digest.html").read_text(encoding="utf-8")
    row = json.loads(run("decide", folder, item, "--json").stdout)[0]
    assert (row["decision"], row["publish"]) == ("leave_out", "no")


def test_a_folder_holds_one_month(database, data, folder):
    digest(data, folder)
    done = digest(data, folder, month="2026-10")
    assert done.exit_code == 2
    assert "it holds the digest of 2026-11" in done.stderr


def test_only_this_user_may_read_any_of_it(database, data, folder):
    decided(data, folder, database)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes == {"november": 0o700, "digest.html": 0o600, "decisions.xlsx": 0o600, "month.json": 0o600}


# --- the table -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_table_that_was_filled_in_by_hand_counts_and_what_was_added_to_it_stays(database, data, folder, kind):
    take(database, SPOKEN)
    digest(data, folder, "--table", kind)
    filled = {"decision": "We can't", "said": "supper is too early", "because": "the cook goes home at five"}
    path = folder / f"decisions.{kind}"
    if kind == "xlsx":
        book = load_workbook(path)
        sheet = book["decisions"]
        heads = {cell.value: cell.column for cell in sheet[1]}
        for name, words in filled.items():
            sheet.cell(2, heads[name], words)
        sheet.cell(1, len(heads) + 1, "who asks the cook")
        sheet.cell(2, len(heads) + 1, "Sam")
        book.save(path)
    else:  # as a spreadsheet saves it where the comma is for numbers
        (row,) = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
        row |= {**filled, "who asks the cook": "Sam"}
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(row), delimiter=";")
            writer.writeheader()
            writer.writerow(row)
    item = json.loads(run("decide", folder, "v", "--json").stdout)[0]
    assert (item["decision"], item["publish"]) == ("we_cant", "")
    assert run("decide", folder, item["id"], "--topic", "=Supper", "--publish").exit_code == 0
    assert digest(data, folder).exit_code == 0
    again = json.loads(run("decide", folder, item["id"], "--json").stdout)[0]
    assert (again["because"], again["topic"], again["publish"]) == ("the cook goes home at five", "=Supper", "yes")
    left = load_workbook(path)["decisions"]["M2"].value if kind == "xlsx" else path.read_text(encoding="utf-8-sig")
    assert "Sam" in str(left)


def test_a_table_that_is_open_in_a_spreadsheet_is_left_alone(database, data, folder):
    (item,) = decided(data, folder, database)
    before = (folder / "decisions.xlsx").read_bytes()
    (folder / ".~lock.decisions.xlsx#").touch()
    for done in (
        run("decide", folder, item, "--topic", "Supper"),
        run("reply", folder, "--to", folder / "replies"),
        digest(data, folder),
    ):
        assert done.exit_code == 2
        assert "open in a spreadsheet" in done.stderr
    assert (folder / "decisions.xlsx").read_bytes() == before
    assert not (folder / "replies").exists()


@pytest.mark.parametrize(
    ("name", "content", "met"),
    [
        ("decisions.xlsx", b"no workbook", "no table of decisions"),
        ("decisions.csv", b"id,decision\nv1,done\n", "no table of decisions"),
        ("decisions.csv", "id,décision\n".encode("latin-1"), "no table of decisions"),
    ],
    ids=["xlsx", "columns", "encoding"],
)
def test_a_table_that_cannot_be_read_is_named(tmp_path, name, content, met):
    (tmp_path / name).write_bytes(content)
    done = run("decide", tmp_path)
    assert done.exit_code == 2
    assert met in done.stderr
    assert name in done.stderr


# --- decide ----------------------------------------------------------------------------------------------------------


def test_a_decision_that_cannot_stand_is_not_written(database, data, folder):
    take(database, SPOKEN)
    digest(data, folder)
    before = (folder / "decisions.xlsx").read_bytes()
    done = run("decide", folder, "v", "--decision", "we_cant", "--said", "supper is too early")
    assert done.exit_code == 2
    assert "because of what?" in done.stderr
    assert (folder / "decisions.xlsx").read_bytes() == before


@pytest.mark.parametrize(
    ("item", "met"), [("nothing", "no item begins with it"), ("v", "2 items begin with it")], ids=["none", "two"]
)
def test_an_item_has_to_be_one(database, data, folder, item, met):
    decided(data, folder, database, 2)
    done = run("decide", folder, item, "--decision", "done")
    assert done.exit_code == 2
    assert met in done.stderr


def test_what_is_said_is_told_unless_it_is_kept_back(database, data, folder):
    (item,) = decided(data, folder, database)
    assert run("decide", folder, item, "--said", "we want a bench", "--no-publish").exit_code == 0
    assert json.loads(run("decide", folder, item, "--json").stdout)[0]["publish"] == "no"
    assert run("reply", folder, "--to", folder / "replies").exit_code == 1


# --- reply -----------------------------------------------------------------------------------------------------------


def test_versions_grow_each_reply_is_told_once_and_nothing_is_written_over(database, data, folder, tmp_path):
    ids = decided(data, folder, database, 3)
    to = tmp_path / "replies"
    first = run("reply", folder, "--to", to, "--most", 2)
    assert (first.exit_code, "1 more wait" in first.stderr) == (0, True)
    second = run("reply", folder, "--to", to)
    third = run("reply", folder, "--to", to)
    assert (second.exit_code, third.exit_code) == (0, 1)
    texts = [(to / f"you_said_we_did-{number}.md").read_text(encoding="utf-8") for number in (1, 2)]
    assert sorted(path.name for path in to.iterdir()) == ["you_said_we_did-1.md", "you_said_we_did-2.md"]
    assert [[item in text for item in ids] for text in texts] == [[True, True, False], [False, False, True]]
    again = run("decide", folder, ids[0], "--decision", "we_will", "--what", "In May.")
    assert again.exit_code == 0
    assert run("reply", folder, "--to", to).exit_code == 0
    clash = run("reply", folder, "--to", to, "--version", 1, "--most", 0)
    assert (clash.exit_code, "not written over" in clash.stderr) == (2, True)
    assert (to / "you_said_we_did-1.md").read_text(encoding="utf-8") == texts[0]


def test_what_october_left_is_told_before_november_and_novembers_visits_are_counted(database, data, folder, tmp_path):
    october = folder.with_name("october")
    take(database, replace(SPOKEN, number=50), datetime(2026, 10, 3, tzinfo=UTC))
    digest(data, october, month="2026-10")
    run("decide", october, "v", "--decision", "done", "--said", "the october bench")
    decided(data, folder, database, 5)
    assert run("reply", october, folder, "--to", tmp_path / "replies", "--most", 2).exit_code == 0
    text = (tmp_path / "replies" / "you_said_we_did-1.md").read_text(encoding="utf-8")
    assert text.index("the october bench") < text.index("You said: we want v")
    assert "In November there were 5 visits." in text


def test_published_it_is_the_collectors_next_version_sealed_and_with_its_pictures(database, data, folder, tmp_path):
    decided(data, folder, database)
    (tmp_path / "public_key.txt").write_text(public_key_to_base64(PUBLIC))
    shipped = convert(Path(__file__).parents[2] / "question_sets" / "you_said_we_did" / "you_said_we_did.md")
    add_form(database, shipped.xform, shipped.media, MIDDLE)
    key = ("--public-key", tmp_path / "public_key.txt")
    done = run("reply", folder, "--to", tmp_path / "replies", "--publish", "--data", data, *key)
    assert "Version 2 is published." in done.stdout
    newest = all_forms(database)[-1]
    assert (newest.form_id, newest.version, newest.has_media) == ("you_said_we_did", "2", True)
    assert b"base64RsaPublicKey" in newest.xform


def test_what_could_not_be_published_was_not_told(database, data, folder, tmp_path):
    decided(data, folder, database)
    shipped = convert(Path(__file__).parents[2] / "question_sets" / "you_said_we_did" / "you_said_we_did.md")
    add_form(database, shipped.xform.replace(b'version="1"', b'version="7"'), shipped.media, MIDDLE)
    done = run("reply", folder, "--to", tmp_path / "replies", "--publish", "--data", data, "--version", "3")
    assert (done.exit_code, "'7' is published already" in done.stderr) == (2, True)
    assert list((tmp_path / "replies").iterdir()) == []
    assert (
        "Version 8 is published."
        in run("reply", folder, "--to", tmp_path / "replies", "--publish", "--data", data).stdout
    )


def test_a_row_that_cannot_be_told_keeps_all_of_them_from_being_written(database, data, folder, tmp_path):
    ids = decided(data, folder, database, 2)
    book = load_workbook(folder / "decisions.xlsx")
    sheet = book["decisions"]
    sheet.cell(2, [cell.value for cell in sheet[1]].index("said") + 1).value = None
    book.save(folder / "decisions.xlsx")
    done = run("reply", folder, "--to", tmp_path / "replies")
    assert done.exit_code == 1
    assert ids[0] in done.stderr
    assert "Nothing was written." in done.stderr
    assert not (tmp_path / "replies").exists()


@pytest.mark.parametrize(("decided_on", "words"), [(2, "heard every message"), (1, "has not heard all")])
def test_that_all_was_heard_is_said_only_when_everything_is_decided(
    database, data, folder, tmp_path, decided_on, words
):
    ids = decided(data, folder, database, 1)
    take(database, replace(SPOKEN, number=2))
    digest(data, folder)
    if decided_on == 2:
        (other,) = (one["id"] for one in listed(folder))
        assert other not in ids
        run("decide", folder, other, "--decision", "leave_out")
    assert run("reply", folder, "--to", tmp_path / "replies").exit_code == 0
    assert words in (tmp_path / "replies" / "you_said_we_did-1.md").read_text(encoding="utf-8")


def test_without_a_digest_there_is_nothing_to_reply_to(tmp_path):
    done = run("reply", tmp_path, "--to", tmp_path / "replies")
    assert (done.exit_code, "sayso collector digest" in done.stderr) == (2, True)


@pytest.mark.parametrize("missing", ["openpyxl", "markupsafe"])
@pytest.mark.parametrize(
    "words",
    [["digest", "--data", ".", "--month", "2026-11", "--to", "x"], ["decide", "."], ["reply", ".", "--to", "x"]],
    ids=lambda words: words[0],
)
def test_where_an_offices_libraries_are_absent_it_says_how_to_get_them(tmp_path, monkeypatch, missing, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, missing, None)
    for name in [one for one in sys.modules if one.startswith(("collector.digest", "collector.page"))]:
        monkeypatch.delitem(sys.modules, name)
    done = run(*words)
    assert done.exit_code == 2
    assert f"{missing} is not installed here" in done.stderr


def test_a_month_of_odk_centrals_own_export_is_a_digest_too(tmp_path: Path) -> None:
    here = Path(__file__).parents[1] / "vectors" / "central"
    forms = [word for version in (1, 2) for word in ("--form", here / f"garden-{version}.xml")]
    words = ["digest", here / "garden.zip", *forms, "--set", "garden"]
    done = run(*words, "--month", "2026-11", "--to", tmp_path / "november")
    page = (tmp_path / "november" / "digest.html").read_text(encoding="utf-8")
    assert (done.exit_code, page.count("<audio")) == (1, 3), "one of its four messages was rejected in Central's review"
    assert "rejected in Central's review" in done.stderr
    assert "8 visits" in done.stdout
    before = run(*words, "--month", "2026-10", "--to", tmp_path / "october")
    assert "0 messages of " in before.stdout


def test_a_stick_does_not_say_when_visits_arrived(tmp_path: Path) -> None:
    done = run("digest", tmp_path, "--month", "2026-11", "--to", tmp_path / "november")
    assert done.exit_code == 2
    assert "sayso collector import" in done.stderr

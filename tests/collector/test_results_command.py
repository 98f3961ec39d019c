"""`sayso collector results` as an office uses it, from what came in to the folder that it opens."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from loopback_collector import NOW
from openpyxl import load_workbook
from said import PRIVATE_FILE, Said, form
from test_sources import central_zip, on_stick

from collector.alerts import unopened
from collector.arrivals import Outcome, receive
from collector.database import Database, open_data
from collector.errors import CollectorError
from collector.forms import add_form
from collector.keys import all_keys, new_key
from openrosa.errors import OpenRosaError
from openrosa.sealing import new_key_pair
from sayso.__main__ import sayso

HOMES = ("Elm Road", "Oak Lane", "Ash Close")


class Done(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "collected"


@pytest.fixture
def database(data: Path) -> Iterator[Database]:
    with closing(open_data(data)) as found:
        add_form(found, form(), {}, NOW)
        for home in HOMES:
            new_key(found, home, NOW)
        yield found


def many(count: int, start: int = 1, **what: object) -> list[Said]:
    return [replace(Said(number=start + place), **what) for place in range(count)]


def take(database: Database, *said: Said) -> None:
    keys = {one.name: one for one in all_keys(database)}
    for one in said:
        sealed = one.sealed()
        outcome = receive(database, keys[one.at], sealed.xml, sealed.attachments, NOW).outcome
        assert outcome is Outcome.TAKEN


def results(*words: object, to: Path, key: bool = True) -> Done:
    keys = ("--key", PRIVATE_FILE) if key else ()
    arguments = ("collector", "results", *words, "--to", to, *keys)
    found = CliRunner().invoke(sayso, [str(word) for word in arguments])
    if isinstance(found.exception, (CollectorError, OpenRosaError)):  # sayso.__main__ says it so
        return Done(2, found.stdout, str(found.exception))
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return Done(found.exit_code, found.stdout, found.stderr)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_office_gets_sheets_voices_and_a_page(database: Database, data: Path, tmp_path: Path) -> None:
    spoken = Said(number=9, home="not_good", trouble="noise", more="voice")
    take(database, *many(5), spoken)
    done = results("--data", data, to=tmp_path / "out")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "my_home version 1: 6 visits, 2026-11-02\n  people who live there, by themselves: 6 visits" in done.stdout
    row = next(one for one in rows(tmp_path / "out" / "my_home.csv") if one["KEY"] == spoken.instance_id)
    assert (row["house-home"], row["house-home_label"], row["house-home_how"]) == ("not_good", "Not good", "given")
    assert (row["more"], row["SubmitterName"], row["FormVersion"]) == (spoken.message, "Elm Road", "1")
    voice = tmp_path / "out" / row["more_file"]
    assert voice.name == f"my_home-{spoken.instance_id[5:]}-more.wav"
    assert voice.read_bytes() == spoken.voice
    page = (tmp_path / "out" / "my_home-1.html").read_text(encoding="utf-8")
    assert "Are you happy in your home?" in page


def test_the_sheets_columns_are_centrals_with_ours_beside_them(database: Database, data: Path, tmp_path: Path) -> None:
    take(database, Said())
    results("--data", data, to=tmp_path / "ours")
    CliRunner().invoke(sayso, ["collector", "export", "--data", str(data), "--to", str(tmp_path / "export")])
    ours, central = (
        (tmp_path / where / "my_home.csv").read_text().splitlines()[0].split(",") for where in ("ours", "export")
    )
    beside = ["house-home_label", "house-trouble_label", "more_file"]
    assert [name for name in ours if name not in beside] == central
    assert ours[ours.index("house-home") + 1] == "house-home_label"


def test_the_workbook_has_the_same_rows_and_no_formula(tmp_path: Path) -> None:
    """What anybody with a token can send is a text, whatever it begins with."""
    path = central_zip(tmp_path / "z.zip", Said(home="=1+1"), Said(number=2, home="#N/A"))
    (tmp_path / "my_home.xml").write_bytes(form())
    results(path, "--form", tmp_path / "my_home.xml", to=tmp_path / "out")
    (sheet,) = load_workbook(tmp_path / "out" / "my_home.xlsx").worksheets
    cells = list(sheet.iter_rows())
    assert {cell.data_type for row in cells for cell in row if cell.value is not None} == {"s"}
    with (tmp_path / "out" / "my_home.csv").open(encoding="utf-8", newline="") as file:
        assert [[cell.value or "" for cell in row] for row in cells] == list(csv.reader(file))


def test_only_this_user_may_read_any_of_it(database: Database, data: Path, tmp_path: Path) -> None:
    take(database, *many(5, more="voice"))
    out = tmp_path / "out"
    results("--data", data, to=out)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (out, *out.rglob("*"))}
    assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in modes.items()), modes
    assert sorted(path.name for path in out.iterdir()) == [
        "my_home-1.html",
        "my_home-voices",
        "my_home.csv",
        "my_home.xlsx",
    ]


def test_json_has_every_figure_and_nothing_of_few(database: Database, data: Path, tmp_path: Path) -> None:
    take(database, *many(6, at="Elm Road"), *many(5, 11, at="Oak Lane"), *many(4, 21, who="staff_for"))
    told = json.loads(results("--data", data, "--json", to=tmp_path / "out").stdout)
    (one,) = told["sets"]
    assert (told["visits"], one["hidden_groups"]) == (15, ["answered for somebody: by staff"])
    assert [(part["names"], part["groups"][0]["visits"]) for part in one["homes"]] == [
        (["Elm Road", "Oak Lane"], 11),
        (["Elm Road"], 6),
        (["Oak Lane"], 5),
    ]
    home = one["homes"][0]["groups"][0]["questions"][0]
    assert home["choices"][0]["share"] == {"count": 11, "of": 11, "low": pytest.approx(0.741, abs=0.001), "high": 1.0}


def test_a_page_shows_nothing_of_a_group_of_four(database: Database, data: Path, tmp_path: Path) -> None:
    take(database, *many(5), *many(4, 21, who="staff_for", more="voice"))
    results("--data", data, to=tmp_path / "out")
    voices = list((tmp_path / "out" / "my_home-voices").iterdir())
    assert len(voices) == 4
    assert "data:audio/" not in (tmp_path / "out" / "my_home-1.html").read_text()


def test_pages_can_be_without_voices(database: Database, data: Path, tmp_path: Path) -> None:
    take(database, *many(5, more="voice"))
    pages = []
    for where, flags in (("with", ()), ("without", ("--without-voices",))):
        results("--data", data, *flags, to=tmp_path / where)
        pages.append("data:audio/" in (tmp_path / where / "my_home-1.html").read_text())
        assert len(list((tmp_path / where / "my_home-voices").iterdir())) == 5
    assert pages == [True, False]


def test_labels_are_in_the_language_that_is_asked_for(database: Database, data: Path, tmp_path: Path) -> None:
    take(database, *many(5))
    results("--data", data, "--language", "cy", to=tmp_path / "out")
    assert rows(tmp_path / "out" / "my_home.csv")[0]["house-home_label"] == "Da"
    assert "Ydych chi&#39;n hapus?" in (tmp_path / "out" / "my_home-1.html").read_text(encoding="utf-8")


def test_days_bound_what_is_read(database: Database, data: Path, tmp_path: Path) -> None:
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1), None]
    take(database, *(Said(number=place, day=day) for place, day in enumerate(days, 1)))
    done = results("--data", data, "--from", "2026-11-01", "--until", "2026-11-30", to=tmp_path / "out")
    assert [one["sayso-day"] for one in rows(tmp_path / "out" / "my_home.csv")] == ["2026-11-01", "2026-11-30", ""]
    assert "2 visits are of other days" in done.stdout  # one without a day goes by that of its arrival, 22 November


def test_opening_a_sensitive_forms_visits_ends_their_alert(tmp_path: Path, data: Path) -> None:
    with closing(open_data(data)) as database:
        add_form(database, form(sensitive=True), {}, NOW)
        new_key(database, "Elm Road", NOW)
        take(database, *many(2))
        assert results("--data", data, to=tmp_path / "out", key=False).exit_code == 1
        assert len(unopened(database)) == 2
        done = results("--data", data, to=tmp_path / "out")
        assert "a sensitive form" in done.stdout
        assert unopened(database) == ()


def test_what_cannot_be_read_is_told_by_id_and_stops_nothing(database: Database, data: Path, tmp_path: Path) -> None:
    (key,) = (one for one in all_keys(database) if one.name == "Elm Road")
    broken = Said(number=7, more="voice").sealed()
    assert receive(database, key, broken.xml, broken.attachments[:1], NOW).outcome is Outcome.TAKEN
    take(database, *many(5))
    done = results("--data", data, to=tmp_path / "out")
    assert done.exit_code == 1
    assert done.stderr == f"Not read: {Said(number=7).instance_id}: its sealed XML has not arrived\n"
    last = rows(tmp_path / "out" / "my_home.csv")[-1]
    assert (last["KEY"], last["Status"], last["house-home"]) == (
        Said(number=7).instance_id,
        "missing encrypted form data",
        "",
    )


def test_a_voice_message_that_is_missing_is_told_and_the_visit_counts(tmp_path: Path) -> None:
    path = central_zip(tmp_path / "z.zip", *many(5, more="lost.wav"))
    (tmp_path / "my_home.xml").write_bytes(form())
    done = results(path, "--form", tmp_path / "my_home.xml", to=tmp_path / "out")
    assert done.exit_code == 1
    assert done.stderr.startswith("Not read: 5 visits, such as ")
    assert done.stderr.endswith("its voice message to more is missing\n")
    assert "5 visits, 5 finished" in done.stdout


def test_a_stick_beside_a_collector_counts_what_is_new(database: Database, data: Path, tmp_path: Path) -> None:
    stick, _ = on_stick(tmp_path, *many(4))
    take(database, *many(2))
    done = results(stick, data, to=tmp_path / "out")
    assert (done.exit_code, done.stderr) == (0, "")
    homes = [one["SubmitterName"] for one in rows(tmp_path / "out" / "my_home.csv")]
    assert (homes[:2], len(homes), homes[2].startswith("kiosk ")) == (["Elm Road", "Elm Road"], 4, True)


def test_what_kiosks_tell_of_themselves_is_no_visit(database: Database, data: Path, tmp_path: Path) -> None:
    add_form(database, form().replace(b'id="my_home"', b'id="kiosk_health"'), {}, NOW)
    (key,) = (one for one in all_keys(database) if one.name == "Elm Road")
    told = Said().instance().replace(b'id="my_home"', b'id="kiosk_health"')
    assert receive(database, key, told, [], NOW).outcome is Outcome.TAKEN
    done = results("--data", data, to=tmp_path / "out")
    assert (done.stdout.splitlines()[0][:14], list((tmp_path / "out").iterdir())) == ("0 visits read,", [])
    assert "1 visits read" in results("--data", data, "--form-id", "kiosk_health", to=tmp_path / "out").stdout


def test_two_versions_are_compared_in_words(database: Database, data: Path, tmp_path: Path) -> None:
    add_form(database, form("2"), {}, NOW)
    take(database, *many(9), *many(9, 101, version="2", home="", more="", complete=False))
    done = results("--data", data, "--form-id", "my_home", "--compare", "1", "2", to=tmp_path / "out")
    assert "Fewer visits were finished: 0 of 9, before 9 of 9. That is more than chance would make." in done.stdout
    assert "the words may not be the reason" in done.stdout
    told = json.loads(
        results("--data", data, "--form-id", "my_home", "--compare", "1", "2", "--json", to=tmp_path / "out").stdout
    )
    assert told["compared"]["groups"][0]["comparisons"][0]["together"] is True


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param((), "Say where the visits are", id="no-source"),
        pytest.param(("--data", "DATA", "--database", "postgresql://x/y"), "Name one collector", id="two-collectors"),
        pytest.param(("--data", "DATA", "--compare", "1", "2"), "name it with --form-id", id="compare-without-a-form"),
        pytest.param(("--data", "DATA", "--least-visits", "1"), "not in the range", id="one-visit-is-enough"),
        pytest.param(("--data", "NOWHERE"), "no collector's data is in it", id="no-data"),
        pytest.param(("NOTHING",), "there are no exported visits", id="a-folder-that-is-no-stick"),
    ],
)
def test_wrong_use_is_told_and_nothing_is_written(
    database: Database, data: Path, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    (tmp_path / "empty").mkdir()
    places = {"DATA": str(data), "NOWHERE": str(tmp_path / "nowhere"), "NOTHING": str(tmp_path / "empty")}
    done = results(*(places.get(word, word) for word in words), to=tmp_path / "out")
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_told(database: Database, data: Path, tmp_path: Path) -> None:
    take(database, Said())
    (tmp_path / "file").write_text("")
    done = results("--data", data, to=tmp_path / "file" / "out")
    assert done.exit_code == 2
    assert "Name a folder with --to that you may write to." in done.stderr


def test_the_key_of_another_office_opens_nothing(database: Database, data: Path, tmp_path: Path) -> None:
    take(database, Said())
    (tmp_path / "other.pem").write_bytes(new_key_pair()[0])
    done = results("--data", data, "--key", tmp_path / "other.pem", to=tmp_path / "out", key=False)
    assert done.exit_code == 1
    assert "0 visits read, 1 problems" in done.stdout

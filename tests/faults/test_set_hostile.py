"""A hostile question set: words or a refusal, within bounds of time and memory, and never acted on.

Through `sayso questions check`, and where it runs all the same, on a kiosk's screen. What the loader itself makes of
any bytes is in tests/openrosa/test_xform_hostile.py.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from kiosk_house import House, answer, house
from pseudo_terminal import LEAVE_ALTERNATE_SCREEN
from rehearsed import yes_no

from openrosa.convert import convert

SHEET = """
| survey |
| | type | name | label::English (en) | relevant | image::English (en) |
| | note | intro | Hello there | | house.png |
| | select_one g | feel | How is it? | | |
| | select_one g | why | Why? | ${feel} = 'b' | |
| choices |
| | list_name | name | label::English (en) |
| | g | a | Good |
| | g | b | Bad |
| settings |
| | form_id | version |
| | home | 1 |
"""
SECRET = "the words of another file"  # noqa: S105 - to look for it
CHECK = """
import json, resource, sys
from click.testing import CliRunner
from sayso.__main__ import sayso
for path in sys.argv[1:]:
    done = CliRunner().invoke(sayso, ["questions", "check", path])
    clean = done.exception is None or isinstance(done.exception, SystemExit)
    print(json.dumps([path, done.exit_code, done.output, clean]), flush=True)
"""
LONGEST_S, MOST_BYTES = 60, 1_500_000_000
"""Of processor time and of memory, for all of them in one process; the interpreter maps some 600 MB by itself."""


def form(folder: Path) -> str:
    (folder / "house.png").write_bytes(b"no picture, and nobody looks at it here")
    sheet = folder / "set.md"
    sheet.write_text(SHEET, encoding="utf-8")
    return convert(sheet).xform.decode()


def hostile(folder: Path) -> dict[str, tuple[str, str]]:
    """By name: the file, and what is said of it; "" where it may run."""
    good = form(folder)
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    secret = (folder / "secret.txt").as_uri()
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))

    def after_declaration(what: str, text: str) -> str:
        assert text.startswith("<?xml") or "<?xml" not in text
        declaration, end, rest = text.rpartition("?>")
        return f"{declaration}{end}<!DOCTYPE x [{what}]>{rest}"

    bomb = f'<!ENTITY e0 "ha">{levels}'

    def words(text: str) -> str:
        assert "Hello there" in good
        return good.replace("Hello there", text)

    def relevant(expression: str) -> str:
        assert " /data/feel  = 'b'" in good
        written = expression.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        return good.replace(" /data/feel  = 'b'", written)

    def picture(name: str) -> str:
        assert "jr://images/house.png" in good
        return good.replace("jr://images/house.png", name)

    return {
        "markup": (words("[@click=app.quit]Leave[/] [bold red] [link=file:///etc/passwd]x[/link]"), ""),
        "terminal controls": (words("\x9b31mred \x9d0;title\x9c \u202eback \u2028 \ufeff"), ""),
        "an escape": (words("&#27;]0;title&#7;"), "QS001"),
        "a zero": (words("a\0b"), "QS001"),
        "a label of 10 MiB": (words("word " * (2 << 20)), "more than 4,194,304 bytes"),
        "a label of 3 MiB": (words("word " * ((3 << 20) // 5)), "QS023"),
        "an entity bomb": (after_declaration(bomb, words("&e11;")), "QS001"),
        "an entity bomb in an attribute": (
            after_declaration(bomb, good.replace('version="1"', 'version="&e11;"')),
            "QS001",
        ),
        "a file by entity": (
            after_declaration(f'<!ENTITY s SYSTEM "{secret}">', words("&s;")),
            "QS001",
        ),
        "a path up": (picture("jr://images/../../../../etc/passwd"), "QS016"),
        "a path from the root": (picture("/etc/passwd"), "QS016"),
        "a path with backslashes": (picture("jr://images/..\\..\\x.png"), "QS016"),
        "a file by address": (picture(secret), "QS016"),
        "a picture on the network": (picture("http://127.0.0.1:9/x.png"), "QS016"),
        "a hidden file": (picture("jr://images/.ssh"), "QS016"),
        "brackets without end": (relevant("(" * 20_000 + "1" + ")" * 20_000), "QS010"),
        "or without end": (relevant(" or ".join(["/data/feel = 'b'"] * 20_000)), "QS010"),
        "all of all of all": (relevant("count(//*//*//*//*//*//*//*//*//*) > 0"), "QS012"),
        "a pattern that takes for ever": (relevant("regex(/data/feel, '(a+)+(a+)+(a+)+$')"), "QS011"),
        "another document": (relevant(f"document('{secret}')"), "QS011"),
        "a circle": (relevant("/data/why = 'b'"), "QS012"),
        "nesting without end": ("<a>" * 200_000 + "</a>" * 200_000, "QS001"),
        "many choices": (good.replace("</item>", "</item>" + "<item><name>x</name></item>" * 3_000), "QS"),
    }


def hostile_sheets() -> dict[str, tuple[str, str]]:
    """The same for sheets, which pyxform reads first."""
    return {
        "a sheet with a label of 500 kB": (SHEET.replace("Hello there", "word " * 100_000), "QS0"),
        "a sheet with a label of 10 MiB": (SHEET.replace("Hello there", "word " * (2 << 20)), "QS001"),
        "a sheet with a path up": (SHEET.replace("house.png", "../secret.txt"), "QS016"),
        "a sheet with a path from the root": (SHEET.replace("house.png", "/etc/passwd"), "QS016"),
        "a sheet with brackets without end": (
            SHEET.replace("${feel} = 'b'", "(" * 5_000 + "${feel} = 'b'" + ")" * 5_000),
            "QS0",
        ),
    }


def limited() -> None:
    """Beyond these the process is killed, or finds no memory: what is endless fails here and holds nobody up."""
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_S, LONGEST_S))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


def test_every_hostile_form_is_refused_in_words_or_runs_within_bounds(tmp_path: Path, report) -> None:
    made = hostile(tmp_path) | hostile_sheets()
    paths = {}
    for number, (name, (text, _)) in enumerate(made.items()):
        path = tmp_path / f"{number}{'.md' if name in hostile_sheets() else '.xml'}"
        path.write_text(text, encoding="utf-8")
        paths[str(path)] = name
    done = subprocess.run(
        [sys.executable, "-c", CHECK, *paths],
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
        preexec_fn=limited,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = {
        paths[path]: (code, output, clean) for path, code, output, clean in map(json.loads, done.stdout.splitlines())
    }
    assert {*told} == {*made}
    for name, (code, output, clean) in told.items():
        said = made[name][1]
        assert clean, (name, output[-500:])
        assert SECRET not in output
        assert all(letter.isprintable() or letter == "\n" for letter in output), (name, "it steers nobody's terminal")
        assert len(output) < 100_000, name
        if said:
            assert code in (1, 2), (name, output[:500])
            assert said in output, (name, output[:500])
        else:
            assert code == 0, (name, output[:500])
    refused = sum(code != 0 for code, _, _ in told.values())
    report.note(
        f"{len(told)} hostile question sets through `sayso questions check`, within {LONGEST_S} s and 1.5 GB for all",
        "words or a refusal; never acted on",
        f"{refused} refused in words, {len(told) - refused} run as plain words; 0 stack traces, 0 control characters",
    )


@pytest.fixture(scope="module")
def hostile_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A kiosk with a set whose words look like orders to Textual and to the terminal."""
    made = yes_no("lift")
    made["survey"][1][2] = "[@click=app.quit]A draft[/] \x9b2J \x9d0;owned\x9c to change."
    made["survey"][2][2] = "[bold]Is lift good?[/bold] [@click=app.bell]x[/]"
    made["choices"][1][2] = "[red]Yes \u202esey"
    return house(tmp_path_factory.mktemp("hostile") / "house", made=made)


def test_on_the_screen_markup_and_controls_are_words_and_the_visit_goes_on(hostile_house: House, report) -> None:
    with hostile_house.running() as terminal:
        answer(terminal, "[bold]Is lift good?[/bold] [@click=app.bell]x[/]")
        raw = terminal.raw
        assert terminal.process.poll() is None, "nobody left by a word"
        assert LEAVE_ALTERNATE_SCREEN not in raw
    assert "[@click=app.quit]A draft[/]" in terminal.drawn()
    for order in ("\x9b", "\x9d", "\x9c", "\u202e", "\x1b]0;owned"):
        assert order.encode() not in raw, f"{order!r} reaches the terminal"
    (kept,) = hostile_house.kept()
    assert next(value for path, value in kept.items() if path.endswith("/lift")) == "no"
    report.note(
        "a set with Textual markup, terminal controls and a change of direction in its words, on a kiosk's screen",
        "shown as words; never acted on",
        "the markup is on the screen letter by letter, no control reaches the terminal, and the answer is kept",
    )

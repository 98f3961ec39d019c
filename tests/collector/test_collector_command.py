"""`sayso collector` as an office uses it: processes, files and what is printed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from loopback_collector import VECTORS, Where, instance_id, visit, xform

from openrosa.client import Client, Verdict
from openrosa.sealing import public_key_from_base64, seal
from openrosa.submission import Attachment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAYSO = (sys.executable, "-m", "sayso", "collector")
OTHER_KEY = VECTORS / "test_key.pem"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SAYSO, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60)


@contextmanager
def serving(data: Path | Where, *arguments: str | Path, stop: int = signal.SIGTERM) -> Iterator[str]:
    options = data.options if isinstance(data, Where) else ("--data", str(data))
    command = [*SAYSO, "serve", *options, "--port", "0", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.send_signal(stop)
            out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")


def test_from_nothing_to_results(tmp_path: Path, where: Where) -> None:
    data, form = where.options, tmp_path / "home.xml"
    form.write_bytes(xform())
    (tmp_path / "home-media").mkdir()
    (tmp_path / "home-media" / "good.wav").write_bytes(b"RIFF")
    public = run("keys", "pair", tmp_path / "office").stdout.strip()
    assert "published" in run("publish", form, *data).stdout
    place = run("keys", "new", "Elm Road", *data).stdout.strip()
    message = Attachment("m.wav", b"voice", "audio/wav")
    xml = visit(message="m.wav")
    with serving(where) as url, Client(url + place) as client:
        (entry,) = client.form_list()
        assert [file.name for file in client.manifest(entry)] == ["good.wav"]
        sealed = seal(public_key_from_base64(public), "home", "1", instance_id(), xml, [message])
        assert client.submit(sealed).verdict is Verdict.DELIVERED

    key = tmp_path / "office" / "private.pem"
    opened = run("open", *data, "--key", key, "--to", tmp_path / "visits", "--json")
    assert opened.returncode == 0
    told = json.loads(opened.stdout)[instance_id()]
    assert told["values"]["house/feel_home"] == "good"
    assert (told["form_id"], told["version"], told["kiosk"], told["sealed"]) == ("home", "1", "Elm Road", True)
    assert told["attachments"]["m.wav"]["size_bytes"] == 5
    folder = tmp_path / "visits" / instance_id().removeprefix("uuid:")
    assert (folder / "submission.xml").read_bytes().rstrip() == xml
    assert (folder / "m.wav").read_bytes() == b"voice"

    exported = run("export", *data, "--to", tmp_path / "results", "--key", key)
    assert (exported.returncode, exported.stdout.strip()) == (0, str(tmp_path / "results" / "home.csv"))
    assert ",good,m.wav," in (tmp_path / "results" / "home.csv").read_text(encoding="utf-8")

    for command in (("open", "--json"), ("export", "--to", str(tmp_path / "other"))):
        wrong = run(*command, *data, "--key", OTHER_KEY)
        assert wrong.returncode == 1
        assert f"{instance_id()}: this private key does not fit" in wrong.stderr


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serve_prints_its_address_first_and_stops_cleanly_and_quietly(tmp_path: Path, stop: int) -> None:
    form = tmp_path / "home.xml"
    form.write_bytes(xform())
    place = run("keys", "new", "Elm Road", "--data", tmp_path / "d").stdout.strip()
    with serving(tmp_path / "d", "--form", form, stop=stop) as url:
        assert httpx.get(f"{url}{place}/formList").status_code == 200
        assert httpx.get(f"{url}{place}x/formList").status_code == 401


def test_a_port_that_is_taken_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    with serving(tmp_path / "a") as url:
        port = url.rpartition(":")[2]
        taken = run("serve", "--data", tmp_path / "b", "--port", port)
    assert taken.returncode == 2
    assert taken.stderr.startswith(f"sayso: Cannot listen on 127.0.0.1:{port}")
    assert len(taken.stderr.splitlines()) == 1


def test_a_private_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    run("keys", "pair", tmp_path)
    key = tmp_path / "private.pem"
    made = key.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    again = run("keys", "pair", tmp_path)
    assert (again.returncode, again.stdout) == (2, "")
    assert "is there already" in again.stderr
    assert key.read_bytes() == made


def test_keys_are_listed_without_their_tokens(tmp_path: Path) -> None:
    token = run("keys", "new", "Elm Road", "--data", tmp_path).stdout.strip().removeprefix("/key/")
    listed = run("keys", "list", "--data", tmp_path)
    assert "Elm Road" in listed.stdout
    assert token not in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "met"),
    [
        (("publish", "{bad}", "--data", "{data}"), "it is not XML"),
        (("open", "--data", "{data}"), "--to FOLDER, --json"),
        (("open", "--data", "{data}", "--json"), "no collector's data is in it"),
        (("export", "--data", "{data}", "--to", "{data}"), "no collector's data is in it"),
        (("keys", "list", "--data", "{data}"), "no collector's data is in it"),
        (("export", "--data", "{data}", "--to", "{bad}"), "is a file"),
        (("serve", "--data", "{bad}"), "is a file"),
        (("keys", "new", "Elm Road", "--data", "{bad}/x"), "Cannot use the data folder"),
        (("serve", "--data", "{data}", "--host", "host.invalid"), "Cannot listen"),
        (("keys", "list"), "--data FOLDER, --database URL"),
        (("keys", "list", "--data", "{data}", "--database", "postgresql://x"), "not both"),
        (("keys", "list", "--database", "postgresql://x:secret@/x?host=/nowhere"), "Cannot use the database"),
        (("audit", "--data", "{data}"), "no collector's data is in it"),
        (("alerts", "--data", "{data}"), "no collector's data is in it"),
        (("roles", "--execute"), "--database URL"),
        (("roles", "--prefix", "x; DROP"), "Cannot name roles"),
    ],
)
def test_wrong_use_is_said_plainly_with_exit_code_2(tmp_path: Path, arguments: tuple[str, ...], met: str) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_text("no xml", encoding="ascii")
    done = run(*(one.format(bad=bad, data=tmp_path / "data") for one in arguments))
    assert done.returncode == 2
    assert met in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


def test_a_key_file_that_holds_no_key_is_said_so(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("no key", encoding="ascii")
    done = run("open", "--data", tmp_path / "data", "--key", bad, "--json")
    assert done.returncode == 2
    assert "is not one in PEM form" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("serve",),
        ("publish",),
        ("keys", "new"),
        ("keys", "pair"),
        ("open",),
        ("export",),
        ("audit",),
        ("alerts",),
        ("roles",),
    ],
)
def test_help_teaches_by_example(command: tuple[str, ...]) -> None:
    shown = run(*command, "--help").stdout
    assert f"  sayso collector {' '.join(command)}".rstrip() in shown


def test_an_office_may_read_while_kiosks_send(tmp_path: Path, where: Where) -> None:
    form = tmp_path / "home.xml"
    form.write_bytes(xform())
    place = run("keys", "new", "Elm Road", *where.options).stdout.strip()
    with serving(where, "--form", form) as url:
        for number in range(5):
            files = {"xml_submission_file": ("submission.xml", visit(number), "text/xml")}
            assert httpx.post(f"{url}{place}/submission", files=files).status_code == 201
            done = run("export", *where.options, "--to", tmp_path / "out")
            assert f"{number + 1} visits" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["home.csv"]

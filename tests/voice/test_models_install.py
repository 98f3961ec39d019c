"""Installing a model from a real local server that cuts, lies and goes on; and from a file."""

import hashlib
import io
import os
import shutil
import stat
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from rehearsed import korean_model

from sayso.models import MANIFESTS, command
from voice.engines import open_engine
from voice.errors import VoiceError
from voice.models import Manifest, _write_decoder, install, installed_model, read_manifest, verify
from voice.unpack import unpack

NAME = "vosk-model-small-en-us-0.15"


def zip_of(entries: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in entries.items():
            made.writestr(name, content)
        for name, target in (links or {}).items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            made.writestr(entry, target)
    return out.getvalue()


MODEL_ZIP = zip_of({f"{NAME}/am/final.mdl": os.urandom(300_000), f"{NAME}/conf/mfcc.conf": b"--use-energy=false\n"})


@dataclass
class Server:
    """What it gives, and how badly."""

    url: str = ""
    body: bytes = MODEL_ZIP
    cut_after: int | None = None
    ranges: bool = True
    status: int = 200
    asked: list[str | None] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            state.asked.append(asked)
            begin = int(asked.removeprefix("bytes=").split("-")[0]) if asked and state.ranges else 0
            status = 206 if begin and state.status == 200 else state.status
            rest = state.body[begin:] if status in {200, 206} else b"no"
            self.send_response(status)
            self.send_header("Content-Length", str(len(rest)))
            if status == 206:
                self.send_header("Content-Range", f"bytes {begin}-{len(state.body) - 1}/{len(state.body)}")
            self.end_headers()
            self.wfile.write(rest if state.cut_after is None else rest[: state.cut_after])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Say nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    state.url = f"http://127.0.0.1:{httpd.server_port}/{NAME}.zip"
    yield state
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def manifest_for(url: str, body: bytes = MODEL_ZIP) -> Manifest:
    return Manifest("en", NAME, "0.15", url, len(body), hashlib.sha256(body).hexdigest(), "Apache-2.0")


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_a_model_is_fetched_checked_and_put_into_place_with_nothing_beside_it(server, tmp_path):
    told: list[tuple[int, int]] = []
    folder = install(manifest_for(server.url), tmp_path / "m", on_progress=lambda done, all_: told.append((done, all_)))
    assert folder == installed_model("en-GB", tmp_path / "m")
    assert left_in(tmp_path / "m") == {NAME}
    assert told[-1] == (len(MODEL_ZIP), len(MODEL_ZIP))
    assert verify(manifest_for(server.url), tmp_path / "m") == ""


def test_a_model_that_is_there_is_not_fetched_again(server, tmp_path):
    install(manifest_for(server.url), tmp_path)
    install(manifest_for(server.url), tmp_path)
    assert len(server.asked) == 1


def test_another_version_of_the_zip_replaces_it(server, tmp_path):
    install(manifest_for(server.url), tmp_path)
    server.body = zip_of({f"{NAME}/am/final.mdl": b"newer"})
    install(manifest_for(server.url, server.body), tmp_path)
    assert (tmp_path / NAME / "am" / "final.mdl").read_bytes() == b"newer"
    assert left_in(tmp_path) == {NAME}


def test_a_cut_download_is_kept_and_gone_on_with(server, tmp_path):
    server.cut_after = 100_000
    with pytest.raises(VoiceError, match=r"cut off after 100000 of \d+ bytes; they are kept. Run it again"):
        install(manifest_for(server.url), tmp_path)
    assert installed_model("en", tmp_path) is None
    server.cut_after = None
    assert install(manifest_for(server.url), tmp_path).is_dir()
    assert server.asked == [None, "bytes=100000-"]
    assert left_in(tmp_path) == {NAME}


def test_a_server_that_knows_no_range_begins_again(server, tmp_path):
    server.cut_after, server.ranges = 100_000, False
    with pytest.raises(VoiceError):
        install(manifest_for(server.url), tmp_path)
    server.cut_after = None
    assert install(manifest_for(server.url), tmp_path).is_dir()


def test_a_wrong_hash_is_thrown_away_and_nothing_is_installed(server, tmp_path):
    server.body = MODEL_ZIP[:-1] + bytes([MODEL_ZIP[-1] ^ 1])
    with pytest.raises(VoiceError, match=r"its SHA-256 is another; it was thrown away"):
        install(manifest_for(server.url), tmp_path)
    assert left_in(tmp_path) == set()


def test_more_bytes_than_there_should_be_are_not_written(server, tmp_path):
    server.body = MODEL_ZIP + bytes(2_000_000)
    with pytest.raises(VoiceError, match="more than the"):
        install(manifest_for(server.url), tmp_path)
    assert left_in(tmp_path) == set()


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_refusal_names_address_and_status(server, tmp_path, status):
    server.status = status
    with pytest.raises(VoiceError, match=rf"{NAME}.zip': the server answers {status}. .*--from"):
        install(manifest_for(server.url), tmp_path)
    assert left_in(tmp_path) == set()


def test_no_network_says_how_to_do_without(server, tmp_path):
    with pytest.raises(VoiceError, match=r"Cannot fetch the model '.*refused.*--from"):
        install(manifest_for("http://127.0.0.1:1/model.zip"), tmp_path)
    assert left_in(tmp_path) == set()


def test_a_zip_on_a_stick_is_installed_and_left_on_it(tmp_path):
    stick = tmp_path / "stick.zip"
    stick.write_bytes(MODEL_ZIP)
    install(manifest_for("http://127.0.0.1:1/none"), tmp_path / "m", from_file=stick)
    assert stick.exists()
    assert installed_model("en", tmp_path / "m") is not None


def test_a_wrong_zip_on_a_stick_is_left_on_it_and_not_installed(tmp_path):
    stick = tmp_path / "stick.zip"
    stick.write_bytes(b"PK something else")
    with pytest.raises(VoiceError, match=r"stick.zip': 17 bytes instead of"):
        install(manifest_for("http://127.0.0.1:1/none"), tmp_path / "m", from_file=stick)
    assert stick.exists()
    assert left_in(tmp_path / "m") == set()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (zip_of({f"{NAME}/am/final.mdl": b"x", "../outside": b"x"}), "outside the folder"),
        (zip_of({f"{NAME}/am/final.mdl": b"x", "/outside": b"x"}), "outside the folder"),
        (zip_of({f"{NAME}/am/final.mdl": b"x", "a\\..\\..\\outside": b"x"}), "outside the folder"),
        (zip_of({f"{NAME}/am/final.mdl": b"x"}, {f"{NAME}/link": "/etc/passwd"}), "link or a device"),
        (zip_of({"another/am/final.mdl": b"x"}), "no vosk-model-small-en-us-0.15/am/final.mdl inside"),
        (b"this is no zip", "not a zip"),
        (MODEL_ZIP[:150_000] + bytes(1_000) + MODEL_ZIP[151_000:], "CRC"),
    ],
    ids=["dots", "absolute", "backslashes", "link", "other folder", "no zip", "damaged"],
)
def test_an_unsafe_or_damaged_zip_is_refused_and_leaves_nothing(tmp_path, body, says):
    models = tmp_path / "deep" / "models"
    stick = tmp_path / "stick.zip"
    stick.write_bytes(body)
    with pytest.raises(VoiceError, match=says):
        install(manifest_for("http://127.0.0.1:1/none", body), models, from_file=stick)
    assert left_in(models) == set()
    assert not list(tmp_path.rglob("outside"))


def test_a_zip_that_floods_the_disk_is_stopped_by_bytes_and_by_files(tmp_path):
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("zeros", bytes(5_000_000))
    (tmp_path / "a").mkdir()
    with pytest.raises(VoiceError, match="unpacks to more"):
        unpack(bomb, tmp_path / "a", most_bytes=1_000_000)
    bomb.write_bytes(zip_of({str(number): b"" for number in range(50)}))
    with pytest.raises(VoiceError, match="50 entries"):
        unpack(bomb, tmp_path / "a", most_files=10)


def test_a_full_disk_is_one_sentence_and_nothing_is_half_installed(server, tmp_path):
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("no small disk to fill: only root can mount one")
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=450k", "none", str(small)], check=False)
    if mounted.returncode:
        pytest.skip("no small disk to fill: mounting is not allowed here")
    try:
        with pytest.raises(VoiceError, match=r"Cannot install the model .*No space left.* Free some space"):
            install(manifest_for(server.url), small)
        assert installed_model("en", small) is None
        assert left_in(small) <= {f".{NAME}.zip.part"}
    finally:
        subprocess.run(["umount", str(small)], check=True)


UPSTREAM_CONF = b"--min-active=200\n--max-active=7000\n--beam=13.0\n--lattice-beam=6.0\n--acoustic-scale=1.0\n"
SEARCHED_ZIP = zip_of({f"{NAME}/am/final.mdl": b"model", f"{NAME}/conf/model.conf": UPSTREAM_CONF})


def searching(**decoder: float) -> Manifest:
    settings = {name.replace("_", "-"): value for name, value in decoder.items()}
    return replace(manifest_for("http://127.0.0.1:1/none", SEARCHED_ZIP), decoder=settings)


def options(folder: Path) -> list[str]:
    return (folder / "conf" / "model.conf").read_text().split()


def test_how_a_model_searches_is_what_its_manifest_says_and_the_rest_is_upstreams(tmp_path):
    stick = tmp_path / "stick.zip"
    stick.write_bytes(SEARCHED_ZIP)
    manifest = searching(beam=10.0, max_active=3000)
    folder = install(manifest, tmp_path / "m", from_file=stick)
    assert options(folder) == [
        "--min-active=200",
        "--lattice-beam=6.0",
        "--acoustic-scale=1.0",
        "--beam=10.0",
        "--max-active=3000",
    ]
    assert verify(manifest, tmp_path / "m") == ""
    assert read_manifest(folder / "sayso-model.toml") == manifest


def test_another_way_of_searching_is_written_into_a_model_that_is_there_without_its_zip(tmp_path):
    stick = tmp_path / "stick.zip"
    stick.write_bytes(SEARCHED_ZIP)
    folder = install(searching(beam=10.0), tmp_path / "m", from_file=stick)
    stick.unlink()
    install(searching(lattice_beam=2.0), tmp_path / "m")
    assert "--beam=13.0" in options(folder), "no longer set: upstream's again"
    assert "--lattice-beam=2.0" in options(folder)
    assert verify(searching(lattice_beam=2.0), tmp_path / "m") == ""
    install(searching(), tmp_path / "m")
    assert options(folder) == UPSTREAM_CONF.decode().split()


def test_a_model_that_can_not_be_told_how_to_search_is_not_installed_half(tmp_path):
    stick = tmp_path / "stick.zip"
    stick.write_bytes(MODEL_ZIP)
    with pytest.raises(VoiceError, match=r"no conf/model\.conf inside"):
        install(
            replace(manifest_for("http://127.0.0.1:1/none"), decoder={"beam": 9.0}), tmp_path / "m", from_file=stick
        )
    assert left_in(tmp_path / "m") == set()


def test_a_real_model_is_loaded_with_what_was_written_into_it(tmp_path):
    """Vosk refuses an option that it does not know: so these are its own names."""
    there = Path(korean_model())
    folder = tmp_path / "vosk-model-small-ko"
    for part in sorted(path for path in there.rglob("*") if path.is_file()):
        (folder / part.relative_to(there)).parent.mkdir(parents=True, exist_ok=True)
        if part.parent.name == "conf":
            shutil.copy(part, folder / part.relative_to(there))
        else:
            (folder / part.relative_to(there)).symlink_to(part)
    _write_decoder(folder, {"beam": 8.0, "max-active": 1000, "lattice-beam": 1.5})
    engine = open_engine("vosk", "ko", tmp_path)
    assert engine.recognise(1, bytes(32_000), {"보통": "보통"}).turn == 1


def test_a_changed_file_is_found_by_verify(server, tmp_path):
    install(manifest_for(server.url), tmp_path)
    (tmp_path / NAME / "conf" / "mfcc.conf").write_text("other")
    assert "mfcc.conf is missing or was changed" in verify(manifest_for(server.url), tmp_path)


def test_the_manifest_in_the_tree_is_upstreams_small_english_model():
    manifest = read_manifest(MANIFESTS / "en.toml")
    assert (manifest.name, manifest.size_bytes) == (NAME, 41_205_931)
    assert dict(manifest.decoder) == {"beam": 10.0, "max-active": 3000, "lattice-beam": 2.0}
    assert manifest.sha256 == "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "Cannot read the model's manifest"),
        ("language = 'en'", "'name' is no text"),
        ("language='en'\nname='../x'\nversion='1'\nurl='https://h/x'\nsha256='0'\nlicence='L'\nsize_bytes=1", "folder"),
        ("language='en'\nname='x'\nversion='1'\nurl='file:///x'\nsha256='0'\nlicence='L'\nsize_bytes=1", "not http"),
        ("language='en'\nname='x'\nversion='1'\nurl='https://h/x'\nsha256='0'\nlicence='L'\nsize_bytes='1'", "number"),
        (
            "language='en'\nname='x'\nversion='1'\nurl='http://h'\nsha256='0'\nlicence='L'\nsize_bytes=1\ndecoder=1",
            "table",
        ),
    ],
)
def test_a_manifest_that_cannot_be_right_is_refused(tmp_path, text, says):
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(VoiceError, match=says):
        read_manifest(tmp_path / "a.toml")


def test_the_command_installs_with_progress_then_verifies_and_lists(server, tmp_path):
    manifest = tmp_path / "en.toml"
    lines = [
        f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"
        for key, value in vars(manifest_for(server.url)).items()
    ]
    manifest.write_text("\n".join(lines))
    where = ["--models-dir", str(tmp_path / "m"), "--manifest", str(manifest)]
    runner = CliRunner()
    assert runner.invoke(command, ["verify", "en", *where]).exit_code == 1
    installed = runner.invoke(command, ["install", "en", *where])
    assert installed.exit_code == 0
    assert f"Installed {NAME}" in installed.stdout
    assert "Fetching" in installed.stderr
    assert runner.invoke(command, ["verify", "en", *where]).exit_code == 0
    listed = runner.invoke(command, ["list", "--models-dir", str(tmp_path / "m")])
    assert f"installed in {tmp_path / 'm' / NAME}" in listed.stdout

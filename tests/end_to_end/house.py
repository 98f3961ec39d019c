"""An office and a kiosk, as their people set them up: with the `sayso` command alone."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from patience import wait_until
from terminal import Terminal

SAYSO = (sys.executable, "-m", "sayso")
CARDS = Path(__file__).parent / "sets" / "cards.md"
"""A set whose choices are what Debian's recordings say."""
QUICK = {
    "voice.tail_s": 0.2,
    "asking.change_s": 1.0,
}
"""Settings that save the tests time; every other one is as in a home."""


def sayso(*words: str, fine: Sequence[int] = (0,), stdin: str = "") -> str:
    """Run a command to its end.

    Args:
        words: behind `sayso`.
        fine: exit codes that are right.
        stdin: what it reads.
    Returns: what it printed.
    """
    done = subprocess.run([*SAYSO, *words], input=stdin, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in fine, f"sayso {' '.join(words)}: {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


@dataclass
class Office:
    """Who asks: a pair of keys, a collector's folder, and an address that stays the same.

    Attributes:
        folder: of all of it.
        port: on loopback.
        token: the kiosk's own part of the address, `/key/...`.
    """

    folder: Path
    port: int
    token: str = ""

    @classmethod
    def made(cls, folder: Path) -> Office:
        """A new office in that folder."""
        folder.mkdir()
        sayso("collector", "keys", "pair", str(folder / "key"))
        office = cls(folder, _free_port())
        office.token = sayso("collector", "keys", "new", "Elm Road", "--data", str(office.data)).strip()
        return office

    @property
    def data(self) -> Path:
        """The collector's own folder."""
        return self.folder / "collected"

    @property
    def url(self) -> str:
        """Where the kiosk sends."""
        return f"http://127.0.0.1:{self.port}{self.token}"

    def form(self, sheet: Path) -> Path:
        """A form of that sheet, with the office's key, published."""
        public = str(self.folder / "key" / "public_key.txt")
        sayso("questions", "convert", str(sheet), "--to", str(self.folder), "--public-key", public)
        form = self.folder / f"{sheet.stem}.xml"
        sayso("collector", "publish", str(form), "--data", str(self.data))
        return form

    @contextmanager
    def open_for_post(self) -> Iterator[None]:
        """Run the collector for as long as the block lasts."""
        words = ("collector", "serve", "--data", str(self.data), "--port", str(self.port))
        with beside(words, self.folder / "collector.log") as log:
            wait_until(self._answers, "the collector to answer", met=log.read_text)
            yield

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/formList", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def visits(self) -> list[dict[str, Any]]:
        """What the collector holds, opened with the office's key: of each visit its `values` by name, and more."""
        key = str(self.folder / "key" / "private.pem")
        opened = json.loads(sayso("collector", "open", "--data", str(self.data), "--key", key, "--json"))
        return [
            {**visit, "values": {path.rsplit("/", 1)[-1]: value for path, value in visit["values"].items()}}
            for visit in opened.values()
        ]

    def wait_for_visits(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait until so many visits have come in."""
        return wait_until(
            lambda: found if len(found := self.visits()) >= count else [],
            f"{count} visits at the collector",
            met=lambda: json.dumps(self.visits()) + self.log("upload.log"),
        )

    def log(self, name: str) -> str:
        """What a process beside the kiosk printed."""
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""


@dataclass
class Kiosk:
    """A kiosk's folder and configuration.

    Attributes:
        config: its TOML file.
        environment: of its processes: which sound card there is.
        under: a program that it runs under, with its arguments.
    """

    office: Office
    config: Path
    environment: Mapping[str, str]
    under: Sequence[str] = ()

    @classmethod
    def made(
        cls, folder: Path, office: Office, form: Path, environment: Mapping[str, str], **settings: object
    ) -> Kiosk:
        """A kiosk that asks that form and sends to that office.

        Args:
            folder: for its configuration and data.
            office: where it sends.
            form: what it asks.
            environment: of its processes.
            settings: `voice__engine="none"` is `engine = "none"` in [voice]; on top of `QUICK`.
        """
        folder.mkdir()
        named = {key.replace("__", "."): value for key, value in settings.items()}
        tables: dict[str, dict[str, object]] = {
            "home": {"name": "Elm Road"},
            "store": {"folder": "data", "allow_volatile": True},  # a container's own disk is an overlay
            "server": {"url": office.url},
        }
        for key, value in {"voice.engine": "pocketsphinx", **QUICK, **named}.items():
            table, name = key.split(".")
            tables.setdefault(table, {})[name] = value
        # Strings, numbers and booleans stand in TOML as they do in JSON.
        lines = [f"sets = [{json.dumps(str(form))}]", f"status = {json.dumps(str(folder / 'status.json'))}"]
        for table, its in tables.items():
            lines += [f"[{table}]", *(f"{name} = {json.dumps(value)}" for name, value in its.items())]
        config = folder / "kiosk.toml"
        config.write_text("\n".join(lines) + "\n")
        return cls(office, config, environment)

    @property
    def data(self) -> Path:
        """What it keeps."""
        return self.config.parent / "data"

    @contextmanager
    def running(self) -> Iterator[Terminal]:
        """The kiosk in a terminal, its waiting screen up, for as long as the block lasts."""
        words = ("run", "--config", str(self.config), "--quit-key", "ctrl+q")
        with Terminal.start((*self.under, *SAYSO, *words), self.environment, self.config.parent) as terminal:
            terminal.wait_for("Press the big key to start")
            yield terminal

    @contextmanager
    def uploading(self) -> Iterator[Path]:
        """Its uploader for as long as the block lasts. Yields: its log, a JSON line a go."""
        words = ("upload", "--config", str(self.config), "--watch", "--now", "--json")
        with beside(words, self.office.folder / "upload.log", self.environment) as log:
            yield log

    def status(self) -> dict[str, Any]:
        """What `sayso status` says of it."""
        found: dict[str, Any] = json.loads(sayso("status", "--config", str(self.config), "--json", fine=(0, 1)))
        return found

    def wait_for_engine(self, name: str) -> None:
        """Wait until it can hear: the status names the engine with its model."""
        wait_until(
            lambda: str(self.status()["facts"]["engine"]).startswith(f"{name} "),
            f"the engine {name}",
            met=lambda: str(self.status()),
        )


@contextmanager
def beside(words: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Iterator[Path]:
    """A `sayso` process for as long as the block lasts; ended kindly. Yields: what it prints."""
    with ExitStack() as stack:
        out = stack.enter_context(log.open("ab"))
        process = subprocess.Popen(
            [*SAYSO, *words], env=environment or os.environ, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        try:
            yield log
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)


def _free_port() -> int:
    """A port that nobody listens on; the collector goes and comes again on it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

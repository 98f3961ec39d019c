# ruff: noqa: INP001  # beside the scripts that use it, no package
"""A kiosk on a screen without a display, whose pictures are taken: its house, keys, and a virtual sound card."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from PIL import ImageChops

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from headless_sway import HeadlessSway, as_image, end  # noqa: E402  the path is set above
from sound_card import SoundCard  # noqa: E402

from kiosk.keys.defaults import DEFAULT_KEYS  # noqa: E402

SAYSO = (sys.executable, "-m", "sayso")
SPEECH = Path(os.environ.get("SAYSO_SPEECH") or ROOT.parent / "shared" / "speech")
XKB = {"enter": "Return", "space": "space", "f1": "F1", "f2": "F2", "plus": "plus", "minus": "minus"}
KEYS = {name: XKB.get(key, key) for key, name in reversed(DEFAULT_KEYS.items())}
"""What a key does -> its XKB name."""
HELD_S = 1.0
"""The same key within 0.7 s is a key that is held."""
START_S = 90.0
"""The first start renders what the kiosk says."""
QUIET_S = 30.0
A_PART = 0.25
"""Of the screen's width: more than the microphone's level, less than any part with words."""
LOUD = 0.05
"""Of full scale; below it a block of a recording is a pause."""


class Unreachable(Exception):  # noqa: N818  what it is called where it is printed
    """A state that can't be had here, and why."""


@dataclass(frozen=True)
class House:
    """A kiosk's folder: form, configuration, data."""

    folder: Path

    @property
    def config(self) -> Path:
        """The kiosk's TOML."""
        return self.folder / "kiosk.toml"

    @classmethod
    def made(cls, folder: Path, sheet: Path, settings: Mapping[str, object]) -> House:
        """A house that asks the set of that sheet, sealed to a key of its own.

        Args:
            folder: made here.
            sheet: XLSForm as Markdown.
            settings: `{"voice.engine": "none"}`; on top of what every house has.
        """
        # What the kiosk says is rendered once for all houses.
        speech = folder.parent / "speech"
        speech.mkdir(exist_ok=True)
        (folder / "data").mkdir(mode=0o700, parents=True)
        (folder / "data" / "speech").symlink_to(speech)
        _sayso("collector", "keys", "pair", str(folder / "key"))
        public = str(folder / "key" / "public_key.txt")
        _sayso("questions", "convert", str(sheet), "--to", str(folder), "--public-key", public)
        tables: dict[str, dict[str, object]] = {}
        usual = {
            "home.name": "Elm Road",
            "store.folder": "data",
            "store.allow_volatile": True,
            "voice.models_dir": str(ROOT / "models"),
        }
        for name, value in {**usual, **settings}.items():
            table, key = name.split(".")
            tables.setdefault(table, {})[key] = value
        # Strings, numbers, lists and booleans stand in TOML as they do in JSON.
        lines = [f"sets = [{json.dumps(f'{sheet.stem}.xml')}]", 'status = "status.json"']
        for table, its in tables.items():
            lines += [f"[{table}]", *(f"{key} = {json.dumps(value)}" for key, value in its.items())]
        one = cls(folder)
        one.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return one


def _sayso(*words: str, told: str = "") -> str:
    done = subprocess.run([*SAYSO, *words], input=told, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(f"sayso {' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def pin_hash(pin: str) -> str:
    """What `sayso staff pin` prints for it."""
    return str(tomllib.loads(_sayso("staff", "pin", "--stdin", told=f"{pin}\n"))["pin_hash"])


@dataclass
class Kiosk:
    """A running kiosk and whoever stands before it.

    Attributes:
        screen: what they see.
        card: what they hear and speak into.
        process: the terminal, in which `sayso run` runs.
        taken: pictures by state, as PPM.
    """

    house: House
    screen: HeadlessSway
    card: SoundCard
    process: subprocess.Popen[bytes]
    taken: dict[str, bytes] = field(default_factory=dict)
    _seen: bytes = b""
    _last_key: tuple[str, float] = ("", 0.0)

    @classmethod
    @contextmanager
    def running(cls, house: House, size_px: tuple[int, int], card: SoundCard) -> Iterator[Kiosk]:
        """`sayso screen` on a screen of that size, its waiting screen up."""
        status = house.folder / "status.json"
        status.unlink(missing_ok=True)
        with HeadlessSway.start(size_px) as screen:
            environment = {**screen.environment, **card.settings, "PYTHONPATH": str(ROOT)}
            with (house.folder / "terminal.log").open("ab") as log:
                process = subprocess.Popen(
                    [*SAYSO, "screen", "--config", str(house.config)],
                    env=environment,
                    cwd=house.folder,
                    stdout=log,
                    stderr=log,
                )
            one = cls(house, screen, card, process)
            try:
                # The kiosk writes its status when it shows the waiting screen.
                one.wait_until(status.exists, "the waiting screen", START_S)
                one.settle()
                yield one
            finally:
                end(process)

    def wait_until(self, condition: Callable[[], bool], what: str, within_s: float = QUIET_S) -> None:
        """Until that is so. Raises: Unreachable: it did not come."""
        deadline = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > deadline or self.process.poll() is not None:
                ended = "" if self.process.poll() is None else f"; it ended: {self.log()}"
                raise Unreachable(f"waited {within_s:.0f} s for {what}{ended}")
            time.sleep(0.05)

    def log(self) -> str:
        """The last lines of what the terminal and the kiosk wrote."""
        logs = [self.house.folder / "terminal.log", self.house.folder / "data" / "kiosk.log"]
        return " ".join(one.read_text(errors="replace")[-400:] for one in logs if one.exists())

    def engine_ready(self, name: str) -> None:
        """Until it can hear: its status names the engine with its model."""
        status = self.house.folder / "status.json"
        self.wait_until(lambda: f'"{name} ' in status.read_text(), f"the engine {name}", START_S)
        self.settle()

    def press(self, *names: str) -> None:
        """Press keys by what they do, and wait for the new picture."""
        for name in names:
            self.strike(name)
            self.settle()

    def strike(self, name: str) -> None:
        """Press a key by what it does."""
        last, at_s = self._last_key
        if name == last:
            time.sleep(max(0.0, at_s + HELD_S - time.monotonic()))
        self.screen.press(KEYS[name])
        self._last_key = (name, time.monotonic())

    def settle(self, within_s: float = QUIET_S) -> None:
        """Until there is another picture than before, which stands still. Raises: Unreachable."""
        try:
            self._seen = self.screen.still(self._seen, within_s)
        except TimeoutError as error:
            raise Unreachable(str(error)) from error

    def take(self, state: str) -> None:
        """Keep what is on the screen now as the picture of that state."""
        self.taken[state] = self._seen = self.screen.pixels()

    def press_together(self, *names: str) -> None:
        """Press keys quickly, one after the other, and wait for the picture after the last."""
        # The same key again within 0.7 s would be one that is held.
        self.screen.press(*(KEYS[name] for name in names), pause_ms=round(HELD_S * 500))
        self.settle()

    def recording(self, name: str) -> Path:
        """One of the recordings of people that the tests use. Raises: Unreachable: they are not here."""
        if not (SPEECH / name).is_file():
            raise Unreachable(f"no recordings of people: neither SAYSO_SPEECH nor ../shared/speech has {name}")
        return SPEECH / name

    def say(self, recording: Path, state: str = "", *, until_closed: bool = False) -> None:
        """Say something into the microphone once the kiosk listens.

        Args:
            recording: what.
            state: keep the picture that differs most from silence meanwhile: the one with the highest level.
            until_closed: wait until the kiosk closes the microphone, and say no more then.
        """
        self.wait_until(lambda: self.card.recorders() > 0, "the microphone to be opened")
        silent = self._seen = self.screen.still()
        speaking = self.card.play_into_microphone(recording, wait=False)
        most = -1
        while speaking.poll() is None and (self.card.recorders() or not until_closed):
            now = self.screen.pixels()
            lit = changed(silent, now)
            if state and lit > most:
                most, self.taken[state] = lit, now
        if until_closed:
            self.wait_until(lambda: not self.card.recorders(), "the microphone to be closed")
            # It thinks, and then says what it has made of that: more changes than the level.
            self.wait_until(lambda: width_changed(silent, self.screen.still()) > A_PART, "what was heard")
            self._seen = b""
        end(speaking)

    def cut_short(self) -> None:
        """End what is being said, by a key that means nothing here."""
        self.press("start")


def endless(recording: Path, folder: Path) -> Path:
    """Speech without a pause for 20 s, as a television has it: a recording without its silence, over and over."""
    sound, rate_hz = soundfile.read(recording, dtype="float32")
    blocks = sound[: len(sound) // 800 * 800].reshape(-1, 800)
    loud = blocks[np.abs(blocks).max(axis=1) > LOUD].ravel()
    written = folder / "endless.wav"
    soundfile.write(written, np.tile(loud, 1 + 20 * rate_hz // len(loud)), rate_hz)
    return written


def changed(one: bytes, other: bytes) -> int:
    """How many bytes of two pictures of one size differ."""
    return int(np.count_nonzero(np.frombuffer(one, np.uint8) != np.frombuffer(other, np.uint8)))


def width_changed(one: bytes, other: bytes) -> float:
    """How broad what differs in two pictures of one size is, as a share of their width."""
    before = as_image(one)
    box = ImageChops.difference(before, as_image(other)).getbbox()
    return (box[2] - box[0]) / before.width if box else 0.0


def save(pixels: bytes, path: Path) -> None:
    """As a PNG of at most 256 colours, which is a fifth of the bytes."""
    as_image(pixels).save(path)
    subprocess.run(
        ["pngquant", "--force", "--strip", "--speed", "1", "--quality", "70-100", "--output", str(path), str(path)],
        check=True,
    )

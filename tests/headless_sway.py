"""A screen without a display: sway with a headless output of any size, keys by wtype, pictures by grim.

Real programs, as a kiosk has them, but for the display itself. Works as root, where sway runs as `nobody`, and not as
root; several at once; leaves nothing behind. Imports nothing of the project.

    with HeadlessSway.start((1024, 600)) as screen:
        subprocess.Popen(["foot"], env=screen.environment)
        screen.press("Return")
        screen.picture()
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image

PROGRAMS = ("sway", "foot", "grim", "wtype", "setpriv")
PACKAGES = ("sway", "foot", "grim", "wtype", "fonts-dejavu-core")
_STARTS_WITHIN_S = 20.0
_ENDS_WITHIN_S = 5.0
_KEY_PAUSE_MS = 250
"""Between plugging wtype's keyboard in and its first key, and from key to key: an earlier one is lost."""
_STILL_S = 0.4
"""A picture that has not changed for so long is finished."""
_LOOKED_EVERY_S = 0.05

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in px."""


def missing() -> str:
    """Why there can be no screen here, or ""."""
    gone = [program for program in PROGRAMS if shutil.which(program) is None]
    return f"no headless screen: {', '.join(gone)} not installed" if gone else ""


@dataclass
class HeadlessSway:
    """A running compositor; made by `HeadlessSway.start`.

    Attributes:
        size_px: width and height of its one output.
        folder: its runtime folder.
        process: sway.
        environment: for programs that are to be shown on it.
    """

    size_px: tuple[int, int]
    folder: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def start(
        cls, size_px: tuple[int, int], *, background: str = "#FF00FF", lines: Sequence[str] = ()
    ) -> Iterator[HeadlessSway]:
        """A screen for as long as the block lasts.

        Args:
            size_px: width and height.
            background: what is seen where no window is; a colour that no kiosk has shows every gap.
            lines: more of sway's configuration.
        """
        # A socket's path may have 107 characters only: not pytest's folder.
        with tempfile.TemporaryDirectory(prefix="screen-") as name:
            folder = Path(name)
            (folder / "config").write_text(_CONFIG.format(*size_px, background, "\n".join(lines)))
            command = ["sway", "-c", str(folder / "config")]
            if os.geteuid() == 0:  # which sway refuses
                nobody = pwd.getpwnam("nobody")
                os.chown(folder, nobody.pw_uid, nobody.pw_gid)
                command = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", *command]
            # A run that is killed can't clean up; the screen ends with it all the same.
            command = ["setpriv", "--pdeathsig", "TERM", *command]
            with (folder / "log").open("wb") as log:
                process = subprocess.Popen(command, env=_headless(folder), stdout=log, stderr=log)
            screen = cls(size_px, folder, process)
            try:
                screen._wait_until_up()
                yield screen
            finally:
                end(process)

    def press(self, *keys: str, pause_ms: int = _KEY_PAUSE_MS) -> None:
        """Press keys, one after the other.

        Args:
            keys: by their XKB names: Return, 1, F1; with modifiers as in ctrl+shift+u.
            pause_ms: before each; a first key within 250 ms is lost.
        """
        words: list[str] = []
        for key in keys:
            *held, last = key.split("+")
            words += ["-s", str(pause_ms)]
            words += [word for one in held for word in ("-M", one)]
            words += ["-k", last]
            words += [word for one in reversed(held) for word in ("-m", one)]
        # Its keyboard goes with it: the last key's release must have come through.
        subprocess.run(["wtype", *words, "-s", "50"], env=self.environment, check=True, timeout=60)

    def pixels(self, box: Box | None = None) -> bytes:
        """What is on the screen now, as the bytes of a PPM. Args: box: only this part of it."""
        part = ["-g", f"{box[0]},{box[1]} {box[2] - box[0]}x{box[3] - box[1]}"] if box else []
        done = subprocess.run(
            ["grim", *part, "-t", "ppm", "-"], env=self.environment, check=True, capture_output=True, timeout=30
        )
        return done.stdout

    def picture(self) -> Image.Image:
        """What is on the screen now."""
        return as_image(self.pixels())

    def still(self, but: bytes = b"", within_s: float = 30.0, still_s: float = _STILL_S) -> bytes:
        """What is on the screen once it has not changed for a while.

        Args:
            but: a picture that does not count: the one before.
            within_s: how long to wait for that.
            still_s: how long it has to stay.
        Raises: TimeoutError: it never stood still, or stayed as it was.
        """
        deadline = time.monotonic() + within_s
        seen, since_s = b"", time.monotonic()
        while True:
            now = self.pixels()
            if now != seen:
                seen, since_s = now, time.monotonic()
            elif now != but and time.monotonic() - since_s >= still_s:
                return now
            if time.monotonic() > deadline:
                met = "stayed as it was" if now == but else "never stood still"
                raise TimeoutError(f"in {within_s:.0f} s the screen {met}")
            time.sleep(_LOOKED_EVERY_S)

    def _wait_until_up(self) -> None:
        """Until the output has its size, and the programs' environment is known."""
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while not self._is_up():
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = (self.folder / "log").read_text(errors="replace")
                raise RuntimeError(f"sway does not start: {log[-2000:]}")
            time.sleep(_LOOKED_EVERY_S)

    def _is_up(self) -> bool:
        displays = [one.name for one in self.folder.glob("wayland-*") if one.suffix != ".lock"]
        control = [*self.folder.glob("sway-ipc.*.sock")]
        if not (displays and control):
            return False
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "DISPLAY"},
            "XDG_RUNTIME_DIR": str(self.folder),
            "WAYLAND_DISPLAY": displays[0],
            "SWAYSOCK": str(control[0]),
            "LC_ALL": "C.UTF-8",
        }
        done = subprocess.run(
            ["swaymsg", "-r", "-t", "get_outputs"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
        outputs = json.loads(done.stdout) if not done.returncode else []
        return bool(outputs) and (outputs[0]["rect"]["width"], outputs[0]["rect"]["height"]) == self.size_px


def as_image(pixels: bytes) -> Image.Image:
    """A PPM's bytes as an image."""
    return Image.open(BytesIO(pixels)).convert("RGB")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program kindly, and then not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_ENDS_WITHIN_S)


_CONFIG = """
output HEADLESS-1 mode {}x{}@60Hz
output HEADLESS-1 bg {} solid_color
default_border none
seat * hide_cursor 1
{}
"""


def _headless(folder: Path) -> dict[str, str]:
    """An environment in which sway finds neither a display nor anybody's own sway."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("WAYLAND_", "XDG_", "SWAY"))}
    kept.pop("DISPLAY", None)
    return {
        **kept,
        "XDG_RUNTIME_DIR": str(folder),
        "WLR_BACKENDS": "headless",
        "WLR_RENDERER": "pixman",
        "WLR_LIBINPUT_NO_DEVICES": "1",
    }

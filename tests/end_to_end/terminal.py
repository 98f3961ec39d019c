"""A terminal with a program in it, as a person has one: keys go in, what stands on the screen comes out."""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from patience import USUAL_S, wait_until

COLUMNS, ROWS = 160, 45
"""Wide enough for a tile's words to stand in one row."""
ONE_PRESS_S = 0.8
"""A terminal reports no key-up: the kiosk takes the same key within 0.7 s for one that is held."""
TWO_PRESSES_S = 0.15
"""Two answer keys within 0.05 s are two keys at once; sending a key takes some time of its own."""
BOX = str.maketrans(dict.fromkeys("│┃║─━═┌┐└┘┏┓┗┛╭╮╰╯╔╗╚╝▌▐█▀▄▁▂▃▅▆▇", " "))
"""Frames are no words."""


def missing() -> str:
    """Why there can be no terminal here, or ""."""
    return "" if shutil.which("tmux") else "no terminal: tmux not installed"


class Terminal:
    """A running tmux with one program in it; made by `Terminal.start`."""

    def __init__(self, socket: Path, environment: Mapping[str, str]) -> None:
        self._socket = socket
        self._environment = environment
        self._pressed_at: dict[str, float] = {}
        self._unseen: set[str] = set()

    @classmethod
    @contextmanager
    def start(cls, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Iterator[Terminal]:
        """A terminal for as long as the block lasts.

        Args:
            command: the program and its arguments.
            environment: of the program.
            folder: it runs there.
        """
        # Not pytest's folder: a socket's path may have 107 characters only.
        with tempfile.TemporaryDirectory(prefix="terminal-") as name:
            home = Path(name)
            settings = home / "tmux.conf"
            settings.write_text("set -g remain-on-exit on\nset -g status off\nset -g default-terminal tmux-256color\n")
            kept = {key: value for key, value in environment.items() if key not in {"TMUX", "TMUX_PANE", "VTE_VERSION"}}
            terminal = cls(home / "socket", {**kept, "LC_ALL": "C.UTF-8"})
            size = ["-x", str(COLUMNS), "-y", str(ROWS)]
            terminal._tmux("-f", str(settings), "new-session", "-d", *size, "-c", str(folder), "--", *command)
            try:
                yield terminal
            finally:
                terminal._end()

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names for them: Enter, 1, a, C-q."""
        for key in keys:
            before = self._pressed_at.get(key, -math.inf)
            wait_until(lambda at=before: time.monotonic() - at > ONE_PRESS_S, f"{key} to count again")
            last = max(self._pressed_at.values(), default=-math.inf)
            wait_until(lambda at=last: time.monotonic() - at > TWO_PRESSES_S, f"{key} to be one key")
            self._tmux("send-keys", key)
            self._pressed_at[key] = time.monotonic()
            self._unseen.add(key)

    def press_together(self, *keys: str) -> None:
        """Press keys at once, as a whole hand does."""
        for key in keys:
            before = self._pressed_at.get(key, -math.inf)
            wait_until(lambda at=before: time.monotonic() - at > ONE_PRESS_S, f"{key} to count again")
        self._tmux("send-keys", *keys)
        self._pressed_at.update(dict.fromkeys(keys, time.monotonic()))
        self._unseen.update(keys)

    def screen(self) -> str:
        """The words on the screen, with single spaces between them and without frames."""
        return " ".join(self._tmux("capture-pane", "-p", "-S", "-200").translate(BOX).split())

    def wait_for(self, *words: str, within_s: float = USUAL_S) -> str:
        """Wait until one of these stands on the screen.

        Returns: the first of them that does.
        """

        def seen() -> str:
            running, screen = self.running, self.screen()
            found = next((one for one in words if one in screen), "")
            assert found or running, f"the program ended before {words} stood on the screen: {screen}"
            return found

        found = wait_until(seen, f"{words} on the screen", met=self.screen, within_s=within_s)
        # A busy kiosk takes a key later than it was pressed, but before what it leads to is seen.
        self._pressed_at |= dict.fromkeys(self._unseen, time.monotonic())
        self._unseen.clear()
        return found

    def wait_until_ended(self, within_s: float = USUAL_S) -> int:
        """Wait until the program has ended by itself.

        Returns: its exit code.
        """

        def how() -> str:
            # tmux 3.3 now and then misses that a program ended, until another one does.
            self._tmux("run-shell", "true")
            return self._pane("pane_dead_status") or self._pane("pane_dead_signal")

        ends = wait_until(how, "the program to end", met=self.screen, within_s=within_s)
        assert not self._pane("pane_dead_signal"), f"the program was ended by signal {ends}: {self.screen()}"
        return int(ends)

    @property
    def running(self) -> bool:
        """Whether the program has not ended."""
        return self._pane("pane_dead") != "1"

    def kill(self) -> None:
        """Kill the program without a warning, as a power cut does."""
        os.kill(int(self._pane("pane_pid")), signal.SIGKILL)
        wait_until(lambda: not self.running, "the program to be gone")

    def _pane(self, name: str) -> str:
        return self._tmux("display-message", "-p", f"#{{{name}}}").strip()

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-S", str(self._socket), *words],
            env=dict(self._environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == 0, f"tmux {words[0]}: {done.stderr}"
        return done.stdout

    def _end(self) -> None:
        """End the program, kindly first, and the terminal."""
        pid = int(self._pane("pane_pid"))
        if self.running:
            os.kill(pid, signal.SIGTERM)
        try:
            wait_until(lambda: not self.running, "the program to end", within_s=10)
        except AssertionError:
            os.kill(pid, signal.SIGKILL)
        self._tmux("kill-server")
